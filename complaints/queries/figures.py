"""投诉统计: counts and rates of what was logged in some days, by day, hall, category or first handler."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from complaints.models import Complaint, RefundPayment
from complaints.states import OPEN, WORKING, FiguresBy, Kind, LateReason, Money, Satisfied, Status
from core import time
from halls.models import Hall
from staff.models import User


@dataclass(frozen=True)
class Wanted:
    since: date
    until: date
    by: str = FiguresBy.DAY
    hall: Hall | None = None


@dataclass(frozen=True)
class Row:
    """One line; rates are None when there is nothing to divide by."""

    key: str
    label: str
    logged: int
    accepted: int
    on_spot: int
    late: int
    reply_late: int
    closed: int
    one_contact: int
    reopened: int
    satisfied: int
    asked: int

    @property
    def on_time(self) -> float | None:
        """R-C-9: closed or still within the limit, of those accepted; invalid ones are not counted."""
        return (self.accepted - self.late) / self.accepted if self.accepted else None

    @property
    def reply_on_time(self) -> float | None:
        return (self.accepted - self.reply_late) / self.accepted if self.accepted else None

    @property
    def one_contact_rate(self) -> float | None:
        return self.one_contact / self.closed if self.closed else None

    @property
    def spot_rate(self) -> float | None:
        return self.on_spot / self.logged if self.logged else None

    @property
    def satisfied_rate(self) -> float | None:
        return self.satisfied / self.asked if self.asked else None


def base(user: User, wanted: Wanted) -> QuerySet[Complaint]:
    """Real complaints of one's halls, logged on these days."""
    rows = logged_on(user.hall_ids("complaint.figures"), wanted.since, wanted.until)
    return rows.filter(hall=wanted.hall) if wanted.hall is not None else rows


def logged_on(hall_ids: Iterable[int], since: date, until: date) -> QuerySet[Complaint]:
    """Real complaints of halls, logged from the first to the last day."""
    rows = Complaint.objects.filter(hall__in=list(hall_ids), kind=Kind.COMPLAINT, is_simulated=False)
    return rows.filter(logged_at__gte=time.day_bounds(since)[0], logged_at__lt=time.day_bounds(until)[1])


def late(now: datetime) -> Q:
    """Late for good, or late by now."""
    return Q(handling_late=True) | Q(status__in=WORKING, handling_due_at__lt=now)


def reply_late(now: datetime) -> Q:
    return Q(reply_late=True) | Q(status__in=WORKING, first_replied_at=None, reply_due_at__lt=now)


def conditions(now: datetime) -> dict[str, Q]:
    """Which complaints each count counts; the list behind a figure selects by the same."""
    accepted = Q(accepted_at__isnull=False) & ~Q(status=Status.REJECTED)
    closed = Q(closed_at__isnull=False)
    return {
        "n_logged": Q(pk__isnull=False),
        "n_accepted": accepted,
        "n_on_spot": Q(solved_on_spot=True),
        "n_late": accepted & late(now),
        "n_reply_late": accepted & reply_late(now),
        "n_closed": closed,
        "n_one_contact": closed & Q(contacts=1, reopened=0),
        "n_reopened": Q(reopened__gt=0),
        "n_satisfied": Q(satisfied=Satisfied.YES),
        "n_asked": Q(satisfied__in=[Satisfied.YES, Satisfied.FAIR, Satisfied.NO]),
    }


def measures(now: datetime) -> dict[str, Count]:
    return {name: Count("pk", filter=which) for name, which in conditions(now).items()}


KEYS: dict[str, tuple[str, ...]] = {
    FiguresBy.HALL: ("hall__code", "hall__name"),
    FiguresBy.CATEGORY: ("category__code", "category__name"),
    FiguresBy.CLERK: ("first_handler__staff_no", "first_handler__name"),
}


def table(user: User, wanted: Wanted, now: datetime) -> list[Row]:
    """The lines; days in order, everything else by how many were logged."""
    rows = base(user, wanted)
    if wanted.by == FiguresBy.DAY:
        days = rows.annotate(day=TruncDate("logged_at", tzinfo=time.SHANGHAI)).order_by().values("day")
        found = days.annotate(**measures(now)).order_by("day")
        return [row_of(one, str(one["day"]), f"{one['day']:%m-%d}") for one in found]
    code, name = KEYS[wanted.by]
    grouped = rows.order_by().values(code, name).annotate(**measures(now)).order_by("-n_logged", code)
    return [row_of(one, one[code] or "", one[name] or "未填写") for one in grouped]


def total(user: User, wanted: Wanted, now: datetime) -> Row:
    return row_of(base(user, wanted).aggregate(**measures(now)), "", "合计")


def row_of(one: Mapping[str, Any], key: str, label: str) -> Row:
    return Row(key, label, **{name[2:]: value for name, value in one.items() if name.startswith("n_")})


def late_reasons(user: User, wanted: Wanted, now: datetime) -> list[tuple[str, int]]:
    """Overdue by reason; without a word 「未说明」."""
    rows = base(user, wanted).filter(late(now) | reply_late(now)).order_by().values("late_reason")
    found = rows.annotate(count=Count("pk")).order_by("-count")
    return [(_reason(one["late_reason"]), one["count"]) for one in found]


def _reason(value: str) -> str:
    return str(LateReason(value).label) if value else "未说明"


def repeated(user: User, wanted: Wanted) -> list[dict[str, Any]]:
    """Causes that come again: the same category at the same hall, three times or more."""
    rows = base(user, wanted).exclude(category=None).order_by()
    grouped = rows.values("hall__code", "hall__name", "category__code", "category__name").annotate(count=Count("pk"))
    return [{**one} for one in grouped.filter(count__gte=3).order_by("-count")[:10]]


def paid(user: User, wanted: Wanted) -> tuple[int, Decimal]:
    """Refunds that were paid on complaints of these days: payments and yuan."""
    rows = RefundPayment.objects.filter(refund__complaint__in=base(user, wanted), state=Money.PAID)
    found = rows.aggregate(count=Count("pk"), total=Sum("amount"))
    return found["count"], found["total"] or Decimal(0)


def drill(user: User, wanted: Wanted, key: str, now: datetime) -> QuerySet[Complaint]:
    """The cases behind one line; without a day, those of all days. Raises ValueError for what is no day."""
    rows = base(user, wanted)
    if wanted.by == FiguresBy.DAY and not key:
        pass
    elif wanted.by == FiguresBy.DAY:
        day = date.fromisoformat(key)
        start, end = time.day_bounds(day)
        rows = rows.filter(logged_at__gte=start, logged_at__lt=end)
    else:
        rows = rows.filter(**{KEYS[wanted.by][0]: key or None})
    return rows.select_related("hall", "category", "handler", "first_handler").order_by("-logged_at")


def open_now(user: User) -> int:
    return Complaint.objects.filter(hall__in=user.hall_ids("complaint.figures"), status__in=OPEN).count()
