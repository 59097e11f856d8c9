"""Which floor rules a hall breaks at a moment. A standing alert is kept by a lower threshold than raised it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from queueing.rules import floor as rules
from queueing.states import AlertKind, AlertLevel

Key = tuple[str, str]
Limit = Callable[[str], int]

# Levels that go up and down with every call stay for a while after they have eased; the others end for good.
SWINGING = frozenset(
    {AlertKind.PEAK, AlertKind.MORE_WINDOWS, AlertKind.NOON, AlertKind.ZONE, AlertKind.MEAN_WAIT, AlertKind.HANDOVER}
)
# Raised by an act, not by the sweep, which only ends them.
BY_ACT = frozenset({AlertKind.HANDOVER, AlertKind.MANAGER})


@dataclass(frozen=True)
class Desk:
    """A window as it is now. `pool` is the same for windows that share a line; `zone` says whose own it is."""

    window_id: int
    number: int
    pool: int
    zone: bool = False
    is_mobile: bool = False
    is_signed_in: bool = False
    is_paused: bool = False
    turned: bool = False

    @property
    def is_open(self) -> bool:
        return self.is_signed_in and not self.is_paused


@dataclass(frozen=True)
class Late:
    """A waiting number that nobody has cared for."""

    ticket_id: UUID
    number: str
    since: datetime


@dataclass(frozen=True)
class Newcomer:
    """A VIP nobody has met, or a visitor sent to the machines: the row's number and the moment."""

    pk: int
    at: datetime
    ticket_id: UUID | None = None
    number: str = ""


@dataclass(frozen=True)
class Scene:
    """The floor of one hall at a moment."""

    is_open: bool
    is_line: bool
    desks: tuple[Desk, ...] = ()
    waiting: dict[int, int] = field(default_factory=dict)  # by pool
    zone_waiting: int = 0
    mean_wait: timedelta | None = None
    is_at_work: bool = True
    late: tuple[Late, ...] = ()
    vips: tuple[Newcomer, ...] = ()
    lingering: tuple[Newcomer, ...] = ()

    @property
    def open_windows(self) -> int:
        return sum(desk.is_open for desk in self.desks)

    @property
    def seated(self) -> tuple[Desk, ...]:
        """A mobile cashier helps with the line, but is no window that could be left closed."""
        return tuple(desk for desk in self.desks if not desk.is_mobile)

    @property
    def seated_open(self) -> int:
        return sum(desk.is_open for desk in self.seated)

    @property
    def all_waiting(self) -> int:
        return sum(self.waiting.values())

    @property
    def in_line(self) -> int:
        """What R-Q-4 compares: the longest line where people stand in lines, else everybody."""
        return max(self.waiting.values(), default=0) if self.is_line else self.all_waiting

    @property
    def ordinary(self) -> tuple[Desk, ...]:
        return tuple(desk for desk in self.desks if desk.is_open and not desk.zone and not desk.turned)


@dataclass(frozen=True)
class Breach:
    kind: AlertKind
    level: AlertLevel
    subject: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    ticket_id: UUID | None = None
    window_id: int | None = None

    @property
    def key(self) -> Key:
        return self.kind.value, self.subject


def is_peak(scene: Scene, limit: Limit, *, less: int = 0) -> bool:
    return rules.is_peak(
        scene.in_line,
        scene.open_windows,
        is_line=scene.is_line,
        per_window=max(limit(rules.PEAK_PER_WINDOW) - less, 0),
        line=max(limit(rules.PEAK_LINE) - less, 1),
    )


def breaches(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key] = ()) -> list[Breach]:
    """Everything wrong on this floor; nothing outside opening hours, but who pressed the manager's key still waits."""
    found = list(_called_for(scene, standing))
    if scene.is_open:
        for rule in (_mean_wait, _vips, _peak, _more_windows, _noon, _care, _handovers, _zone, _lingering):
            found += rule(scene, limit, now, standing)
    return found


