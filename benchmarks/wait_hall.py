"""A simulated hall for `wait_estimate`, and the true future played again from any of its states. No product code.

Eight windows, three of which rest at noon; three kinds of service with lognormal times; 15 % VIP with half an hour's
head start; whoever runs out of patience (exponential, 45 minutes) leaves without a word and is missed when called.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

HOUR = 3600.0
WINDOWS = 8
RESTING = 3
NOON = (11.5 * HOUR, 13.5 * HOUR)
OPENS, CLOSES = 8.5 * HOUR, 18.0 * HOUR
KINDS = ((0.4, 180.0, 0.5), (0.4, 480.0, 0.6), (0.2, 900.0, 0.5))  # share, mean seconds, cv
PER_HOUR = ((8.5, 52), (9.0, 74), (11.0, 60), (12.0, 42), (13.5, 66), (14.0, 72), (16.5, 56), (17.5, 24))
VIP, HEAD_START = 0.15, 1800.0
PATIENCE = 45 * 60.0
MISSED_SECONDS = 60.0
DAY_CV = 0.2


@dataclass(frozen=True)
class World:
    """What differs between the cells. `pace`: of today's services; `load`: of today's arrivals."""

    pace: float = 1.0
    load: float = 1.0
    early: tuple[tuple[int, float], ...] = ()  # window, when it closes for the day
    second: float = 0.0  # share with one more business, known to nobody before
    step: tuple[float, float] = (CLOSES, 1.0)  # from when so many times as many come

    def rate(self, at: float) -> float:
        """People per second."""
        hour = at / HOUR
        base = next((per for begin, per in reversed(PER_HOUR) if hour >= begin), 0)
        return base * self.load * (self.step[1] if at >= self.step[0] else 1.0) / HOUR


@dataclass(slots=True)
class Guest:
    at: float
    kind: int
    is_vip: bool
    order: float
    called: float = 0.0
    missed: bool = False


@dataclass(slots=True)
class Busy:
    """What a window does: a service of a kind since a moment; kind -1 = somebody is missing."""

    kind: int
    since: float


@dataclass
class State:
    """What can be seen in the hall when somebody has just come."""

    now: float
    guest: Guest
    line: list[Guest]
    free: list[float]
    busy: list[Busy | None]
    resting: list[bool]


@dataclass
class Day:
    """Runs one day and stops at every arrival."""

    world: World
    seed: int
    guests: list[Guest] = field(default_factory=list)
    served: list[tuple[float, int, float]] = field(default_factory=list)  # end, kind, seconds
    calls: list[Guest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = np.random.default_rng(self.seed)
        self.free = [OPENS] * WINDOWS
        self.ends = [OPENS] * WINDOWS
        self.busy: list[Busy | None] = [None] * WINDOWS
        self.waiting: list[tuple[float, int, Guest]] = []

    def states(self) -> Iterator[State]:
        for serial, guest in enumerate(self._arrivals()):
            self._advance(guest.at)
            line = [one for _, _, one in self.waiting]
            resting = [self._rests(window, guest.at) for window in range(WINDOWS)]
            yield State(guest.at, guest, line, list(self.free), self._at_work(guest.at), resting)
            self.guests.append(guest)
            heapq.heappush(self.waiting, (guest.order, serial, guest))
            self._advance(guest.at)
        self._advance(math.inf)

    def _arrivals(self) -> list[Guest]:
        top = max(self.world.rate(at) for at in np.arange(OPENS, CLOSES, 600.0))
        at, found = OPENS, []
        while (at := at + self.draw.exponential(1 / top)) < CLOSES - 1800:
            if self.draw.random() < self.world.rate(at) / top:
                is_vip = bool(self.draw.random() < VIP)
                found.append(Guest(at, pick_kind(self.draw.random()), is_vip, at - (HEAD_START if is_vip else 0.0)))
        return found

    def _at_work(self, now: float) -> list[Busy | None]:
        return [busy if end > now else None for busy, end in zip(self.busy, self.ends, strict=True)]

    def _rests(self, window: int, at: float) -> bool:
        return self._until(window, at) > at

    def _until(self, window: int, at: float) -> float:
        for one, closes in self.world.early:
            if window == one and at >= closes:
                return math.inf
        return NOON[1] if window < RESTING and NOON[0] <= at < NOON[1] else at

    def _advance(self, until: float) -> None:
        """Call everybody who is called before or at a moment."""
        while self.waiting:
            guest = self.waiting[0][2]
            for window in range(WINDOWS):
                self.free[window] = self._until(window, self.free[window])
            window = min(range(WINDOWS), key=self.free.__getitem__)
            at = max(self.free[window], guest.at)
            if at > until:
                return
            if self._rests(window, at):
                self.free[window] = self._until(window, at)
                continue
            heapq.heappop(self.waiting)
            self._call(guest, window, at)

    def _call(self, guest: Guest, window: int, at: float) -> None:
        guest.called = at
        guest.missed = bool(self.draw.exponential(PATIENCE) < at - guest.at)
        takes = MISSED_SECONDS
        if not guest.missed:
            takes = self._service(guest.kind)
            if self.draw.random() < self.world.second:
                takes += self._service(pick_kind(self.draw.random()))
            self.served.append((at + takes, guest.kind, takes))
        self.busy[window] = Busy(-1 if guest.missed else guest.kind, at)
        self.free[window] = self.ends[window] = at + takes
        self.calls.append(guest)

    def _service(self, kind: int) -> float:
        _, mean, cv = KINDS[kind]
        sigma = math.sqrt(math.log1p(cv * cv))
        return float(mean * self.world.pace * math.exp(sigma * self.draw.standard_normal() - sigma * sigma / 2))


def pick_kind(share: float) -> int:
    return 0 if share < KINDS[0][0] else 1 if share < KINDS[0][0] + KINDS[1][0] else 2


def worlds(days: int, seed: int, *, noise: str) -> list[World]:
    """Days that differ by a factor around 1: of the services' times, or of how many come."""
    draw = np.random.default_rng(seed)
    sigma = math.sqrt(math.log1p(DAY_CV**2))
    factors = np.exp(sigma * draw.standard_normal(days) - sigma**2 / 2)
    plain = World()
    return [replace(plain, pace=one) if noise == "pace" else replace(plain, load=one) for one in map(float, factors)]


