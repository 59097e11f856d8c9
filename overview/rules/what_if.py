"""What waits would be with so many windows and so many more customers: the hall's day played over and over. Pure.

Minutes from a beginning. The same case always gives the same answer, and other windows meet the same customers:
arrivals, services and patience are drawn once per seed. Every open window calls by the order of the queue
(`queueing.rules.fairness`): head starts, and the cap on those who go past others. Reserved windows are not played.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.parameters import register
from queueing.rules import fairness
from queueing.rules.figures import SLOT_MINUTES
from queueing.rules.replay import PLAIN
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
class Class:
    """A class of customers: its share of those who come, and the minutes of its head start."""

    kind: str = PLAIN
    share: float = 1.0
    head_start: float = 0.0


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits already: for how many minutes, and how many before the taking the place in line is."""

    waited: float
    kind: str = PLAIN
    head_start: float = 0.0


@dataclass(frozen=True)
class Case:
    """`windows`: open windows in each slot. `line`: who waits already. `busy`: what windows are doing now and for how
    many minutes so far. `extra_minutes`: how long a campaign's customer, who has no head start, takes. `cap`: calls of
    a window in a row past others, 0 = no limit."""

    slots: tuple[Slot, ...]
    windows: tuple[int, ...]
    cv: float = 0.7
    extra_minutes: float = 10.0
    patience: float = 45.0
    day_share: float = 0.1
    limit: float = 15.0
    line: tuple[Waiting, ...] = ()
    busy: tuple[tuple[Kind, float], ...] = ()
    classes: tuple[Class, ...] = (Class(),)
    cap: int = 0

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
    half hour, on average over the plays. `kinds`: by class, those of which somebody came."""

    whole: Waits
    slots: tuple[Waits, ...]
    kinds: tuple[tuple[str, Waits], ...]
    low: float | None
    high: float | None
    longest_line: int


@dataclass(frozen=True)
class _Crowd:
    """Who comes on each path, in order of coming; those who are not there come never. `kinds`: the classes there are,
    `kind`: which of them each is of. `place`: by it they are called, `taken` less the head start."""

    kinds: tuple[str, ...]
    at: Floats
    service: Floats
    patience: Floats
    kind: NDArray[np.intp]
    taken: Floats
    place: Floats

    @property
    def waited(self) -> Floats:
        """Minutes waited before the play begins."""
        return np.where(self.there, self.at - self.taken, 0.0)

    @property
    def there(self) -> NDArray[np.bool_]:
        return self.at < NEVER


def play(case: Case) -> Outcome:
    """Raises ValueError for more customers than can be played, or without half hours."""
    return plays(case, [case.windows])[0]


def plays(case: Case, choices: Sequence[tuple[int, ...]]) -> list[Outcome]:
    """The same customers with each of the choices of windows. Raises as `play` does."""
    crowd = _drawn(case)
    return [_played(replace(case, windows=one), crowd) for one in choices]


def _drawn(case: Case) -> _Crowd:
    if not case.slots or len(case.windows) != len(case.slots):
        raise ValueError("a case needs its windows in every half hour")
    if case.expected > MOST_CUSTOMERS:
        raise ValueError("too many customers to play")
    return _crowd(case)


def _played(case: Case, crowd: _Crowd) -> Outcome:
    waits, left = _serve(case, crowd)
    return _told(case, crowd, waits, left)


# Who comes


def _crowd(case: Case) -> _Crowd:
    """Poisson in each half hour, around a day that is busier or calmer than expected as a whole."""
    draw = np.random.default_rng(SEED)
    sigma = math.sqrt(math.log1p(case.day_share**2))
    day = np.exp(sigma * draw.standard_normal(PATHS) - sigma**2 / 2)
    kinds = tuple(dict.fromkeys((*(one.kind for one in case.classes), *(one.kind for one in case.line), PLAIN)))
    paths = [_path(case, kinds, float(factor), draw.spawn(1)[0]) for factor in day]
    width = max(len(one.at) for one in paths)
    at, service, patience, taken, place = (np.full((PATHS, width), fill) for fill in (NEVER, 0.0, 0.0, NEVER, NEVER))
    kind = np.zeros((PATHS, width), dtype=np.intp)
    for row, one in enumerate(paths):
        count = len(one.at)
        at[row, :count], service[row, :count], patience[row, :count] = one.at, one.service, one.patience
        kind[row, :count], taken[row, :count], place[row, :count] = one.kind, one.at, one.at - one.head_start
    present = len(case.line)
    since = np.array([-one.waited for one in case.line])
    taken[:, :present], place[:, :present] = since, since - [one.head_start for one in case.line]
    return _Crowd(kinds, at, service, patience, kind, taken, place)


@dataclass(frozen=True)
class _Path:
    """One day: when each comes, how long each takes and would wait, of which class and with which head start."""

    at: Floats
    service: Floats
    patience: Floats
    kind: NDArray[np.intp]
    head_start: Floats


def _path(case: Case, kinds: Sequence[str], day: float, draw: np.random.Generator) -> _Path:
    """Those who wait already come first."""
    ordinary, extra, sorts = draw.spawn(3)
    came, means = [np.zeros(len(case.line))], [np.full(len(case.line), case.slots[0].minutes)]
    classes = [np.array([kinds.index(one.kind) for one in case.line], dtype=np.intp)]
    heads = np.array([max((one.head_start for one in case.classes if one.kind == kind), default=0.0) for kind in kinds])
    bounds = np.cumsum([one.share for one in case.classes])
    known = np.array([kinds.index(one.kind) for one in case.classes])
    for number, slot in enumerate(case.slots):
        for rate, minutes, stream in ((slot.arrivals, slot.minutes, ordinary), (slot.extra, case.extra_minutes, extra)):
            count = int(stream.poisson(rate * day)) if rate > 0 else 0
            came.append(np.sort(stream.uniform(0, SLOT_MINUTES, count)) + number * SLOT_MINUTES)
            means.append(np.full(count, minutes))
            drawn = np.searchsorted(bounds, sorts.random(count) * bounds[-1], side="right")
            plain = np.full(count, kinds.index(PLAIN))
            classes.append(plain if stream is extra else known[np.minimum(drawn, len(known) - 1)])
    at, mean, kind = np.concatenate(came), np.concatenate(means), np.concatenate(classes)
    sigma = math.sqrt(math.log1p(case.cv**2))
    service = mean * np.exp(sigma * draw.standard_normal(len(at)) - sigma**2 / 2)
    patience = draw.exponential(case.patience, len(at))
    order = np.argsort(at, kind="stable")
    return _Path(at[order], service[order], patience[order], kind[order], heads[kind[order]])


# How they are served


class _Lines:
    """The line of each class on each path, in the order of the places inside it: who is next, and is gone."""

    def __init__(self, crowd: _Crowd) -> None:
        width = crowd.at.shape[1]
        shape = (len(crowd.kinds), PATHS, width + 1)
        columns = np.full(shape, width, dtype=np.intp)  # one column more than there are customers: nobody
        order = np.lexsort((crowd.place, crowd.at), axis=1)
        for at in range(len(crowd.kinds)):
            mine = np.take_along_axis(crowd.there & (crowd.kind == at), order, axis=1)
            first = np.argsort(~mine, axis=1, kind="stable")
            counts = mine.sum(axis=1)
            ranked = np.take_along_axis(order, first, axis=1)
            columns[at, :, :width] = np.where(np.arange(width) < counts[:, None], ranked, width)
        self.columns = columns
        self.next = np.zeros(shape[:2], dtype=np.intp)
        self.at, self.taken, self.place = (_with_nobody(one) for one in (crowd.at, crowd.taken, crowd.place))
        self.rows = np.arange(PATHS)
        self.kinds = np.arange(shape[0])[:, None]

    def heads(self) -> NDArray[np.intp]:
        """The column of the first of each class, by class and path."""
        return self.columns[self.kinds, self.rows, self.next]


def _with_nobody(found: Floats) -> Floats:
    return np.hstack([found, np.full((PATHS, 1), NEVER)])


def _serve(case: Case, crowd: _Crowd) -> tuple[Floats, NDArray[np.bool_]]:
    """Minutes until each is called, and who has left before: one call after the other, all paths at once."""
    most = max(max(case.windows), 1)
    opens, free = _opens(case.windows, most), _free(case, most)
    width, last = crowd.at.shape[1], len(case.windows)
    waits, left = np.zeros((PATHS, width + 1)), np.zeros((PATHS, width + 1), dtype=bool)
    service, patience = _with_nobody(crowd.service), _with_nobody(crowd.patience)
    lines, run = _Lines(crowd), np.zeros((PATHS, most), dtype=np.intp)
    rows, columns = np.arange(PATHS), np.arange(most)
    for _ in range(width):
        heads = lines.heads()
        came = lines.at[rows, heads]
        ready = np.maximum(free, came.min(axis=0)[:, None])
        slot = np.minimum(ready // SLOT_MINUTES, last).astype(int)
        start = np.maximum(ready, opens[columns, slot])
        window = start.argmin(axis=1)
        called = start[rows, window]
        kind, goes_past, has_head_start = _next(lines, heads, came <= called, run[rows, window], case.cap)
        who = heads[kind, rows]
        wait = called - lines.at[rows, who]
        gone = wait > patience[rows, who]
        waits[rows, who], left[rows, who] = wait, gone
        free[rows, window] = np.where(gone, free[rows, window], called + service[rows, who])
        after = fairness.next_run(run[rows, window], has_head_start, goes_past)
        run[rows, window] = np.where(gone, run[rows, window], after)
        lines.next[kind, rows] += who < width
    return waits[:, :width], left[:, :width] & crowd.there


def _next(
    lines: _Lines, heads: NDArray[np.intp], waits: NDArray[np.bool_], run: NDArray[np.intp], cap: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.bool_]]:
    """Of which class the next is on each path, whether that goes past somebody, and whether by a head start: what
    `fairness.next_of` says of the first of every class."""
    rows = lines.rows
    place = np.where(waits, lines.place[rows, heads], NEVER)
    taken = lines.taken[rows, heads]
    plain = np.where(place < taken, NEVER, place)
    first, longest = place.argmin(axis=0), plain.argmin(axis=0)
    goes_past = fairness.goes_past(place[first, rows], taken[first, rows], plain[longest, rows])
    kind: NDArray[np.intp] = np.where(goes_past & fairness.is_full(run, cap), longest, first)
    has_head_start = place[kind, rows] < taken[kind, rows]
    return kind, goes_past & (kind == first), has_head_start


def _free(case: Case, most: int) -> Floats:
    """When each window is done with whom it serves now."""
    free = np.zeros((PATHS, most))
    for place, (kind, elapsed) in enumerate(case.busy[:most]):
        free[:, place] = remaining(kind, elapsed * 60, (np.arange(PATHS) + 0.5) / PATHS)[_shuffled(place)] / 60
    return free


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
    by_kind = ((kind, _waits(case, lasted, left, there & (crowd.kind == at))) for at, kind in enumerate(crowd.kinds))
    kinds = tuple((kind, one) for kind, one in by_kind if one.customers)
    return Outcome(whole, by_slot, kinds, low, high, _longest_line(case, crowd, lasted - crowd.waited))


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
    crowd = _drawn(case)
    for number in range(len(case.slots)):
        rest = len(case.slots) - number
        for windows in range(max(least[number], 1), most + 1):
            waits = _played(replace(case, windows=(*chosen, *[windows] * rest)), crowd).slots[number]
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