def _mean_wait(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    if scene.mean_wait is None:
        return
    stands = (AlertKind.MEAN_WAIT.value, "") in standing
    spare = timedelta(seconds=limit(rules.MEAN_WAIT_CALM_SECONDS) if stands else 0)
    if rules.mean_is_long(scene.mean_wait + spare, minutes=limit(rules.MEAN_WAIT_MINUTES)):
        minutes = limit(rules.MEAN_WAIT_MINUTES)
        facts = {"minutes": round(scene.mean_wait.total_seconds() / 60, 1), "limit": minutes}
        yield Breach(AlertKind.MEAN_WAIT, AlertLevel.RED, facts=facts)


def _vips(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    for vip in scene.vips:
        minutes = limit(rules.VIP_MINUTES)
        level = rules.vip_level(vip.at, now, minutes=minutes)
        facts = {"number": vip.number, "since": vip.at.isoformat(), "limit": minutes}
        yield Breach(AlertKind.VIP, level, str(vip.pk), facts, ticket_id=vip.ticket_id)


def _peak(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    less = limit(rules.PEAK_CALM) if (AlertKind.PEAK.value, "") in standing else 0
    peak = is_peak(scene, limit, less=less)
    if rules.needs_all_windows(peak=peak, open_windows=scene.seated_open, windows=len(scene.seated)):
        facts = {"waiting": scene.all_waiting, "open": scene.seated_open, "windows": len(scene.seated)}
        yield Breach(AlertKind.PEAK, AlertLevel.YELLOW, facts=facts)


def _more_windows(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    for pool, waiting in scene.waiting.items():
        desks = [desk for desk in scene.desks if desk.pool == pool]
        working = sum(desk.is_open for desk in desks)
        closed = [desk.number for desk in desks if not desk.is_open and not desk.is_mobile]
        stands = (AlertKind.MORE_WINDOWS.value, str(pool)) in standing
        per_window = limit(rules.MORE_PER_WINDOW) - (1 if stands else 0)
        if rules.needs_one_more(waiting, working, closed=len(closed), per_window=per_window):
            per_window = limit(rules.MORE_PER_WINDOW)
            facts = {"waiting": waiting, "open": working, "closed": closed, "per_window": per_window}
            yield Breach(AlertKind.MORE_WINDOWS, AlertLevel.RED, str(pool), facts)


def _noon(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    """Not for a hall that has not begun to work with us today: its windows are not seen here."""
    least = rules.least_at_noon(len(scene.seated))
    noon = rules.is_noon(now, begins=limit(rules.NOON_FROM), ends=limit(rules.NOON_TO))
    if noon and scene.is_at_work and scene.seated_open < least:
        facts = {"open": scene.seated_open, "windows": len(scene.seated), "least": least}
        yield Breach(AlertKind.NOON, AlertLevel.YELLOW, facts=facts)


def _care(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    for late in scene.late:
        if rules.care_is_due(now - late.since, minutes=limit(rules.CARE_MINUTES)):
            facts = {"number": late.number, "since": late.since.isoformat()}
            yield Breach(AlertKind.CARE, AlertLevel.YELLOW, str(late.ticket_id), facts, ticket_id=late.ticket_id)


def _handovers(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    """A window that closed during the peak stands until it works again or the peak is over."""
    if not is_peak(scene, limit, less=limit(rules.PEAK_CALM)):
        return
    closed = {str(desk.window_id): desk for desk in scene.desks if not desk.is_open}
    for kind, subject in standing:
        if kind == AlertKind.HANDOVER and subject in closed:
            yield Breach(AlertKind.HANDOVER, AlertLevel.YELLOW, subject)


def _zone(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    if not any(desk.zone for desk in scene.desks):
        return
    stands = (AlertKind.ZONE.value, "") in standing
    ordinary = scene.all_waiting - scene.zone_waiting
    line, short = limit(rules.ZONE_LINE), limit(rules.ZONE_SHORT)
    # Turning one of two ordinary windows must not by itself end the alert that asked for it.
    line, short = (max(line - 1, 1), short + 1) if stands else (line, short)
    if rules.zone_needs_window(scene.zone_waiting, ordinary, len(scene.ordinary), line=line, short=short):
        facts = {"waiting": scene.zone_waiting, "ordinary": ordinary}
        yield Breach(AlertKind.ZONE, AlertLevel.RED, facts=facts)


def _lingering(scene: Scene, limit: Limit, now: datetime, standing: Collection[Key]) -> Iterator[Breach]:
    minutes, ends = limit(rules.LINGERING_MINUTES), limit(rules.LINGERING_ENDS_MINUTES)
    for visit in scene.lingering:
        if rules.lingers(visit.at, now, minutes=minutes, ends=ends):
            facts = {"since": visit.at.isoformat()}
            yield Breach(AlertKind.LINGERING, AlertLevel.YELLOW, str(visit.pk), facts)


def _called_for(scene: Scene, standing: Collection[Key]) -> Iterator[Breach]:
    """The manager's key: until they come, or the clerk leaves the window."""
    manned = {str(desk.window_id) for desk in scene.desks if desk.is_signed_in}
    for kind, subject in standing:
        if kind == AlertKind.MANAGER and subject in manned:
            yield Breach(AlertKind.MANAGER, AlertLevel.RED, subject)
