"""Grants at partners' halls that a person may see."""

from datetime import date

from django.db.models import Q, QuerySet

from halls.models import Hall
from halls.queries import visible_halls
from halls.states import Operation
from staff.models import Employment, Grant, User
from staff.queries.people import in_force
from staff.states import GrantState

STATES = {
    GrantState.IN_FORCE: lambda on: Q(ended_at=None, valid_from__lte=on, valid_to__gte=on),
    GrantState.COMING: lambda on: Q(ended_at=None, valid_from__gt=on),
    GrantState.OVER: lambda on: Q(ended_at=None, valid_to__lt=on),
    GrantState.TAKEN_BACK: lambda on: Q(ended_at__isnull=False),
}


def partners(actor: User, verb: str) -> QuerySet[Hall]:
    """Halls that somebody else runs, where the actor holds the right."""
    return visible_halls(actor, verb).exclude(operation=Operation.SELF).order_by("code")


def seen_by(actor: User, on: date, *, hall: Hall | None = None, state: str = "", find: str = "") -> QuerySet[Grant]:
    """Of halls whose looks the actor reviews; the newest first."""
    rows = Grant.objects.filter(hall__in=visible_halls(actor, "access_log.review"))
    rows = rows.select_related("user", "hall__region__parent__parent", "given_by", "ended_by")
    if hall:
        rows = rows.filter(hall=hall)
    if state in GrantState.values:
        rows = rows.filter(STATES[GrantState(state)](on))
    if find:
        rows = rows.filter(Q(user__name__icontains=find) | Q(user__staff_no__iexact=find))
    return rows.order_by("-valid_from", "-pk")


def people_of(halls: QuerySet[Hall], on: date) -> QuerySet[User]:
    """Who works there on a day."""
    jobs = Employment.objects.filter(in_force(on), hall__in=halls)
    return User.objects.filter(is_active=True, employments__in=jobs).distinct().order_by("staff_no")
