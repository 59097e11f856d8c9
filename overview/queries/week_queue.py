"""What the queue and the complaints of a hall were in a span of days, for reports that are read and signed."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from complaints.models import Complaint
from complaints.queries.figures import logged_on, measures
from complaints.rules.first_tree import Tree
from complaints.states import Kind, Source
from core import time
from halls.models import Hall
from halls.queries import number
from overview.rules.weekly import day_label
from queueing.models import PreAcceptance
from queueing.queries import busy, figures
from queueing.queries.figures import Sums
from queueing.rules import figures as standards
from queueing.states import FigureBy

COUNTS = (
    "issued", "served", "answered", "long_waits", "cared", "no_shows", "vips", "vips_met", "ratings", "low_ratings",
    "sent_on", "online_handled", "answered_at_door", "without_documents",
)  # fmt: skip
COMPLAINT_COUNTS = ("complaints", "service", "on_spot", "late", "reopened", "book")


def queue(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """The numbers of a span: counts, means in minutes, shares of 0 … 1; None where there is nothing to divide by."""
    filled = PreAcceptance.objects.filter(
        ticket__hall=hall, ticket__business_day__range=(first, last), ticket__is_simulated=False
    )
    return {
        **queues([hall.pk], first, last, now)[hall.pk],
        "prefilled": filled.count(),
        "standard": number(standards.WAIT_STANDARD, hall, now),
        "long_minutes": number(standards.LONG_WAIT, hall, now),
    }


def queues(hall_ids: Collection[int], first: date, last: date, now: datetime) -> dict[int, dict[str, Any]]:
    """What `queue` says of each of many halls, in a constant number of questions."""
    sums = figures.table(hall_ids, first, last, FigureBy.HALL, now)
    loads = busy.by_hall(hall_ids, first, last, now)
    none = busy.Load({True: 0, False: 0}, {True: 0, False: 0})
    return {
        pk: {
            **_read(sums.get(str(pk), Sums())),
            "busy_wait": loads.get(pk, none).busy_wait,
            "idle_wait": loads.get(pk, none).idle_wait,
        }
        for pk in hall_ids
    }


def _read(sums: Sums) -> dict[str, Any]:
    return {
        **{name: sums.of[name] for name in COUNTS},
        "mean_wait": sums.mean_wait,
        "wait_p90": sums.wait_p90,
        "within_standard": sums.within_standard,
        "mean_service": sums.mean_service,
        "diversion_rate": sums.diversion_rate,
        "mean_rating": sums.share("rating_sum", "ratings"),
    }


def days(hall: Hall, first: date, last: date, now: datetime) -> list[dict[str, Any]]:
    """One line a day, days without numbers too; what is still to come is left out."""
    found = figures.table([hall.pk], first, last, FigureBy.DAY, now)
    span = [first + timedelta(days=at) for at in range((min(last, time.business_day(now)) - first).days + 1)]
    rows = [(day, found.get(str(day), Sums())) for day in span]
    return [
        {
            "day": day.isoformat(),
            "label": day_label(day),
            "issued": sums.issued,
            "served": sums.served,
            "mean_wait": sums.mean_wait,
            "long_waits": sums.long_waits,
            "low_ratings": sums.low_ratings,
        }
        for day, sums in rows
    ]


def complaints(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """R-C-22: what was complained about, how it went, what comes again; counted as 投诉统计 counts.

    `closed` are those closed within the span, also when they were logged before it.
    """
    begins, ends = time.day_bounds(first)[0], time.day_bounds(last)[1]
    span = last - first + timedelta(days=1)
    closed = Complaint.objects.filter(
        hall=hall, kind=Kind.COMPLAINT, is_simulated=False, closed_at__gte=begins, closed_at__lt=ends
    )
    return {
        **complaint_counts([hall.pk], first, last, now).get(hall.pk, dict.fromkeys(COMPLAINT_COUNTS, 0)),
        "closed": closed.count(),
        "before": logged_on([hall.pk], first - span, first - timedelta(days=1)).count(),
        "categories": _categories(hall, first, last),
    }


def complaint_counts(hall_ids: Collection[int], first: date, last: date, now: datetime) -> dict[int, dict[str, int]]:
    """By hall; one without complaints has no line."""
    service = Q(category__parent__code=Tree.SERVICE) | Q(category__code=Tree.SERVICE)
    counted = {
        **measures(now),
        "n_complaints": Count("pk"),
        "n_service": Count("pk", filter=service),
        "n_book": Count("pk", filter=Q(source=Source.BOOK)),
    }
    rows: Any = logged_on(hall_ids, first, last).order_by().values("hall_id").annotate(**counted)
    return {row["hall_id"]: {name: row[f"n_{name}"] for name in COMPLAINT_COUNTS} for row in rows}


def _categories(hall: Hall, first: date, last: date) -> list[dict[str, Any]]:
    """The most frequent first."""
    rows = logged_on([hall.pk], first, last).order_by().values("category__name", "category__parent__name")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "category__name")
    return [
        {
            "name": one["category__name"] or "未分类",
            "group": one["category__parent__name"] or "",
            "count": one["count"],
        }
        for one in counted[:12]
    ]
