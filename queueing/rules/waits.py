"""How long somebody will wait: the hall's next hour is played over a hundred times from what is known now.

Pure: a `Scene` of values goes in, a range comes out. Moments are seconds from now, negative ones are past. The same
scene always gives the same answer: the draws are laid out once, so nobody sees a promise jump without a reason.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from halls.states import Reserved
from queueing.rules.fairness import is_preferred
from queueing.states import Lane

Floats = NDArray[np.float64]

PATHS = 128
LONGEST_LINE = 120  # longer ones are reckoned by their sum: one person more or less no longer shows
OVERTAKERS = 64
HIGH_SHARE = 0.9
NEVER = 1e12
MINUTE = 60


@dataclass(frozen=True)
class Kind:
    """How long a service keeps a window, from the call to the next call: lognormal, in seconds."""

    mean: float
    cv: float

    @property
    def sigma(self) -> float:
        return math.sqrt(math.log1p(self.cv**2))

    @property
    def log_mean(self) -> float:
        return math.log(max(self.mean, 1.0)) - self.sigma**2 / 2


@dataclass(frozen=True)
class Desk:
    """A window that serves or soon will. `busy` is what it is doing, for `elapsed` seconds so far."""

    id: int
    groups: frozenset[int]
    reserved: str = Reserved.NONE
    clerk: int | None = None
    pace: float = 1.0
    busy: Kind | None = None
    elapsed: float = 0.0
    opens: float = 0.0


@dataclass(frozen=True)
class Person:
    """Somebody in the line, or about to join it. `groups`: any of them will do."""

    order: float
    groups: frozenset[int]
    kind: Kind
    waited: float = 0.0
    letter: str = ""
    lane: str = Lane.NORMAL
    window: int | None = None
    clerk: int | None = None

    @property
    def need(self) -> tuple[frozenset[int], int | None, int | None]:
        """What decides which windows can serve; the same for most of a line."""
        return self.groups, self.window, self.clerk

    @property
    def has_head_start(self) -> bool:
        return self.order < -self.waited - 1


@dataclass(frozen=True)
class Habits:
    """What a hall's past says about its next hour.

    `absent[m]`: share that does not come when called after m minutes; `leaving`: share of those waiting that gives the
    number back, per second. `overtakers`: (head start in seconds, people per second) of classes still to come.
    `day`, `day_cv`: how much slower than usual today's services are, and how sure that is.
    """

    absent: tuple[float, ...] = (0.0,)
    absent_seconds: float = 60.0
    leaving: float = 0.0
    overtakers: tuple[tuple[float, float], ...] = ()
    overtaker_kind: Kind = field(default_factory=lambda: Kind(480.0, 0.6))
    day: float = 1.0
    day_cv: float = 0.0


@dataclass(frozen=True)
class Scene:
    """`closings`: (from, until) of windows that will rest, one pair each; `cap`: calls in a row past others by
    all windows together, 0 = no limit."""

    desks: tuple[Desk, ...]
    line: tuple[Person, ...]
    habits: Habits = field(default_factory=Habits)
    closings: tuple[tuple[float, float], ...] = ()
    cap: int = 0


@dataclass(frozen=True)
class Wait:
    """Half of the people wait less than `low_seconds`, nine of ten less than `high_seconds`; whole minutes."""

    low_seconds: int
    high_seconds: int

    @property
    def text(self) -> str:
        """As people write minutes, 「12–20」."""
        low, high = self.low_seconds // MINUTE, self.high_seconds // MINUTE
        return str(low) if low == high else f"{low}–{high}"


def outlook(scene: Scene, askers: Sequence[Person]) -> list[Wait | None]:
    """What to tell each asker, who is in no line yet and counts for no other asker. None = nobody can know."""
    served = {one.need: any(may_serve(desk, one) for desk in scene.desks) for one in [*scene.line, *askers]}
    able = dict.fromkeys(one for one in askers if served[one.need])
    if not able:
        return [None] * len(askers)
    starts = _roll(replace(scene, line=tuple(one for one in scene.line if served[one.need])), list(able))
    waits = {one: wait_of(starts[one]) for one in able}
    return [waits.get(one) for one in askers]


def wait_of(seconds: Floats) -> Wait:
    """The middle and the ninth tenth, as whole minutes, at least one."""
    middle, high = np.quantile(seconds, (0.5, HIGH_SHARE))
    return whole_minutes(float(middle), float(high))


def whole_minutes(low: float, high: float) -> Wait:
    """A range of seconds as it is told: whole minutes, at least one, the upper end never below the lower."""
    minutes = max(1, round(low / MINUTE))
    return Wait(minutes * MINUTE, max(minutes, math.ceil(high / MINUTE - 0.5)) * MINUTE)


# Who may serve whom, and in which order


def may_serve(desk: Desk, person: Person) -> bool:
    if person.window is not None:
        return desk.id == person.window
    if person.clerk is not None:
        return desk.clerk == person.clerk
    return bool(desk.groups & person.groups)


def calling_order(line: Sequence[Person], cap: int) -> list[Person]:
    """By time of taking less head start; after `cap` of those with one in a row, the first without goes (N:1)."""
    first = sorted(line, key=lambda one: one.order)
    if not cap:
        return first
    found: list[Person] = []
    early = [one for one in first if one.has_head_start]
    plain = [one for one in first if not one.has_head_start]
    run = 0
    while early or plain:
        passes = bool(early and plain) and plain[0].order < -early[0].waited
        takes_early = bool(early) and not (plain and (plain[0].order < early[0].order or (passes and run >= cap)))
        run = run + 1 if takes_early and passes else 0
        found.append((early if takes_early else plain).pop(0))
    return found


def _barred(desks: Sequence[Desk], people: Sequence[Person]) -> Floats | None:
    """Never (added to a window's free time) where it can't serve somebody; None when every window serves everybody.

    A reserved window is closed to others while somebody of its own waits further back.
    """
    known = {one.need: [may_serve(desk, one) for desk in desks] for one in people}
    able = np.array([known[one.need] for one in people])
    for column, desk in enumerate(desks):
        own = (
            [row for row, one in enumerate(people) if is_preferred(desk.reserved, one.letter, one.lane)]
            if desk.reserved
            else []
        )
        for row in set(range(own[-1])) - set(own) if own else ():
            able[row, column] &= able[row].sum() == 1
    return None if able.all() else np.where(able, 0.0, NEVER)


# The draws, laid out once


@cache
def _draws() -> tuple[Floats, NDArray[np.intp], Floats]:
    """Normals and ranks by path and place in line, evenly spread in every column; unit gaps of newcomers."""
    draw = np.random.default_rng(20261118)
    width = LONGEST_LINE + 2 * OVERTAKERS
    ranks = np.stack([draw.permutation(PATHS) for _ in range(3 * width)], axis=1)
    normals = normal_at((ranks[:, :width] + 0.5) / PATHS)
    gaps = draw.exponential(size=(PATHS, OVERTAKERS))
    return normals, np.ascontiguousarray(ranks[:, width:]), np.cumsum(gaps, axis=1)


@cache
def _normal_table() -> tuple[Floats, Floats]:
    at = np.linspace(-6.0, 6.0, 4801)
    return np.array([normal_share(float(one)) for one in at]), at


def normal_share(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_at(share: Floats) -> Floats:
    """The inverse of `normal_share`, read from a table."""
    shares, at = _normal_table()
    return np.interp(share, shares, at)


def remaining(kind: Kind, elapsed: float, share: Floats) -> Floats:
    """Seconds that a service still takes which has lasted `elapsed`; `share` are draws between 0 and 1."""
    if elapsed <= 0:
        return np.asarray(np.exp(kind.log_mean + kind.sigma * normal_at(share)))
    z = (math.log(elapsed) - kind.log_mean) / max(kind.sigma, 1e-6)
    if z > 4.0:  # far beyond what was ever seen: the mean excess of a lognormal at that point
        excess = kind.sigma * elapsed / z
        return -excess * np.log1p(-share)
    gone = normal_share(z)
    whole = np.exp(kind.log_mean + kind.sigma * normal_at(gone + (1.0 - gone) * share))
    return np.maximum(whole - elapsed, 0.0)


# The play


def _roll(scene: Scene, askers: Sequence[Person]) -> dict[Person, Floats]:
    """The moments at which each asker would be called, on every path."""
    people = calling_order([*scene.line, *askers], scene.cap)
    asked = {id(one) for one in askers}
    play = _Play(scene, people, [id(one) in asked for one in people])
    starts = play.run()
    return {one: starts[:, place] for place, one in enumerate(people) if id(one) in asked}


def _spread(cv: float, normals: Floats) -> Floats:
    """Lognormal factors around 1."""
    sigma = Kind(1.0, cv).sigma
    return np.asarray(np.exp(sigma * normals - sigma**2 / 2))


def _free_at(desk: Desk, day: Floats, share: Floats) -> Floats:
    if desk.busy is None:
        return np.full(PATHS, max(desk.opens, 0.0))
    pace = day * desk.pace
    rest = remaining(desk.busy, desk.elapsed / float(pace.mean()), share) * pace
    return np.maximum(rest, desk.opens)


def _arrivals(habits: Habits, last_order: float, gaps: Floats) -> Floats:
    """When those come who may overtake the last asker; a class counts until its head start no longer suffices."""
    ends = sorted({max(0.0, last_order + head) for head, _ in habits.overtakers})
    times, known = [0.0], [0.0]
    for begin, end in pairwise([0.0, *ends]):
        rate = sum(rate for head, rate in habits.overtakers if last_order + head >= end)
        if end > begin and rate > 0:
            times.append(end)
            known.append(known[-1] + rate * (end - begin))
    most = min(OVERTAKERS, math.ceil(known[-1] + 4 * math.sqrt(known[-1])))
    return np.interp(gaps[:, :most], known, times, right=NEVER) if most else gaps[:, :0]


class _Play:
    """All paths at once; in each step every path does one thing: a window rests, or somebody is called to it.

    The people of the line stand in the columns first, an end that costs nothing after them, then those still to come.
    """

    def __init__(self, scene: Scene, people: Sequence[Person], asking: Sequence[bool]) -> None:
        habits, self.people = scene.habits, len(people)
        normals, ranks, gaps = _draws()
        day = habits.day * _spread(habits.day_cv, normals[:, -1])
        free = [_free_at(desk, day, (ranks[:, -1 - place] + 0.5) / PATHS) for place, desk in enumerate(scene.desks)]
        self.free = np.stack(free, axis=1)
        arrivals = _arrivals(habits, max(one.order for one, asks in zip(people, asking, strict=True) if asks), gaps)
        never = np.full((PATHS, 1), NEVER)
        self.arrivals = np.hstack([arrivals, never])
        means = [0.0 if asks else one.kind.mean for one, asks in zip(people, asking, strict=True)]
        late = arrivals.shape[1]
        self.width = self.people + 1 + late + 1
        means = [*means, 0.0, *[habits.overtaker_kind.mean] * late, 0.0]
        sigma = np.array([*(one.kind.sigma for one in people), 0.0, *[habits.overtaker_kind.sigma] * late, 0.0])
        spread = np.exp(sigma * normals[:, : self.width] - sigma**2 / 2)
        self.seconds = np.array(means) * spread * day[:, None]
        waited = np.array([NEVER if asks else -one.waited for one, asks in zip(people, asking, strict=True)])
        since = np.hstack([np.broadcast_to(waited, (PATHS, self.people)), never, arrivals, never])
        self.gives_up = since + _patience(habits.absent).take(ranks[:, : self.width])
        leaving = ranks[:, self.width : 2 * self.width] if habits.leaving else None
        self.leaves = None if leaving is None else np.log1p(-(leaving + 0.5) / PATHS) / -habits.leaving
        self.absent_seconds = habits.absent_seconds
        head = max((head for head, _ in habits.overtakers), default=0.0)
        self.passed_until = np.array([*(one.order + head for one in people), -NEVER])
        self.cap = scene.cap
        barred = _barred(scene.desks, people)
        self.barred = None if barred is None else np.vstack([barred, np.zeros(len(scene.desks))])
        pace = np.array([desk.pace for desk in scene.desks])
        self.pace = None if (pace == 1.0).all() else pace
        self.rests = sorted(scene.closings)

    def run(self) -> Floats:
        """When each of the people is called, by path and column."""
        rows = np.arange(PATHS)
        window_row, person_row, late_row = (rows * many.shape[1] for many in (self.free, self.seconds, self.arrivals))
        free, seconds, gives_up = self.free.ravel(), self.seconds.ravel(), self.gives_up.ravel()
        arrivals = self.arrivals.ravel()
        starts = np.zeros(PATHS * self.width)
        place, late, run = (np.zeros(PATHS, dtype=np.intp) for _ in range(3))
        resting = _Resting(self.rests)
        step = 0
        while step < self.people or place.min() < self.people:
            step += 1
            open_at = self.free if self.barred is None else self.free + self.barred[place]
            window = open_at.argmin(axis=1)
            at = free.take(window_row + window)
            came = arrivals.take(late_row + late)
            passed = (came <= at) & (came < self.passed_until.take(place))
            if self.cap:
                passed &= run < self.cap
            who = person_row + np.where(passed, late + self.people + 1, place)
            takes = np.where(at >= gives_up.take(who), self.absent_seconds, seconds.take(who))
            if self.leaves is not None:
                takes[at >= self.leaves.ravel().take(who)] = 0.0
            if self.pace is not None:
                takes *= self.pace.take(window)
            until, called = at + takes, ~passed
            if resting.is_near(at):
                rests = resting.which(at)
                until[rests] = np.maximum(at, resting.until())[rests]
                resting.count += rests
                passed, called = passed & ~rests, called & ~rests
            starts[person_row + place] = at
            free[window_row + window] = until
            late, place = late + passed, np.minimum(place + called, self.people)
            if self.cap:
                run = np.where(passed, run + 1, np.where(called, 0, run))
        return starts.reshape(PATHS, self.width)


class _Resting:
    """Windows that close for a while: each pair takes the first window that becomes free after its beginning."""

    def __init__(self, pairs: Sequence[tuple[float, float]]) -> None:
        self.begins = np.array([*(begin for begin, _ in pairs), 2 * NEVER])
        self.ends = np.array([*(end for _, end in pairs), 2 * NEVER])
        self.first = float(self.begins[0])
        self.count = np.zeros(PATHS, dtype=np.intp)

    def is_near(self, at: Floats) -> bool:
        return self.first < NEVER and bool(at.max() >= self.first)

    def which(self, at: Floats) -> NDArray[np.bool_]:
        return np.asarray(at >= self.begins.take(self.count))

    def until(self) -> Floats:
        return self.ends.take(self.count)


@lru_cache(maxsize=256)
def _patience(absent: tuple[float, ...]) -> Floats:
    """After how many seconds somebody is gone, by rank; `absent` by minutes waited. Never for those who always come."""
    known = np.maximum.accumulate(np.array(absent))
    known += np.arange(len(known)) * 1e-12  # a share is crossed once
    minutes = np.arange(len(known)) * float(MINUTE)
    return np.interp((np.arange(PATHS) + 0.5) / PATHS, known, minutes, right=NEVER)
