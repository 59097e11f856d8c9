"""Texts to customers about their case. Each is in the outbox once, and says nothing but the last digits."""

from datetime import datetime

from django.conf import settings

from complaints.models import Complaint
from complaints.states import Kind
from core import time
from messaging import actions as messages
from messaging.catalogue import register
from messaging.states import MessageKind

LOGGED = register(
    "complaint_logged", "投诉已受理", kind=MessageKind.NOTICE, placeholders=("hall", "tail", "time", "link")
)
OWNER = register("complaint_owner", "请机主确认投诉", kind=MessageKind.NOTICE, placeholders=("hall", "tail", "link"))
REPLY = register("complaint_result", "投诉已有结果", kind=MessageKind.NOTICE, placeholders=("tail", "link"))
CODE = register("complaint_code", "投诉查询验证码", kind=MessageKind.CODE, placeholders=("code", "minutes"))
ALERT = register("complaint_alert", "投诉时限提醒(员工)", kind=MessageKind.STAFF_ALERT, placeholders=("count", "what"))


def link(complaint: Complaint) -> str:
    return f"{settings.PUBLIC_URL}/c/{complaint.token}/"


def when(moment: datetime, now: datetime) -> str:
    """「今天 18:40」, 「明天 01:30」, else the date."""
    local, today = time.local(moment), time.business_day(now)
    days = (local.date() - today).days
    day = {0: "今天", 1: "明天"}.get(days, f"{local.month} 月 {local.day} 日")
    return f"{day} {local:%H:%M}"


def _send(complaint: Complaint, template: str, key: str, **context: object) -> None:
    if complaint.phone and not complaint.is_simulated:
        messages.send_sms(
            complaint.phone,
            template=template,
            context={"tail": complaint.tail, "hall": complaint.hall.name, "link": link(complaint), **context},
            kind=MessageKind.NOTICE,
            key=f"{key}:{complaint.pk}",
            hall=complaint.hall.code,
        )


def confirm_logged(complaint: Complaint, now: datetime) -> None:
    """The customer knows that it is on record and until when they hear of us."""
    due = complaint.next_due_at
    if due is not None and complaint.kind == Kind.COMPLAINT:
        _send(complaint, LOGGED, "complaint-logged", time=when(due, now))


def ask_owner(complaint: Complaint) -> None:
    _send(complaint, OWNER, "complaint-owner")


def tell_result(complaint: Complaint) -> None:
    _send(complaint, REPLY, f"complaint-result-{complaint.reopened}")


def send_code(complaint: Complaint, code: str, *, minutes: int, turn: int) -> None:
    messages.send_sms(
        complaint.phone,
        template=CODE,
        context={"code": code, "minutes": minutes},
        kind=MessageKind.CODE,
        key=f"complaint-code:{complaint.pk}:{turn}",
        hall=complaint.hall.code,
    )