# The true future, again


def replayed(state: State, world: World, draw: random.Random, times: int) -> list[float]:
    """The waits of who has just come, if the same moment is lived through so many times."""
    return [_replay(state, world, draw) for _ in range(times)]


def _replay(state: State, world: World, draw: random.Random) -> float:
    now, target = state.now, state.guest
    windows = []
    for window, (free, busy) in enumerate(zip(state.free, state.busy, strict=True)):
        at = now + _rest_of(busy, now, world, draw) if busy and busy.kind >= 0 else max(free, now)
        windows.append((at, window))
    heapq.heapify(windows)
    line = sorted([one for one in state.line if one.order <= target.order], key=lambda one: one.order)
    late = _late_vips(target, now, world, draw)
    coming = next(late, None)
    places = iter([*line, target])
    person = next(places)
    while True:
        at, window = windows[0]
        rest = NOON[1] if window < RESTING and NOON[0] <= at < NOON[1] else at
        if rest > at:
            heapq.heapreplace(windows, (rest, window))
        elif coming is not None and coming <= at and coming - HEAD_START < person.order:
            heapq.heapreplace(windows, (at + _takes(pick_kind(draw.random()), at - coming, world, draw), window))
            coming = next(late, None)
        elif person is target:
            return at - now
        else:
            heapq.heapreplace(windows, (at + _takes(person.kind, at - person.at, world, draw), window))
            person = next(places)


def _takes(kind: int, waited: float, world: World, draw: random.Random) -> float:
    return MISSED_SECONDS if draw.expovariate(1 / PATIENCE) < waited else _service(kind, world, draw)


def _service(kind: int, world: World, draw: random.Random) -> float:
    _, mean, cv = KINDS[kind]
    sigma = math.sqrt(math.log1p(cv * cv))
    return mean * world.pace * math.exp(sigma * draw.gauss(0.0, 1.0) - sigma * sigma / 2)


def _rest_of(busy: Busy, now: float, world: World, draw: random.Random) -> float:
    """By drawing services until one lasts as long as this one has; the far tail ends in a minute."""
    elapsed = now - busy.since
    for _ in range(500):
        if (takes := _service(busy.kind, world, draw)) > elapsed:
            return takes - elapsed
    return 60.0


def _late_vips(target: Guest, now: float, world: World, draw: random.Random) -> Iterator[float]:
    until, at = target.order + HEAD_START, now
    while True:
        rate = world.rate(at) * VIP
        if rate <= 0 or (at := at + draw.expovariate(rate)) >= min(until, CLOSES - 1800):
            return
        yield at
