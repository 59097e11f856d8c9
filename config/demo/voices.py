"""What people of the demo city write to each other: notices, suggestions, stars and competitions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from halls.models import Region
from staff.models import (
    Award,
    Bulletin,
    BulletinConfirmation,
    Competition,
    CompetitionResult,
    Suggestion,
    User,
)
from staff.queries import awards as queries
from staff.queries import bulletins as readers
from staff.rules import performance as rules
from staff.states import AwardKind, BulletinKind, BulletinState, Role, SuggestionState, SuggestionTopic

if TYPE_CHECKING:
    from config.demo.informed import City

# title, kind, body, days since it holds, days until it ends, roles, share confirmed in percent
NOTICES = (
    (
        "补卡业务增加近期使用情况核对", BulletinKind.BUSINESS,
        "为防止冒名补卡:\n1. 除人证比对外,再请客户说出近一个月内的任意两项使用情况;\n2. 核对不一致的,请值班经理到场。",
        6, None, (Role.CLERK, Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.BACK_OFFICE), 82,
    ),
    (
        "年末返费活动办理口径", BulletinKind.BUSINESS,
        "年末返费活动每户限办一次,不能与合约购机同享。返费自次月起到账,中途改套餐即停止,请在办理前向客户说明并请客户确认。",
        3, 35, (Role.CLERK, Role.HANDSET_SELLER, Role.DUTY_MANAGER), 60,
    ),
    (
        "周五凌晨业务系统升级", BulletinKind.SYSTEM,
        "周五 0:00–5:30 业务系统升级,期间交费、查询可能延迟。早班开门前请值班经理试办一笔交费,异常报市支撑。",
        1, 4, (), 35,
    ),
    (
        "冬季取暖与用电检查", BulletinKind.SAFETY,
        "取暖器不得放在窗口台面下,下班前由当班 A 角断电并在关门检查单上签字。本周内各厅自查一次。",
        9, 60, (Role.HALL_MANAGER, Role.DUTY_MANAGER), 92,
    ),
)  # fmt: skip

# hall, topic, title, text, days ago, state, answer
IDEAS = (
    ("ZJ01", SuggestionTopic.PROCESS, "过户前先发材料短信",
     "过户客户常常少带一方证件,白排一次队。取号时就发一条材料短信,能少跑一趟。", 9, SuggestionState.NEW, ""),
    ("ZJ01", SuggestionTopic.SYSTEM, "窗口屏字号调大", "坐轮椅的客户说看不清叫号屏,能不能加大字号。",
     20, SuggestionState.ADOPTED, "已联系厂商,下周更换为大字模板,全厅同步。"),
    ("ZJ01", SuggestionTopic.SPACE, "饮水机移到休息区", "饮水机在窗口边,接水的人挡住叫号通道。",
     16, SuggestionState.ADOPTED, "同意,周一开门前移过去。"),
    ("ZJ01", SuggestionTopic.ROSTER, "午间轮换提前贴出来", "希望前一天就知道午餐轮换次序。",
     4, SuggestionState.ANSWERED, "班表里会加午餐时段,下月试行一周再定。"),
    ("ZJ02", SuggestionTopic.SERVICE, "开学周设学生快办窗", "开学两周学生多,设一个只办开户的窗口。",
     30, SuggestionState.ADOPTED, "开学前一周起固定 4 号窗口,排班按此安排。"),
    ("ZJ03", SuggestionTopic.PROCESS, "VIP 预约短信写明窗口", "预约客户到厅后总问去几号窗口。",
     12, SuggestionState.DECLINED, "窗口当天才能确定,提前写明容易跑空;到厅时由引导员带到位。"),
    ("ZJ05", SuggestionTopic.SYSTEM, "读证仪多备一台", "坏一台就停一个窗口。", 2, SuggestionState.NEW, ""),
    ("ZJ06", SuggestionTopic.OTHER, "赶集日加一张长椅", "逢集日老人多,站着等。",
     25, SuggestionState.ANSWERED, "已申请,等区县批复。"),
)  # fmt: skip


def make_bulletins(city: "City") -> None:
    """Four of the city, one of a hall, a draft and one that is over; most have confirmed."""
    town = Region.objects.get(code="ZJ")
    operations, manager = city.one(Role.OPERATIONS, None), city.one(Role.HALL_MANAGER)
    for title, kind, body, ago, ahead, roles, share in NOTICES:
        row = _bulletin(city, title, (kind, body), days=(ago, ahead), author=operations)
        row.roles = list(roles)
        row.save()
        row.regions.add(town)
        people = list(readers.addressees(row, city.today).order_by("staff_no"))
        BulletinConfirmation.objects.bulk_create(
            BulletinConfirmation(
                bulletin=row, person=one, at=city.now - timedelta(days=ago) * (1 - (at % 10) / 12) + timedelta(hours=1)
            )
            for at, one in enumerate(people)
            if (at * 37 + len(title)) % 100 < share
        )
    local = _bulletin(city, "本周主推与陈列调整", (BulletinKind.SERVICE, "体验台换成新机,单页放右侧;周三晨会演练。"),
                      days=(2, 5), author=manager)  # fmt: skip
    draft = _bulletin(city, "元旦值班安排(草稿)", (BulletinKind.STAFF, "元旦三天的值班表随后公布,请先登记意向。"),
                      days=(-3, None), author=manager)  # fmt: skip
    over = _bulletin(city, "双 11 活动收尾", (BulletinKind.BUSINESS, "活动已结束,未办结的受理单今天内清理。"),
                     days=(20, -6), author=operations)  # fmt: skip
    for row in (local, draft, over):
        row.save()
        row.halls.add(city.halls["ZJ01"])
    Bulletin.objects.filter(pk=draft.pk).update(state=BulletinState.DRAFT, issued_at=None)


def _bulletin(
    city: "City", title: str, said: tuple[str, str], *, days: tuple[int, int | None], author: User
) -> Bulletin:
    """`said` = kind and body; `days` = held since so many days, holds for so many more."""
    kind, body = said
    ago, ahead = days
    return Bulletin(
        title=title,
        kind=kind,
        body=body,
        valid_from=city.today - timedelta(days=ago),
        valid_to=None if ahead is None else city.today + timedelta(days=ahead),
        state=BulletinState.ISSUED,
        author=author,
        issued_at=city.now - timedelta(days=max(ago, 0), hours=2),
    )


def make_suggestions(city: "City") -> None:
    rows = []
    for at, (code, topic, title, text, ago, state, answer) in enumerate(IDEAS):
        manager, made = city.one(Role.HALL_MANAGER, code), city.now - timedelta(days=ago, hours=3)
        decided = state in {SuggestionState.ADOPTED, SuggestionState.DECLINED}
        rows.append(
            Suggestion(
                hall=city.halls[code],
                author=city.one(Role.CLERK, code, at),
                topic=topic,
                title=title,
                text=text,
                made_at=made,
                state=state,
                answer=answer,
                answered_by=manager if answer else None,
                answered_at=made + timedelta(days=2) if answer else None,
                decided_by=manager if decided else None,
                decided_at=made + timedelta(days=3) if decided else None,
            )
        )
    Suggestion.objects.bulk_create(rows)


def make_stars(city: "City", month: date) -> None:
    """The halls other than the flagship have decided by the figures; the flagship's manager has it before them."""
    for code in ("ZJ02", "ZJ03", "ZJ05"):
        hall, manager = city.halls[code], city.one(Role.HALL_MANAGER, code)
        for kind, reason in (
            (AwardKind.SERVICE, "评价最高,老年客户专门来道谢。"),
            (AwardKind.SALES, "推荐先问需要,成交最多、退订最少。"),
        ):
            found = [one for one in queries.candidates(hall, month, kind, city.now) if one.person != manager]
            if found:
                Award.objects.create(
                    hall=hall,
                    month=month,
                    kind=kind,
                    person=found[0].person,
                    reason=reason,
                    figures=found[0].figures,
                    decided_by=manager,
                    decided_at=city.now - timedelta(days=2),
                )
    _make_competitions(city, month)


