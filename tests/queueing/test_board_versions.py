"""Several changes of one hall at once need fewer boards than changes, and none is left unshown."""

import threading
import time as clock
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from halls.models import Hall
from queueing import live
from queueing.queries import board
from tests.factories import make_hall, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(transactional_db: Any) -> Hall:
    return make_hall()


def waiting_for_the_board() -> int:
    """The first waits for our transaction, the others for their turn at its row; other databases are not asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND (
                transactionid = pg_current_xact_id()::xid
                OR database = (SELECT oid FROM pg_database WHERE datname = current_database())
            )
            """
        )
        return int(cursor.fetchone()[0])


def test_who_asked_before_the_last_one_read_need_not_read(hall: Hall) -> None:
    def ask() -> int | None:
        try:
            with transaction.atomic():
                return board.take_version(hall.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        with transaction.atomic():
            first = board.take_version(hall.pk)
            asked = [pool.submit(ask) for _ in range(3)]
            end = clock.monotonic() + 20
            while waiting_for_the_board() < 3 and clock.monotonic() < end:
                clock.sleep(0.02)
        answers = [one.result() for one in asked]
    versions = [answer for answer in answers if answer is not None]
    assert len(versions) == 1
    assert first is not None
    assert versions[0] > first


def test_one_change_after_another_is_one_board_each(hall: Hall, boards: list[tuple[str, dict[str, Any]]]) -> None:
    for _ in range(3):
        live.publish_board(hall.pk)
    assert len({document["version"] for _, document in boards}) == 3


def test_the_last_board_sent_shows_every_change(hall: Hall, boards: list[tuple[str, dict[str, Any]]]) -> None:
    tickets, start = [make_ticket(hall) for _ in range(16)], threading.Barrier(8)

    def cancel(which: int) -> None:
        try:
            start.wait()
            for ticket in tickets[which::8]:
                with transaction.atomic():
                    hall.tickets.filter(pk=ticket.pk).update(state="cancelled")
                    live.board_changed(hall.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(cancel, range(8)))
    newest = max((document for _, document in boards), key=lambda document: document["version"])
    assert sum(row["waiting"] for row in newest["groups"]) == 0
