"""A past day of a hall once more, under other head starts and another cap. Pure; times are seconds of the day.

Who came, when, for what, who left unserved, how long each held a window, and when windows were open or paused are those
of the real day. Only the order of the calls is decided anew.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from statistics import fmean, median

from queueing.rules import fairness
from queueing.rules import numbers as rules
from queueing.rules.appointments import HEAD_START_BOOKED
from queueing.states import Lane

STANDARD_SECONDS = 15 * 60
VIP, GREEN, GOTONE, BOOKED, PLAIN = "vip", "green", "gotone", "booked", "plain"
KINDS = {
    VIP: rules.HEAD_START_VIP,
    GREEN: rules.HEAD_START_GREEN,
    GOTONE: rules.HEAD_START_GOTONE,
    BOOKED: HEAD_START_BOOKED,
}
HEAD_STARTS = (rules.HEAD_START_VIP, rules.HEAD_START_GOTONE, rules.HEAD_START_GREEN, HEAD_START_BOOKED)
NAMES = (*HEAD_STARTS, fairness.PRIORITY_RUN)
Values = Mapping[str, int]


def kind_of(letter: str, lane: str, *, is_booked: bool) -> str:
    """The class whose head start a number has."""
    if is_booked:
        return BOOKED
    if lane == Lane.GREEN:
        return GREEN
    return {rules.VIP_LETTER: VIP, rules.GOTONE_LETTER: GOTONE}.get(letter, PLAIN)


@dataclass(frozen=True)
class Visit:
    """One stay in the line: from taking, or from coming back or being sent on, to a call or to leaving.

    `held_window`: seconds from the call to the window's being free again; `called` and `gone` as they really were.
    `order` is a place that no head start decides: after a late return, a transfer, and for the slot of an appointment.
    """

    number: str
    at: float
    kind: str
    letter: str
    lane: str
    group: int
    order: float | None = None
    called: float | None = None
    gone: float | None = None
    held_window: float | None = None
    is_first: bool = True


@dataclass(frozen=True)
class Desk:
    """A window with the spans in which it was open and not paused."""

    id: int
    groups: frozenset[int]
    reserved: str
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Day:
    visits: tuple[Visit, ...]
    desks: tuple[Desk, ...]


@dataclass(eq=False)
class Waiter:
    """A visit in the replay, as the calling order sees it."""

    visit: Visit
    call_order_at: float
    taken_at: float
    called: float | None = None
    is_gone: bool = False
    is_passed: bool = False

    @property
    def number(self) -> str:
        return self.visit.number


@dataclass(eq=False)
class Seat:
    desk: Desk
    run: int = 0
    is_idle: bool = False


@dataclass(frozen=True)
class Waits:
    """The waits of one class, in minutes; `share` within the standard (R-Q-1)."""

    count: int
    mean: float
    p50: float
    p90: float
    longest: float
    share: float


@dataclass(frozen=True)
class Outcome:
    by_kind: dict[str, Waits]
    everybody: Waits | None
    passed: int
    called: dict[str, float] = field(default_factory=dict)


def order_of(visit: Visit, values: Values) -> float:
    """The place in line that a visit has under some head starts."""
    if visit.kind == BOOKED and visit.order is not None and visit.is_first:
        return min(visit.order - 60 * values[HEAD_START_BOOKED], visit.at)
    if visit.order is not None:
        return visit.order
    name = KINDS.get(visit.kind)
    return visit.at - 60 * (values[name] if name else 0)


def turnaround(visits: Iterable[Visit]) -> float:
    """The usual seconds between the end of one number and the call of the next, when somebody waited."""
    served = [(one.called, one.at, one.called + one.held_window) for one in visits if one.called and one.held_window]
    ends = sorted(end for _, _, end in served)
    gaps = []
    for called, came, _ in served:
        before = [end for end in ends if came < end <= called]
        if before:
            gaps.append(called - before[-1])
    return median(gaps) if gaps else 0.0


class Replay:
    """Plays the day; afterwards every waiter knows when it was called and whether it was passed."""

    def __init__(self, day: Day, values: Values, *, gap: float) -> None:
        self.gap, self.cap = gap, values[fairness.PRIORITY_RUN]
        self.waiters = [Waiter(visit, order_of(visit, values), visit.at) for visit in day.visits]
        self.seats = [Seat(desk) for desk in day.desks]
        self.line: list[Waiter] = []
        known = [visit.held_window for visit in day.visits if visit.held_window is not None]
        self.usual = fmean(known) if known else 0.0
        self._agenda: list[tuple[float, int, Callable[[float, object], None], object]] = []
        self._serial = count()

    def play(self) -> list[Waiter]:
        for waiter in self.waiters:
            self._at(waiter.visit.at, self._arrive, waiter)
            if waiter.visit.called is None and waiter.visit.gone is not None:
                self._at(waiter.visit.gone, self._leave, waiter)
        for seat in self.seats:
            for begins, _ in seat.desk.spans:
                self._at(begins, self._free, seat)
        while self._agenda:
            now, _, act, who = heapq.heappop(self._agenda)
            act(now, who)
        return self.waiters

    def _at(self, moment: float, act: Callable[..., None], who: object) -> None:
        heapq.heappush(self._agenda, (moment, next(self._serial), act, who))

    def _arrive(self, now: float, waiter: Waiter) -> None:
        self.line.append(waiter)
        for seat in self.seats:
            if seat.is_idle and waiter.visit.group in seat.desk.groups:
                seat.is_idle = False
                self._at(now + self.gap, self._free, seat)
                return

    def _leave(self, now: float, waiter: Waiter) -> None:
        waiter.is_gone = True
        if waiter in self.line:
            self.line.remove(waiter)

    def _free(self, now: float, seat: Seat) -> None:
        seat.is_idle = False
        if not any(begins <= now < ends for begins, ends in seat.desk.spans):
            return
        mine = [waiter for waiter in self.line if waiter.visit.group in seat.desk.groups]
        chosen = self._choose(seat, mine)
        if chosen is None:
            seat.is_idle = True
            return
        self.line.remove(chosen)
        chosen.called = now
        stays = self.usual if chosen.visit.held_window is None else chosen.visit.held_window
        self._at(now + stays + self.gap, self._free, seat)

    def _choose(self, seat: Seat, mine: list[Waiter]) -> Waiter | None:
        if seat.desk.reserved:
            return min(mine, key=lambda one: (not _prefers(seat.desk, one), fairness.place(one)), default=None)
        chosen = fairness.next_of(mine, run=seat.run, cap=self.cap)
        if chosen is None:
            return None
        passed = [one for one in mine if not fairness.has_head_start(one) and fairness.passes(chosen, one)]
        for one in passed:
            one.is_passed = True
        seat.run = fairness.run_after(seat.run, chosen, passed=bool(passed))
        return chosen


def _prefers(desk: Desk, one: Waiter) -> bool:
    return fairness.is_preferred(desk.reserved, one.visit.letter, one.visit.lane)


def replayed(day: Day, values: Values) -> Outcome:
    """The day under these values."""
    waiters = Replay(day, values, gap=turnaround(day.visits)).play()
    first = [one for one in waiters if one.visit.is_first and one.called is not None and one.visit.called is not None]
    waits = [(one.visit.kind, (one.called or 0) - one.visit.at) for one in first]
    passed = sum(one.is_passed for one in waiters if one.visit.kind == PLAIN)
    return _outcome(waits, passed, {one.number: one.called or 0 for one in first})


def real(day: Day) -> Outcome:
    """The day as it was; how many were passed is not told by the rows."""
    first = [visit for visit in day.visits if visit.is_first and visit.called is not None]
    waits = [(visit.kind, (visit.called or 0) - visit.at) for visit in first]
    return _outcome(waits, 0, {visit.number: visit.called or 0 for visit in first})


def _outcome(waits: Sequence[tuple[str, float]], passed: int, called: dict[str, float]) -> Outcome:
    kinds = {kind: [wait for one, wait in waits if one == kind] for kind in (PLAIN, *KINDS)}
    by_kind = {kind: waits_of(found) for kind, found in kinds.items() if found}
    everybody = waits_of([wait for _, wait in waits]) if waits else None
    return Outcome(by_kind, everybody, passed, called)


def waits_of(seconds: Sequence[float]) -> Waits:
    ranked = sorted(seconds)
    within = sum(wait <= STANDARD_SECONDS for wait in ranked) / len(ranked)
    nearest = [ranked[math.ceil(share * len(ranked)) - 1] / 60 for share in (0.5, 0.9)]
    return Waits(len(ranked), fmean(ranked) / 60, nearest[0], nearest[1], ranked[-1] / 60, within)


def error_minutes(truth: Outcome, again: Outcome) -> float:
    """How far, on average, a number's wait in the replay of the unchanged day is from its real wait, in minutes."""
    both = truth.called.keys() & again.called.keys()
    return fmean(abs(truth.called[one] - again.called[one]) for one in both) / 60 if both else 0.0
