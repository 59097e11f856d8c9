"""The SQL of one call without the product around it: what PostgreSQL and the disk allow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg2

from benchmarks.harness import Run, together

if TYPE_CHECKING:
    from halls.models import Hall

SESSION = "SELECT id FROM queueing_windowsession WHERE window_id = %s AND signed_out_at IS NULL FOR UPDATE"
CURRENT = """
    SELECT id FROM queueing_ticket
    WHERE (window_id = %s OR clerk_id = %s) AND state IN ('called', 'serving') FOR UPDATE
"""
FINISH = "UPDATE queueing_ticket SET state = 'done', moved_at = now(), finished_at = now() WHERE id = %s"
NEXT = """
    SELECT id FROM queueing_ticket
    WHERE hall_id = %s AND state = 'waiting' AND directed_window_id IS NULL AND group_id = ANY(%s)
    ORDER BY call_order_at, number LIMIT 1 FOR UPDATE SKIP LOCKED
"""
CALL = """
    UPDATE queueing_ticket SET state = 'called', window_id = %s, clerk_id = %s, moved_at = now(), called_at = now(),
        first_called_at = now(), calls = 1 WHERE id = %s
"""
EVENT = """
    INSERT INTO queueing_ticketevent (ticket_id, hall_id, did, at, before, after, window_id, person_id, detail)
    VALUES (%s, %s, %s, now(), '', '', %s, %s, '{}')
"""


def call_all(hall: Hall, clerks: int, tickets: int) -> Run:
    """As many threads as clerks, a connection each."""
    from django.db import connection

    groups = list(hall.groups.values_list("pk", flat=True))
    seats = _seats(hall, tickets)[:clerks]
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    connections = [psycopg2.connect(**parameters) for _ in seats]
    try:
        return together([_caller(one, hall.pk, groups, seat) for one, seat in zip(connections, seats, strict=True)])
    finally:
        for one in connections:
            one.close()


def _caller(connection: Any, hall_id: int, groups: list[int], seat: tuple[int, int]) -> Callable[[], Any]:
    def call() -> Any:
        window_id, clerk_id = seat
        with connection, closing(connection.cursor()) as cursor:
            cursor.execute(SESSION, [window_id])
            cursor.execute(CURRENT, [window_id, clerk_id])
            for (current,) in cursor.fetchall():
                cursor.execute(FINISH, [current])
                cursor.execute(EVENT, [current, hall_id, "finished", window_id, clerk_id])
            cursor.execute(NEXT, [hall_id, groups])
            row = cursor.fetchone()
            if row is not None:
                cursor.execute(CALL, [window_id, clerk_id, row[0]])
                cursor.execute(EVENT, [row[0], hall_id, "called", window_id, clerk_id])
            return row

    return call


def _seats(hall: Hall, tickets: int) -> list[tuple[int, int]]:
    """Waiting numbers, and the window and clerk of each open session."""
    from core.time import business_day, now
    from queueing.models import Ticket, WindowSession
    from queueing.states import Source

    moment, group = now(), hall.groups.get()
    Ticket.objects.bulk_create(
        Ticket(
            hall=hall,
            group=group,
            business_day=business_day(moment),
            letter="A",
            number=f"A{serial:03d}",
            source=Source.API,
            taken_at=moment,
            call_order_at=moment + timedelta(milliseconds=serial),
            moved_at=moment,
        )
        for serial in range(1, tickets + 1)
    )
    return list(WindowSession.objects.filter(window__hall=hall).values_list("window_id", "clerk_id"))
