"""Reads about 支撑需求."""

from datetime import date

from django.db.models import F, Q, QuerySet

from core import time
from halls.models import Hall
from overview.models import SupportRequest
from overview.states import SupportState
from staff.models import Employment, User
from staff.queries.people import in_force
from staff.states import Role


def answerers() -> list[User]:
    """People of the city who answer for support."""
    today = time.business_day(time.now())
    jobs = Employment.objects.filter(in_force(today), role=Role.OPERATIONS, user__is_active=True)
    return list(User.objects.filter(pk__in=jobs.values("user")).order_by("staff_no"))


def requests(user: User, *, state: str = "", hall: Hall | None = None, today: date) -> QuerySet[SupportRequest]:
    """`state`: one of the states, or `late`; those that wait longest first."""
    rows = SupportRequest.objects.visible_to(user).select_related("hall", "owner", "report", "raised_by")
    if hall is not None:
        rows = rows.filter(hall=hall)
    if state == "late":
        unanswered = Q(state=SupportState.OPEN, due_on__lt=today)
        rows = rows.filter(unanswered | Q(state=SupportState.ANSWERED, promised_on__lt=today))
    elif state in SupportState.values:
        rows = rows.filter(state=state)
    return rows.order_by(F("closed_at").asc(nulls_first=True), "due_on", "pk")
