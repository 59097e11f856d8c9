"""Reads about corporate customers: whom somebody sees, whose member a customer is, and the table by class."""

from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from core import parameters
from loyalty.models import CorporateFigure, CorporateGroup, CorporateMember
from loyalty.rules import corporate as rules
from loyalty.states import CorporateGrade
from staff.models import Employment, User
from staff.queries.people import in_force
from staff.states import Role


def counted() -> QuerySet[Any]:
    """With the number of members of each."""
    rows = CorporateGroup.objects.select_related("hall", "manager")
    return rows.annotate(member_count=Count("members", filter=Q(members__left_on=None)))


def visible_to(user: Any, verb: str = "corporate.see") -> QuerySet[Any]:
    return counted().filter(hall__in=user.hall_ids(verb))


def search(user: Any, *, find: str = "", grade: str = "") -> QuerySet[Any]:
    """By name or account manager, and class; who has left stands last."""
    rows = visible_to(user)
    if grade:
        rows = rows.filter(grade=grade)
    if find:
        rows = rows.filter(Q(name__icontains=find) | Q(manager__name__icontains=find))
    return rows.order_by(F("left_on").asc(nulls_first=True), "grade", "name")


def managers(today: date) -> QuerySet[User]:
    """Account managers and hall managers of a day: who may look after a company."""
    jobs = Employment.objects.filter(in_force(today), role__in=[Role.ACCOUNT_MANAGER, Role.HALL_MANAGER])
    return User.objects.filter(pk__in=jobs.values("user"), is_active=True).order_by("staff_no")


def group_of(customer_id: int) -> CorporateGroup | None:
    """Of which company a customer is a member now."""
    row = CorporateMember.objects.filter(customer=customer_id, left_on=None, group__left_on=None)
    found = row.select_related("group__manager").first()
    return found.group if found else None


def limits(on: date) -> dict[str, rules.Limits]:
    churn = parameters.number(rules.GROUP_CHURN, on=on), parameters.number(rules.INSIDE_CHURN, on=on)
    return {
        grade: rules.Limits(
            parameters.number(rules.SATISFACTION[grade], on=on),
            parameters.number(rules.AWARENESS[grade], on=on),
            *churn,
        )
        for grade in CorporateGrade.values
    }


def table(groups: QuerySet[CorporateGroup], month: date, next_month: date) -> list[rules.GradeFigures]:
    """A month by class: every company that was one on its first day, or came in it."""
    rows = groups.filter(Q(left_on=None) | Q(left_on__gte=month), joined_on__lt=next_month)
    known = {row.group_id: row for row in CorporateFigure.objects.filter(group__in=rows, month=month)}
    return rules.by_grade([_measured(row, known.get(row.pk), next_month) for row in rows], limits(month))


def _measured(row: CorporateGroup, figure: CorporateFigure | None, next_month: date) -> rules.Measured:
    is_lost = row.left_on is not None and row.left_on < next_month
    if figure is None:
        return rules.Measured(row.grade, is_lost)
    return rules.Measured(row.grade, is_lost, figure.satisfaction, figure.awareness, figure.members, figure.lost)
