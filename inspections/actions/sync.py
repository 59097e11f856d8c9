"""What tablets tell, operation by operation: each taken once, refused alone, the rest of the batch kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from halls.queries import number
from inspections.actions import submitting
from inspections.models import Operation, Photo, Tablet, Visit
from inspections.queries.places import distance_metres
from inspections.rules import operations as rules
from inspections.rules import sheet as sheets
from inspections.states import OPEN_STATES, VisitState
from staff.models import User

APPLIED, KNOWN, REFUSED = "applied", "known", "refused"


@dataclass(frozen=True)
class Told:
    """One operation as it came."""

    visit: UUID
    counter: int
    clock: int
    key: str
    value: Any
    at: str = ""


@dataclass(frozen=True)
class Outcome:
    counter: int
    status: str
    code: str = ""
    message: str = ""


def take(tablet_id: UUID, told: Sequence[Told], *, actor: User, now: datetime) -> list[Outcome]:
    """Answers one by one in the order given. Each visit's part is one transaction; a lost answer may be asked again."""
    tablet, _ = Tablet.objects.get_or_create(id=tablet_id, defaults={"person": actor, "first_seen_at": now})
    if tablet.person_id != actor.pk:
        no = Refused("other_account", "这台平板上的内容属于另一个工号,请由本人登录后上传。")
        return [Outcome(one.counter, REFUSED, no.code, no.message) for one in told]
    outcomes: dict[int, Outcome] = {}
    for visit_id in dict.fromkeys(one.visit for one in told):
        part = [(at, one) for at, one in enumerate(told) if one.visit == visit_id]
        found = _take_of_visit(tablet, visit_id, [one for _, one in part], actor=actor, now=now)
        outcomes |= {at: outcome for (at, _), outcome in zip(part, found, strict=True)}
    return [outcomes[at] for at in range(len(told))]


@transaction.atomic
def _take_of_visit(
    tablet: Tablet, visit_id: UUID, told: Sequence[Told], *, actor: User, now: datetime
) -> list[Outcome]:
    """Holds the tablet's and the visit's row: batches of two tabs or two tablets come one after the other."""
    Tablet.objects.select_for_update().get(pk=tablet.pk)
    rows = Visit.objects.select_for_update(of=("self",)).select_related("version", "hall__region")
    visit = rows.filter(pk=visit_id, auditor=actor).first()
    if visit is None:
        sentence = "没有这次检查,或它不由您负责,内容仍保存在平板上。"
        return [Outcome(one.counter, REFUSED, "no_such_visit", sentence) for one in told]
    counters = [one.counter for one in told]
    known = {row.counter: row for row in Operation.objects.filter(tablet=tablet, counter__in=counters)}
    batch = Batch(visit, tablet, now, known)
    outcomes = [batch.take(one) for one in told]
    batch.save()
    return outcomes


class Batch:
    """The operations of one visit in one request."""

    def __init__(self, visit: Visit, tablet: Tablet, now: datetime, known: dict[int, Operation]) -> None:
        self.visit, self.tablet, self.now, self.known = visit, tablet, now, known
        self.card = visit.version.facts
        self.photo_bytes = number(rules.PHOTO_MEGABYTES, visit.hall, now) * 1048576
        self.fresh: list[Operation] = []
        self.photos: dict[str, dict[str, Any]] = {}
        self.is_submitted = False

    def take(self, one: Told) -> Outcome:
        before = self.known.get(one.counter)
        if before is not None:
            return self.again(one, before)
        no = self.refusal(one)
        if no is not None and no.code == "not_yet":
            return Outcome(one.counter, REFUSED, no.code, no.message)
        row = Operation(
            visit=self.visit,
            tablet=self.tablet,
            counter=one.counter,
            clock=one.clock,
            key=one.key,
            value=one.value if rules.is_storable(one.value) else None,
            said_at=one.at,
            received_at=self.now,
            refused=no.code if no else "",
            message=no.message if no else "",
        )
        self.known[one.counter] = row
        self.fresh.append(row)
        if no is not None:
            return Outcome(one.counter, REFUSED, no.code, no.message)
        sheets.put(self.visit.sheet, self.operation(one))
        if one.key.startswith("photo:"):
            self.photos[one.key.removeprefix("photo:")] = one.value
        self.is_submitted |= one.key == "submit"
        return Outcome(one.counter, APPLIED)

    def operation(self, one: Told) -> sheets.Operation:
        return sheets.Operation(str(self.tablet.pk), one.counter, one.clock, one.key, one.value, one.at)

    def again(self, one: Told, before: Operation) -> Outcome:
        """The same once more gets the same answer; another content under a used number is not taken."""
        same = (before.visit_id, before.clock, before.key) == (self.visit.pk, one.clock, one.key)
        if not same or (before.value != one.value and not before.refused):
            return Outcome(one.counter, REFUSED, "number_reused", "这条记录的编号已用过,内容没有记入。")
        if before.refused:
            return Outcome(one.counter, REFUSED, before.refused, before.message)
        return Outcome(one.counter, KNOWN)

    def refusal(self, one: Told) -> Refused | None:
        """Why it is not taken in. What comes after the submission is kept on record, but changes nothing."""
        if self.is_submitted or self.visit.state not in OPEN_STATES:
            words = "这次检查已取消" if self.visit.state == VisitState.CANCELLED else "这次检查已提交并锁定"
            return Refused("visit_locked", f"{words},之后的内容已另行留存,不改变结果。如有异议请走申诉。")
        try:
            rules.check(self.operation(one), self.card, photo_bytes=self.photo_bytes)
        except Refused as no:
            return no
        if one.key == "submit" and self.told_before(one.counter) != one.value["before"]:
            return Refused("not_yet", "平板上还有内容没有上传完,上传后会自动提交。")
        return None

    def told_before(self, counter: int) -> int:
        """How many of this tablet's operations of this visit have come that were made before this one."""
        saved = Operation.objects.filter(visit=self.visit, tablet=self.tablet, counter__lt=counter).count()
        return saved + sum(row.counter < counter for row in self.fresh)

    def save(self) -> None:
        if not self.fresh:
            return
        Operation.objects.bulk_create(self.fresh)
        for pk, value in self.photos.items():
            announce_photo(self.visit, pk, value, now=self.now)
        if any(not row.refused for row in self.fresh):
            self.move()

    def move(self) -> None:
        visit, began = self.visit, sheets.value(self.visit.sheet, "start")
        if began and visit.started_at is None:
            visit.started_at = sheets.moment(began["at"])
            visit.distance = distance_metres(began.get("place"), visit.hall)
        if self.is_submitted:
            submitting.submit(visit, self.card, now=self.now)
        else:
            reading = sheets.read(self.card, visit.sheet, visit.hall_snapshot, visit.planned_on)
            visit.state = VisitState.RUNNING if reading.unanswered else VisitState.SIGNING
        visit.save()


def announce_photo(visit: Visit, pk: str, value: dict[str, Any], *, now: datetime) -> None:
    """The row that its bytes are uploaded to; one that was taken back is no longer waited for."""
    facts = {
        "item": value.get("item") or "",
        "sha256": value["sha256"],
        "size": value["size"],
        "taken_at": value.get("taken_at") or "",
        "place": value.get("place"),
        "is_removed": bool(value.get("removed")),
    }
    photo, made = Photo.objects.get_or_create(id=pk, defaults={"visit": visit, "announced_at": now, **facts})
    if not made and photo.visit_id == visit.pk and photo.is_removed != facts["is_removed"]:
        photo.is_removed = facts["is_removed"]
        photo.save(update_fields=["is_removed"])
