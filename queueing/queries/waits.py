"""How long to wait from now: the hall's own rows turned into a scene, and what the play of it says (R-Q-9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core import time
from queueing.models import Ticket
from queueing.queries import layout as layouts
from queueing.queries import means as learned
from queueing.queries import moving
from queueing.queries.layout import Layout, WindowFacts
from queueing.queries.moving import Floor, Place, Queued
from queueing.rules import fairness
from queueing.rules import means as means_rules
from queueing.rules import waits as rules
from queueing.rules.long_lines import Block, wait_behind
from queueing.rules.waits import Desk, Habits, Person, Scene, Wait
from queueing.states import Lane


@dataclass(frozen=True)
class Class:
    """What a newcomer may be: any of the groups will do."""

    letter: str
    group_ids: frozenset[int]
    lane: str = Lane.NORMAL


@dataclass
class Outlook:
    """The waits of one hall at one moment. The line is read once, and only when somebody asks."""

    layout: Layout
    floor: Floor
    now: datetime
    _line: list[Place] | None = field(default=None, init=False)

    @property
    def is_long(self) -> bool:
        return self.floor.waiting > rules.LONGEST_LINE

    @property
    def line(self) -> list[Place]:
        if self._line is None:
            self._line = moving.line(self.layout.hall.pk) if self.floor.waiting else []
        return self._line

    def newcomers(self, classes: Sequence[Class]) -> list[Wait | None]:
        """What somebody taking a number now is told; None = nobody can know."""
        desks = self._desks()
        if not desks:
            return [None] * len(classes)
        if self.is_long:
            return [self._behind_many(one, desks) for one in classes]
        return rules.outlook(self._scene(desks, self.line), [self._newcomer(one) for one in classes])

    def of(self, ticket: Ticket) -> Wait | None:
        """What a number in the line, or one that is being taken, has to expect from now."""
        desks = self._desks()
        if not desks:
            return None
        asker = self._person(_place(ticket))
        if self.is_long:
            ahead = ahead_by_group(self.layout, self.floor, ticket)
            blocks = [Block(self.layout.kind_of(group_id, None), count) for group_id, count in ahead.items()]
            return wait_behind(blocks, _for(desks, asker), self._habits())
        others = [place for place in self.line if place.number != ticket.number]
        return rules.outlook(self._scene(desks, others), [asker])[0]

    def ahead(self, ticket: Ticket) -> int:
        """People who will be called before this number at the windows that can serve it."""
        if self.is_long:
            return sum(ahead_by_group(self.layout, self.floor, ticket).values())
        reach = _reach(self.layout, self.floor, ticket.group_id)
        mine = (ticket.call_order_at, ticket.number)
        return sum(
            place.number != ticket.number and place.group_id in reach and (place.call_order_at, place.number) < mine
            for place in self.line
        )

    def _habits(self) -> Habits:
        """What the past says about the time from now on, at the pace of today."""
        means = self.layout.means
        day, unsure = learned.today_factor(self.layout.hall.pk, self.now, means)
        return replace(means.habits_at(self.now), day=day, day_cv=unsure)

    def _scene(self, desks: tuple[Desk, ...], line: Sequence[Place]) -> Scene:
        """With the windows that will rest or open soon if today goes on as other days do."""
        people = tuple(self._person(place) for place in line)
        cap = self.layout.number(fairness.PRIORITY_RUN) * sum(not desk.reserved for desk in desks)
        at_work = sum(desk.opens <= 0 for desk in desks)
        begins, ends = time.day_bounds(self.layout.day)
        closes = self.layout.hours.span(self.layout.day)[1] if self.layout.hours else ends
        changes = means_rules.changes(
            at_work,
            self.layout.means.windows,
            second=(self.now - begins).total_seconds(),
            closes=(closes - begins).total_seconds(),
        )
        awaited = len(desks) - at_work  # paused ones that said when they are back are among those that will open
        away = [window for window in self.layout.windows if window.id not in {desk.id for desk in desks}]
        more = tuple(
            Desk(id=window.id, groups=window.group_ids, reserved=window.reserved, opens=at)
            for window, at in zip(away, changes.opens[awaited:], strict=False)
        )
        return Scene((*desks, *more), people, self._habits(), changes.closings, cap)

    def _desks(self) -> tuple[Desk, ...]:
        """Windows that serve now, and paused ones that are expected back."""
        found = (self._desk(window) for window in self.layout.windows)
        return tuple(desk for desk in found if desk is not None)

    def _desk(self, window: WindowFacts) -> Desk | None:
        seat, current = self.floor.sessions.get(window.id), self.floor.at_windows.get(window.id)
        if seat is None or (seat.paused_at and not seat.back_at):
            return None
        busy, elapsed = None, 0.0
        if current is not None:
            busy = self.layout.kind_of(current.group_id, current.business_id)
            called = current.called_at or self.now
            elapsed = max(0.0, (self.now - called).total_seconds() - current.held_seconds)
        return Desk(
            id=window.id,
            groups=window.group_ids,
            reserved=seat.reserved_now or window.reserved,
            clerk=seat.clerk_id,
            pace=self.layout.pace_of(seat.clerk_id),
            busy=busy,
            elapsed=elapsed,
            opens=self._seconds(seat.back_at) if seat.paused_at and seat.back_at else 0.0,
        )

    def _seconds(self, moment: datetime) -> float:
        return (moment - self.now).total_seconds()

    def _person(self, place: Place) -> Person:
        return Person(
            order=self._seconds(place.call_order_at),
            groups=frozenset({place.group_id}),
            kind=self.layout.kind_of(place.group_id, place.business_id),
            waited=-self._seconds(place.taken_at) - place.away_seconds,
            letter=place.letter,
            lane=place.lane,
            window=place.directed_window_id,
            clerk=place.directed_clerk_id,
        )

    def _newcomer(self, one: Class) -> Person:
        start = moving.head_start_minutes(self.layout, one.letter, one.lane)
        kind = self.layout.kind_of(min(one.group_ids, default=0), None)
        return Person(-60.0 * start, one.group_ids, kind, letter=one.letter, lane=one.lane)

    def _behind_many(self, one: Class, desks: tuple[Desk, ...]) -> Wait | None:
        asker = self._newcomer(one)
        able = _for(desks, asker)
        reach = frozenset[int]().union(*(desk.groups for desk in able))
        start = moving.head_start_minutes(self.layout, one.letter, one.lane)
        rows = [row for row in self.floor.queued if row.group_id in reach]
        blocks = [Block(self.layout.kind_of(row.group_id, None), _before(row, start)) for row in rows]
        return wait_behind(blocks, able, self._habits())


def _before(row: Queued, start: int) -> int:
    return row.before.get(start, row.count)


def _for(desks: Sequence[Desk], asker: Person) -> list[Desk]:
    return [desk for desk in desks if rules.may_serve(desk, asker)]


def _place(ticket: Ticket) -> Place:
    return Place(
        ticket.number,
        ticket.letter,
        ticket.group_id,
        ticket.business_id,
        ticket.lane,
        ticket.taken_at,
        ticket.call_order_at,
        ticket.away_seconds,
        ticket.directed_window_id,
        ticket.directed_clerk_id,
    )


def _reach(layout: Layout, floor: Floor, group_id: int) -> frozenset[int]:
    """The groups that compete with one for the same windows: the open ones, or all while none is open."""
    windows = list(layout.windows_for(frozenset({group_id})))
    open_windows = [window for window in windows if floor.is_open(window.id)]
    return frozenset({group_id}).union(*(window.group_ids for window in open_windows or windows))


def ahead_by_group(layout: Layout, floor: Floor, ticket: Ticket) -> dict[int, int]:
    """People who will be called before a number, counted where the line is too long to be read."""
    reach = _reach(layout, floor, ticket.group_id)
    start = (ticket.taken_at - ticket.call_order_at) / timedelta(minutes=1)
    if ticket._state.adding and all(start in row.before for row in floor.queued):
        found: dict[int, int] = {}
        for row in floor.queued:
            if row.group_id in reach:
                found[row.group_id] = found.get(row.group_id, 0) + row.before[int(start)]
        return found
    return moving.earlier_by_group(ticket, reach)


def outlook(hall_id: int, now: datetime) -> Outlook:
    layout = layouts.of(hall_id, now)
    return Outlook(layout, moving.floor(layout, now), now)


def estimate(ticket: Ticket, now: datetime) -> Wait | None:
    """The range to tell whoever holds a waiting number; None = nobody can know, never 0."""
    return outlook(ticket.hall_id, now).of(ticket)


def promised(ticket: Ticket) -> Wait | None:
    """What was told when the number was taken."""
    if ticket.promised_seconds is None:
        return None
    return Wait(ticket.promised_seconds, ticket.promised_high_seconds or ticket.promised_seconds)
