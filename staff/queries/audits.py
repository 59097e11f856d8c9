"""The audit lists of one's halls, and what a person has to put right."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from staff.models import AlwaysAudited, AuditItem, User
from staff.states import AuditState as S


def always_on(day: date) -> set[str]:
    """Codes of the businesses of which every case is audited."""
    rows = AlwaysAudited.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
    return set(rows.values_list("business__code", flat=True))


def items(user: User) -> QuerySet[AuditItem]:
    return AuditItem.objects.visible_to(user).select_related("hall", "business", "person", "checked_by")


def to_correct(person: User) -> QuerySet[AuditItem]:
    rows = AuditItem.objects.filter(person=person, state=S.WRONG)
    return rows.select_related("business", "hall").order_by("correct_by")


def to_check(hall_ids: Iterable[int]) -> int:
    return AuditItem.objects.filter(hall__in=list(hall_ids), state=S.OPEN).count()


def errors_of_month(hall_id: int, since: date, until: date) -> dict[int, dict[str, int]]:
    """By person: businesses audited, and those that were wrong."""
    rows = AuditItem.objects.filter(hall=hall_id, day__gte=since, day__lte=until).exclude(state=S.OPEN)
    counted = rows.order_by().values("person_id")
    wrong = Q(state__in=[S.WRONG, S.CORRECTED])
    return {
        row["person_id"]: {"audited": row["audited"], "errors": row["errors"]}
        for row in counted.annotate(audited=Count("pk"), errors=Count("pk", filter=wrong))
    }


def error_of_the_day(hall_id: int, day: date) -> AuditItem | None:
    """The newest error found at a hall up to a day: what the morning meeting talks about."""
    rows = AuditItem.objects.filter(hall=hall_id, day__lte=day, state__in=[S.WRONG, S.CORRECTED])
    return rows.select_related("business").order_by("-day", "-checked_at").first()
