"""What is expected: stored half hours, for rosters, the cockpit and the load check; and what they are made from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Avg, Sum

from core import parameters, time
from halls import rules as hall_rules
from halls.models import BusinessType, CalendarDay, Hall
from halls.queries import scopes, weekly_hours
from queueing.models import HalfHourCause, HalfHourForecast
from queueing.rules import figures as figure_rules
from queueing.rules import floor as floor_rules
from queueing.rules import forecast as rules
from queueing.rules.figures import SLOT_MINUTES

LOOK_BACK = timedelta(days=400)
MINUTES_BACK = timedelta(days=56)
PSEUDO_SERVICES = 20
DEFAULT_MINUTES = 8.0


@dataclass(frozen=True)
class HalfHour:
    slot: int
    starts_at: datetime
    arrivals: float
    windows: int


def half_hours(hall_id: int, day: date) -> list[HalfHour]:
    """The forecast of a hall's day in order; empty when there is none."""
    begins = time.day_bounds(day)[0]
    rows = HalfHourForecast.objects.filter(hall=hall_id, day=day).order_by("slot")
    return [
        HalfHour(row.slot, begins + timedelta(minutes=SLOT_MINUTES * row.slot), row.arrivals, row.windows)
        for row in rows
    ]


@dataclass(frozen=True)
class Past:
    """A hall's added-up days: arrivals by half hour, and how long a service takes in each."""

    days: list[rules.PastDay]
    minutes: Mapping[int, float]
    mean_minutes: float
    calendar: Mapping[date, str]


def past(hall: Hall, before: date) -> Past:
    """Everything known of the days before a day."""
    calendar = dict(CalendarDay.objects.values_list("day", "kind"))
    rows = HalfHourCause.objects.filter(hall=hall, day__lt=before, day__gte=before - LOOK_BACK)
    by_day: dict[date, dict[int, int]] = defaultdict(dict)
    for day, slot, arrived in rows.values_list("day", "slot", "arrived"):
        by_day[day][slot] = arrived
    days = [rules.PastDay(rules.traits_of(day, calendar), slots) for day, slots in sorted(by_day.items())]
    mean, minutes = _minutes(hall, before)
    return Past(days, minutes, mean, calendar)


def _minutes(hall: Hall, before: date) -> tuple[float, dict[int, float]]:
    """The mean handling time, and that of each half hour held towards it where little was handled."""
    rows = HalfHourCause.objects.filter(hall=hall, day__lt=before, day__gte=before - MINUTES_BACK).values("slot")
    sums = list(
        rows.annotate(count=Sum("handled"), seconds=Sum("handling_seconds")).values_list("slot", "count", "seconds")
    )
    count, seconds = sum(row[1] for row in sums), sum(row[2] for row in sums)
    mean = seconds / count / 60 if seconds else _planned(hall)
    held = {slot: (own / 60 + PSEUDO_SERVICES * mean) / (number + PSEUDO_SERVICES) for slot, number, own in sums}
    return mean, held


def _planned(hall: Hall) -> float:
    listed = BusinessType.objects.filter(groups__hall=hall, groups__is_active=True, is_active=True).distinct()
    planned = listed.aggregate(mean=Avg("minutes"))["mean"]
    return float(planned) if planned else DEFAULT_MINUTES


def predict(hall: Hall, days: Sequence[date], known: Past, now: datetime) -> list[HalfHourForecast]:
    """Half hours of days to come, not saved; none for days on which the hall is closed."""
    today = time.business_day(now)
    model = rules.learn(known.days, today)
    if model is None:
        return []
    aim, found = aim_of(hall, today), []
    for day, open_slots in slots_open(hall, days).items():
        expected = model.arrivals(rules.traits_of(day, known.calendar))
        demand = [
            rules.Demand(slot, expected.get(slot, 0.0), max(known.minutes.get(slot, known.mean_minutes), 0.5))
            for slot in open_slots
        ]
        for one, windows in zip(demand, rules.windows_for(demand, aim), strict=True):
            found.append(
                HalfHourForecast(
                    hall=hall,
                    day=day,
                    slot=one.slot,
                    arrivals=round(one.arrivals, 3),
                    minutes=round(one.minutes, 3),
                    windows=windows,
                    made_at=now,
                )
            )
    return found


def base_minutes(hall: Hall, days: Sequence[date], known: Past, now: datetime) -> dict[date, float]:
    """Handling minutes that the ordinary customers of each day will need; none where nothing is known."""
    model = rules.learn(known.days, time.business_day(now))
    if model is None:
        return {}
    found = {}
    for day, open_slots in slots_open(hall, days).items():
        expected = model.arrivals(rules.traits_of(day, known.calendar))
        found[day] = sum(expected.get(slot, 0.0) * known.minutes.get(slot, known.mean_minutes) for slot in open_slots)
    return found


def aim_of(hall: Hall, day: date) -> rules.Aim:
    """What the province asks of a hall's windows."""
    where = scopes(hall)

    def number(name: str) -> int:
        return parameters.number(name, on=day, scopes=where)

    return rules.Aim(
        patience=number(rules.PATIENCE),
        limit=number(figure_rules.WAIT_STANDARD),
        share=number(rules.SHARE_IN_TIME) / 100,
        windows=hall.windows.filter(is_active=True).count(),
        noon=rules.noon_slots(number(floor_rules.NOON_FROM), number(floor_rules.NOON_TO)),
    )


def slots_open(hall: Hall, days: Iterable[date]) -> dict[date, list[int]]:
    """The half hours in which a hall is open on each day."""
    weekly = weekly_hours(hall)
    exceptions = {row.day: row.hours for row in hall.hours_exceptions.filter(day__in=list(days))}
    return {day: _slots(hall_rules.hours_on(day, weekly, exceptions), day) for day in days}


def _slots(hours: hall_rules.Hours | None, day: date) -> list[int]:
    if hours is None:
        return []
    begins, (opens, closes) = time.day_bounds(day)[0], hours.span(day)
    first = int((opens - begins).total_seconds() // 60 // SLOT_MINUTES)
    last = -int(-(closes - begins).total_seconds() // 60 // SLOT_MINUTES)
    return list(range(first, last))


@dataclass(frozen=True)
class Error:
    """How far forecasts were off on days they did not know: share of the truth, per half hour and per day."""

    days: int
    half_hour: float | None
    day: float | None
    naive_half_hour: float | None
    naive_day: float | None


def back_test(hall: Hall, until: date, days: int) -> Error:
    """Forecast each of the last days from those before it, and the same by last week's day (the naive way)."""
    known = past(hall, until)
    by_day = {one.traits.day: one for one in known.days}
    ours, naive, our_days, naive_days, tested = [], [], [], [], 0
    for back in range(days, 0, -1):
        day = until - timedelta(days=back)
        model = rules.learn([one for one in known.days if one.traits.day < day], day)
        truth, week_ago = by_day.get(day), by_day.get(day - timedelta(days=7))
        if model is None or truth is None or week_ago is None:
            continue
        tested += 1
        guess = model.arrivals(truth.traits)
        for slot in set(guess) | set(truth.arrivals):
            real = truth.arrivals.get(slot, 0)
            ours.append((guess.get(slot, 0.0), real))
            naive.append((week_ago.arrivals.get(slot, 0), real))
        our_days.append((model.total(truth.traits), truth.total))
        naive_days.append((week_ago.total, truth.total))
    return Error(tested, *(rules.error(pairs) for pairs in (ours, our_days, naive, naive_days)))
