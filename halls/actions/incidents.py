"""Incidents and the small registers of a hall (R-H-10, R-H-17)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from core import time
from core.errors import Refused
from core.phones import clean_phone
from core.texts import whole
from halls import live
from halls.models import Hall, Incident, IncidentTell, Playbook, SupplyRequest, UmbrellaLoan, Visitor
from halls.rules import incidents as rules

LONGEST_LOAN = timedelta(days=90)


@transaction.atomic
def open_incident(hall: Hall, kind: str, text: str, *, actor: Any, now: datetime) -> Incident:
    """Note an incident that began now; whom the playbook names is to be told in time.

    Raises Refused: no_text.
    """
    if not text.strip():
        raise Refused("no_text", "请写一句发生了什么。")
    row = Incident.objects.create(
        hall=hall, kind=kind, text=whole(text, 300, "经过"), began_at=now, opened_at=now, opened_by=actor
    )
    book = Playbook.objects.filter(kind=kind).prefetch_related("tells").first()
    IncidentTell.objects.bulk_create(
        IncidentTell(incident=row, whom=tell.whom, due_at=rules.tell_due(now, tell.minutes))
        for tell in (book.tells.all() if book else [])
    )
    live.hall_changed(hall, "incident.opened", row.pk)
    return row


@transaction.atomic
def note_told(tell: IncidentTell, *, actor: Any, now: datetime) -> IncidentTell:
    """Somebody was told. Twice is once: the first time stays."""
    IncidentTell.objects.filter(pk=tell.pk, told_at=None).update(told_at=now, told_by=actor)
    live.hall_changed(tell.incident.hall, "incident.changed", tell.incident_id)
    return IncidentTell.objects.get(pk=tell.pk)


@transaction.atomic
def end_incident(row: Incident, measures: str, *, actor: Any, now: datetime) -> Incident:
    """It is over. Raises Refused: already_ended, no_measures, not_told."""
    locked = Incident.objects.select_for_update(of=("self",)).select_related("hall").get(pk=row.pk)
    if locked.ended_at is not None:
        raise Refused("already_ended", "这件事已经结束,请查看记录。")
    if not measures.strip():
        raise Refused("no_measures", "请写明怎样处置、结果如何。")
    left = list(locked.tells.filter(told_at=None).values_list("whom", flat=True))
    if left:
        raise Refused("not_told", f"还没有告知:{'、'.join(left)}。请先告知再结束。")
    locked.ended_at, locked.ended_by, locked.measures = now, actor, whole(measures, 300, "处置结果")
    locked.save(update_fields=["ended_at", "ended_by", "measures"])
    live.hall_changed(locked.hall, "incident.ended", locked.pk)
    return locked


def note_measures(row: Incident, measures: str) -> None:
    """Keep what was done for the end of an incident that waits for somebody to be told."""
    Incident.objects.filter(pk=row.pk, ended_at=None).update(measures=whole(measures, 300, "处置结果"))


@dataclass(frozen=True)
class Borrowing:
    thing: str
    borrower: str
    phone: str
    due_on: date


@transaction.atomic
def lend(hall: Hall, wish: Borrowing, *, actor: Any, now: datetime) -> UmbrellaLoan:
    """R-H-17. Raises Refused: no_borrower, bad_phone, past_day, far_day, too_long."""
    if not wish.borrower.strip() or not wish.thing.strip():
        raise Refused("no_borrower", "请填写物品和借用人。")
    if wish.due_on < time.business_day(now):
        raise Refused("past_day", "应还日期已经过去,请改为今天或以后。")
    if wish.due_on > time.business_day(now) + LONGEST_LOAN:
        raise Refused("far_day", f"应还日期请选 {LONGEST_LOAN.days} 天以内。")
    return UmbrellaLoan.objects.create(
        hall=hall,
        thing=whole(wish.thing, 20, "物品"),
        borrower=whole(wish.borrower, 20, "借用人"),
        phone=clean_phone(wish.phone),
        due_on=wish.due_on,
        lent_at=now,
        lent_by=actor,
    )


def give_back(row: UmbrellaLoan, *, now: datetime) -> bool:
    """Returned; the phone is no longer needed. False when it was back already."""
    return bool(UmbrellaLoan.objects.filter(pk=row.pk, returned_at=None).update(returned_at=now, phone=""))


@transaction.atomic
def let_in(hall: Hall, given: tuple[str, str, str], *, actor: Any, now: datetime) -> Visitor:
    """Somebody (name, company, purpose) enters the work area beside `actor`. Raises Refused: blank."""
    name, company, purpose = (part.strip() for part in given)
    if not (name and company and purpose):
        raise Refused("blank", "请填写姓名、单位和事由。")
    return Visitor.objects.create(
        hall=hall,
        name=whole(name, 20, "姓名"),
        company=whole(company, 40, "单位"),
        purpose=whole(purpose, 60, "事由"),
        came_at=now,
        host=actor,
    )


def let_out(row: Visitor, *, now: datetime) -> bool:
    return bool(Visitor.objects.filter(pk=row.pk, left_at=None).update(left_at=now))


@dataclass(frozen=True)
class Supplies:
    thing: str
    quantity: int
    reason: str


@transaction.atomic
def ask_supplies(hall: Hall, wish: Supplies, *, actor: Any, now: datetime) -> SupplyRequest:
    """Raises Refused: blank, bad_quantity."""
    if not wish.thing.strip() or not wish.reason.strip():
        raise Refused("blank", "请填写物品和用途。")
    if not 1 <= wish.quantity <= 100_000:
        raise Refused("bad_quantity", "数量应为 1–100000 的整数。")
    return SupplyRequest.objects.create(
        hall=hall,
        thing=whole(wish.thing, 40, "物品"),
        quantity=wish.quantity,
        reason=whole(wish.reason, 100, "用途"),
        asked_at=now,
        asked_by=actor,
    )


@transaction.atomic
def answer_supplies(row: SupplyRequest, granted: int, answer: str, *, actor: Any, now: datetime) -> SupplyRequest:
    """Grant all, a part, or none with a word. Raises Refused: already_answered, bad_quantity, no_reason."""
    locked = SupplyRequest.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.answered_at is not None:
        raise Refused("already_answered", "这条申领已经答复。")
    if not 0 <= granted <= locked.quantity:
        raise Refused("bad_quantity", f"批准数量应为 0–{locked.quantity}。")
    if granted < locked.quantity and not answer.strip():
        raise Refused("no_reason", "少于申领数量时请写明原因。")
    locked.granted, locked.answer = granted, whole(answer, 100, "答复")
    locked.answered_at, locked.answered_by = now, actor
    locked.save(update_fields=["granted", "answer", "answered_at", "answered_by"])
    return locked
