"""Rosters of the demo city: last month and this one published, next month's left to make; who came, who swaps.

Who sat at which window is `shifts.plan`'s word for past days, and the roster says the same: a clerk of the plan is on
the shift that covers the span. The coming days go on by the same turns.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock

from config.demo import calendar, shifts
from config.demo.history import AT_COUNTERS
from config.demo.people import Member
from core import time
from halls.models import Hall
from staff.models import (
    Attendance,
    DutyPost,
    Leave,
    PostSkill,
    PrivateRule,
    Roster,
    RosterWish,
    ShiftChange,
    ShiftType,
    Turn,
    Unavailability,
    User,
    WorkScheme,
    WorkTerms,
)
from staff.queries.rosters import POST_OF_ROLE
from staff.rules.shifts import minute
from staff.states import (
    AskState,
    ChangeKind,
    ChangeState,
    DutySource,
    LeaveKind,
    Post,
    PrivateKind,
    Role,
    RosterState,
    SchemeKind,
)

LUNCH = (clock(11), clock(14))
EVENING = (clock(16, 30), clock(18, 30))
SICK, LATE, EARLY = 0.015, 0.02, 15


@dataclass(frozen=True)
class Kind:
    """One shift type of DEMO_DATA section 2."""

    code: str
    name: str
    mark: str
    begins: str
    ends: str
    rest: int = 60
    meal: tuple[clock, clock] = LUNCH
    is_late: bool = False


EARLY_SHIFT = Kind("early", "早班", "早", "8:15", "16:15", 60)
LATE_SHIFT = Kind("late", "晚班", "晚", "10:00", "18:15", 45, is_late=True)
FULL = Kind("full", "全班", "全", "8:15", "18:15", 60)
MIDDLE = Kind("middle", "中班", "中", "11:00", "19:15", 45, EVENING, is_late=True)
EVENING_SHIFT = Kind("evening", "卖场晚班", "夜", "13:00", "21:15", 45, EVENING, is_late=True)
VILLAGE = Kind("village", "乡镇全班", "全", "8:15", "17:15", 60)
KINDS: dict[str, tuple[Kind, ...]] = {
    "ZJ01": (EARLY_SHIFT, FULL, LATE_SHIFT),
    "ZJ02": (EARLY_SHIFT, FULL, LATE_SHIFT, MIDDLE),
    "ZJ03": (EARLY_SHIFT, FULL, LATE_SHIFT),
    "ZJ04": (EARLY_SHIFT, FULL, MIDDLE, EVENING_SHIFT),
    "ZJ05": (EARLY_SHIFT, VILLAGE, LATE_SHIFT),
    "ZJ06": (VILLAGE,),
}
# The day at a counter that shifts.WATCHES give in minutes, as the shift type that people know it by: the nearest one.
LONG = Kind("long", "长班", "长", "10:00", "21:15", 90, (clock(12), clock(14)))
CAMPUS = Kind("campus", "延时班", "延", "9:15", "19:15", 60)


@dataclass(frozen=True)
class Made:
    rosters: int
    turns: int


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> Made:
    """Last month and this month published, the days so far with attendance, and the stories of next month."""
    today = time.business_day(now)
    crews: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if member.hall in KINDS:
            crews[member.hall].append(member)
    types = {code: _types(halls[code], code) for code in KINDS}
    _facts(crews, today)
    turns = 0
    for code, crew in crews.items():
        for month in (_month_before(today), today.replace(day=1)):
            turns += _month(halls[code], crew, types[code], month, now)
    _stories(halls, crews, today, now)
    return Made(Roster.objects.count(), turns)


def _types(hall: Hall, code: str) -> dict[str, ShiftType]:
    kinds = KINDS[code] + ((CAMPUS,) if code == "ZJ02" else (LONG,) if code == "ZJ04" else ())
    WorkScheme.objects.create(hall=hall, kind=SchemeKind.COMPREHENSIVE, weekly_hours=40, valid_from=date(2020, 1, 1))
    return {
        kind.code: ShiftType.objects.create(
            hall=hall,
            code=kind.code,
            name=kind.name,
            mark=kind.mark,
            begins=_clock(kind.begins),
            ends=_clock(kind.ends),
            break_minutes=kind.rest,
            break_from=kind.meal[0],
            break_to=kind.meal[1],
            is_late=kind.is_late,
            order=order,
        )
        for order, kind in enumerate(kinds)
    }


def _clock(text: str) -> clock:
    hours, minutes = text.split(":")
    return clock(int(hours), int(minutes))


def _facts(crews: Mapping[str, list[Member]], today: date) -> None:
    """Contract hours of students and their lectures, who knows the 全球通 zone, who is spared late shifts."""
    for code, crew in crews.items():
        boss = crew[0].user
        for member in crew:
            if member.job.is_student:
                WorkTerms.objects.create(user=member.user, weekly_hours=20, valid_from=today - timedelta(days=120))
                Unavailability.objects.create(
                    user=member.user, weekday=0, begins=clock(8), ends=clock(12), valid_from=today - timedelta(days=120)
                )
        if code in {"ZJ01", "ZJ03"}:
            clerks = [member.user for member in crew if member.job.role == Role.CLERK]
            PostSkill.objects.bulk_create(PostSkill(user=user, post=Post.ZONE) for user in clerks[:6])
        if code == "ZJ01":
            spared = next(member.user for member in crew if member.job.role == Role.BACK_OFFICE)
            for kind in (PrivateKind.NO_LATE, PrivateKind.NO_OVERTIME):
                PrivateRule.objects.create(
                    user=spared, kind=kind, reason="孕期", valid_from=today - timedelta(days=40), made_by=boss
                )


def _month_before(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _days(month: date) -> Iterator[date]:
    day = month
    while day.month == month.month:
        yield day
        day += timedelta(days=1)


def _month(hall: Hall, crew: list[Member], types: dict[str, ShiftType], month: date, now: datetime) -> int:
    boss = crew[0].user
    published = time.at(month - timedelta(days=4), clock(16, 20))
    roster = Roster.objects.create(
        hall=hall,
        month=month,
        version=1,
        state=RosterState.PUBLISHED,
        reason="按轮休表排定,午间由值班经理机动",
        made_by=boss,
        made_at=published,
        published_by=boss,
        published_at=published,
    )
    turns = [turn for day in _days(month) for turn in _day(roster, crew, types, day)]
    Turn.objects.bulk_create(turns)
    DutyPost.objects.bulk_create(_posts(hall, turns, time.business_day(now)))
    Attendance.objects.bulk_create(_came(hall, turns, now))
    return len(turns)


def _day(roster: Roster, crew: list[Member], types: dict[str, ShiftType], day: date) -> Iterator[Turn]:
    known = calendar.facts(day)
    code = roster.hall.code
    clerks = [member for member in crew if member.job.role in _counters(code)]
    others = [member for member in crew if member not in clerks]
    spans = {}
    plan = shifts.plan(
        shifts.WATCHES[code], known, len(clerks), list(range(1, len(clerks) + 1)), draw=random.Random(f"meal:{day}")
    )
    for shift in plan:
        spans[shift.clerk] = shift
    seat = 0
    for place, member in enumerate(clerks):
        if not shifts.works_on(place, known):
            continue
        span = spans.get(place)
        kind = _nearest(types, span.begins, span.ends) if span else next(iter(types.values()))
        yield _turn(roster, member, day, kind, seat)
        seat += 1
    for place, member in enumerate(others):
        if member.job.is_student:
            if day.weekday() in (1, 4):
                yield _turn(roster, member, day, types["early"], place)
        elif member.job.role == Role.BACK_OFFICE:
            if shifts.works_on(place, known):
                yield _turn(roster, member, day, types["early"], place)
        elif shifts.works_on(place, known):
            yield _turn(roster, member, day, _kind_of(types, place, day), place)


def _counters(code: str) -> tuple[Role, ...]:
    return AT_COUNTERS.get(code, (Role.CLERK,))


def _nearest(types: dict[str, ShiftType], begins: int, ends: int) -> ShiftType:
    return min(types.values(), key=lambda one: abs(minute(one.begins) - begins) + abs(minute(one.ends) - ends))


def _kind_of(types: dict[str, ShiftType], place: int, day: date) -> ShiftType:
    """Those away from the windows take the shifts by turns."""
    ordered = list(types.values())
    return ordered[(place + day.toordinal()) % len(ordered)]


def _turn(roster: Roster, member: Member, day: date, kind: ShiftType, place: int) -> Turn:
    meals = kind.facts.meals[::2]  # an hour apart: nobody at table together but those of one wave
    start = meals[(place + day.toordinal()) % len(meals)] if meals else None
    return Turn(
        roster=roster,
        person=member.user,
        day=day,
        shift=kind,
        post=POST_OF_ROLE[member.job.role],
        meal_at=None if start is None else clock(start // 60, start % 60),
    )


def _posts(hall: Hall, turns: Iterable[Turn], today: date) -> Iterator[DutyPost]:
    by_day: dict[date, list[Turn]] = defaultdict(list)
    for turn in turns:
        if turn.post == Post.DUTY and turn.day >= today:
            by_day[turn.day].append(turn)
    for here in by_day.values():
        first = min(here, key=lambda turn: (turn.begins_at, -turn.ends_at.timestamp()))
        yield DutyPost(
            hall=hall,
            person=first.person,
            begins_at=first.begins_at,
            ends_at=first.ends_at,
            source=DutySource.ROSTER,
        )


def _came(hall: Hall, turns: Iterable[Turn], now: datetime) -> Iterator[Attendance]:
    """Up to this minute: two in a hundred come late, one or two are ill; the rest come a little before they have to."""
    draw, today = random.Random(f"attendance:{hall.code}"), time.business_day(now)
    for turn in turns:
        if turn.begins_at > now or draw.random() < SICK:
            continue
        early = 30 if turn.post == Post.DUTY else EARLY
        minutes = -draw.randint(1, 12) if draw.random() < LATE else draw.randint(0, 14)
        yield Attendance(
            hall=hall,
            person=turn.person,
            day=turn.day,
            post=turn.post,
            begins_at=turn.begins_at,
            ends_at=turn.ends_at,
            early_minutes=early,
            checked_in_at=turn.begins_at - timedelta(minutes=early + minutes),
            checked_out_at=turn.ends_at + timedelta(minutes=draw.randint(1, 15)) if turn.day < today else None,
            note="地铁故障" if minutes < -9 else "",
        )


def _stories(halls: Mapping[str, Hall], crews: Mapping[str, list[Member]], today: date, now: datetime) -> None:
    """A swap accepted and waiting for its signature, a leave to decide, wishes for next month."""
    hall, crew = halls["ZJ01"], crews["ZJ01"]
    clerks = [member.user for member in crew if member.job.role == Role.CLERK]
    _swap(hall, clerks, today, now)
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    Leave.objects.create(
        user=clerks[4],
        hall=hall,
        kind=LeaveKind.ANNUAL,
        first_day=following + timedelta(days=13),
        last_day=following + timedelta(days=15),
        reason="回家探亲",
        state=AskState.ASKED,
        asked_at=now - timedelta(hours=20),
    )
    Leave.objects.create(
        user=clerks[5],
        hall=hall,
        kind=LeaveKind.ANNUAL,
        first_day=following + timedelta(days=6),
        last_day=following + timedelta(days=8),
        reason="旅行",
        state=AskState.GRANTED,
        asked_at=now - timedelta(days=3),
        decided_by=crew[0].user,
        decided_at=now - timedelta(days=2),
    )
    RosterWish.objects.bulk_create(
        RosterWish(
            user=clerk,
            hall=hall,
            day=following + timedelta(days=4 + 3 * place),
            reason=reason,
            asked_at=now - timedelta(days=1),
        )
        for place, (clerk, reason) in enumerate(zip(clerks[:4], ("家长会", "体检", "婚礼", "搬家"), strict=True))
    )


def _swap(hall: Hall, clerks: list[User], today: date, now: datetime) -> None:
    """The first pair for whom a day can change hands from the day after tomorrow on."""
    turns = Turn.objects.filter(roster__hall=hall, person__in=clerks, day__gte=today - timedelta(days=1))
    busy = {(turn.person_id, turn.day) for turn in turns}
    for turn in turns.filter(day__gt=today + timedelta(days=1)).order_by("day", "person__staff_no"):
        for colleague in clerks:
            if (colleague.pk, turn.day) not in busy and colleague.pk != turn.person_id:
                ShiftChange.objects.create(
                    hall=hall,
                    kind=ChangeKind.COVER,
                    asker=turn.person,
                    day=turn.day,
                    colleague=colleague,
                    reason="孩子发烧,需要去医院",
                    state=ChangeState.ACCEPTED,
                    asked_at=now - timedelta(hours=5),
                    answered_at=now - timedelta(hours=3),
                )
                return
