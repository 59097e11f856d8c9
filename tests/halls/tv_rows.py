"""Materials for tests of the TV, and what a TV shows of them."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time

from core import time
from halls.models import Material
from halls.states import MaterialKind

TODAY = date(2026, 11, 24)


DAY = timedelta(days=1)


def at(hour, minute=0, second=0, day=TODAY) -> datetime:
    return time.at(day, clock_time(hour, minute, second))


def make_material(hall, person, **fields) -> Material:
    values = {"kind": MaterialKind.POSTER, "title": "千兆宽带", "valid_from": TODAY, "valid_to": TODAY, **fields}
    where = {} if "region" in values else {"hall": hall}
    return Material.objects.create(made_by=person, made_at=time.now(), **where, **values)


def form(**changes) -> dict[str, object]:
    sent = {"kind": "poster", "title": "千兆宽带", "text": "", "place": "", "seconds": "12", "on_tv": "on"}
    return sent | {"valid_from": "2026-11-24", "valid_to": "2026-11-30"} | changes


def shown(client, code="ZJ01") -> list[str]:
    return [item["title"] for item in client.get(f"/board/{code}/content/").json()["items"]]
