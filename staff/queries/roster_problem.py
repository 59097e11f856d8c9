"""A hall's month read into the plain values that the checks and the solver want, and its turns as a plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q

from core import parameters
from halls import rules as hall_rules
from halls.models import CalendarDay, Hall
from halls.queries import scopes, weekly_hours
from halls.states import CalendarKind
from staff.models import (
    Employment,
    Leave,
    PostSkill,
    PrivateRule,
    Roster,
    RosterWish,
    ShiftType,
    Turn,
    Unavailability,
    WindowNeed,
    WorkScheme,
    WorkTerms,
)
from staff.queries import certificates
from staff.queries.people import in_force
from staff.queries.rosters import POST_OF_ROLE, turns_in_force
from staff.rules import rosters as rules
from staff.rules.rosters import Entry, Limits, Problem, Scheme, Worker
from staff.rules.shifts import Shift, minute
from staff.states import AskState, JobKind, Post, PrivateKind, Role

DAYS_AROUND = 7
FAIRNESS_DAYS = 365


def month_named(text: str) -> date | None:
    """`2026-12` as its first day; None for what is no month of this century."""
    year, _, number = text.partition("-")
    if not (len(year) == 4 and year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        return None
    known = 2000 <= int(year) < 2100 and len(number) == 2 and 1 <= int(number) <= 12
    return date(int(year), int(number), 1) if known else None


def month_days(month: date) -> tuple[date, ...]:
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return tuple(month + timedelta(days=ahead) for ahead in range((following - month).days))


def problem_of(hall: Hall, days: Sequence[date]) -> Problem:
    """Everything that bounds and wishes for a hall's span of days; the same number of questions for any size."""
    shifts = {row.pk: row.facts for row in ShiftType.objects.filter(hall=hall, is_active=True)}
    used = ShiftType.objects.filter(hall=hall, is_active=False, pk__in=_used(hall, days))
    shifts |= {row.pk: row.facts for row in used}
    calendar = dict(CalendarDay.objects.filter(day__range=(days[0], days[-1])).values_list("day", "kind"))
    opened = _open(hall, days, shifts)
    windows = hall.windows.filter(is_active=True).count() or hall.counter_count
    need, peaks = _need(hall, days, opened, windows)
    scheme = WorkScheme.objects.filter(hall=hall, valid_from__lte=days[-1]).first()
    facts = Scheme(scheme.kind, scheme.weekly_hours * 60) if scheme else Scheme()
    numbers = _Numbers(hall, days[0])
    return Problem(
        days=tuple(days),
        shifts=shifts,
        workers=tuple(_Crew(hall, days, shifts, facts).workers()),
        need=need,
        open=opened,
        windows=windows,
        has_zone=hall.has_gotone_zone,
        peaks=peaks,
        noon=frozenset(range(numbers(rules.NOON_FROM) // 30, -(-numbers(rules.NOON_TO) // 30))),
        workdays=frozenset(day for day in days if hall_rules.is_working_day(day, calendar.get(day))),
        holidays=frozenset(day for day in days if calendar.get(day) == CalendarKind.HOLIDAY),
        scheme=facts,
        limits=numbers.limits(),
        weights={name: numbers(parameter) for name, parameter in rules.WEIGHTS.items()},
    )


def _used(hall: Hall, days: Sequence[date]) -> list[int]:
    """Shift types that were put out of use but still stand in rosters of these days."""
    rows = Turn.objects.filter(roster__hall=hall, day__range=(days[0], days[-1]), shift__is_active=False)
    return list(rows.values_list("shift", flat=True).distinct())


class _Numbers:
    """The province's figures for a hall on the first day."""

    def __init__(self, hall: Hall, day: date) -> None:
        self.where, self.day = scopes(hall), day

    def __call__(self, name: str) -> int:
        return parameters.number(name, on=self.day, scopes=self.where)

    def limits(self) -> Limits:
        return Limits(
            rest=self(rules.REST_HOURS) * 60,
            run=self(rules.RUN_DAYS),
            day_overtime=self(rules.DAY_OVERTIME) * 60,
            month_overtime=self(rules.MONTH_OVERTIME) * 60,
            week_overtime=self(rules.WEEK_OVERTIME) * 60,
            full_weekends=self(rules.FULL_WEEKENDS),
        )


def _open(hall: Hall, days: Sequence[date], shifts: Mapping[int, Shift]) -> dict[date, frozenset[int]]:
    """Half hours in which the hall is open and some shift can reach."""
    weekly = weekly_hours(hall)
    exceptions = {row.day: row.hours for row in hall.hours_exceptions.filter(day__range=(days[0], days[-1]))}
    reach = frozenset[int]().union(*(shift.slots for shift in shifts.values())) if shifts else frozenset()
    found = {}
    for day in days:
        hours = hall_rules.hours_on(day, weekly, exceptions)
        if hours is not None:
            last = 48 if hours.closes_text == "24:00" else -(-minute(hours.closes) // 30)
            found[day] = reach & frozenset(range(minute(hours.opens) // 30, last))
    return found


def _need(
    hall: Hall, days: Sequence[date], opened: Mapping[date, frozenset[int]], windows: int
) -> tuple[dict[date, dict[int, int]], frozenset[tuple[date, int]]]:
    """What is asked for, cut at the windows there are; a half hour without a figure asks for one window."""
    need = {day: dict.fromkeys(slots, 1) for day, slots in opened.items()}
    peaks = set()
    for row in WindowNeed.objects.filter(hall=hall, day__range=(days[0], days[-1])):
        if row.slot in need.get(row.day, ()):
            need[row.day][row.slot] = min(row.windows, windows)
            if row.is_peak:
                peaks.add((row.day, row.slot))
    return need, frozenset(peaks)


@dataclass
class _Person:
    """Facts of one person gathered over the questions."""

    name: str
    roles: list[str] = field(default_factory=list)
    spans: list[tuple[date, date | None]] = field(default_factory=list)
    is_trainee: bool = False


class _Crew:
    """The people of a hall with all that is known of them for the span."""

    def __init__(self, hall: Hall, days: Sequence[date], shifts: Mapping[int, Shift], scheme: Scheme) -> None:
        self.hall, self.days, self.shifts, self.scheme = hall, days, shifts, scheme
        self.people = self._people()
        self.ids = list(self.people)
        self.skills = _grouped(PostSkill.objects.filter(user__in=self.ids).values_list("user", "post"))
        terms = WorkTerms.objects.filter(in_force(days[0]), user__in=self.ids).order_by("valid_from")
        self.hours = dict(terms.values_list("user", "weekly_hours"))
        self.private = PrivateRule.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=days[0]), user__in=self.ids, valid_from__lte=days[-1]
        )
        self.covered = certificates.spans(self.ids)
        self.required = certificates.is_required(hall, days[0])

    def _people(self) -> dict[int, _Person]:
        jobs = Employment.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=self.days[0]),
            hall=self.hall,
            valid_from__lte=self.days[-1],
            user__is_active=True,
            role__in=list(POST_OF_ROLE),
        ).select_related("user")
        found: dict[int, _Person] = {}
        for job in jobs.order_by("user__staff_no", "valid_from"):
            person = found.setdefault(job.user_id, _Person(job.user.name))
            person.roles.append(job.role)
            person.spans.append((job.valid_from, job.valid_to))
            person.is_trainee |= job.kind == JobKind.TRAINEE
        return found

    def workers(self) -> Iterable[Worker]:
        off, wishes = self._leaves(), self._wishes()
        blocked, around = self._blocked(), self._around()
        lates, holidays = self._owed()
        private = _grouped((row.user_id, row.kind) for row in self.private)
        for key, person in self.people.items():
            post, also_window = _post_of(person.roles)
            yield Worker(
                key=key,
                name=person.name,
                post=post,
                also_window=also_window,
                skills=frozenset(Post(one) for one in self.skills.get(key, ())),
                weekly_minutes=self.hours.get(key, self.scheme.weekly_minutes // 60) * 60,
                no_late=PrivateKind.NO_LATE in private.get(key, ()),
                no_overtime=PrivateKind.NO_OVERTIME in private.get(key, ()),
                is_trainee=person.is_trainee,
                off=self._not_here(person) | off.get(key, {}),
                uncertified=self._uncertified(key),
                blocked=frozenset(blocked.get(key, ())),
                wishes=wishes.get(key, {}),
                around=around.get(key, {}),
                late_before=lates.get(key, 0),
                holiday_before=holidays.get(key, 0),
            )

    def _not_here(self, person: _Person) -> dict[date, str]:
        """Days before the first and after the last day of their job."""
        return {
            day: "不在岗"
            for day in self.days
            if not any(first <= day and (last is None or day <= last) for first, last in person.spans)
        }

    def _uncertified(self, key: int) -> dict[date, str]:
        """R-S-14: days on which no certificate covers a window; who never had one is kept away from the set date."""
        spans = self.covered.get(key, [])
        if not spans and not self.required:
            return {}
        return {day: "没有有效的上岗证" for day in self.days if not any(span.covers(day) for span in spans)}

    def _leaves(self) -> dict[int, dict[date, str]]:
        rows = Leave.objects.filter(
            user__in=self.ids, state=AskState.GRANTED, first_day__lte=self.days[-1], last_day__gte=self.days[0]
        )
        found: dict[int, dict[date, str]] = defaultdict(dict)
        for row in rows:
            found[row.user_id] |= {day: row.get_kind_display() for day in self.days if row.covers(day)}
        return found

    def _wishes(self) -> dict[int, dict[date, int | None]]:
        found: dict[int, dict[date, int | None]] = defaultdict(dict)
        rows = RosterWish.objects.filter(user__in=self.ids, day__range=(self.days[0], self.days[-1]))
        for row in rows.exclude(state=AskState.WITHDRAWN):
            found[row.user_id][row.day] = row.shift_id
        return found

    def _blocked(self) -> dict[int, set[tuple[date, int]]]:
        found: dict[int, set[tuple[date, int]]] = defaultdict(set)
        for row in Unavailability.objects.filter(user__in=self.ids):
            begins, ends = minute(row.begins), minute(row.ends)
            shut = [key for key, shift in self.shifts.items() if shift.touches(begins, ends)]
            for day in self.days:
                in_time = row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
                if day.weekday() == row.weekday and in_time:
                    found[row.user_id] |= {(day, key) for key in shut}
        for turn in self._elsewhere():  # no double booking between halls
            found[turn.person_id] |= {(turn.day, key) for key in self.shifts}
        return found

    def _elsewhere(self) -> Iterable[Turn]:
        span = (self.days[0], self.days[-1])
        return turns_in_force().filter(person__in=self.ids, day__range=span).exclude(roster__hall=self.hall)

    def _around(self) -> dict[int, dict[date, Shift]]:
        """Published shifts just before and after the span, wherever they are worked."""
        near = timedelta(days=DAYS_AROUND)
        outside = Q(day__gte=self.days[0] - near, day__lt=self.days[0]) | Q(
            day__gt=self.days[-1], day__lte=self.days[-1] + near
        )
        found: dict[int, dict[date, Shift]] = defaultdict(dict)
        for turn in turns_in_force().filter(outside, person__in=self.ids):
            found[turn.person_id][turn.day] = turn.shift.facts
        return found

    def _owed(self) -> tuple[dict[int, int], dict[int, int]]:
        """Late shifts of the month before and holidays of the year before: fairness looks back."""
        first = self.days[0]
        mine = Turn.objects.filter(roster__state="published", person__in=self.ids, day__lt=first)
        lates = mine.filter(day__gte=first - timedelta(days=31), shift__is_late=True)
        festive = CalendarDay.objects.filter(
            kind=CalendarKind.HOLIDAY, day__gte=first - timedelta(days=FAIRNESS_DAYS), day__lt=first
        )
        holidays = mine.filter(day__in=festive.values("day"))
        return tuple(  # type: ignore[return-value]
            dict(rows.values("person").annotate(count=Count("pk")).values_list("person", "count"))
            for rows in (lates, holidays)
        )


def _post_of(roles: Sequence[str]) -> tuple[Post, bool]:
    """The usual post, and whether its holder also serves at a window (small halls: the manager does both).

    The role somebody has first is the usual one; a second role makes nobody leave the window.
    """
    posts = [POST_OF_ROLE[role] for role in roles]
    if Role.HALL_MANAGER in roles:
        return Post.MANAGER, Post.WINDOW in posts
    return posts[0], False


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def plan_of(roster: Roster) -> dict[tuple[int, date], Entry]:
    return {
        (turn.person_id, turn.day): Entry(
            turn.shift_id, Post(turn.post), minute(turn.meal_at) if turn.meal_at else None
        )
        for turn in roster.turns.all()
    }
