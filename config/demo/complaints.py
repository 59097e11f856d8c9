"""Complaints of the demo city: lived through event by event with the product's own rules, and the stories of today."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from complaints.actions.cases import snapshot, tier_for
from complaints.actions.catalogue import prepare
from complaints.actions.dispatching import answer_due
from complaints.models import (
    CaseCounter,
    Category,
    Complaint,
    ComplaintEvent,
    Deadline,
    Team,
)
from complaints.queries.policies import VERSIONS, forget
from complaints.rules.fold import notice_time
from complaints.rules.numbers import number_text
from complaints.states import Did, Identity, Kind, LateReason, Outcome, Satisfied, Source
from config.demo import complaints_money as money
from config.demo.complaints_told import Told
from config.demo.people import Member
from core import time
from halls.models import Hall
from loyalty.models import Customer
from queueing.models import Ticket
from staff.models import User
from staff.states import Role

SEED = "complaints"
ONE_PER = 120
MOST = 400
SHARES = {
    "service": 24, "fees": 26, "consent": 8, "business": 12, "network": 14,
    "terminal": 5, "points": 4, "campaign": 4, "security": 2, "channel": 1,
}  # fmt: skip
SAID = {
    "service": ("排队等了四十多分钟,大厅没有人解释", "窗口人员态度生硬,问了三遍才回答", "同一件事让我跑了两个窗口"),
    "fees": ("上月多出一笔套餐外流量费,没有提醒", "增值业务扣费,本人没有订过", "账单里有一项看不懂,客服说不清"),
    "consent": ("没有同意就给我换了套餐", "不知道什么时候开通了来电提醒"),
    "business": ("改了套餐三天还没有生效", "补卡以后收不到短信", "携号转网被告知还有合约"),
    "network": ("家里信号只有一格,打电话断断续续", "宽带昨晚起断网", "约好的装机时间没有人来"),
    "terminal": ("新手机用了一周就黑屏", "赠送的耳机与宣传不符"),
    "points": ("积分少了两千多", "兑换的礼品一直缺货"),
    "campaign": ("宣传单上的返还条件没写清楚", "承诺的话费没有返还"),
    "security": ("一天收到二十多条垃圾短信", "怀疑身份证被人冒用办卡"),
    "channel": ("代理点多收了十元手续费",),
}
ANSWERS = ("已致电客户说明情况并致歉,客户接受", "已核实并退还多收部分,客户认可", "已为客户重新办理,客户表示满意")


@dataclass
class Cast:
    """Who plays: people by hall and role, categories, teams, the counters of numbers."""

    people: dict[tuple[str, str], list[User]]
    above: dict[str, list[User]]
    tree: dict[str, list[Category]]
    teams: dict[str, Team]
    policy: int
    serials: Counter[tuple[int, date, str]] = field(default_factory=Counter)

    def one(self, hall: Hall, *roles: str) -> User:
        for role in roles:
            if found := self.people.get((hall.code, role)):
                return found[0]
        return self.above[Role.COMPLAINT_HANDLER][0]


def make(halls: dict[str, Hall], members: list[Member], now: datetime) -> int:
    """Write the past and the stories of today. Returns the number of cases."""
    forget()
    policy = prepare().version
    cast = _cast(members, policy)
    for code in ("billing", "business", "consent"):
        cast.teams[code].members.set(cast.above[Role.COMPLAINT_HANDLER])
    draw = random.Random(SEED)
    told = _past(halls, cast, now, draw)
    told += _stories(halls, cast, now)
    told += _books_and_ideas(halls, cast, now, draw)
    _write(told, now)
    CaseCounter.objects.bulk_create(
        CaseCounter(hall_id=hall, day=day, kind=kind, last=last) for (hall, day, kind), last in cast.serials.items()
    )
    money.make(told, cast.above[Role.COMPLAINT_HANDLER][0], now, draw)
    return len(told)


def _cast(members: list[Member], policy: int) -> Cast:
    people: dict[tuple[str, str], list[User]] = defaultdict(list)
    above: dict[str, list[User]] = defaultdict(list)
    for member in members:
        if member.hall is None:
            above[member.job.role].append(member.user)
        else:
            people[member.hall, member.job.role].append(member.user)
    tree: dict[str, list[Category]] = defaultdict(list)
    for one in Category.objects.exclude(parent=None).select_related("parent__team", "team"):
        if one.parent is not None:
            tree[one.parent.code].append(one)
    return Cast(people, above, tree, {one.code: one for one in Team.objects.all()}, policy)


def _draft(cast: Cast, hall: Hall, at: datetime, kind: str = Kind.COMPLAINT, **facts: Any) -> Told:
    """A case at the moment of its logging."""
    day = time.business_day(at)
    cast.serials[hall.pk, day, kind] += 1
    customer: Customer | None = facts.pop("customer", None)
    clerk = facts.pop("by", None) or cast.one(hall, Role.CLERK)
    one = Complaint(
        number=number_text(kind, day, hall.code, cast.serials[hall.pk, day, kind]),
        hall=hall,
        kind=kind,
        logged_at=at,
        first_handler=clerk,
        handler=clerk,
        phone=customer.phone if customer else "",
        **{"source": Source.WINDOW, "identity": Identity.OWNER, **facts},
        **snapshot(customer),
    )
    told = Told(one)
    told.add(Did.LOGGED, at, clerk, kind=kind, source=one.source, policy=cast.policy, identity=one.identity)
    return told


def _accept(told: Told, at: datetime, tier: str = "", **data: Any) -> None:
    told.add(Did.ACCEPTED, at, told.complaint.first_handler, tier=tier or str(tier_for(told.complaint)), **data)


def _past(halls: dict[str, Hall], cast: Cast, now: datetime, draw: random.Random) -> list[Told]:
    """One in a hundred and twenty numbers led to a complaint."""
    places = {hall.pk: hall for hall in halls.values()}
    rows = Ticket.objects.filter(state="done", hall__in=places).exclude(clerk=None).select_related("customer", "clerk")
    total = rows.count()
    some = draw.sample(range(total), min(MOST, total // ONE_PER)) if total else []
    keys = list(rows.order_by("taken_at", "pk").values_list("pk", flat=True))
    found = rows.in_bulk([keys[at] for at in some])
    tickets = sorted(found.values(), key=lambda ticket: (ticket.finished_at or ticket.taken_at, ticket.pk))
    return [_lived(ticket, places[ticket.hall_id], cast, now, draw) for ticket in tickets]


def _lived(ticket: Ticket, hall: Hall, cast: Cast, now: datetime, draw: random.Random) -> Told:
    upper = draw.choices(list(SHARES), weights=list(SHARES.values()))[0]
    at = ticket.finished_at or ticket.taken_at
    told = _draft(
        cast, hall, at, customer=ticket.customer, by=ticket.clerk, ticket=ticket, clerk=ticket.clerk,
        window_id=ticket.window_id, category=draw.choice(cast.tree[upper]), content=draw.choice(SAID[upper]),
    )  # fmt: skip
    if draw.random() < 0.55:
        _accept(told, at)
        _close(told, at, ticket.clerk, Outcome.SOLVED, on_spot=True)
        told.complaint.solved_on_spot = True
        told.add(Did.ARCHIVED, at, ticket.clerk)
        return told
    if draw.random() < 0.07:
        return _of_somebody_else(told, at, draw)
    _accept(told, at)
    _worked_on(told, hall, cast, now, draw)
    return told


def _of_somebody_else(told: Told, at: datetime, draw: random.Random) -> Told:
    told.complaint.identity = Identity.NOT_OWNER
    told.add(Did.OWNER_ASKED, at, told.complaint.first_handler)
    told.add(Did.REJECTED, at + timedelta(hours=draw.randint(2, 20)), told.complaint.first_handler, why="denied")
    return told


def _worked_on(told: Told, hall: Hall, cast: Cast, now: datetime, draw: random.Random) -> None:
    """Sent to those who know, answered, closed (six in a hundred too late), followed up, archived."""
    one, clerk = told.complaint, told.complaint.first_handler
    begun, due = one.accepted_at or one.logged_at, one.handling_due_at or one.logged_at
    span = due - begun
    category = one.category
    team = category.team if category is not None else None
    if team is not None:
        sent = begun + timedelta(minutes=draw.randint(5, 40))
        one.team = team
        told.add(Did.DISPATCHED, sent, clerk, team=team.code, name=team.name, words="请核查",
                 answer_due=answer_due(team, sent).isoformat())  # fmt: skip
        told.add(Did.ANSWERED, sent + span * draw.uniform(0.1, 0.5), cast.above[Role.COMPLAINT_HANDLER][0],
                 words="已核查,情况属实", team=team.code)  # fmt: skip
    is_late = draw.random() < 0.13
    closed = begun + span * (draw.uniform(1.02, 1.3) if is_late else draw.uniform(0.55, 0.95))
    if closed > now - timedelta(hours=1):
        told.complaint.outcome = ""
        return
    _close(told, closed, clerk, Outcome.EXPLAINED if draw.random() < 0.6 else Outcome.SOLVED)
    if draw.random() < 0.09 and closed + timedelta(hours=8) < now:
        told.add(Did.REOPENED, closed + timedelta(hours=5), clerk, words="客户称问题仍在")
        _close(told, closed + timedelta(hours=7), clerk, Outcome.SOLVED)
        closed += timedelta(hours=7)
    if is_late:
        one.late_reason = draw.choice([LateReason.OTHER_TEAM, LateReason.HARD, LateReason.CUSTOMER])
        told.add(Did.OVERDUE_EXPLAINED, closed + timedelta(minutes=10), clerk, why=str(one.late_reason), words="")
    if closed + timedelta(hours=26) > now:
        return
    one.satisfied = draw.choices([Satisfied.YES, Satisfied.FAIR, Satisfied.NO], weights=[78, 16, 6])[0]
    told.add(Did.FOLLOWED_UP, closed + timedelta(hours=24), clerk, satisfied=str(one.satisfied), words="")
    told.add(Did.ARCHIVED, closed + timedelta(hours=25), clerk)


def _close(told: Told, at: datetime, person: User | None, outcome: Outcome, **data: Any) -> None:
    told.complaint.outcome = outcome
    words = ANSWERS[told.complaint.last_seq % len(ANSWERS)]
    told.add(Did.CLOSED, at, person, words=words, outcome=str(outcome), **data)


def _customer(**facts: Any) -> Customer | None:
    return Customer.objects.filter(status="normal", **facts).order_by("-pk").first()


def _stories(halls: dict[str, Hall], cast: Cast, now: datetime) -> list[Told]:
    """What waits at the first sign-in."""
    hall = halls["ZJ01"]
    duty = cast.one(hall, Role.DUTY_MANAGER)
    return [
        _due_tonight(hall, cast, now),
        _overdue(hall, cast, now),
        _reopened(hall, cast, now, duty),
        _withdrawn(hall, cast, now, duty),
        _pre_refunded(hall, cast, now),
        _unconfirmed(hall, cast, now),
    ]


def _due_tonight(hall: Hall, cast: Cast, now: datetime) -> Told:
    """VIP, due at 01:30: the product proposes an answer before 20:30."""
    due = time.at(time.business_day(now), CLOCK)
    due = due if due > now + timedelta(minutes=30) else due + timedelta(days=1)
    begun = min(due - timedelta(hours=8), now - timedelta(minutes=40))
    told = _draft(cast, hall, begun, customer=_customer(is_vip=True), category=cast.tree["fees"][0],
                  content="国际漫游流量费与短信提醒不符,要求核对账单", wish="今天给出说明")  # fmt: skip
    _accept(told, begun, "vip")
    clerk = told.complaint.first_handler
    told.add(Did.REPLIED, begun + timedelta(minutes=15), clerk, words="已告知客户正在与漫游运营商核对账单")
    if told.complaint.handling_due_at != due:
        told.add(Did.EXTENDED, begun + timedelta(minutes=20), cast.one(hall, Role.HALL_MANAGER), why="interconnect",
                 until=due.isoformat(), words="等漫游运营商话单")  # fmt: skip
    return told


CLOCK = datetime.min.time().replace(hour=1, minute=30)


def _overdue(hall: Hall, cast: Cast, now: datetime) -> Told:
    begun = now - timedelta(hours=50)
    told = _draft(cast, hall, begun, customer=_customer(brand="easyown", star__lt=5, is_vip=False),
                  category=cast.tree["network"][3], content="宽带断网三天,报修后没有人上门")  # fmt: skip
    _accept(told, begun, "other")
    clerk, team = told.complaint.first_handler, cast.teams["network"]
    told.add(Did.REPLIED, begun + timedelta(hours=3), clerk, words="已报修,请客户稍候")
    told.complaint.team, told.complaint.outside_no = team, "WL-20931"
    sent = begun + timedelta(hours=4)
    told.add(Did.DISPATCHED, sent, clerk, team=team.code, name=team.name, words="请尽快上门", outside_no="WL-20931",
             answer_due=answer_due(team, sent).isoformat())  # fmt: skip
    told.pass_time(now)
    return told


def _reopened(hall: Hall, cast: Cast, now: datetime, duty: User) -> Told:
    begun = now - timedelta(days=2)
    told = _draft(cast, hall, begun, customer=_customer(brand="gotone", is_vip=False), category=cast.tree["fees"][1],
                  content="增值业务退订后仍在扣费")  # fmt: skip
    _accept(told, begun, "gotone")
    _close(told, begun + timedelta(hours=10), told.complaint.first_handler, Outcome.EXPLAINED)
    told.complaint.outcome = ""
    told.add(Did.REOPENED, now - timedelta(hours=3), duty, words="客户来电:本月又扣了 6 元")
    return told


def _withdrawn(hall: Hall, cast: Cast, now: datetime, duty: User) -> Told:
    begun = now - timedelta(hours=20)
    told = _draft(cast, hall, begun, category=cast.tree["service"][0], content="等了很久没有叫到号")
    _accept(told, begun, "other")
    told.add(Did.WITHDRAWN, begun + timedelta(hours=1), duty, words="当天已办好,客户表示不再追究")
    return told


def _pre_refunded(hall: Hall, cast: Cast, now: datetime) -> Told:
    begun = now - timedelta(days=1, hours=4)
    told = _draft(cast, hall, begun, customer=_customer(brand="mzone"), category=cast.tree["fees"][0],
                  content="套餐外流量多收 12.50 元,客户情绪激动")  # fmt: skip
    _accept(told, begun, "other")
    told.complaint.outcome = Outcome.REFUNDED
    return told


def _unconfirmed(hall: Hall, cast: Cast, now: datetime) -> Told:
    begun = now - timedelta(hours=2)
    told = _draft(cast, hall, begun, customer=_customer(brand="easyown"), category=cast.tree["consent"][0],
                  identity=Identity.NOT_OWNER, content="为父亲咨询:老人不知情被改了套餐")  # fmt: skip
    told.add(Did.OWNER_ASKED, begun, told.complaint.first_handler)
    return told


IDEAS = (
    "希望大厅增加饮水机旁的座椅",
    "建议周末也开爱心窗口",
    "取号机字太小,老人看不清",
    "希望手机上能看到办理进度",
    "建议门口增加雨伞架",
)
WRITTEN = (
    "等候时间太长,建议中午多开窗口",
    "小李服务热情,提出表扬,也希望空调调高一点",
    "打印的账单看不清",
)


def _books_and_ideas(halls: dict[str, Hall], cast: Cast, now: datetime, draw: random.Random) -> list[Told]:
    told = []
    for place, text in enumerate(WRITTEN):
        hall = halls[f"ZJ0{place + 1}"]
        at = now - timedelta(hours=10 + 20 * place)
        one = _draft(cast, hall, at, source=Source.BOOK, identity=Identity.VISITOR, content=text,
                     written_at=at - timedelta(hours=4), by=cast.one(hall, Role.HALL_MANAGER))  # fmt: skip
        _accept(one, at, "other", clock_from=(at - timedelta(hours=4)).isoformat())
        if place:
            one.add(Did.REVIEWED, at + timedelta(hours=1), cast.one(hall, Role.HALL_MANAGER), words="请尽快回访")
        told.append(one)
    for place, text in enumerate(IDEAS):
        hall = halls[f"ZJ0{place % 3 + 1}"]
        at = now - timedelta(days=9 - 2 * place, hours=draw.randint(1, 6))
        one = _draft(cast, hall, at, Kind.SUGGESTION, identity=Identity.VISITOR, content=text)
        _accept(one, at, "other")
        if place in {1, 2}:
            manager = cast.one(hall, Role.HALL_MANAGER)
            _close(one, at + timedelta(days=1), manager, Outcome.ADOPTED if place == 1 else Outcome.DECLINED)
            one.add(Did.ARCHIVED, at + timedelta(days=1), manager)
        told.append(one)
    return told


def _write(told: list[Told], now: datetime) -> None:
    for one in told:
        one.pass_time(now)
        notice_time(one.case, now, VERSIONS)
    Complaint.objects.bulk_create([one.complaint for one in told])
    ComplaintEvent.objects.bulk_create([event for one in told for event in one.events])
    Deadline.objects.bulk_create([row for one in told for row in one.rows.values()])
