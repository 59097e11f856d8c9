"""Reads about equipment: what a hall lacks, what is broken, how long repairs take (R-H-2, R-H-3, R-H-4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum

from core import time
from halls.models import Equipment, Fault, Hall, Requirement
from halls.rules import faults as rules
from halls.states import FaultState, Needed, SelfService, Zone

NOTHING = Decimal(0)
WORKS_AGAIN = Q(state=FaultState.FIXED)


def requirements_for(hall: Hall, on: date) -> list[rules.Requirement]:
    rows = Requirement.objects.filter(
        Q(hall_type__in=["", hall.type]) & Q(location__in=["", hall.location]),
        Q(valid_to=None) | Q(valid_to__gte=on),
        valid_from__lte=on,
    )
    return [rules.Requirement(row.needed, tuple(row.codes), row.at_least) for row in rows]


@dataclass(frozen=True)
class Lack:
    """One requirement that a hall does not meet, in words."""

    what: str
    short: int
    missing: str


def lacks(hall: Hall, on: date) -> list[Lack]:
    zones = set(hall.zones.values_list("zone", flat=True))
    here = Equipment.objects.filter(hall=hall, removed_at=None).exclude(kind__service="")
    services = set(here.values_list("kind__service", flat=True))
    found = rules.gaps(requirements_for(hall, on), zones=zones, services=services)
    return [Lack(str(Needed(gap.needed).label), gap.short, "、".join(_names(gap))) for gap in found]


def _names(gap: rules.Gap) -> list[str]:
    words: Any = Zone if gap.needed == Needed.ZONE else SelfService
    return [str(words(code).label) if code in words.values else code for code in gap.missing]


def equipment_of(hall: Hall) -> QuerySet[Equipment]:
    """In use, broken ones first."""
    broken = Count("faults", filter=~Q(faults__state=FaultState.FIXED))
    rows = Equipment.objects.filter(hall=hall, removed_at=None).select_related("kind", "window")
    return rows.annotate(broken=broken).order_by("-broken", "kind__order", "name")


@dataclass(frozen=True)
class FaultNow:
    row: Fault
    report_late: bool
    fix_late: bool

    @property
    def is_late(self) -> bool:
        return self.report_late or self.fix_late


def faults_of(hall_ids: Iterable[int], now: datetime, *, find: str = "", state: str = "open") -> list[FaultNow]:
    """Open, fixed or late faults of halls, the most urgent first."""
    rows = Fault.objects.filter(hall__in=list(hall_ids)).select_related("equipment__kind", "hall", "found_by")
    if state != "all":
        rows = rows.filter(WORKS_AGAIN) if state == "fixed" else rows.exclude(WORKS_AGAIN)
    if find:
        rows = rows.filter(Q(equipment__name__icontains=find) | Q(symptom__icontains=find))
    ordered = rows.order_by("-fixed_at", "-id") if state in {"fixed", "all"} else rows.order_by("fix_due", "id")
    found = [as_now(row, now) for row in ordered[:500]]
    return [one for one in found if one.is_late] if state == "late" else found


def as_now(row: Fault, now: datetime) -> FaultNow:
    late = rules.is_report_late(row.report_due, row.reported_at, now)
    return FaultNow(row, late, rules.is_fix_late(row.fix_due, row.fixed_at, now))


def late_to_tell(now: datetime) -> QuerySet[Fault]:
    """Faults whose next deadline has passed since their managers were last told."""
    unreported = Q(reported_at=None, report_due__lt=now, late_told_at=None)
    unfixed = Q(fix_due__lte=now) & (Q(late_told_at=None) | Q(late_told_at__lt=F("fix_due")))
    return Fault.objects.exclude(WORKS_AGAIN).filter(unreported | unfixed)


@dataclass(frozen=True)
class Repairs:
    """How a kind of equipment was repaired in a span of days."""

    kind: str
    faults: int
    mean: timedelta | None
    cost: Decimal

    @property
    def mean_text(self) -> str:
        if self.mean is None:
            return "—"
        hours = self.mean / timedelta(hours=1)
        return f"{hours:.1f} 小时" if hours < 48 else f"{hours / 24:.1f} 天"


def repairs(hall_ids: Iterable[int], begin: date, end: date) -> list[Repairs]:
    """Faults found from the first to the last day, by kind; the mean is over those that work again."""
    rows = Fault.objects.filter(
        hall__in=list(hall_ids), found_at__gte=time.day_bounds(begin)[0], found_at__lt=time.day_bounds(end)[1]
    )
    grouped = (
        rows.order_by()
        .values("equipment__kind__name")
        .annotate(count=Count("id"), mean=Avg(F("fixed_at") - F("found_at"), filter=WORKS_AGAIN), cost=Sum("cost"))
    )
    found = [
        Repairs(row["equipment__kind__name"], row["count"], row["mean"], row["cost"] or Decimal(0)) for row in grouped
    ]
    return sorted(found, key=lambda one: -one.faults)


def notes_for_tv(hall: Hall) -> list[tuple[int, str]]:
    """One sentence for each kind of broken machine that customers would look for in vain."""
    rows = Fault.objects.filter(hall=hall).exclude(WORKS_AGAIN).exclude(equipment__kind__says="").order_by("-id")
    by_sentence = {says: pk for pk, says in rows.values_list("id", "equipment__kind__says")}
    return [(pk, says) for says, pk in by_sentence.items()]
