"""The demo city's machines and its list of logins, `demo_logins.json`."""

import json
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from config.demo.city import LIVE
from config.demo.people import PASSWORD, Member
from halls.authentication import TOKEN_PREFIX, token_hash
from halls.models import Device, Hall
from halls.states import DeviceKind
from staff.states import Role

PAIRED = (DeviceKind.KIOSK, DeviceKind.TV)
SHOWN_AS = {Role.FLOOR_WALKER: Role.GREETER, Role.ENQUIRY: Role.GREETER}
ROLES = (
    Role.CLERK,
    Role.GREETER,
    Role.DUTY_MANAGER,
    Role.HALL_MANAGER,
    Role.COMPLAINT_HANDLER,
    Role.INSPECTOR,
    Role.DISTRICT,
    Role.OPERATIONS,
)


def logins_path() -> Path:
    return settings.VAR / "demo_logins.json"


def make(halls: dict[str, Hall], now: datetime) -> list[dict[str, Any]]:
    """A TV in each live hall, a kiosk where numbers are taken, a pad where a line is counted, window screens.

    Returns the rows of the login list: one link per kiosk and TV. The others are paired by hand.
    """
    rows = []
    for place in LIVE:
        hall = halls[place.code]
        kinds = [DeviceKind.TV, DeviceKind.PAD] if hall.is_line else [DeviceKind.KIOSK, DeviceKind.TV]
        for kind in kinds:
            device = Device(hall=hall, kind=kind, name="大厅")
            if kind in PAIRED:
                rows.append(_pair(device, now))
            device.save()
        Device.objects.bulk_create(
            Device(hall=hall, kind=DeviceKind.WINDOW_DISPLAY, name=window.label, window=window)
            for window in hall.windows.order_by("number")
        )
    return rows


def pair_again(now: datetime) -> list[dict[str, Any]]:
    """New links for the paired kiosks and TVs; the old ones are void."""
    rows = []
    for device in Device.objects.filter(kind__in=PAIRED, revoked_at=None).select_related("hall").order_by("pk"):
        rows.append(_pair(device, now))
        device.save()
    return rows


def _pair(device: Device, now: datetime) -> dict[str, Any]:
    """A machine that nobody has opened yet is noted as silent already, so that managers are not told of it."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(24)
    device.token_hash, device.paired_at, device.silence_noticed_at = token_hash(token), now, now
    return {"role": str(device.kind), "hall": device.hall.code, "url": f"{settings.PUBLIC_URL}/pair/{token}/"}


def people_rows(members: Iterable[Member]) -> list[dict[str, Any]]:
    """Who may sign in, by role and hall."""
    rows = [
        {
            "role": str(SHOWN_AS.get(member.job.role, member.job.role)),
            "username": member.user.staff_no,
            "password": PASSWORD,
            "hall": member.hall,
        }
        for member in members
    ]
    order = [str(role) for role in ROLES]
    listed = [row for row in rows if row["role"] in order]
    return sorted(listed, key=lambda row: (order.index(row["role"]), row["hall"] or "", row["username"]))


def write_logins(rows: list[dict[str, Any]]) -> Path:
    """Whole or not at all, and for the owner's eyes only."""
    path = logins_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def read_logins() -> list[dict[str, Any]]:
    """The list, or nothing when there is none."""
    try:
        return json.loads(logins_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


def at_this_address(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with links to where the product is served now: the port may have changed since."""
    return [
        {**row, "url": f"{settings.PUBLIC_URL}/pair/{row['url'].rstrip('/').rsplit('/', 1)[1]}/"}
        if "url" in row
        else row
        for row in rows
    ]
