"""Refunds and compensation of the demo city."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from complaints.models import Compensation, Refund, RefundPayment
from complaints.rules.clocks import end_of_day
from complaints.states import Did, Ground, Kind, Money, Part, Rung
from config.demo.complaints_told import Told
from staff.models import User


def make(told: list[Told], handler: User, now: datetime, draw: random.Random) -> None:
    """Refunds of the past, the pre-refund whose second half is to be paid today, and compensation."""
    for one in told:
        if one.complaint.content.startswith("套餐外流量多收 12.50"):
            _pre_refund(one, handler, now)
        elif one.complaint.closed_at and one.complaint.kind == Kind.COMPLAINT and draw.random() < 0.12:
            _refund(
                one,
                handler,
                Decimal(round(min(180, max(0.5, draw.lognormvariate(2.9, 0.9))), 2)).quantize(Decimal("0.01")),
            )
    clerk, hall = told[-1].complaint.first_handler, told[-1].complaint.hall
    phones = [one.complaint.phone for one in told if one.complaint.phone][:2]
    for phone, amount, state in zip(phones, (Decimal(30), Decimal(120)), (Money.PAID, Money.ASKED), strict=False):
        paid = state == Money.PAID
        Compensation.objects.create(
            hall=hall, phone=phone, loss=Decimal(20), amount=amount, form="话费", reason="系统故障导致重复往返",
            rung=Rung.DUTY if paid else Rung.HALL, state=state, asked_by=clerk or handler,
            asked_at=now - timedelta(hours=5),
            decided_at=now - timedelta(hours=4) if paid else None, decided_by=handler if paid else None,
            decision="同意" if paid else "", paid_at=now - timedelta(hours=3) if paid else None,
        )  # fmt: skip


def _ask(one: Told, amount: Decimal, at: datetime, handler: User, *, is_pre: bool) -> Refund:
    refund = Refund.objects.create(
        complaint=one.complaint, item="套餐外流量", ground=Ground.PROMISED, charged=amount * 3, overcharge=amount,
        is_pre=is_pre, rung=Rung.TEAM if is_pre else Rung.DUTY, asked_at=at,
        asked_by=one.complaint.first_handler or handler,
    )  # fmt: skip
    facts = {"refund": refund.pk, "item": refund.item, "overcharge": str(amount), "total": str(amount * 2)}
    _append(one, Did.REFUND_ASKED, at, one.complaint.first_handler, ground=str(Ground.PROMISED), pre=is_pre, **facts)
    return refund


def _append(one: Told, did: Did, at: datetime, person: User | None, **data: Any) -> None:
    """An event after the rows were written."""
    known = set(one.rows)
    at = max(at, one.events[-1].at)
    one.add(did, at, person, **data)
    one.events[-1].save(force_insert=True)
    for key, row in one.rows.items():
        row.save(force_insert=key not in known)
    one.complaint.save()


def _refund(one: Told, handler: User, amount: Decimal) -> None:
    at = (one.complaint.closed_at or one.complaint.logged_at) + timedelta(minutes=5)
    refund = _ask(one, amount, at, handler, is_pre=False)
    RefundPayment.objects.create(
        refund=refund, part=Part.WHOLE, amount=amount * 2, state=Money.PAID, decided_at=at, decided_by=handler,
        decision="同意", paid_at=at + timedelta(hours=1),
    )  # fmt: skip
    _append(one, Did.REFUND_DECIDED, at, handler, refund=refund.pk, agreed=True, words="同意")
    _append(one, Did.REFUND_PAID, at, handler, refund=refund.pk, part=str(Part.WHOLE), amount=str(amount * 2))


def _pre_refund(one: Told, handler: User, now: datetime) -> None:
    amount, asked = Decimal("12.50"), now - timedelta(days=1)
    paid = asked + timedelta(hours=2)
    refund = _ask(one, amount, asked, handler, is_pre=True)
    _append(
        one, Did.REFUND_DECIDED, asked + timedelta(hours=1), handler, refund=refund.pk, agreed=True, words="同意预退"
    )
    refund.verify_due_at = end_of_day(paid, days=3)
    _append(one, Did.REFUND_PAID, paid, handler, refund=refund.pk, part=str(Part.PRINCIPAL), amount=str(amount),
            verify_due=refund.verify_due_at.isoformat())  # fmt: skip
    refund.verified_at, refund.verified_by = now - timedelta(hours=2), handler
    refund.is_confirmed, refund.finding = True, "计费差错属实"
    refund.save()
    _append(
        one, Did.REFUND_VERIFIED, refund.verified_at, handler, refund=refund.pk, confirmed=True, words=refund.finding
    )
    said = {"decided_at": asked, "decided_by": handler, "decision": "同意预退"}
    RefundPayment.objects.create(
        refund=refund, part=Part.PRINCIPAL, amount=amount, state=Money.PAID, paid_at=paid, **said
    )
    RefundPayment.objects.create(refund=refund, part=Part.SECOND, amount=amount, state=Money.AGREED, **said)
