"""What is pushed when the floor of a hall changes: one board document to its screens, a nudge to its staff."""

import json
import logging
from typing import Any

import redis
from django.db import DatabaseError, connection, transaction

from core import live, time
from core.heartbeat import note_newest
from core.redis import client, key
from halls.models import Hall
from queueing.models import Alert, Appointment, LowRating, Ticket, WindowSession
from queueing.queries import board
from queueing.queries import layout as layouts

log = logging.getLogger(__name__)


class BoardPush:
    """Builds and sends a hall's board after commit. Never raises: the change is made, a sweep heals the screens."""

    def __init__(self, hall_id: int) -> None:
        self.hall_id = hall_id

    def __call__(self) -> None:
        try:
            publish_board(self.hall_id)
        except DatabaseError as error:
            log.warning("board of hall %s was not sent: %s", self.hall_id, error)


def board_changed(hall_id: int) -> None:
    """Send the board once when this transaction has committed, however many moves it made."""
    waiting = (getattr(entry[1], "hall_id", None) for entry in connection.run_on_commit)
    if hall_id not in waiting:
        transaction.on_commit(BoardPush(hall_id))


def publish_board(hall_id: int) -> None:
    """Send what is committed by now, unless somebody who began after us has read it already."""
    with transaction.atomic(durable=True):
        version = board.take_version(hall_id)
        if version is None:
            return
        document = board.document(hall_id, time.now(), version=version)
    live.publish_board(document["hall"], document)
    _remember(document)


def _remember(document: dict[str, Any]) -> None:
    """Note what was sent: the version for the heartbeat, the digest for the sweep that heals lost pushes."""
    note_newest(document["hall"], document["version"])
    try:
        client().hset(key("digests"), document["hall"], board.digest(document))
    except redis.RedisError:
        log.warning("digest of %s was not noted", document["hall"])


def digest_sent(code: str) -> str:
    """The digest of the board that the screens of a hall got last; empty when Redis has forgotten."""
    found = client().hget(key("digests"), code)
    return found.decode() if isinstance(found, bytes) else ""


def ticket_moved(ticket: Ticket, hall: Hall) -> None:
    board_changed(hall.pk)
    live.nudge(f"hall.{hall.code}", f"ticket.{ticket.state}", ticket.pk)


def window_changed(session: WindowSession, hall: Hall) -> None:
    board_changed(hall.pk)
    live.nudge(f"hall.{hall.code}", "window.changed", session.window_id)


def issuing_changed(hall: Hall) -> None:
    """A group was stopped or opened again: the board that follows must not be drawn from what was kept before."""

    def forget() -> None:
        layouts.forget(hall.pk)

    transaction.on_commit(forget)
    board_changed(hall.pk)
    live.nudge(f"hall.{hall.code}", "issuing.changed", hall.pk)


def appointment_changed(row: Appointment, hall: Hall) -> None:
    live.nudge(f"hall.{hall.code}", f"appointment.{row.state}", row.pk)


def call_backs_changed(row: LowRating, hall: Hall) -> None:
    live.nudge(f"hall.{hall.code}", "call_back.open" if row.called_at is None else "call_back.done", row.pk)


def alert_changed(alert: Alert, hall: Hall) -> None:
    live.nudge(f"hall.{hall.code}", "alert.changed", alert.pk)


def board_text(code: str) -> str | None:
    """The document a screen gets when it connects."""
    hall = board.hall_by_code(code)
    return json.dumps(board.document(hall.pk, time.now()), ensure_ascii=False) if hall else None


def floor_changed(hall: Hall, event: str, pk: object) -> None:
    """Something on the floor that no public screen shows: staff pages only."""
    live.nudge(f"hall.{hall.code}", event, pk)
