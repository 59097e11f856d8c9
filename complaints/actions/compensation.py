"""Something extra for our own mistake (R-C-14), on a complaint or before anybody complains (主动补偿)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from complaints.actions.cases import customer_of
from complaints.actions.journal import Entry, locked, write
from complaints.actions.refunds import check_decider
from complaints.models import Compensation, Complaint
from complaints.queries.money import numbers_of
from complaints.rules import refunds as rules
from complaints.rules.texts import SHORT, clean, needed
from complaints.states import Did, Money, Rung
from core.errors import Refused
from core.phones import clean_phone
from halls.models import Hall
from staff.models import User


@dataclass(frozen=True)
class Offer:
    """What the customer lost, what they get, how, and why."""

    loss: Decimal
    amount: Decimal
    form: str
    reason: str


@transaction.atomic
def ask_on_complaint(complaint_id: int, offer: Offer, *, person: User, now: datetime) -> Compensation:
    """Raises Refused: bad_sum, words_needed, bad_move."""
    complaint = locked(complaint_id)
    row = _draft(complaint.hall, offer, person, now)
    row.complaint, row.customer, row.phone = complaint, complaint.customer, complaint.phone
    row.save(force_insert=True)
    data = {"compensation": row.pk, "amount": str(row.amount), "loss": str(row.loss), "words": row.reason}
    write(complaint, Entry(Did.COMPENSATED, data), person=person, now=now)
    return row


@transaction.atomic
def ask_unprompted(hall: Hall, phone: str, offer: Offer, *, person: User, now: datetime) -> Compensation:
    """主动补偿: our mistake, and nobody has complained. Raises Refused: bad_phone, bad_sum, words_needed."""
    row = _draft(hall, offer, person, now)
    row.phone = clean_phone(phone)
    row.customer = customer_of(row.phone)
    row.save(force_insert=True)
    return row


def _draft(hall: Hall, offer: Offer, person: User, now: datetime) -> Compensation:
    loss, amount = rules.yuan(offer.loss), rules.yuan(offer.amount)
    if not (Decimal(0) < amount <= rules.MOST and Decimal(0) <= loss <= rules.MOST):
        raise Refused("bad_sum", "补偿金额应大于 0,损失不能为负,精确到分。")
    limits = numbers_of(hall, now)
    rung = rules.rung_for(amount, duty=limits.duty, hall=limits.hall, team=limits.team)
    if rules.needs_reason(amount, loss, free=limits.free, times=limits.times):
        rung = rules.at_least(rung, Rung.HALL)
    return Compensation(
        hall=hall,
        loss=loss,
        amount=amount,
        form=needed(offer.form, "补偿方式", most=40),
        reason=needed(offer.reason, "补偿原因", most=SHORT),
        rung=rung,
        asked_at=now,
        asked_by=person,
    )


@transaction.atomic
def decide(compensation_id: int, agree: bool, words: str, *, person: User, now: datetime) -> Compensation:
    """Agree or refuse. Above the free sum a manager writes why (R-C-14), because money must not buy silence.

    Raises Refused: own_request, not_your_rung, words_needed, bad_move.
    """
    row = (
        Compensation.objects.select_for_update(of=("self",))
        .select_related("hall__region__parent")
        .get(pk=compensation_id)
    )
    to = Money.AGREED if agree else Money.REFUSED
    if not rules.can_move(row.state, to):
        raise Refused("bad_move", f"这笔补偿现在是「{row.get_state_display()}」,不能这样操作。")
    check_decider(row.rung, row.asked_by_id, None, person, hall=row.hall)
    limits = numbers_of(row.hall, now)
    large = rules.needs_reason(row.amount, row.loss, free=limits.free, times=limits.times)
    must = large or not agree
    said = needed(words, "审批意见", most=SHORT) if must else clean(words, "审批意见", most=SHORT)
    row.state, row.decided_at, row.decided_by, row.decision = to, now, person, said
    row.save(update_fields=["state", "decided_at", "decided_by", "decision"])
    _note(row, {"agreed": agree, "words": said}, person, now)
    return row


@transaction.atomic
def mark_given(compensation_id: int, *, person: User | None, now: datetime) -> Compensation:
    """The customer has it. Raises Refused("bad_move") when it was not agreed or is given already."""
    row = Compensation.objects.select_for_update(of=("self",)).select_related("hall").get(pk=compensation_id)
    if not rules.can_move(row.state, Money.PAID):
        raise Refused("bad_move", f"这笔补偿现在是「{row.get_state_display()}」,不能这样操作。")
    row.state, row.paid_at = Money.PAID, now
    row.save(update_fields=["state", "paid_at"])
    _note(row, {"paid": str(row.amount)}, person, now)
    return row


def _note(row: Compensation, data: dict[str, object], person: User | None, now: datetime) -> None:
    """On the case's record, when there is one."""
    if row.complaint_id is None:
        return
    complaint: Complaint = locked(row.complaint_id)
    write(complaint, Entry(Did.REFUND_DECIDED, {"compensation": row.pk, **data}), person=person, now=now)
