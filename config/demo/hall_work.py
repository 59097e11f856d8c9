"""What hangs in the live halls, what ends soon, and how last week's outage ended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from config.demo.people import Member
from core import time
from halls.models import BusinessType, DatedThing, Hall, Incident, Material, TakenDown
from halls.states import Carrier, DatedKind, IncidentKind, MaterialKind
from queueing.models import Outage, ReturnNumber, Ticket
from queueing.states import OutageKind, TicketState
from staff.models import User
from staff.states import Role

PRINTED: tuple[tuple[Carrier, str, str], ...] = (
    (Carrier.SIGN, "门头灯箱画面", "正门上方"),
    (Carrier.BOARD, "业务资费公示", "入口公示栏"),
    (Carrier.BOARD, "服务流程与监督电话", "入口公示栏"),
    (Carrier.BOARD, "便民服务项目", "引导台旁"),
    (Carrier.PRICES, "手机与配件价目表", "体验区柜台"),
    (Carrier.PRICES, "宽带资费价目表", "窗口右侧"),
    (Carrier.POSTER, "千兆宽带先用后付", "入口海报架"),
    (Carrier.POSTER, "以旧换新最高补 800 元", "体验区立柱"),
    (Carrier.POSTER, "亲情网家人互打不花钱", "休息区墙面"),
    (Carrier.POSTER, "双十一话费购机", "入口左侧海报架"),
    (Carrier.FLAG, "冬季流量包", "大厅吊顶"),
    (Carrier.LEAFLET, "套餐升档礼", "1–3 号窗口"),
    (Carrier.LEAFLET, "防诈骗提示", "每个窗口"),
    (Carrier.LEAFLET, "长者手机课堂报名", "引导台"),
    (Carrier.FLOOR, "排队一米线与指引", "窗口前"),
    (Carrier.FLOOR, "自助缴费指引", "自助区"),
)
LASTING = {Carrier.SIGN, Carrier.BOARD, Carrier.FLOOR}
EXPIRED, ENDING = "双十一话费购机", ("长者手机课堂报名", "套餐升档礼")
PAPERS: tuple[tuple[DatedKind, str, str, str, int], ...] = (
    (DatedKind.CONTRACT, "保洁外包合同", "HT-2026-018", "清友保洁", 24),
    (DatedKind.CONTRACT, "房屋租赁合同", "HT-2024-003", "京口商业", 210),
    (DatedKind.SEAL, "业务专用章备案", "YW-01", "", 6),
    (DatedKind.LICENCE, "消防检查合格证", "XF-2231", "", 58),
    (DatedKind.INSURANCE, "公众责任险", "BX-7710", "", -2),
)


def make(halls: Mapping[str, Hall], members: Sequence[Member], now: datetime) -> int:
    """Returns how many materials hang."""
    draw, today = Random("hall work"), time.business_day(now)
    keepers = {code: managers(code, members)[0] for code, hall in halls.items() if hall.is_live}
    rows = [row for code, keeper in keepers.items() for row in _printed(halls[code], keeper, now, today, draw)]
    made = Material.objects.bulk_create(rows)
    over = [row for row in made if row.retired_at]
    TakenDown.objects.bulk_create(
        TakenDown(material=row, hall=row.hall, at=row.retired_at or now, by=row.keeper) for row in over
    )
    DatedThing.objects.bulk_create(
        DatedThing(
            hall=halls[code],
            kind=kind,
            name=name,
            number=number,
            partner=partner,
            valid_from=today + timedelta(days=left - 365),
            valid_to=today + timedelta(days=left + (0 if code == "ZJ01" else draw.randint(5, 90))),
            keeper=keeper,
            recorded_at=now - timedelta(days=90),
        )
        for code, keeper in keepers.items()
        for kind, name, number, partner, left in PAPERS
    )
    _outage(halls["ZJ01"], keepers["ZJ01"], now)
    return len(made)


def managers(code: str, members: Sequence[Member]) -> list[User]:
    """Who runs a hall: its manager before its duty managers, else whoever works there."""
    here = [member for member in members if member.hall == code]
    ranked = sorted(here, key=lambda one: [Role.HALL_MANAGER, Role.DUTY_MANAGER].index(one.job.role)
                    if one.job.role in {Role.HALL_MANAGER, Role.DUTY_MANAGER} else 9)  # fmt: skip
    return [one.user for one in ranked]


def _printed(hall: Hall, keeper: User, now: datetime, today: date, draw: Random) -> list[Material]:
    """One expired yesterday and two that end this week in each hall; one came down last week."""
    few = PRINTED if not hall.is_line else PRINTED[1:13]
    rows = []
    for carrier, title, place in few:
        life = draw.randint(200, 400) if carrier in LASTING else draw.randint(14, 45)
        first = -draw.randint(1, life - 10) if life > 14 else -2
        last = first + life
        if title == EXPIRED:
            first, last = -20, -1
        elif title in ENDING:
            first, last = -18, 1 + 2 * ENDING.index(title)
        rows.append(_material(hall, keeper, (carrier, title, place), (first, last), now))
    gone = _material(hall, keeper, (Carrier.POSTER, "国庆购机节", "入口海报架"), (-55, -8), now)
    gone.retired_at, gone.retired_by = now - timedelta(days=8, hours=2), keeper
    return [*rows, gone]


def _material(
    hall: Hall, keeper: User, what: tuple[Carrier, str, str], days: tuple[int, int], now: datetime
) -> Material:
    carrier, title, place = what
    today = time.business_day(now)
    return Material(
        hall=hall,
        kind=MaterialKind.POSTER,
        carrier=carrier,
        title=title,
        place=place,
        on_tv=False,
        keeper=keeper,
        valid_from=today + timedelta(days=days[0]),
        valid_to=today + timedelta(days=days[1]),
        made_by=keeper,
        made_at=now + timedelta(days=days[0] - 1),
    )


def _outage(hall: Hall, by: User, now: datetime) -> None:
    """The system failure of four days ago, and a customer of that day who has not come back yet."""
    incident = Incident.objects.filter(hall=hall, kind=IncidentKind.SYSTEM).first()
    if incident is None or incident.ended_at is None:
        return
    began, ended = incident.began_at, incident.ended_at
    day = time.business_day(began)
    notice = _material(hall, by, (Carrier.SCREEN, "业务系统维护中", ""), (0, 0), now)
    notice.kind, notice.on_tv = MaterialKind.URGENT, True
    notice.valid_from = notice.valid_to = day
    notice.made_at, notice.retired_at, notice.retired_by = began, ended, by
    notice.save()
    row = Outage.objects.create(
        hall=hall,
        kind=OutageKind.BOSS,
        incident=incident,
        notice=notice,
        began_at=began,
        began_by=by,
        ended_at=ended,
        ended_by=by,
    )
    row.businesses.set(BusinessType.objects.filter(groups__hall=hall).order_by("code").distinct()[:4])
    left = Ticket.objects.filter(hall=hall, business_day=day, state=TicketState.CANCELLED).order_by("taken_at")
    for at, ticket in enumerate(left[:2]):
        ReturnNumber.objects.create(
            outage=row,
            hall=hall,
            ticket=ticket,
            group=ticket.group,
            business=ticket.business,
            code=f"{314159 + at * 271828:06d}",
            offered_at=began,
            accepted_at=began + timedelta(minutes=6),
            last_day=day + timedelta(days=6),
        )
