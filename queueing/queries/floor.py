"""The floors of halls as the floor rules see them: as many questions for one hall as for two hundred."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q

from core import parameters, time
from halls import rules as hall_rules
from halls.models import Hall, HoursException, OpeningHours, Region, Window
from halls.states import QueueMode, Reserved
from queueing.models import Ticket, VipArrival, Visit, WindowSession
from queueing.queries import board
from queueing.queries import layout as layouts
from queueing.rules import floor as rules
from queueing.rules import numbers
from queueing.rules.alerts import Desk, Late, Newcomer, Scene
from queueing.states import Outcome, TicketState

ZONES = frozenset({Reserved.VIP, Reserved.GOTONE})
ZONE_LETTERS = frozenset({numbers.VIP_LETTER, numbers.GOTONE_LETTER})
SERVED = (TicketState.SERVING, TicketState.HELD, TicketState.DONE)
MET = (TicketState.SERVING, TicketState.DONE, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.CLOSED)


@dataclass(frozen=True)
class FloorNow:
    """A hall with its floor at a moment and the limits in force there today."""

    hall_id: int
    code: str
    scene: Scene
    scopes: tuple[str, ...]
    day: date

    def limit(self, name: str) -> int:
        return parameters.number(name, on=self.day, scopes=self.scopes)


def is_peak(hall_id: int, now: datetime) -> bool:
    """忙时 (R-Q-4) in one hall, from two counts."""
    layout = layouts.of(hall_id, now)
    waiting = board.waiting_by_hall([hall_id]).get(hall_id, 0)
    working = board.open_windows_by_hall([hall_id]).get(hall_id, 0)
    return rules.is_peak(
        waiting,
        working,
        is_line=layout.hall.is_line,
        per_window=layout.number(rules.PEAK_PER_WINDOW),
        line=layout.number(rules.PEAK_LINE),
    )


def peak_warning(hall_id: int, now: datetime) -> str:
    """What to tell somebody about to hand over or leave a window (R-Q-13); empty when nothing speaks against it."""
    if not is_peak(hall_id, now):
        return ""
    return "现在是客流高峰,不安排交接班。请先办完眼前的客户,或请值班经理安排人接替。"


def floors(now: datetime, hall_ids: Iterable[int] | None = None) -> list[FloorNow]:
    """The floors of all live halls, or of some."""
    day = time.business_day(now)
    halls = _halls(day, hall_ids)
    if not halls:
        return []
    ids = [hall.pk for hall in halls]
    above = _regions_above()
    desks, pools = _desks(ids)
    lines = _lines(ids)
    means = _means(ids, day)
    care = {hall.pk: parameters.number(rules.CARE_MINUTES, on=day, scopes=_scopes(hall, above)) for hall in halls}
    late = _late(ids, now - timedelta(minutes=min(care.values())))
    vips, lingering = _vips(ids), _lingering(ids, now)
    return [
        FloorNow(
            hall.pk,
            hall.code,
            Scene(
                is_open=hall_rules.is_open(_hours(hall, day), now),
                is_line=hall.queue_mode == QueueMode.LINE,
                desks=tuple(desks[hall.pk]),
                waiting=_by_pool(lines[hall.pk], pools, hall.pk),
                zone_waiting=sum(count for _, letter, count in lines[hall.pk] if letter in ZONE_LETTERS),
                mean_wait=means[hall.pk][1] if hall.pk in means else None,
                is_at_work=hall.pk in means or any(desk.is_signed_in for desk in desks[hall.pk]),
                late=tuple(late[hall.pk]),
                vips=tuple(vips[hall.pk]),
                lingering=tuple(lingering[hall.pk]),
            ),
            _scopes(hall, above),
            day,
        )
        for hall in halls
    ]


def floor_of(hall_id: int, now: datetime) -> FloorNow:
    """Raises Hall.DoesNotExist for a hall that is not live."""
    for one in floors(now, [hall_id]):
        return one
    raise Hall.DoesNotExist


def _halls(day: date, hall_ids: Iterable[int] | None) -> list[Hall]:
    rows = Hall.objects.filter(is_live=True).prefetch_related(
        Prefetch("weekly_hours", OpeningHours.objects.filter(weekday=day.weekday())),
        Prefetch("hours_exceptions", HoursException.objects.filter(day=day)),
    )
    return list(rows if hall_ids is None else rows.filter(pk__in=list(hall_ids)))


def _hours(hall: Hall, day: date) -> hall_rules.Hours | None:
    weekly = {row.weekday: row.hours for row in hall.weekly_hours.all()}
    return hall_rules.hours_on(day, weekly, {row.day: row.hours for row in hall.hours_exceptions.all()})


def _regions_above() -> dict[int, tuple[str, ...]]:
    """The codes of a region and of those above it, nearest first."""
    rows = {pk: (code, parent) for pk, code, parent in Region.objects.values_list("pk", "code", "parent")}

    def climb(pk: int | None) -> tuple[str, ...]:
        return () if pk is None else (rows[pk][0], *climb(rows[pk][1]))

    return {pk: climb(pk) for pk in rows}


def _scopes(hall: Hall, above: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    return (hall.code, *above[hall.region_id])


def _desks(ids: list[int]) -> tuple[dict[int, list[Desk]], dict[int, int]]:
    """Windows by hall, and the pool of every group that some window serves."""
    served: dict[int, set[int]] = defaultdict(set)
    links = Window.groups.through.objects.filter(window__hall__in=ids, businessgroup__is_active=True)
    for window_id, group_id in links.values_list("window_id", "businessgroup_id"):
        served[window_id].add(group_id)
    sessions = WindowSession.objects.filter(window__hall__in=ids, signed_out_at=None).order_by()
    manned = {row[0]: row[1:] for row in sessions.values_list("window", "paused_at", "reserved_now")}
    rows = list(
        Window.objects.filter(hall__in=ids, is_active=True)
        .order_by("hall", "number")
        .values_list("pk", "hall", "number", "reserved", "is_mobile")
    )
    pools = _pools({pk: served[pk] for pk, *_ in rows})
    desks: dict[int, list[Desk]] = defaultdict(list)
    for pk, hall_id, number, reserved, is_mobile in rows:
        paused_at, turned = manned.get(pk, (None, ""))
        desks[hall_id].append(
            Desk(
                pk,
                number,
                pool=pools[pk],
                zone=reserved in ZONES,
                is_mobile=is_mobile,
                is_signed_in=pk in manned,
                is_paused=paused_at is not None,
                turned=turned in ZONES,
            )
        )
    return desks, {group: pools[pk] for pk, *_ in rows for group in served[pk]}


def _pools(served: dict[int, set[int]]) -> dict[int, int]:
    """Windows that share a group, directly or by others, share one line; it is named by the lowest of them."""
    pool_of_group: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for window_id in sorted(served):
        joined = {pool_of_group[group] for group in served[window_id] if group in pool_of_group} or {window_id}
        name = min(joined)
        together = [window_id, *(one for pool in joined for one in members.pop(pool, []))]
        members[name] = together
        pool_of_group.update({group: name for one in together for group in served[one]})
    return {window_id: name for name, together in members.items() for window_id in together}


def _lines(ids: list[int]) -> dict[int, list[tuple[int, str, int]]]:
    """Waiting numbers by hall: group, letter, how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hall_id, group_id, letter, count(*) FROM queueing_ticket"
            " WHERE state = 'waiting' AND hall_id = ANY(%s) GROUP BY hall_id, group_id, letter",
            [ids],
        )
        found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        for hall_id, group_id, letter, count in cursor.fetchall():
            found[hall_id].append((group_id, letter, count))
    return found


