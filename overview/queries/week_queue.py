"""What the queue and the complaints of a hall were in a span of days, for reports that are read and signed."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from complaints.models import Complaint
from complaints.queries.figures import late
from complaints.queries.staff_figures import NOT_COUNTED
from complaints.rules.first_tree import Tree
from complaints.states import Kind, Source
from core import time
from halls.models import Hall
from halls.queries import number
from overview.rules.weekly import day_label
from queueing.models import FigureDay, HalfHourCause, PreAcceptance
from queueing.queries import figures
from queueing.queries.figures import Sums
from queueing.rules import figures as standards
from queueing.states import FigureBy

COUNTS = (
    "issued", "served", "answered", "long_waits", "cared", "no_shows", "vips", "vips_met", "ratings", "low_ratings",
    "sent_on", "online_handled", "answered_at_door", "without_documents",
)  # fmt: skip


def queue(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """The numbers of a span: counts, means in minutes, shares of 0 … 1; None where there is nothing to divide by."""
    sums = figures.whole(figures.table([hall.pk], first, last, FigureBy.DAY, now).values())
    busy, idle = busy_and_idle(hall, first, last, now)
    filled = PreAcceptance.objects.filter(
        ticket__hall=hall, ticket__business_day__range=(first, last), ticket__is_simulated=False
    )
    return {
        **_read(sums),
        "busy_wait": busy,
        "idle_wait": idle,
        "prefilled": filled.count(),
        "standard": number(standards.WAIT_STANDARD, hall, now),
        "long_minutes": number(standards.LONG_WAIT, hall, now),
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


def busy_and_idle(hall: Hall, first: date, last: date, now: datetime) -> tuple[float | None, float | None]:
    """Mean wait in minutes in the half hours that were busy (R-Q-4), and in the others."""
    rows = HalfHourCause.objects.filter(hall=hall, day__range=(first, last)).order_by()
    found = {row["is_busy"]: row for row in rows.values("is_busy").annotate(s=Sum("wait_seconds"), n=Sum("answered"))}
    seconds = {kind: int(row["s"]) for kind, row in found.items()}
    counts = {kind: int(row["n"]) for kind, row in found.items()}
    for cause in figures.causes(_not_kept(hall, first, last, now), now):
        seconds[cause.is_busy] = seconds.get(cause.is_busy, 0) + cause.wait_seconds
        counts[cause.is_busy] = counts.get(cause.is_busy, 0) + cause.answered
    means = (standards.rate(seconds.get(kind, 0) / 60, counts.get(kind, 0)) for kind in (True, False))
    return next(means), next(means)


def _not_kept(hall: Hall, first: date, last: date, now: datetime) -> list[figures.Place]:
    """Today and yesterday, as long as the night has not added them up."""
    today = time.business_day(now)
    days = [day for day in (today - timedelta(days=1), today) if first <= day <= last]
    kept = set(FigureDay.objects.filter(hall=hall, day__in=days).values_list("day", flat=True))
    return [(hall, day) for day in days if day not in kept]


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
    """R-C-22: what was complained about, how it went, what comes again. Withdrawn and invalid ones are not counted."""
    begins, ends = time.day_bounds(first)[0], time.day_bounds(last)[1]
    rows = Complaint.objects.filter(hall=hall, is_simulated=False).exclude(status__in=NOT_COUNTED)
    logged = rows.filter(kind=Kind.COMPLAINT, logged_at__gte=begins, logged_at__lt=ends)
    service = Q(category__parent__code=Tree.SERVICE) | Q(category__code=Tree.SERVICE)
    counts = logged.aggregate(
        complaints=Count("pk"),
        service=Count("pk", filter=service),
        on_spot=Count("pk", filter=Q(solved_on_spot=True)),
        late=Count("pk", filter=late(now)),
        reopened=Count("pk", filter=Q(reopened__gt=0)),
        book=Count("pk", filter=Q(source=Source.BOOK)),
    )
    closed = rows.filter(kind=Kind.COMPLAINT, closed_at__gte=begins, closed_at__lt=ends)
    span = last - first + timedelta(days=1)
    before = rows.filter(kind=Kind.COMPLAINT, logged_at__gte=begins - span, logged_at__lt=begins)
    grouped = logged.order_by().values("category__name", "category__parent__name").annotate(count=Count("pk"))
    return {
        **counts,
        "closed": closed.count(),
        "before": before.count(),
        "categories": [
            {
                "name": one["category__name"] or "未分类",
                "group": one["category__parent__name"] or "",
                "count": one["count"],
            }
            for one in grouped.order_by("-count", "category__name")[:12]
        ],
    }
