"""An inspected month for tests: visits with deductions and photos, reckoned."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from core.time import SHANGHAI
from halls.models import Hall
from inspections.actions import months
from inspections.actions.photos import path_of
from inspections.models import CorrectiveAction, Finding, Photo, Visit
from tests.halls.pictures import png
from tests.inspections.rows import make_visit

OCTOBER = date(2026, 10, 1)
SEPTEMBER = date(2026, 9, 1)
NOVEMBER_2 = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)


def make_checked(hall: Hall, score: int, *, on: date = date(2026, 10, 12), charged: tuple[str, ...] = ()) -> Visit:
    """A ranked visit that is over; each of `charged` is an item that costs 5 points."""
    began = datetime(on.year, on.month, on.day, 10, tzinfo=SHANGHAI)
    facts = {"state": "final", "score": score, "started_at": began, "submitted_at": began + timedelta(hours=1)}
    visit = make_visit(hall, on=on, **facts)
    for item in charged:
        Finding.objects.create(visit=visit, hall=hall, item=item, name=f"检查项 {item}", points=5, found_on=on)
    return visit


def reckon(*wanted: date) -> None:
    for month in wanted or (SEPTEMBER, OCTOBER):
        months.reckon(month, now=NOVEMBER_2)


def make_photo(visit: Visit, item: str, *, data: bytes | None = None) -> Photo:
    data = png(400, 300) if data is None else data
    facts = {"announced_at": visit.submitted_at, "completed_at": visit.submitted_at, "extension": "png"}
    photo = Photo.objects.create(id=uuid4(), visit=visit, item=item, sha256="0" * 64, size=len(data), **facts)
    path = path_of(photo)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return photo


def make_action(finding: Finding, *, due_on: date) -> CorrectiveAction:
    return CorrectiveAction.objects.create(
        finding=finding, hall=finding.hall, due_on=due_on, opened_at=datetime(2026, 10, 13, 9, tzinfo=SHANGHAI)
    )