def _by_pool(lines: list[tuple[int, str, int]], pools: dict[int, int], hall_id: int) -> dict[int, int]:
    """Numbers of a group that no window serves wait in a line of their own, which no opened window would shorten."""
    waiting: dict[int, int] = defaultdict(int)
    for group_id, _, count in lines:
        waiting[pools.get(group_id, -group_id)] += count
    return dict(waiting)


def _means(ids: list[int], day: date) -> dict[int, tuple[int, timedelta | None]]:
    """How many numbers a hall gave today, and the mean wait of the served (R-Q-1).

    Simulated numbers are left out: their minutes are shorter than real ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT hall_id, count(*), avg(called_at - taken_at - away_seconds * interval '1 second')
                FILTER (WHERE state = ANY(%s) AND NOT is_simulated)
            FROM queueing_ticket WHERE hall_id = ANY(%s) AND business_day = %s GROUP BY hall_id
            """,
            [list(SERVED), ids, day],
        )
        return {hall_id: (count, mean) for hall_id, count, mean in cursor.fetchall()}


def _late(ids: list[int], before: datetime) -> dict[int, list[Late]]:
    """Those who may be due for care; `since` is later by what they were away."""
    rows = Ticket.objects.filter(hall__in=ids, state=TicketState.WAITING, cared_at=None, taken_at__lt=before)
    found: dict[int, list[Late]] = defaultdict(list)
    for pk, hall_id, number, taken_at, away in rows.order_by("taken_at").values_list(
        "pk", "hall_id", "number", "taken_at", "away_seconds"
    ):
        found[hall_id].append(Late(pk, number, taken_at + timedelta(seconds=away)))
    return found


def _vips(ids: list[int]) -> dict[int, list[Newcomer]]:
    """Declared and not met; whoever is being served has been met, whatever was ticked off."""
    rows: Any = VipArrival.objects.filter(hall__in=ids, received_at=None, left_at=None)
    rows = rows.filter(Q(ticket=None) | ~Q(ticket__state__in=MET)).order_by("declared_at")
    found: dict[int, list[Newcomer]] = defaultdict(list)
    for pk, hall_id, at, ticket_id, number in rows.values_list(
        "pk", "hall_id", "declared_at", "ticket_id", "ticket__number"
    ):
        found[hall_id].append(Newcomer(pk, at, ticket_id, number or ""))
    return found


def _lingering(ids: list[int], now: datetime) -> dict[int, list[Newcomer]]:
    since = time.day_bounds(time.business_day(now))[0]
    rows = Visit.objects.filter(hall__in=ids, at__gte=since, at__lte=now, outcome=Outcome.SELF_SERVICE)
    found: dict[int, list[Newcomer]] = defaultdict(list)
    for pk, hall_id, at in rows.filter(looked_after_at=None, undone_at=None).values_list("pk", "hall_id", "at"):
        found[hall_id].append(Newcomer(pk, at))
    return found
