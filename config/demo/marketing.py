"""Campaigns with what they brought, events outside the halls, and companies with their figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from config.demo.hall_work import managers
from config.demo.people import Member
from core import time
from halls.models import Campaign, CampaignDay, Hall, Outing
from halls.states import CampaignChannel, OutingKind, OutingState
from loyalty.models import CorporateFigure, CorporateGroup, CorporateMember, Customer
from loyalty.states import CorporateGrade
from queueing.actions.campaigns import start_campaign
from staff.models import User
from staff.rules.performance import month_before, month_of

BESIDE = ["ZJ01", "ZJ02", "ZJ03", "ZJ05"]
CAMPAIGNS: tuple[tuple[str, str, str, tuple[int, int], tuple[int, str, str], list[str]], ...] = (
    (
        "冬季流量包",
        "加 10 元享 20 GB,首月半价",
        "近三个月流量超套的客户",
        (-9, 12),
        (6000, "4.5", "6"),
        [CampaignChannel.APP, CampaignChannel.SMS],
    ),
    (
        "千兆宽带提速",
        "老客户提速到千兆,送路由器",
        "宽带到期前三个月的客户",
        (6, 36),
        (3200, "8.0", "14"),
        [CampaignChannel.CALL],
    ),
    (
        "双十一话费购机",
        "话费抵机款,最高 600 元",
        "在网两年以上的客户",
        (-24, -14),
        (4000, "3.0", "18"),
        [CampaignChannel.APP, CampaignChannel.WEB],
    ),
)
OUTINGS: tuple[tuple[str, int, OutingKind, str, str, tuple[int, int, int] | None], ...] = (
    ("ZJ01", -6, OutingKind.STALL, "花山湾社区流动营业厅", "花山湾小区东门", (74, 19, 11)),
    ("ZJ02", -3, OutingKind.PROMOTION, "江大校园迎新补卡", "江苏大学食堂前", (120, 46, 20)),
    ("ZJ01", 3, OutingKind.LESSON, "长者手机课堂", "大市口社区活动室", None),
    ("ZJ05", 2, OutingKind.STALL, "云阳集市流动营业厅", "云阳农贸市场", None),
    ("ZJ03", 5, OutingKind.VISIT, "江南大厦企业上门", "江南大厦 12 楼", None),
)
COMPANIES: tuple[tuple[str, CorporateGrade, str, int, tuple[str, str, int]], ...] = (
    ("镇江港务集团", CorporateGrade.A, "ZJ01", 820, ("84.0", "100", 6)),
    ("江南化工股份", CorporateGrade.A, "ZJ03", 430, ("78.5", "98.0", 9)),
    ("润州区教育局", CorporateGrade.B, "ZJ03", 260, ("81.2", "97.0", 3)),
    ("京口物流园", CorporateGrade.B, "ZJ01", 150, ("76.0", "95.0", 5)),
    ("学府路商铺联盟", CorporateGrade.C, "ZJ02", 48, ("79.3", "92.0", 1)),
    ("云阳皮鞋厂", CorporateGrade.C, "ZJ05", 65, ("73.8", "88.0", 4)),
)


def make(halls: Mapping[str, Hall], members: Sequence[Member], now: datetime) -> int:
    """Returns how many campaigns, events and companies there are."""
    chiefs = {code: managers(code, members) for code, hall in halls.items() if hall.is_live}
    made = _campaigns(halls, chiefs, now)
    _outings(halls, chiefs, made[0], now)
    _companies(halls, chiefs, now)
    return len(CAMPAIGNS) + len(OUTINGS) + len(COMPANIES)


def _campaigns(halls: Mapping[str, Hall], chiefs: Mapping[str, list[User]], now: datetime) -> list[Campaign]:
    draw, today = Random("campaigns"), time.business_day(now)
    made, days = [], []
    for name, offer, audience, (first, last), (target, uptake, minutes), channels in CAMPAIGNS:
        draft = Campaign(
            name=name,
            offer=offer,
            audience=audience,
            starts_on=today + timedelta(days=first),
            ends_on=today + timedelta(days=last),
            target=target,
            uptake=Decimal(uptake),
            minutes=Decimal(minutes),
            channels=channels,
        )
        row = start_campaign(draft, [halls[code] for code in BESIDE], by=chiefs["ZJ01"][0], now=now)
        made.append(row)
        for day in range(first, min(last, -1) + 1):
            for code in BESIDE:
                offered = draw.randint(12, 60)
                accepted = round(offered * draw.uniform(0.08, 0.3))
                facts = {"offered": offered, "accepted": accepted, "noted_by": chiefs[code][0]}
                on = today + timedelta(days=day)
                at = time.day_bounds(on)[1] - timedelta(hours=5)
                days.append(CampaignDay(campaign=row, hall=halls[code], day=on, noted_at=at, **facts))
    CampaignDay.objects.bulk_create(days)
    return made


def _outings(halls: Mapping[str, Hall], chiefs: Mapping[str, list[User]], campaign: Campaign, now: datetime) -> None:
    for code, ahead, kind, title, place, result in OUTINGS:
        day = time.business_day(now) + timedelta(days=ahead)
        begins = time.day_bounds(day)[0] + timedelta(hours=9, minutes=30)
        row = Outing.objects.create(
            hall=halls[code],
            kind=kind,
            title=title,
            place=place,
            begins_at=begins,
            ends_at=begins + timedelta(hours=3),
            campaign=campaign if kind == OutingKind.STALL else None,
            planned_at=now - timedelta(days=9),
            planned_by=chiefs[code][0],
        )
        row.people.set(chiefs[code][1:3])
        if result:
            row.state, (row.reached, row.handled, row.leads) = OutingState.DONE, result
            row.result = "现场以咨询套餐和宽带为主,意向客户已登记回访"
            row.closed_at, row.closed_by = begins + timedelta(hours=5), chiefs[code][0]
            row.save()


def _companies(halls: Mapping[str, Hall], chiefs: Mapping[str, list[User]], now: datetime) -> None:
    today = time.business_day(now)
    months = [month_before(month_of(today)), month_before(month_before(month_of(today)))]
    rows = CorporateGroup.objects.bulk_create(
        CorporateGroup(
            name=name,
            grade=grade,
            hall=halls[code],
            manager=chiefs[code][0],
            contact="办公室",
            headcount=heads,
            joined_on=today - timedelta(days=900 + heads),
        )
        for name, grade, code, heads, _ in COMPANIES
    )
    CorporateFigure.objects.bulk_create(
        CorporateFigure(
            group=row,
            month=month,
            satisfaction=Decimal(satisfaction) + at,
            awareness=Decimal(awareness),
            members=row.headcount,
            lost=lost,
            noted_at=now - timedelta(days=3 + 30 * at),
            noted_by=chiefs[code][0],
        )
        for row, (_, _, code, _, (satisfaction, awareness, lost)) in zip(rows, COMPANIES, strict=True)
        for at, month in enumerate(months)
    )
    people = list(Customer.objects.order_by("-phone")[: 4 * len(rows)])
    CorporateMember.objects.bulk_create(
        CorporateMember(group=rows[at % len(rows)], customer=person, joined_on=today - timedelta(days=200))
        for at, person in enumerate(people)
    )
