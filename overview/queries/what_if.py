"""A hall's own data as a case to play: its forecast, how long its services take, who waits and what windows do now."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count

from core import parameters, time
from halls import queries as halls
from halls.models import Hall
from overview.rules import what_if as rules
from overview.rules.what_if import Case, Class, Outcome, Slot, Waiting
from queueing.models import HalfHourForecast, Ticket
from queueing.queries import fairness, forecast, moving
from queueing.queries import layout as layouts
from queueing.queries.layout import Layout
from queueing.rules import replay
from queueing.rules.fairness import PRIORITY_RUN
from queueing.rules.figures import SLOT_MINUTES
from queueing.rules.forecast import Aim, noon_least
from queueing.rules.waits import Kind
from queueing.states import Source, TicketState, WindowState

MIX_DAYS = timedelta(days=28)
DAYS_AHEAD = 28
ADVISED_SLOTS = 4  # two hours
MINUTE = 60.0


@dataclass(frozen=True)
class Wish:
    """What somebody wants to try. `customers` more than usual over the span, each `minutes` at a window."""

    day: date
    windows: int
    customers: int = 0
    minutes: float = 10.0


@dataclass(frozen=True)
class Tried:
    windows: int
    outcome: Outcome
    is_wished: bool


@dataclass(frozen=True)
class Advice:
    starts_at: datetime
    windows: int
    open_now: int | None
    within: float | None


@dataclass(frozen=True)
class Answer:
    """`first`: the half hour in which the play begins, from midnight. `is_today`: it begins with who waits now."""

    first: int
    is_today: bool
    waiting: int
    most: int
    limit: int
    share: int
    forecast_customers: float
    tried: tuple[Tried, ...]
    advice: tuple[Advice, ...]

    @property
    def kinds(self) -> list[tuple[str, rules.Waits]]:
        """By class with the wished windows; none where all are of one class."""
        found = self.wished.kinds
        return [(fairness.KIND_NAMES[kind], waits) for kind, waits in found] if len(found) > 1 else []

    @property
    def wished(self) -> Outcome:
        return next(one.outcome for one in self.tried if one.is_wished)


def ask(hall: Hall, wish: Wish, now: datetime) -> Answer | None:
    """None: nothing is forecast for what is left of that day."""
    rows = _ahead(hall, wish.day, now)
    if not rows:
        return None
    aim, is_today = forecast.aim_of(hall, wish.day), wish.day == time.business_day(now)
    case = _case(hall, rows, aim, now)
    if case.expected + wish.customers > rules.MOST_CUSTOMERS:
        return None
    case = replace(case, slots=rules.spread(wish.customers, case.slots), extra_minutes=wish.minutes)
    counts = sorted({max(1, min(wish.windows + more, aim.windows)) for more in (-1, 0, 1)} | {aim.windows})
    outcomes = rules.plays(case, [(one,) * len(rows) for one in counts])
    tried = tuple(Tried(one, found, one == wish.windows) for one, found in zip(counts, outcomes, strict=True))
    return Answer(
        first=rows[0].slot,
        is_today=is_today,
        waiting=len(case.line),
        most=aim.windows,
        limit=int(case.limit),
        share=round(aim.share * 100),
        forecast_customers=sum(row.arrivals for row in rows),
        tried=tried,
        advice=_advice(hall, case, rows, aim, now) if is_today else (),
    )


def _ahead(hall: Hall, day: date, now: datetime) -> list[HalfHourForecast]:
    """What is left of the day's forecast: today from the running half hour on."""
    rows = list(HalfHourForecast.objects.filter(hall=hall, day=day).order_by("slot"))
    if day != time.business_day(now):
        return rows
    clock = time.local(now)
    running = (clock.hour * 60 + clock.minute) // SLOT_MINUTES
    return [row for row in rows if row.slot >= running]


def _case(hall: Hall, rows: Sequence[HalfHourForecast], aim: Aim, now: datetime) -> Case:
    layout, lately = layouts.of(hall.pk, now), _lately(hall, now)
    mean, cv = _mix(layout, lately)
    usual = sum(row.minutes * row.arrivals for row in rows) / max(sum(row.arrivals for row in rows), 1e-9)
    pace = mean / usual if usual > 0 else 1.0  # what the forecast counts is handling; a window is also held in between
    slots = tuple(Slot(row.arrivals, max(row.minutes * pace, 0.5)) for row in rows)
    percent = parameters.number(rules.DAY_PERCENT, on=time.business_day(now), scopes=halls.scopes(hall))
    values = fairness.values_on(hall, rows[0].day)
    case = Case(
        slots,
        (1,) * len(slots),
        cv,
        patience=aim.patience,
        day_share=percent / 100,
        limit=aim.limit,
        classes=_classes(lately, values),
        cap=values[PRIORITY_RUN],
    )
    return _from_now(case, layout, rows[0].slot, now) if rows[0].day == time.business_day(now) else case


@dataclass(frozen=True)
class Lately:
    """How many came of a group and class in the last weeks."""

    group: int | None
    kind: str
    count: int


def _lately(hall: Hall, now: datetime) -> list[Lately]:
    """Numbers of a simulated day teach nothing."""
    since = time.business_day(now) - MIX_DAYS
    rows = Ticket.objects.filter(hall=hall, business_day__gte=since, is_simulated=False).order_by()
    asked = rows.values("group", "letter", "lane", "source").annotate(n=Count("pk"))
    return [Lately(row["group"], _kind(row["letter"], row["lane"], row["source"]), row["n"]) for row in asked]


