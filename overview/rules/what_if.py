"""What waits would be with so many windows and so many more customers: the hall's day played over and over. Pure.

Minutes from a beginning. The same case always gives the same answer, and other windows meet the same customers:
arrivals, services and patience are drawn once per seed. First come, first served at every open window; classes are not
played here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.parameters import register
from queueing.rules.figures import SLOT_MINUTES
from queueing.rules.waits import Kind, remaining

DAY_PERCENT = register("overview.what_if_day_percent", "测算:一天客流的上下浮动", default=10, unit="%", between=(0, 50))

Floats = NDArray[np.float64]
PATHS = 96
SEED = 20261125
NEVER = 1e9
MOST_EXTRA = 5_000
MOST_CUSTOMERS = 4_000  # beyond that a hall's day is no case for playing


@dataclass(frozen=True)
class Slot:
    """A half hour: who is expected, and how long one of them keeps a window."""

    arrivals: float
    minutes: float
    extra: float = 0.0


@dataclass(frozen=True)
class Case:
    """`windows`: open windows in each slot. `line`: minutes that each waiting customer has waited already. `busy`: what
    windows are doing now and for how many minutes so far. `extra_minutes`: how long a campaign's customer takes."""

    slots: tuple[Slot, ...]
    windows: tuple[int, ...]
    cv: float = 0.7
    extra_minutes: float = 10.0
    patience: float = 45.0
    day_share: float = 0.1
    limit: float = 15.0
    line: tuple[float, ...] = ()
    busy: tuple[tuple[Kind, float], ...] = ()

    @property
    def expected(self) -> float:
        return len(self.line) + sum(one.arrivals + one.extra for one in self.slots)


@dataclass(frozen=True)
class Waits:
    """Of those who came in a half hour, or in the whole span, over all plays; minutes. None: nobody came."""

    customers: float
    mean: float | None
    p50: float | None
    p90: float | None
    within: float | None
    left: float


@dataclass(frozen=True)
class Outcome:
    """`low`, `high`: the mean wait of a day lies between them in eight of ten plays. `longest_line`: at the end of a
    half hour, on average over the plays."""

    whole: Waits
    slots: tuple[Waits, ...]
    low: float | None
    high: float | None
    longest_line: int


@dataclass(frozen=True)
class _Crowd:
    """Who comes on each path, in order of coming; those who are not there come never."""

    at: Floats
    service: Floats
    patience: Floats
    waited: Floats

    @property
    def there(self) -> NDArray[np.bool_]:
        return self.at < NEVER


def play(case: Case) -> Outcome:
    """Raises ValueError for more customers than can be played, or without half hours."""
    if not case.slots or len(case.windows) != len(case.slots):
        raise ValueError("a case needs its windows in every half hour")
    if case.expected > MOST_CUSTOMERS:
        raise ValueError("too many customers to play")
    crowd = _crowd(case)
    waits, left = _serve(case, crowd)
    return _told(case, crowd, waits, left)


# Who comes


def _crowd(case: Case) -> _Crowd:
    """Poisson in each half hour, around a day that is busier or calmer than expected as a whole."""
    draw = np.random.default_rng(SEED)
    sigma = math.sqrt(math.log1p(case.day_share**2))
    day = np.exp(sigma * draw.standard_normal(PATHS) - sigma**2 / 2)
    paths = [_path(case, float(factor), draw.spawn(1)[0]) for factor in day]
    width = max(len(one[0]) for one in paths)
    at, service, patience = (np.full((PATHS, width), fill) for fill in (NEVER, 0.0, 0.0))
    waited = np.zeros((PATHS, width))
    for row, (coming, serving, enduring) in enumerate(paths):
        count = len(coming)
        at[row, :count], service[row, :count], patience[row, :count] = coming, serving, enduring
        waited[row, : len(case.line)] = sorted(case.line, reverse=True)
    return _Crowd(at, service, patience, waited)


