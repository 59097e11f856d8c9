"""What a day will bring, from days like it; and the windows it needs. Pure."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from core.parameters import register
from halls.rules import is_working_day
from halls.states import CalendarKind
from queueing.rules import erlang
from queueing.rules.figures import SLOT_MINUTES

PATIENCE = register("forecast.patience", "客户平均能等", default=45, unit="分钟", between=(5, 240))
SHARE_IN_TIME = register("forecast.share_in_time", "达标等候目标", default=80, unit="%", between=(50, 99))

HALF_LIFE_DAYS = 28
ROUNDS = 4
OUTLIER = 3.0  # a day's total counts as at most so many times, at least a third of, what its kind brings
PSEUDO_KIND, PSEUDO_PLACE, PSEUDO_PROFILE, PSEUDO_WEEKDAY = 0.5, 0.5, 1.0, 4.0
FIRST_DAYS = 5

WORKDAY, SATURDAY, SUNDAY, HOLIDAY = "workday", "saturday", "sunday", "holiday"
LIKE = {HOLIDAY: SUNDAY, SUNDAY: SATURDAY, SATURDAY: WORKDAY}  # whom a kind without days of its own resembles
PLAIN, START, END, EVE = "plain", "start", "end", "eve"


@dataclass(frozen=True)
class Traits:
    """What a day is like: its kind by the calendar, its weekday, and where in the month it lies."""

    day: date
    kind: str
    place: str

    @property
    def weekday(self) -> tuple[str, int]:
        return self.kind, self.day.weekday()

    @property
    def profile(self) -> tuple[bool, bool]:
        return self.kind == WORKDAY, self.place == START


@dataclass(frozen=True)
class PastDay:
    traits: Traits
    arrivals: Mapping[int, int]

    @property
    def total(self) -> int:
        return sum(self.arrivals.values())


def traits_of(day: date, calendar: Mapping[date, str]) -> Traits:
    """A make-up workday is a workday, a holiday is none, whatever their weekday says."""
    marked = calendar.get(day)
    if marked == CalendarKind.HOLIDAY:
        kind = HOLIDAY
    elif is_working_day(day, marked):
        kind = WORKDAY
    else:
        kind = SATURDAY if day.weekday() == 5 else SUNDAY
    return Traits(day, kind, _place(day, calendar))


def _place(day: date, calendar: Mapping[date, str]) -> str:
    tomorrow = day + timedelta(days=1)
    if day.day <= FIRST_DAYS:
        return START
    if tomorrow.day == 1:
        return END
    opens_holiday = calendar.get(tomorrow) == CalendarKind.HOLIDAY and calendar.get(day) != CalendarKind.HOLIDAY
    return EVE if opens_holiday else PLAIN


@dataclass(frozen=True)
class Model:
    """The recent level of a hall, and what kinds of days and places in the month make of it."""

    level: float
    kinds: Mapping[str, float]
    weekdays: Mapping[tuple[str, int], float]
    places: Mapping[str, float]
    profiles: Mapping[tuple[bool, bool], Mapping[int, float]]
    profile: Mapping[int, float]

    def kind(self, kind: str) -> float:
        """Thin data: what is not known is like what it resembles, in the end like all days."""
        known: str | None = kind
        while known is not None:
            if known in self.kinds:
                return self.kinds[known]
            known = LIKE.get(known)
        return 1.0

    def total(self, traits: Traits) -> float:
        own = self.weekdays.get(traits.weekday, 1.0)
        return self.level * self.kind(traits.kind) * own * self.places.get(traits.place, 1.0)

    def arrivals(self, traits: Traits) -> dict[int, float]:
        """Expected numbers by half hour."""
        shares = self.profiles.get(traits.profile, self.profile)
        whole = self.total(traits)
        return {slot: whole * share for slot, share in sorted(shares.items())}


def learn(past: Sequence[PastDay], today: date) -> Model | None:
    """Fit the factors by turns, each held towards 1 by a few imagined days, so that a single odd day decides nothing.

    Days without a number (closed halls) teach nothing; without any day there is no forecast.
    """
    days = [one for one in past if one.total > 0]
    if not days:
        return None
    weights = [0.5 ** ((today - one.traits.day).days / HALF_LIFE_DAYS) for one in days]
    empty: Mapping[int, float] = {}
    model = Model(_mean([one.total for one in days], weights), {}, {}, {}, {}, empty)
    for _ in range(ROUNDS):
        model = _turn(model, days, weights)
    profile = _shares([one.arrivals for one in days])
    return replace(model, profiles=_profiles(days, profile), profile=profile)


def _turn(model: Model, days: Sequence[PastDay], weights: Sequence[float]) -> Model:
    """Each factor once, given the others; then the level."""
    rows = list(zip(days, weights, strict=True))
    model = replace(model, kinds=_factors(rows, model, lambda at: at.kind, lambda at: model.kind(at.kind), PSEUDO_KIND))
    own = model.weekdays
    weekdays = _factors(rows, model, lambda at: at.weekday, lambda at: own.get(at.weekday, 1.0), PSEUDO_WEEKDAY)
    model = replace(model, weekdays=weekdays)
    marked, placed = [row for row in rows if row[0].traits.place != PLAIN], model.places
    places = _factors(marked, model, lambda at: at.place, lambda at: placed.get(at.place, 1.0), PSEUDO_PLACE)
    model = replace(model, places=places)
    return replace(
        model, level=_mean([_kept(one.total, model.total(one.traits)) * model.level for one in days], weights)
    )


def _factors(
    rows: Sequence[tuple[PastDay, float]],
    model: Model,
    key: Callable[[Traits], Any],
    factor: Callable[[Traits], float],
    pseudo: float,
) -> dict[Any, float]:
    """Per key the mean of what its days brought against what the rest of the model says, drawn towards 1."""
    found: dict[Any, list[tuple[float, float]]] = {}
    for one, weight in rows:
        ratio = _kept(one.total, model.total(one.traits)) * factor(one.traits)
        found.setdefault(key(one.traits), []).append((ratio, weight))
    return {
        name: (sum(ratio * weight for ratio, weight in known) + pseudo) / (sum(weight for _, weight in known) + pseudo)
        for name, known in found.items()
    }


def _kept(total: float, expected: float) -> float:
    return min(max(total / expected, 1 / OUTLIER), OUTLIER)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _shares(days: Iterable[Mapping[int, int]]) -> dict[int, float]:
    counts: dict[int, int] = {}
    for day in days:
        for slot, count in day.items():
            counts[slot] = counts.get(slot, 0) + count
    whole = sum(counts.values())
    return {slot: count / whole for slot, count in sorted(counts.items())}


def _profiles(days: Sequence[PastDay], common: Mapping[int, float]) -> dict[tuple[bool, bool], dict[int, float]]:
    """Shares of the half hours, for workdays and other days, at the month's start and later."""
    found = {}
    for name in {one.traits.profile for one in days}:
        like = [one.arrivals for one in days if one.traits.profile == name]
        own, weight = _shares(like), len(like) / (len(like) + PSEUDO_PROFILE)
        found[name] = {slot: own.get(slot, 0) * weight + share * (1 - weight) for slot, share in common.items()}
    return found


