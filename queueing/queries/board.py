"""The board document of a hall: what every screen shows. Numbers and windows only, never a name or phone."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from core import time
from core.sql import kept_values
from halls.models import Hall
from halls.rules import is_open
from queueing.models import HallBoard, TicketEvent, WindowSession
from queueing.queries import issuing
from queueing.queries import layout as layouts
from queueing.queries.layout import Layout
from queueing.queries.moving import CLASS_NAMES, Floor, floor
from queueing.queries.waits import Class, Outlook
from queueing.states import Did, PauseReason, Stopped, TicketState, WindowState

CALLS_SHOWN = 12
UNDONE_AMONG = 4  # two undone calls among the newest do not shorten the list
LOCK_TIMEOUT = "3s"  # whoever builds a board for so long is stuck; the sweep heals the screens


def take_version(hall_id: int) -> int | None:
    """A new, larger version for the board that this transaction is about to read.

    Until it ends, others who ask for the same hall wait. None when one of them took a version after we began to ask:
    then what was read for it shows our change too, and ten changes at once need two boards, not ten.
    Losing a version in a crash is harmless, so the disk is not waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS MATERIALIZED (
                SELECT nextval('queueing_board_version') AS version,
                    set_config('synchronous_commit', 'off', true), set_config('lock_timeout', %s, true)
            )
            INSERT INTO queueing_hallboard (hall_id, version) SELECT %s, version FROM asked
            ON CONFLICT (hall_id) DO UPDATE SET version = nextval('queueing_board_version')
            WHERE queueing_hallboard.version < EXCLUDED.version
            RETURNING version
            """,
            [LOCK_TIMEOUT, hall_id],
        )
        taken = cursor.fetchone()
    return int(taken[0]) if taken else None


def version_of(hall_id: int) -> int:
    return HallBoard.objects.filter(hall_id=hall_id).values_list("version", flat=True).first() or 0


def document(hall_id: int, now: datetime, version: int | None = None) -> dict[str, Any]:
    """The whole board. Without a version it is read first, so that the content is never older than the number."""
    number = version_of(hall_id) if version is None else version
    layout = layouts.of(hall_id, now)
    moving = floor(layout, now)
    waits = _Waits(layout, moving, now)
    hall, hours = layout.hall, layout.hours
    return {
        "hall": hall.code,
        "name": hall.name,
        "version": number,
        "generated_at": time.local(now).isoformat(),
        "open": layout.is_open(now),
        "issuing": layout.is_issuing(now),
        "hours": hours.text if hours else None,
        "closes": hours.closes_text if hours else None,
        "mode": hall.queue_mode,
        "windows": [_window(window, moving) for window in layout.windows],
        "calls": _calls(layout),
        "waiting": _classes(layout, moving, waits),
        "groups": _groups(layout, moving, waits),
        "near": _near(layout, now),
        "outage": _outage(layout),
    }


def _window(window: layouts.WindowFacts, moving: Floor) -> dict[str, Any]:
    state = moving.state_of(window.id)
    session = moving.sessions.get(window.id)
    resting = session if session and state == WindowState.PAUSED else None
    reason = resting.pause_reason if resting else ""
    ticket = moving.at_windows.get(window.id)
    return {
        "id": window.id,
        "window_number": window.number,
        "label": window.label,
        "name": window.name,
        "zone": window.zone,
        "reserved": (session and session.reserved_now) or window.reserved,  # R-Q-15: turned while an alert stands
        "state": state.value,
        "number": ticket.number if ticket else None,
        "pause_reason": str(PauseReason(reason).label) if reason else "",
        "back_at": time.local(resting.back_at).isoformat() if resting and resting.back_at else None,
        "mobile": window.is_mobile,
    }


def _calls(layout: Layout) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    undone: set[int] = set()  # what was called by mistake leaves the screens
    for event_id, number, window_id, at, detail in _latest_calls(layout.hall.pk):
        window, told = layout.window(window_id), json.loads(detail)
        if "undid" in told:
            undone.add(told["event"])
        elif window is not None and event_id not in undone:
            shown.append(
                {
                    "id": f"{number}-{event_id}",
                    "number": number,
                    "window": window.label,
                    "window_number": window.number,
                    "zone": window.zone,
                    "called_at": time.local(at).isoformat(),
                    "times": told.get("times", 1),
                    "moved": told.get("moved", False),
                }
            )
    return shown[:CALLS_SHOWN]


@kept_values
def _latest_calls(hall_id: int) -> QuerySet[TicketEvent, Any]:
    calls = (Did.CALLED, Did.RECALLED)
    events = TicketEvent.objects.filter(Q(did__in=calls) | Q(did=Did.UNDONE, detail__undid__in=calls), hall_id=hall_id)
    rows = events.order_by("-at", "-id").values_list("id", "ticket__number", "window_id", "at", "detail")
    return rows[: CALLS_SHOWN + UNDONE_AMONG]


class _Waits:
    """What newcomers of every class and group are told, found in one play."""

    def __init__(self, layout: Layout, moving: Floor, now: datetime) -> None:
        letters = [(letter, layout.groups_with(letter)) for letter in _class_names(layout)]
        groups = [(group.letter, frozenset({group.id})) for group in layout.groups.values()]
        asked = list(dict.fromkeys([*letters, *groups]))
        found = Outlook(layout, moving, now).newcomers([Class(letter, group_ids) for letter, group_ids in asked])
        self.known = dict(zip(asked, found, strict=True))

    def of(self, letter: str, group_ids: frozenset[int]) -> dict[str, int | None]:
        wait = self.known[letter, group_ids]
        return {
            "estimated_wait_seconds": wait.low_seconds if wait else None,
            "estimated_wait_high_seconds": wait.high_seconds if wait else None,
        }


def _class_names(layout: Layout) -> dict[str, str]:
    names: dict[str, str] = {}
    for group in layout.groups.values():
        names[group.letter] = f"{names[group.letter]}、{group.name}" if group.letter in names else group.name
    return {**names, **CLASS_NAMES}


def _classes(layout: Layout, moving: Floor, waits: _Waits) -> list[dict[str, Any]]:
    return [
        {
            "class": letter,
            "name": name,
            "count": sum(row.count for row in moving.queued if row.letter == letter),
            **waits.of(letter, layout.groups_with(letter)),
        }
        for letter, name in _class_names(layout).items()
    ]


def _outage(layout: Layout) -> dict[str, Any] | None:
    """R-H-10: what cannot be done now; numbers already taken stay good."""
    down = layout.outage
    if down is None:
        return None
    return {"kind": down.kind, "text": down.sentence, "since": time.local(down.began_at).isoformat()}


def _stops(layout: Layout) -> dict[int, tuple[Stopped, str]]:
    """Groups that give no numbers: by a manager's order, or because nothing of them works."""
    found = issuing.stopped(layout.stops, layout.day) if layout.stops else {}
    down = layout.outage
    if down is not None:
        found |= {pk: (Stopped.STOPPED, down.label) for pk, group in layout.groups.items() if layout.is_down(group)}
    return found


