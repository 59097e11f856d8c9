"""What a hall's past teaches: how long services take, who does not come, who will overtake. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from core.time import local
from queueing.rules.waits import Habits, Kind

WALK_SECONDS = 25.0  # from the call to the first word
GAP_SECONDS = 15.0  # from the last word to the next call
TURNOVER_SECONDS = WALK_SECONDS + GAP_SECONDS
USUAL_CV = 0.6
USUAL_SERVICE = Kind(8 * 60.0 + TURNOVER_SECONDS, USUAL_CV)
ABSENT_SECONDS = 90.0  # three calls
USUAL_PATIENCE = 240.0  # minutes after which 63 of 100 are gone, where nothing is known yet
ABSENT_MINUTES = 180
USUAL_DAY_CV = 0.1
SLOTS = 48


def absent_curve(patience: float) -> tuple[float, ...]:
    """Share that does not come when called, by whole minutes waited."""
    return tuple(1 - math.exp(-minute / patience) for minute in range(ABSENT_MINUTES + 1))


@dataclass(frozen=True)
class Means:
    """Of one hall. `overtakers[slot]`: (head start in seconds, people per second); `windows[slot]`: open as a rule."""

    businesses: Mapping[int, Kind] = field(default_factory=dict)
    groups: Mapping[int, Kind] = field(default_factory=dict)
    clerks: Mapping[int, float] = field(default_factory=dict)
    absent: tuple[float, ...] = absent_curve(USUAL_PATIENCE)
    leaving: float = 0.0
    overtakers: tuple[tuple[tuple[float, float], ...], ...] = ((),) * SLOTS
    windows: tuple[float, ...] = ()
    day: float = 1.0
    day_cv: float = 0.0

    def kind_of(self, group_id: int, business_id: int | None) -> Kind:
        found = self.businesses.get(business_id) if business_id else None
        return found or self.groups.get(group_id, USUAL_SERVICE)

    def habits_at(self, now: datetime) -> Habits:
        return self.habits_in(slot_of(now))

    def habits_in(self, slot: int) -> Habits:
        return Habits(
            absent=self.absent,
            absent_seconds=ABSENT_SECONDS,
            leaving=self.leaving,
            overtakers=self.overtakers[slot],
            overtaker_kind=mixed(list(self.groups.values())),
            day=self.day,
            day_cv=self.day_cv,
        )


def slot_of(moment: datetime) -> int:
    """The half hour of the day."""
    here = local(moment)
    return here.hour * 2 + here.minute // 30


def mixed(kinds: list[Kind]) -> Kind:
    """One kind in place of several that come equally often."""
    if not kinds:
        return USUAL_SERVICE
    mean = sum(kind.mean for kind in kinds) / len(kinds)
    second = sum(kind.mean**2 * (1 + kind.cv**2) for kind in kinds) / len(kinds)
    return Kind(mean, math.sqrt(max(second / mean**2 - 1, 0.0)))


def planned(minutes: float) -> Kind:
    """What the table of businesses says, before the hall has a past."""
    return Kind(minutes * 60 + TURNOVER_SECONDS, USUAL_CV)


# Learning


@dataclass(frozen=True)
class Seen:
    """What was observed of one thing: how often, its mean, and the mean of its squares."""

    count: int
    mean: float
    square: float


def shrunk(seen: Seen, prior: Kind, *, weight: float) -> Kind:
    """The mean and spread seen, pulled to the prior as if `weight` services of that kind had been seen before."""
    total = seen.count + weight
    mean = (seen.count * seen.mean + weight * prior.mean) / total
    square = (seen.count * seen.square + weight * prior.mean**2 * (1 + prior.cv**2)) / total
    return Kind(mean, math.sqrt(max(square / mean**2 - 1, 0.01)))


def pace(actual: float, expected: float, *, weight: float) -> float:
    """How much slower than the hall a clerk is; `weight` in seconds of expected work."""
    return (actual + weight) / (expected + weight)


@dataclass(frozen=True)
class Called:
    """How many of those who had waited so many minutes were called, and how many of them did not come."""

    minutes: float
    called: int
    missed: int


def fitted_patience(seen: Sequence[Called], *, weight: float) -> float:
    """Minutes after which 63 of 100 are gone, by likelihood, pulled to the usual patience.

    Solved by bisection: the slope falls as patience grows.
    """
    prior = Called(USUAL_PATIENCE / 10, round(weight), round(weight * (1 - math.exp(-0.1))))
    rows = [one for one in [*seen, prior] if one.minutes > 0]

    def slope(rate: float) -> float:
        gone = sum(one.missed * one.minutes / math.expm1(min(rate * one.minutes, 500.0)) for one in rows)
        return gone - sum((one.called - one.missed) * one.minutes for one in rows)

    low, high = 1e-5, 10.0
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return 1 / math.sqrt(low * high)


def absent_from(seen: Sequence[Called], *, weight: float) -> tuple[float, ...]:
    """The share that does not come by minutes waited: the curve of exponential patience, bent to what was seen."""
    curve = np.array(absent_curve(fitted_patience(seen, weight=weight)))
    rows = sorted((one for one in seen if one.called), key=lambda one: one.minutes)
    if not rows:
        return tuple(curve)
    at = np.array([one.minutes for one in rows])
    base = np.interp(at, np.arange(len(curve)), curve)
    bent = [(one.missed - one.called * share) / (one.called + weight) for one, share in zip(rows, base, strict=True)]
    shares = curve + np.interp(np.arange(len(curve)), at, bent)
    return tuple(float(one) for one in np.maximum.accumulate(np.clip(shares, 0.0, 0.999)))


@dataclass(frozen=True)
class Worked:
    """The services of one day: what they took, what they were expected to take, and the variance of that."""

    actual: float = 0.0
    expected: float = 0.0
    variance: float = 0.0


def today_factor(worked: Worked, *, cv: float) -> tuple[float, float]:
    """How much slower than usual today is, and how unsure that is, when days differ by `cv` (empirical Bayes)."""
    if worked.expected <= 0 or cv <= 0:
        return 1.0, cv
    noise = worked.variance / worked.expected**2
    weight = cv**2 / (cv**2 + noise)
    factor = 1 + weight * (worked.actual / worked.expected - 1)
    return factor, cv * math.sqrt(1 - weight) / factor


def cv_of_days(days: Sequence[Worked]) -> float:
    """How much days differ beyond what chance alone would make of their services."""
    rows = [one for one in days if one.expected > 0]
    if len(rows) < 3:
        return USUAL_DAY_CV
    ratios = [one.actual / one.expected for one in rows]
    mean = sum(ratios) / len(ratios)
    between = sum((ratio - mean) ** 2 for ratio in ratios) / (len(ratios) - 1)
    chance = sum(one.variance / one.expected**2 for one in rows) / len(rows)
    return math.sqrt(max(between - chance, 0.0)) / mean


# Windows that will rest or open, as they do on other days

AHEAD_SLOTS = 6
SLOT_SECONDS = 1800.0
AWAY_FOR_LONG = 6 * 3600.0


@dataclass(frozen=True)
class Changes:
    """`closings`: (from, until) in seconds from now, one pair per window; `opens`: when another one comes."""

    closings: tuple[tuple[float, float], ...] = ()
    opens: tuple[float, ...] = ()


def changes(open_now: int, usual: Sequence[float], *, second: float, closes: float = 24 * 3600.0) -> Changes:
    """How many windows will rest or open in the next hours if today goes on as other days do.

    `usual`: open windows by half hour of the day. A window that should have closed in this half hour and is still at
    work will rest as soon as it is free. What happens in the last half hour before closing is left out:
    whoever waits then is still served.
    """
    if not usual:
        return Changes()
    slot = int(second // SLOT_SECONDS)
    due = max(0, min(round(usual[slot - 1] - usual[slot]), open_now - round(usual[slot]))) if slot else 0
    if slot >= math.ceil(closes / SLOT_SECONDS) - 1:
        due = 0
    open_now -= due
    level, away, opens = open_now, [0.0] * due, list[float]()
    closings: list[tuple[float, float]] = []
    for later in range(slot + 1, min(slot + 1 + AHEAD_SLOTS, len(usual), math.ceil(closes / SLOT_SECONDS) - 1)):
        target, at = max(1, open_now + round(usual[later] - usual[slot])), later * SLOT_SECONDS - second
        for _ in range(level - target):
            away.append(at)
        for _ in range(target - level):
            if away:
                closings.append((away.pop(), at))
            else:
                opens.append(at)
        level = target
    closings += [(begin, begin + AWAY_FOR_LONG) for begin in away]
    return Changes(tuple(sorted(closings)), tuple(opens))
