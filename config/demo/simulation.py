"""One day of one hall, event by event, under the product's own rules of calling. Pure: no rows, no clock.

Times are seconds of the day. Letters, head starts, calling order, waits, reasons and legal moves come from
`queueing.rules`, so that the demo's past could have happened in the product.
"""

import heapq
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from config.demo import demand
from config.demo.shifts import Shift
from halls.states import Reserved
from queueing.rules import fairness
from queueing.rules import numbers as rules
from queueing.states import Did, EndMark, Lane, PauseReason, Source, WindowDid
from queueing.states import TicketState as S

DAY = 24 * 3600
NIGHT_SWEEP = DAY + 300
OVERTIME = 90 * 60
CALLS = 3
STRETCHED, SPARE_MINUTES = 1.6, 3  # nine of ten demo customers are called within
REQUEUE_PLACES = 3
FORGOTTEN_START = 0.03
IMPATIENT = 0.02
HASTE_FROM, HASTE = 15, 0.88
IMPATIENT_IN_LINE = 0.25


@dataclass(frozen=True)
class GroupPlan:
    letter: str
    mean_minutes: Decimal


@dataclass(frozen=True)
class WindowPlan:
    number: int
    groups: frozenset[str]
    reserved: str = Reserved.NONE


@dataclass(frozen=True)
class HallPlan:
    """A hall as the engine sees it. `head_starts`: minutes by parameter name; `cap`: calls in a row past others."""

    windows: Mapping[int, WindowPlan]
    groups: Mapping[str, GroupPlan]
    head_starts: Mapping[str, int]
    closes: int
    cap: int = 0


@dataclass(frozen=True)
class Visitor:
    """Somebody who comes: `letter` V, G or empty; `who` is the customer's row, if the phone was given."""

    at: float
    business: str
    group: str
    letter: str = ""
    lane: str = Lane.NORMAL
    source: str = ""
    who: Any = None


@dataclass(frozen=True)
class Happened:
    did: str
    at: float
    before: str
    after: str
    window: int | None = None
    clerk: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Number:
    visitor: Visitor
    number: str
    letter: str
    order: float
    ahead: int
    promised: int | None
    state: str = S.WAITING
    events: list[Happened] = field(default_factory=list)
    window: int | None = None
    clerk: int | None = None
    first_called: float | None = None
    called: float | None = None
    started: float | None = None
    finished: float | None = None
    calls: int = 0
    requeues: int = 0
    why: str = ""
    rating: int | None = None
    rated: float | None = None
    end_mark: str = EndMark.NONE

    @property
    def at(self) -> float:
        return self.visitor.at

    @property
    def promised_high(self) -> int | None:
        """The upper promise in whole minutes; playing the next hour for every past number would take minutes."""
        if self.promised is None:
            return None
        return 60 * math.ceil(self.promised * STRETCHED / 60 + SPARE_MINUTES)

    @property
    def taken_at(self) -> float:
        return self.visitor.at

    @property
    def call_order_at(self) -> float:
        return self.order


@dataclass(eq=False)
class Seat:
    """One session of a clerk at a window."""

    plan: WindowPlan
    shift: Shift
    speed: float
    is_open: bool = False
    is_paused: bool = False
    is_idle: bool = False
    wants_meal: bool = False
    wants_home: bool = False
    run: int = 0
    signed_in: float = 0.0
    signed_out: float | None = None
    events: list[tuple[str, float, str]] = field(default_factory=list)

    @property
    def serves(self) -> bool:
        return self.is_open and not self.is_paused


