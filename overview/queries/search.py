"""The search box: numbers, complaints, people, halls, articles; each within one's rights, a few of each."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from complaints.models import Complaint
from core import time
from halls.models import Hall
from overview.rules import search as rules
from overview.rules.search import MOST, Wanted
from queueing.models import Ticket
from staff.models import User
from staff.queries import knowledge

DAYS_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Found:
    tickets: list[Ticket] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    halls: list[Hall] = field(default_factory=list)
    articles: list[Any] = field(default_factory=list)

    @property
    def count(self) -> int:
        found: tuple[list[Any], ...] = (self.tickets, self.complaints, self.people, self.halls, self.articles)
        return sum(len(rows) for rows in found)


def find(wanted: Wanted, user: User, now: datetime) -> Found:
    """Nothing for an empty line, a phone or a part of one: customers are found by `privacy.find_customer` only."""
    if wanted.is_empty or wanted.is_too_long or wanted.phone or wanted.is_part_of_phone:
        return Found()
    return Found(
        tickets=_tickets(wanted, user, now),
        complaints=_complaints(wanted, user),
        people=_people(wanted, user),
        halls=_halls(wanted, user),
        articles=knowledge.find(wanted.text, time.business_day(now), most=MOST),
    )


def _tickets(wanted: Wanted, user: User, now: datetime) -> list[Ticket]:
    """Today's first; numbers begin anew every day."""
    if not wanted.ticket:
        return []
    since = time.business_day(now) - DAYS_BACK
    rows = Ticket.objects.visible_to(user).filter(number=wanted.ticket, business_day__gte=since)
    return list(rows.select_related("hall", "group", "business").order_by("-business_day", "hall__code")[:MOST])


def _complaints(wanted: Wanted, user: User) -> list[Complaint]:
    rows = Complaint.objects.visible_to(user).select_related("hall")
    if wanted.complaint:
        rows = rows.filter(number__startswith=wanted.complaint)
    elif wanted.tail:
        rows = rows.filter(number__endswith=f"-{wanted.tail}")
    else:
        return []
    return list(rows.distinct().order_by("-number")[:MOST])


def _people(wanted: Wanted, user: User) -> list[User]:
    rows = User.objects.visible_to(user).filter(is_active=True)
    matching = Q(name__icontains=wanted.text) | Q(staff_no__istartswith=wanted.text)
    if wanted.initials:
        heard = [pk for pk, name in rows.values_list("pk", "name") if rules.initials(name).startswith(wanted.initials)]
        matching |= Q(pk__in=heard)
    return list(rows.filter(matching).prefetch_related("employments__hall").order_by("staff_no")[:MOST])


def _halls(wanted: Wanted, user: User) -> list[Hall]:
    rows: QuerySet[Hall] = Hall.objects.filter(pk__in=user.hall_ids("hall.see"), is_live=True)
    matching = Q(name__icontains=wanted.text) | Q(code__istartswith=wanted.text)
    if wanted.initials:
        heard = [pk for pk, name in rows.values_list("pk", "name") if wanted.initials in rules.initials(name)]
        matching |= Q(pk__in=heard)
    return list(rows.filter(matching).select_related("region").order_by("code")[:MOST])