@dataclass(frozen=True)
class Demand:
    slot: int
    arrivals: float
    minutes: float


@dataclass(frozen=True)
class Aim:
    """What the windows are to reach, and how many there are."""

    patience: float
    limit: float
    share: float
    windows: int
    noon: frozenset[int]


def windows_for(demand: Sequence[Demand], aim: Aim) -> list[int]:
    """Windows by half hour, so that enough are served in time; whoever is left over waits on into the next.

    A long service reaches into the next half hour, so some of the work of each half hour is done in the one after it.
    What is needed may exceed what there is; then what can't be served is carried over, less those who give up.
    At noon at least half of the windows are open (R-Q-7).
    """
    needed, carried, before = [], 0.0, 0.0
    for one in demand:
        late = min(one.minutes / (2 * SLOT_MINUTES), 0.5)
        load = one.arrivals * (1 - late) + before * late + carried
        before = one.arrivals
        windows = max(_enough(load, one.minutes, aim), 1)
        if one.slot in aim.noon:
            windows = max(windows, noon_least(aim.windows))
        needed.append(windows)
        carried = _left_over(load, one.minutes, min(windows, aim.windows or windows), aim)
    return needed


def noon_least(windows: int) -> int:
    """R-Q-7: half of the windows, rounded up."""
    return math.ceil(windows / 2)


def _enough(load: float, minutes: float, aim: Aim) -> int:
    per_minute = round(load, 1) / SLOT_MINUTES
    return erlang.windows_needed(per_minute, round(minutes, 1), patience=aim.patience, limit=aim.limit, share=aim.share)


def _left_over(load: float, minutes: float, windows: int, aim: Aim) -> float:
    """Who still waits at the end beyond the usual line: more came than could be served or gave up."""
    excess = load - windows * SLOT_MINUTES / minutes
    return max(excess, 0.0) * math.exp(-SLOT_MINUTES / 2 / aim.patience)


def noon_slots(begins: int, ends: int) -> frozenset[int]:
    """The half hours of noon, from minutes of the day."""
    return frozenset(range(begins // SLOT_MINUTES, math.ceil(ends / SLOT_MINUTES)))


def error(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Σ|forecast − truth| over Σ truth: the share by which a forecast is off; None without truth."""
    rows = list(pairs)
    whole = sum(truth for _, truth in rows)
    return sum(abs(guess - truth) for guess, truth in rows) / whole if whole else None