def _path(case: Case, day: float, draw: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """One day: when each comes, how long each takes, how long each would wait. Those who wait already come first."""
    ordinary, extra = draw.spawn(2)
    came = [np.zeros(len(case.line))]
    means = [np.full(len(case.line), case.slots[0].minutes)]
    for number, slot in enumerate(case.slots):
        for rate, minutes, stream in ((slot.arrivals, slot.minutes, ordinary), (slot.extra, case.extra_minutes, extra)):
            count = int(stream.poisson(rate * day)) if rate > 0 else 0
            came.append(np.sort(stream.uniform(0, SLOT_MINUTES, count)) + number * SLOT_MINUTES)
            means.append(np.full(count, minutes))
    at, mean = np.concatenate(came), np.concatenate(means)
    sigma = math.sqrt(math.log1p(case.cv**2))
    service = mean * np.exp(sigma * draw.standard_normal(len(at)) - sigma**2 / 2)
    patience = draw.exponential(case.patience, len(at))
    order = np.argsort(at, kind="stable")
    return at[order], service[order], patience[order]


# How they are served


def _serve(case: Case, crowd: _Crowd) -> tuple[Floats, NDArray[np.bool_]]:
    """Minutes until each is called, and who has left before: one customer after the other, all paths at once."""
    most = max(max(case.windows), 1)
    opens = _opens(case.windows, most)
    free = np.zeros((PATHS, most))
    for place, (kind, elapsed) in enumerate(case.busy[:most]):
        free[:, place] = remaining(kind, elapsed * 60, (np.arange(PATHS) + 0.5) / PATHS)[_shuffled(place)] / 60
    waits, left = np.zeros_like(crowd.at), np.zeros(crowd.at.shape, dtype=bool)
    rows, columns = np.arange(PATHS), np.arange(most)
    last = len(case.windows)
    for one in range(crowd.at.shape[1]):
        ready = np.maximum(free, crowd.at[:, one : one + 1])
        slot = np.minimum(ready // SLOT_MINUTES, last).astype(int)
        start = np.maximum(ready, opens[columns, slot])
        chosen = start.argmin(axis=1)
        called = start[rows, chosen]
        wait = called - crowd.at[:, one]
        gone = wait > crowd.patience[:, one]
        waits[:, one], left[:, one] = wait, gone
        free[rows, chosen] = np.where(gone, free[rows, chosen], called + crowd.service[:, one])
    return waits, left & crowd.there


def _shuffled(place: int) -> NDArray[np.intp]:
    return np.random.default_rng(SEED + 1 + place).permutation(PATHS)


def _opens(windows: Sequence[int], most: int) -> Floats:
    """From which minute on each window serves somebody who is ready in a half hour; whoever still waits at the end is
    served by the windows of the last one."""
    found = np.full((most, len(windows) + 1), NEVER)
    found[: windows[-1], -1] = len(windows) * SLOT_MINUTES
    for slot in range(len(windows) - 1, -1, -1):
        open_now = np.arange(most) < windows[slot]
        found[:, slot] = np.where(open_now, slot * SLOT_MINUTES, found[:, slot + 1])
    return found


# What is told


def _told(case: Case, crowd: _Crowd, waits: Floats, left: NDArray[np.bool_]) -> Outcome:
    there = crowd.there
    lasted = np.where(left, crowd.patience, waits) + crowd.waited
    slot = np.minimum(crowd.at // SLOT_MINUTES, len(case.slots)).astype(int)
    by_slot = tuple(_waits(case, lasted, left, there & (slot == number)) for number in range(len(case.slots)))
    counts = there.sum(axis=1)
    means = (np.where(there, lasted, 0.0).sum(axis=1) / np.maximum(counts, 1))[counts > 0]
    low, high = (float(one) for one in np.quantile(means, (0.1, 0.9))) if means.size else (None, None)
    whole = _waits(case, lasted, left, there)
    return Outcome(whole, by_slot, low, high, _longest_line(case, crowd, lasted - crowd.waited))


def _waits(case: Case, lasted: Floats, left: NDArray[np.bool_], who: NDArray[np.bool_]) -> Waits:
    """Whoever has left waited until then and was not served within the limit."""
    found = lasted[who]
    if not found.size:
        return Waits(0.0, None, None, None, None, 0.0)
    middle, high = (float(one) for one in np.quantile(found, (0.5, 0.9)))
    within = float(((found <= case.limit) & ~left[who]).mean())
    mean = min(float(found.mean()), NEVER)
    return Waits(found.size / PATHS, mean, middle, high, within, float(left[who].sum()) / PATHS)


def _longest_line(case: Case, crowd: _Crowd, lasted: Floats) -> int:
    ends = [(number + 1) * SLOT_MINUTES for number in range(len(case.slots))]
    lines = [((crowd.at <= end) & (crowd.at + lasted > end)).sum() / PATHS for end in ends]
    return round(max(lines, default=0.0))


# What is advised


def advise(case: Case, *, most: int, share: float, least: Sequence[int]) -> tuple[int, ...]:
    """The fewest windows, half hour by half hour, with which the share of those who come then is called in time.

    Later half hours are played as open as this one while it is decided; what can't be reached gets all there are.
    `least`: what each half hour needs whatever comes (R-Q-7)."""
    chosen: list[int] = []
    for number in range(len(case.slots)):
        rest = len(case.slots) - number
        for windows in range(max(least[number], 1), most + 1):
            waits = play(replace(case, windows=(*chosen, *[windows] * rest))).slots[number]
            if waits.within is None or waits.within >= share:
                break
        else:
            windows = most
        chosen.append(windows)
    return tuple(chosen)


def spread(total: float, slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """A campaign's customers come when the others do; evenly where nobody else is expected."""
    whole = sum(one.arrivals for one in slots)
    shares = [one.arrivals / whole if whole else 1 / len(slots) for one in slots]
    return tuple(replace(one, extra=total * share) for one, share in zip(slots, shares, strict=True))
