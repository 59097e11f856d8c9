"""Texts that customers send: JFJH opens the plan, JF asks for points (R-L-17, R-L-29). Answers go by the outbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import time
from core.errors import Refused
from loyalty.actions import plans
from loyalty.actions.spending import By
from loyalty.models import Customer
from loyalty.queries import ledger
from loyalty.queries.privacy import by_phone
from loyalty.states import Channel, Keyword, PointsText
from messaging import actions as messages
from messaging.states import MessageKind


@dataclass(frozen=True)
class Inbound:
    """One text; `id` is the gateway's own number of it."""

    id: str
    phone: str
    text: str


@transaction.atomic
def receive(text: Inbound, *, now: datetime) -> str:
    """Do what the keyword says and answer, once per message. Returns the keyword, empty when it was none.

    Whoever has the number now is meant; an unknown number is answered nothing.
    """
    keyword = "".join(text.text.split()).upper()
    customer = by_phone(text.phone)
    if keyword not in Keyword.values or customer is None:
        return ""
    if keyword == Keyword.OPEN:
        _answer_plan(customer, text, now)
    else:
        _answer_points(customer, text, now)
    return keyword


def _answer_plan(customer: Customer, text: Inbound, now: datetime) -> None:
    try:
        with transaction.atomic():
            account = plans.enrol(customer.pk, channel=Channel.SMS, consent=f"SMS {text.id}"[:80], by=By(), now=now)
    except Refused as no:
        answer = no.message
    else:
        since = account.plan_from or time.business_day(now)
        answer = str(PointsText.OPENED.label).format(since=since)
    _send(text, "points_plan", {"answer": answer})


def _answer_points(customer: Customer, text: Inbound, now: datetime) -> None:
    closed = ledger.maintenance_now(now)
    if closed:
        _send(text, "points_plan", {"answer": closed.message})
        return
    standing = ledger.standing(customer, now)
    why = "、".join(str(reason.label) for reason in standing.reasons)
    said = str(PointsText.NOT_USABLE.label).format(why=why) if why and standing.balance else ""
    _send(text, "points_told", {"points": standing.balance, "usable": standing.usable, "why": said})


def _send(text: Inbound, template: str, context: dict[str, object]) -> None:
    key = f"sms-in:{text.id}"
    messages.send_sms(text.phone, template=template, context=context, kind=MessageKind.CODE, key=key)