def _kind(letter: str, lane: str, source: str) -> str:
    return replay.kind_of(letter, lane, is_booked=source == Source.BOOKED)


def _classes(lately: Sequence[Lately], values: replay.Values) -> tuple[Class, ...]:
    """The classes that came, with the head starts of the day; everybody is ordinary where nobody came yet."""
    counts = {kind: sum(one.count for one in lately if one.kind == kind) for kind in (replay.PLAIN, *replay.KINDS)}
    whole = sum(counts.values())
    if not whole:
        return (Class(),)
    heads = {replay.PLAIN: 0, **{kind: values[name] for kind, name in replay.KINDS.items()}}
    return tuple(Class(kind, count / whole, heads[kind]) for kind, count in counts.items() if count)


def _mix(layout: Layout, lately: Sequence[Lately]) -> tuple[float, float]:
    """Minutes that a window is held by one customer, and their spread, over the groups as they came lately."""
    known = {pk: sum(one.count for one in lately if one.group == pk) for pk in layout.groups}
    weights = known if sum(known.values()) else dict.fromkeys(layout.groups, 1)
    whole = sum(weights.values())
    if not whole:
        return forecast.DEFAULT_MINUTES, 0.7
    kinds = [(weight / whole, layout.kind_of(pk, None)) for pk, weight in weights.items()]
    mean = sum(share * kind.mean for share, kind in kinds)
    square = sum(share * kind.mean**2 * (1 + kind.cv**2) for share, kind in kinds)
    return mean / MINUTE, math.sqrt(max(square / mean**2 - 1, 0.01))


def _from_now(case: Case, layout: Layout, slot: int, now: datetime) -> Case:
    """Begin with the present line and the windows at work, and with what is left of the running half hour."""
    clock = time.local(now)
    gone = (clock.hour * 60 + clock.minute - slot * SLOT_MINUTES) / SLOT_MINUTES
    if gone <= 0:
        gone = 0.0  # the hall has not opened yet
    first, *rest = case.slots
    floor = moving.floor(layout, now)
    line = tuple(_waiting(layout.hall.pk, now))
    busy: list[tuple[Kind, float]] = []
    for current in floor.at_windows.values():
        held = (now - (current.called_at or now)).total_seconds() - current.held_seconds
        busy.append((layout.kind_of(current.group_id, current.business_id), max(held, 0.0) / MINUTE))
    slots = (replace(first, arrivals=first.arrivals * (1 - gone)), *rest)
    return replace(case, slots=slots, line=line, busy=tuple(busy))


def _waiting(hall_id: int, now: datetime) -> Iterator[Waiting]:
    """Whoever waits, at the place that they have: after a return or a transfer it is another than their class gives."""
    rows = Ticket.objects.filter(hall=hall_id, state=TicketState.WAITING, source=Source.BOOKED)
    booked = set(rows.values_list("number", flat=True))
    for one in moving.line(hall_id):
        kind = replay.kind_of(one.letter, one.lane, is_booked=one.number in booked)
        ahead = (one.taken_at - one.call_order_at).total_seconds()
        yield Waiting((now - one.taken_at).total_seconds() / MINUTE, kind, ahead / MINUTE)


def _advice(hall: Hall, case: Case, rows: Sequence[HalfHourForecast], aim: Aim, now: datetime) -> tuple[Advice, ...]:
    """Windows for the next two hours."""
    if aim.windows == 0:
        return ()
    near = replace(case, slots=case.slots[:ADVISED_SLOTS], windows=(1,) * min(ADVISED_SLOTS, len(rows)))
    least = [noon_least(aim.windows) if row.slot in aim.noon else 1 for row in rows[:ADVISED_SLOTS]]
    windows = rules.advise(near, most=aim.windows, share=aim.share, least=least)
    outcome = rules.play(replace(near, windows=windows))
    floor = moving.floor(layouts.of(hall.pk, now), now)
    working = sum(state not in (WindowState.CLOSED, WindowState.PAUSED) for state in _states(floor, hall, now))
    begins = time.day_bounds(rows[0].day)[0]
    return tuple(
        Advice(begins + timedelta(minutes=SLOT_MINUTES * row.slot), one, working if at == 0 else None, waits.within)
        for at, (row, one, waits) in enumerate(zip(rows, windows, outcome.slots, strict=False))
    )


def _states(floor: moving.Floor, hall: Hall, now: datetime) -> list[WindowState]:
    return [floor.state_of(one.id) for one in layouts.of(hall.pk, now).windows if not one.is_mobile]


def usual_windows(hall: Hall, day: date, now: datetime) -> int:
    """What to try first: the most windows that the forecast asks for on that day, within what there is."""
    asked = [row.windows for row in _ahead(hall, day, now)]
    there = hall.windows.filter(is_active=True).count()
    return max(1, min(max(asked, default=1), max(there, 1)))


def chart(answer: Answer) -> dict[str, object]:
    """Waits by half hour with the wished windows, for the drawing in the browser."""
    slots, first = list(answer.wished.slots), answer.first
    while len(slots) > 1 and slots[-1].customers < 0.5:  # nights of a hall that never closes
        slots.pop()
    while len(slots) > 1 and slots[0].customers < 0.5:
        del slots[0]
        first += 1
    return {
        "slots": [f"{(first + at) // 2:02d}:{(first + at) % 2 * 30:02d}" for at in range(len(slots))],
        "p50": [None if one.p50 is None else round(one.p50, 1) for one in slots],
        "p90": [None if one.p90 is None else round(one.p90, 1) for one in slots],
        "customers": [round(one.customers, 1) for one in slots],
        "limit": answer.limit,
    }
