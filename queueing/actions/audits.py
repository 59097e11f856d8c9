"""The night hands yesterday's businesses to the audit: the queue knows what was handled, staff draws the list."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from core import time
from halls.models import Hall
from queueing.models import Ticket
from queueing.states import TicketState
from staff.actions import audits
from staff.models import AuditDay
from staff.rules.audits import Handled

DAYS_BACK = 7  # a hall that was down for a week still finds its lists
SETTLED = timedelta(hours=1)  # numbers closed at midnight are on record by then


def list_for_audit(now: datetime) -> int:
    """Draw every list of the last days that is missing; safe to run twice and at once. Returns how many were drawn."""
    today = time.business_day(now - SETTLED)
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    done = set(AuditDay.objects.filter(day__in=days).values_list("hall_id", "day"))
    drawn = 0
    for hall in Hall.objects.filter(is_live=True).select_related("region__parent__parent").order_by("pk"):
        for day in days:
            if (hall.pk, day) not in done:
                drawn += audits.draw(hall, day, list(handled_on(hall, day)), now=now) is not None
    return drawn


def handled_on(hall: Hall, day: date) -> Iterator[Handled]:
    """Each business of each number that was served; numbers of a simulation were nobody's work."""
    rows = Ticket.objects.filter(hall=hall, business_day=day, state=TicketState.DONE, is_simulated=False)
    rows = rows.filter(clerk__isnull=False, finished_at__isnull=False).order_by("finished_at", "pk")
    for ticket in rows.select_related("business", "group").prefetch_related("more_businesses__business"):
        yield _handled(ticket, ticket.about, ticket.business.code if ticket.business else "")
        for more in ticket.more_businesses.all():
            yield _handled(ticket, more.business.name, more.business.code)


def _handled(ticket: Ticket, about: str, business: str) -> Handled:
    assert ticket.clerk_id is not None
    assert ticket.finished_at is not None
    return Handled(
        source=f"ticket:{ticket.pk}:{business}",
        label=ticket.number,
        about=about,
        business=business,
        person_id=ticket.clerk_id,
        at=ticket.finished_at,
    )