def _make_competitions(city: "City", month: date) -> None:
    town, operations, manager = (
        Region.objects.get(code="ZJ"), city.one(Role.OPERATIONS, None), city.one(Role.HALL_MANAGER),
    )  # fmt: skip
    held = Competition.objects.create(
        title="全市窗口技能赛",
        subject="补卡全流程、应答话术、点钞",
        region=town,
        held_on=rules.last_day(month) - timedelta(days=2),
        made_by=operations,
        closed_at=city.now - timedelta(days=6),
        closed_by=operations,
    )
    entrants = [city.one(Role.CLERK, code, at) for at, code in enumerate(("ZJ01", "ZJ02", "ZJ03", "ZJ05", "ZJ01"))]
    scores = [Decimal(score) for score in ("93.50", "88.00", "95.25", "88.00", "84.75")]
    CompetitionResult.objects.bulk_create(
        CompetitionResult(
            competition=held, person=person, score=score, rank=rank, points=rules.points_for(rank, held.points_by_rank)
        )
        for person, score, rank in zip(entrants, scores, rules.ranks(scores), strict=True)
    )
    Competition.objects.create(
        title="本厅应答话术赛",
        subject="携号转出与宽带移机的应答",
        hall=city.halls["ZJ01"],
        held_on=city.today + timedelta(days=9),
        made_by=manager,
    )
