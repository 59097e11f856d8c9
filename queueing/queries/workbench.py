"""What somebody sees first: their halls as they are now, and what waits for their hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from halls import queries as halls
from halls.models import Device, Hall
from halls.rules import DEVICE_SILENT_MINUTES, Hours
from halls.states import WATCHED, DeviceState
from queueing.queries import board
from queueing.queries.board import open_windows_by_hall, waiting_by_hall
from queueing.rules.waits import Wait
from queueing.states import WindowState

TROUBLES = {DeviceState.SILENT, DeviceState.PAPER_OUT, DeviceState.EXPIRED}


@dataclass(frozen=True)
class HallNow:
    hall: Hall
    hours: Hours | None
    is_open: bool
    waiting: int
    open_windows: int
    windows: int

    @property
    def needs_windows(self) -> bool:
        """People wait and nobody serves."""
        return self.is_open and self.waiting > 0 and self.open_windows == 0


def halls_now(user: Any, now: datetime) -> list[HallNow]:
    """The person's halls with live figures, in few questions however many halls there are."""
    today = halls.halls_with_hours(user, "hall.see", now)
    ids = [one.hall.pk for one in today]
    waiting, open_windows = waiting_by_hall(ids), open_windows_by_hall(ids)
    return [
        HallNow(
            hall=one.hall,
            hours=one.hours,
            is_open=one.is_open,
            waiting=waiting.get(one.hall.pk, 0),
            open_windows=open_windows.get(one.hall.pk, 0),
            windows=one.windows,
        )
        for one in today
        if one.hall.is_live
    ]


def board_of(hall: Hall, now: datetime) -> dict[str, Any]:
    """The public board in the words of a staff page: windows with their state, lines with whole minutes."""
    document = board.document(hall.pk, now)
    windows = [{**one, "words": WindowState(one["state"]).label} for one in document["windows"]]
    groups = [{**one, "range": _range(one) if one["waiting"] else ""} for one in document["groups"]]
    return {"windows": windows, "groups": groups}


def _range(row: dict[str, Any]) -> str:
    low, high = row["estimated_wait_seconds"], row["estimated_wait_high_seconds"]
    return Wait(low, high).text if low else ""


@dataclass(frozen=True)
class Ailing:
    device: Device
    state: DeviceState


def ailing_devices(hall_ids: Iterable[int], now: datetime) -> list[tuple[Hall, list[Ailing]]]:
    """Machines that a manager should look at; those of closed halls may sleep."""
    rows = Device.objects.filter(hall__in=list(hall_ids), kind__in=WATCHED, revoked_at=None).exclude(token_hash="")
    found: dict[Hall, list[Ailing]] = {}
    for device in rows.select_related("hall__region__parent", "window").order_by("hall", "pk"):
        minutes = halls.number(DEVICE_SILENT_MINUTES, device.hall, now)
        state = halls.device_state(device, now, minutes)
        if state in TROUBLES and halls.is_open(device.hall, now):
            found.setdefault(device.hall, []).append(Ailing(device, state))
    return list(found.items())