def _groups(layout: Layout, moving: Floor, waits: _Waits) -> list[dict[str, Any]]:
    stops = _stops(layout)
    return [
        {
            "code": group.code,
            "name": group.name,
            "letter": group.letter,
            "waiting": sum(row.count for row in moving.queued if row.group_id == group.id),
            **waits.of(group.letter, frozenset({group.id})),
            "stopped": str(stops[group.id][0].value) if group.id in stops else "",
            "stop_reason": stops[group.id][1] if group.id in stops else "",
        }
        for group in layout.groups.values()
    ]


def _near(layout: Layout, now: datetime) -> list[dict[str, Any]]:
    if not layout.near:
        return []
    counts = waiting_by_hall(near.id for near in layout.near)
    return [
        {
            "code": near.code,
            "name": near.name,
            "address": near.address,
            "phone": near.phone,
            "km": near.km,
            "open": is_open(near.hours, now),
            "waiting": counts.get(near.id, 0),
        }
        for near in layout.near
    ]


_WAITING = """
    SELECT hall_id, count(*) FROM queueing_ticket WHERE state = %s AND hall_id = ANY(%s::bigint[]) GROUP BY hall_id
"""


def waiting_by_hall(hall_ids: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [TicketState.WAITING, sorted(hall_ids)])
        return dict(cursor.fetchall())


def open_windows_by_hall(hall_ids: Iterable[int]) -> dict[int, int]:
    rows = WindowSession.objects.filter(window__hall_id__in=list(hall_ids), signed_out_at=None, paused_at=None)
    counted = rows.values("window__hall_id").order_by().annotate(count=Count("id"))
    return {row["window__hall_id"]: row["count"] for row in counted}


def hall_by_code(code: str) -> Hall | None:
    return Hall.objects.filter(code=code, is_live=True).first()


def digest(document: dict[str, Any]) -> str:
    """A fingerprint of what changes by acts only: estimates and open hours move with the clock and are left out."""
    lasting = [document[name] for name in ("name", "mode", "hours", "windows", "calls", "outage")]
    lasting += [(row["class"], row["name"], row["count"]) for row in document["waiting"]]
    lasting += [(row["code"], row["name"], row["waiting"], row["stopped"]) for row in document["groups"]]
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
