"""Rows of visits for tests, and a tablet that tells operations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from core import time
from core.time import now
from halls.models import Hall
from inspections.actions import sync
from inspections.models import CardVersion, Question, Scorecard, Visit
from inspections.queries.halls import snapshot
from inspections.states import CardState, VisitKind
from staff.models import User
from staff.states import Role
from tests.factories import make_business, make_region, make_user
from tests.inspections.cards import ZJ, document

JPEG = (
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
    + bytes.fromhex("ffc0000b080010001001011100")
    + b"\x00" * 200
)


def make_card(name: str = "zj2009", *, number: int = 1, **content: Any) -> CardVersion:
    """A published version; the shipped cards are not there in tests that flush the tables."""
    doc = {**document(name), **content}
    card, _ = Scorecard.objects.get_or_create(
        code=doc["code"],
        defaults={"name": doc["name"], "is_ranked": name == "zj2009", "is_patrol": name == "patrol"},
    )
    version = card.versions.filter(number=number).first()
    return version or CardVersion.objects.create(
        card=card, number=number, state=CardState.PUBLISHED, content=doc, published_at=now()
    )


def make_auditor(**fields: Any) -> User:
    return make_user(role=Role.INSPECTOR, region=make_region().parent, **fields)


def make_question(business: str = "payment", *, since: date = date(2026, 1, 1), **fields: Any) -> Question:
    points = [{"text": "生效时间", "price": 3}, {"text": "费用", "price": 5}]
    values = {"text": f"{business}怎么办?", "points": points, "valid_from": since, **fields}
    return Question.objects.create(business=make_business(business), **values)


def make_visit(hall: Hall, auditor: User | None = None, *, on: date | None = None, **fields: Any) -> Visit:
    on = on or time.business_day(now())
    version = fields.pop("version", None) or make_card()
    values = {"kind": VisitKind.OPEN, "hall_snapshot": snapshot(hall, on), **fields}
    auditor = auditor or make_auditor()
    return Visit.objects.create(hall=hall, auditor=auditor, version=version, planned_on=on, **values)


class Pen:
    """A tablet in one hand: counts its operations and tells them."""

    def __init__(self, visit: Visit, *, at: datetime | None = None) -> None:
        self.visit, self.tablet, self.counter, self.clock, self.at = visit, uuid4(), 0, 0, at
        self.log: list[sync.Told] = []

    def write(self, key: str, value: Any, **changed: Any) -> sync.Told:
        self.counter += 1
        self.clock += 1
        facts = {"visit": self.visit.pk, "counter": self.counter, "clock": self.clock, "key": key, "value": value}
        self.log.append(sync.Told(**{**facts, **changed}))
        return self.log[-1]

    def submit(self) -> sync.Told:
        return self.write("submit", {"before": self.counter})

    def tell(self, *told: sync.Told, actor: User | None = None, now: datetime | None = None) -> list[str]:
        """Status of each, or the code of its refusal."""
        moment = now or self.at or time.now()
        found = sync.take(self.tablet, told or self.log, actor=actor or self.visit.auditor, now=moment)
        return [one.code or one.status for one in found]

    def fill(self, *, failed: tuple[str, ...] = (), seen: str = "pass") -> None:
        """Every item answered."""
        self.write("start", {"at": time.local(self.at or now()).isoformat()})
        for code in ZJ.items:
            self.write(f"answer:{code}", "fail" if code in failed else seen)


def hand_in(visit: Visit, *failed: str, at: datetime | None = None) -> Visit:
    """The visit filled in and submitted."""
    pen = Pen(visit, at=at)
    pen.fill(failed=failed)
    pen.submit()
    assert set(pen.tell()) == {"applied"}
    visit.refresh_from_db()
    return visit


def photo_value(data: bytes, *, item: str = "A1.1", **fields: Any) -> dict[str, Any]:
    import hashlib

    return {"item": item, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), **fields}


def uuid_text() -> str:
    return str(uuid4())


def as_uuid(text: str) -> UUID:
    return UUID(text)
