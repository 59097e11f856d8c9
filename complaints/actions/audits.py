"""Refunds go on the next day's audit list, all of them."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from complaints.models import RefundPayment
from complaints.states import Money
from core import time
from halls.models import Hall
from staff.actions import audits
from staff.rules.audits import Handled

DAYS_BACK = 7  # as far as the queue looks back for lists it has not drawn
NOT_GRANTED = [Money.ASKED, Money.REFUSED]


def list_refunds(now: datetime) -> int:
    """Each payment that was agreed to on one of the last days, on the list of that day; safe to run twice and at once.

    Whoever asked for the refund is audited, not who agreed to it. Returns how many were added.
    """
    today = time.business_day(now)
    since = time.day_bounds(today - timedelta(days=DAYS_BACK))[0]
    rows = RefundPayment.objects.filter(decided_at__gte=since, decided_at__lt=time.day_bounds(today)[0])
    rows = rows.exclude(state__in=NOT_GRANTED).select_related("refund__complaint__hall").order_by("decided_at", "pk")
    by_day: dict[tuple[Hall, date], list[Handled]] = defaultdict(list)
    for row in rows:
        assert row.decided_at is not None
        by_day[row.refund.complaint.hall, time.business_day(row.decided_at)].append(_handled(row, row.decided_at))
    return sum(audits.add(hall, day, handled) for (hall, day), handled in by_day.items())


def _handled(row: RefundPayment, at: datetime) -> Handled:
    return Handled(
        source=f"refund:{row.pk}",
        label=row.refund.complaint.number,
        about=f"退费 {row.amount} 元",
        business="",
        person_id=row.refund.asked_by_id,
        at=at,
        must=True,
    )