class HallDay:
    """Runs one day; afterwards `numbers`, `seats` and `turned_away` tell what happened."""

    def __init__(self, plan: HallPlan, shifts: list[Shift], speeds: list[float], draw: random.Random) -> None:
        self.plan = plan
        self.draw = draw
        self.now = 0.0
        self.numbers: list[Number] = []
        self.waiting: list[Number] = []
        self.seats = [Seat(plan.windows[one.window], one, speeds[one.clerk]) for one in shifts]
        self.turned_away = 0
        self._serials: Counter[str] = Counter()
        self._agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = count()

    def run(self, visitors: list[Visitor]) -> "HallDay":
        for seat in self.seats:
            self._at(seat.shift.begins * 60 - self.draw.uniform(0, 240), self._sit, seat)
        for visitor in visitors:
            self._at(visitor.at, self._arrive, visitor)
        while self._agenda:
            self.now, _, act, given = heapq.heappop(self._agenda)
            act(*given)
        for number in self.waiting:
            self.now = NIGHT_SWEEP
            self._move(number, Did.CLOSED, S.CLOSED)
            number.finished, number.end_mark = self.now, EndMark.NIGHT
        return self

    def _at(self, moment: float, act: Callable[..., None], *given: Any) -> None:
        heapq.heappush(self._agenda, (max(moment, self.now), next(self._order), act, given))

    def _move(self, number: Number, did: str, to: str, **detail: Any) -> None:
        if did != Did.TAKEN and did != Did.RATED and not rules.can_do(did, number.state):
            raise AssertionError(f"{number.number}: {did} while {number.state}")
        before = "" if did == Did.TAKEN else number.state
        number.state = to
        number.events.append(Happened(did, self.now, before, to, number.window, number.clerk, detail))

    # People come

    def _arrive(self, visitor: Visitor) -> None:
        if len(self.waiting) > demand.TURNED_AWAY_FROM and self.draw.random() < demand.TURNED_AWAY:
            self.turned_away += 1
            return
        letter = visitor.letter or self.plan.groups[visitor.group].letter
        self._serials[letter] += 1
        order = visitor.at - 60 * self._head_start(letter, visitor.lane)
        ahead, promised = self._outlook(visitor.group, order)
        text = rules.number_text(letter, self._serials[letter])
        number = Number(visitor, text, letter, order, ahead, promised)
        self._move(number, Did.TAKEN, S.WAITING)
        self.numbers.append(number)
        self.waiting.append(number)
        leaves = IMPATIENT_IN_LINE if visitor.source == Source.LINE else IMPATIENT
        if self.draw.random() < leaves:
            self._at(self.now + self.draw.uniform(8, 40) * 60, self._give_back, number)
        self._wake(visitor.group)

    def _head_start(self, letter: str, lane: str) -> int:
        names = {rules.head_start_name(letter, lane), rules.head_start_name(letter, Lane.NORMAL)} - {None}
        return max((self.plan.head_starts[name] for name in names if name), default=0)

    def _outlook(self, group: str, order: float) -> tuple[int, int | None]:
        """People who will be called earlier and the seconds to expect (R-Q-9)."""
        serving = [seat for seat in self.seats if seat.serves and group in seat.plan.groups]
        groups = frozenset({group}).union(*(seat.plan.groups for seat in serving))
        ahead = [one for one in self.waiting if one.visitor.group in groups and one.order < order]
        work = sum((self.plan.groups[one.visitor.group].mean_minutes for one in ahead), Decimal(0))
        return len(ahead), rules.expected_wait_seconds(work, len(serving))

    def _give_back(self, number: Number) -> None:
        if number.state == S.WAITING:
            self.waiting.remove(number)
            self._move(number, Did.CANCELLED, S.CANCELLED)
            number.finished = self.now

    def _wake(self, group: str) -> None:
        for seat in self.seats:
            if seat.is_idle and group in seat.plan.groups:
                seat.is_idle = False
                self._at(self.now + self.draw.uniform(2, 8), self._ready, seat)
                return

    # Windows

    def _sit(self, seat: Seat) -> None:
        seat.is_open, seat.signed_in = True, self.now
        seat.events.append((WindowDid.SIGNED_IN, self.now, ""))
        self._at(seat.shift.ends * 60 + self.draw.uniform(0, 300), self._time_to_go, seat)
        if seat.shift.meal:
            self._at(seat.shift.meal[0] * 60, self._time_to_eat, seat)
        self._at(self.now + self.draw.uniform(60, 180), self._ready, seat)

    def _time_to_eat(self, seat: Seat) -> None:
        seat.wants_meal = True
        self._if_idle(seat)

    def _time_to_go(self, seat: Seat) -> None:
        seat.wants_home = True
        self._if_idle(seat)

    def _if_idle(self, seat: Seat) -> None:
        if seat.is_idle:
            seat.is_idle = False
            self._ready(seat)

    def _ready(self, seat: Seat) -> None:
        """The clerk is free: go home, eat, or take whoever is next."""
        if seat.wants_home and self._may_leave(seat):
            seat.is_open, seat.signed_out = False, self.now
            seat.events.append((WindowDid.SIGNED_OUT, self.now, ""))
        elif seat.wants_meal:
            seat.wants_meal, seat.is_paused = False, True
            seat.events.append((WindowDid.PAUSED, self.now, PauseReason.MEAL))
            begins, ends = seat.shift.meal or (0, 0)
            self._at(self.now + (ends - begins) * 60, self._back_from_meal, seat)
        elif (number := self._next_for(seat)) is not None:
            self._call(seat, number)
        else:
            seat.is_idle = True

    def _may_leave(self, seat: Seat) -> bool:
        """At closing time whoever waits is still served; a shift that ends earlier just ends."""
        closes = self.plan.closes * 60
        if self.now < closes or self.now > closes + OVERTIME:
            return True
        return not any(one.visitor.group in seat.plan.groups for one in self.waiting)

    def _back_from_meal(self, seat: Seat) -> None:
        seat.is_paused = False
        seat.events.append((WindowDid.RESUMED, self.now, ""))
        self._ready(seat)

    # Calling and serving

    def _next_for(self, seat: Seat) -> Number | None:
        """The product's order: a reserved window's own first, then by the time less the head start, under the cap."""
        line = [one for one in self.waiting if one.visitor.group in seat.plan.groups]
        if seat.plan.reserved:
            return min(line, key=lambda one: (not is_preferred(seat.plan.reserved, one), one.order), default=None)
        chosen = fairness.next_of(line, run=seat.run, cap=self.plan.cap)
        if chosen is not None:
            plain = (one for one in line if not fairness.has_head_start(one))
            passed = fairness.passes(chosen, min(plain, key=fairness.place, default=None))
            seat.run = fairness.run_after(seat.run, chosen, passed=passed)
        return chosen

    def _call(self, seat: Seat, number: Number) -> None:
        self.waiting.remove(number)
        number.window, number.clerk = seat.plan.number, seat.shift.clerk
        number.called = self.now
        number.first_called = number.first_called or self.now
        number.calls = 1
        waited = timedelta(seconds=self.now - number.at)
        number.why = rules.why_next(
            number.letter, number.visitor.lane, directed=False, waited=waited, number=number.number
        )
        self._move(number, Did.CALLED, S.CALLED, times=1, moved=False, why=number.why)
        if self.draw.random() < demand.no_show_chance(waited.total_seconds() / 60):
            self._at(self.now + self.draw.uniform(12, 25), self._call_again, seat, number)
        elif self.draw.random() < FORGOTTEN_START:
            self._serve(seat, number)
        else:
            self._at(self.now + self.draw.uniform(10, 40), self._start, seat, number)

    def _call_again(self, seat: Seat, number: Number) -> None:
        number.calls += 1
        number.called = self.now
        self._move(number, Did.RECALLED, S.CALLED, times=number.calls)
        if number.calls < CALLS:
            self._at(self.now + self.draw.uniform(12, 25), self._call_again, seat, number)
        else:
            self._at(self.now + self.draw.uniform(31, 45), self._miss, seat, number)

    def _miss(self, seat: Seat, number: Number) -> None:
        self._move(number, Did.NO_SHOW, S.NO_SHOW)
        number.finished = self.now
        if number.requeues == 0 and self.draw.random() < demand.COMES_BACK:
            self._at(self.now + self.draw.uniform(1, demand.BACK_WITHIN) * 60, self._come_back, number)
        self._ready(seat)

    def _come_back(self, number: Number) -> None:
        """Some places down (R-Q-10), unless the hall has closed meanwhile."""
        if self.now >= self.plan.closes * 60:
            return
        number.window = number.clerk = number.finished = None
        number.calls, number.requeues = 0, number.requeues + 1
        line = [moment(one.order) for one in self.waiting if one.visitor.group == number.visitor.group]
        number.order = seconds(rules.order_after(line, REQUEUE_PLACES, moment(self.now)))
        self._move(number, Did.REQUEUED, S.WAITING)
        self.waiting.append(number)
        self._wake(number.visitor.group)

    def _start(self, seat: Seat, number: Number) -> None:
        number.started = self.now
        self._move(number, Did.STARTED, S.SERVING)
        self._serve(seat, number)

    def _serve(self, seat: Seat, number: Number) -> None:
        """With a long line only the need itself is met (R-Q-14)."""
        haste = HASTE if len(self.waiting) > HASTE_FROM else 1.0
        takes = demand.handling_seconds(number.visitor.business, self.draw, speed=seat.speed * haste)
        self._at(self.now + takes, self._finish, seat, number)

    def _finish(self, seat: Seat, number: Number) -> None:
        number.started = number.started or number.called
        number.finished = self.now
        self._move(number, Did.FINISHED, S.DONE)
        number.rating = demand.rating(((number.called or self.now) - number.at) / 60, self.draw)
        if number.rating is not None:
            self._at(self.now + self.draw.uniform(5, 240), self._rate, number)
        self._at(self.now + self.draw.uniform(5, 25), self._ready, seat)

    def _rate(self, number: Number) -> None:
        number.rated = self.now
        self._move(number, Did.RATED, S.DONE, score=number.rating)


def is_preferred(reserved: str, number: Number) -> bool:
    """Whether a window reserved for somebody takes this number before the others."""
    return fairness.is_preferred(reserved, number.letter, number.visitor.lane)


_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - only differences count; rules want moments


def moment(second: float) -> datetime:
    return _EPOCH + timedelta(seconds=second)


def seconds(when: datetime) -> float:
    return (when - _EPOCH).total_seconds()
