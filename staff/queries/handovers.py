"""Reads about handovers: what is to be counted and against what, and where each place of a hall stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from core import time
from halls import queries as halls
from halls.models import Hall, Window
from staff.models import (
    CashUp,
    CountItem,
    Handover,
    HandoverLine,
    SafeDrop,
    Takings,
    User,
    WindowFloat,
    WindowNeed,
)
from staff.queries import rosters, stock
from staff.queries.people import in_force
from staff.queries.stock import Place
from staff.rules import handovers as rules
from staff.states import CashUpState, HandoverKind, HandoverMode, HandoverState, PayMethod, SystemSource

SLOT = timedelta(minutes=30)
TAKINGS = {
    SystemSource.CASH: PayMethod.CASH,
    SystemSource.POS: PayMethod.POS,
    SystemSource.SCAN: PayMethod.SCAN,
    SystemSource.CHEQUE: PayMethod.CHEQUE,
}


def count_items(hall: Hall, kind: str, day: date) -> list[CountItem]:
    """The hall's list on a day: for each code the narrowest scope's row, unless it takes the item off."""
    scopes = [*halls.scopes(hall), ""]
    rows = CountItem.objects.filter(in_force(day), kind=kind, scope__in=scopes).select_related("stock")
    best: dict[str, CountItem] = {}
    for row in sorted(rows, key=lambda row: (scopes.index(row.scope), -row.valid_from.toordinal())):
        best.setdefault(row.code, row)
    return sorted((row for row in best.values() if row.is_counted), key=lambda row: (row.order, row.code))


@dataclass(frozen=True)
class Shift:
    """Whose things are handed over: the giver's of a day, at a window or in the hall's safe."""

    hall: Hall
    window: Window | None
    giver: User
    day: date


def system_value(item: CountItem, shift: Shift) -> Decimal | None:
    """What the books say of an item; None when no book says anything (yet): it is never invented."""
    if item.source == SystemSource.STOCK and item.stock is not None:
        return Decimal(stock.book(Place(shift.hall, shift.window), item.stock))
    if item.source == SystemSource.FLOAT:
        return float_of(shift.window, shift.day)
    if item.source in TAKINGS:
        return taken(shift, TAKINGS[SystemSource(item.source)])
    return None


def float_of(window: Window | None, day: date) -> Decimal | None:
    """备用金 of a window on a day."""
    row = WindowFloat.objects.filter(window=window, valid_from__lte=day).order_by("-valid_from").first()
    return row.amount if row and window else None


def taken(shift: Shift, method: str) -> Decimal | None:
    """What the system says the giver took in one way; None while it says nothing about the hall's day."""
    rows = Takings.objects.filter(hall=shift.hall, day=shift.day, is_current=True)
    if not rows.exists():
        return None
    total = rows.filter(person=shift.giver, method=method).aggregate(total=Sum("amount"))["total"]
    return total if total is not None else Decimal("0.00")


def paid_in(item: CountItem, shift: Shift) -> Decimal:
    """What the giver has paid in or dropped into the safe already, in the way that the item counts."""
    if item.source not in TAKINGS:
        return Decimal("0.00")
    method = TAKINGS[SystemSource(item.source)]
    slips = CashUp.objects.filter(hall=shift.hall, day=shift.day, clerk=shift.giver)
    total = slips.exclude(state=CashUpState.RETURNED).aggregate(
        paid=Sum(method.value), dropped=Sum("dropped", default=0)
    )
    paid: Decimal = total["paid"] or Decimal("0.00")
    if method == PayMethod.CASH:
        drops = SafeDrop.objects.filter(hall=shift.hall, day=shift.day, clerk=shift.giver)
        paid += (drops.aggregate(total=Sum("amount"))["total"] or Decimal(0)) - total["dropped"]
    return paid


def whole(handover_id: int) -> Handover:
    """A handover with everything on it. Raises Handover.DoesNotExist."""
    lines = HandoverLine.objects.select_related("item", "confirmed_by").order_by("order", "pk")
    rows = Handover.objects.select_related("hall__region__parent", "window", "giver", "taker", "consent_by")
    return rows.prefetch_related(
        Prefetch("lines", lines), "open_work", "corrections__actor", "corrections__line__item"
    ).get(pk=handover_id)


def listed(user: User, hall: Hall | None, wanted: dict[str, object]) -> QuerySet[Handover]:
    """The handovers of a hall, or of all one's halls, that somebody may see, newest first; with the number of
    corrections and differences."""
    rows = Handover.objects.visible_to(user).exclude(state=HandoverState.CANCELLED)
    if hall is not None:
        rows = rows.filter(hall=hall)
    for name in ("state", "kind", "window"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if wanted.get("person"):
        word = wanted["person"]
        rows = rows.filter(
            Q(giver__name__icontains=word)
            | Q(giver__staff_no__istartswith=word)
            | Q(taker__name__icontains=word)
            | Q(taker__staff_no__istartswith=word)
        )
    if wanted.get("since"):
        rows = rows.filter(day__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(day__lte=wanted["until"])
    return (
        rows.select_related("window", "giver", "taker", "consent_by")
        .annotate(
            corrected=Count("corrections", distinct=True),
            explained=Count("lines", filter=~Q(lines__reason=""), distinct=True),
        )
        .order_by("-opened_at")
    )


def open_at(hall: Hall, kind: str, window: Window | None) -> Handover | None:
    rows = Handover.objects.open().filter(hall=hall, kind=kind, window=window)
    return rows.select_related("giver", "window").first()


def open_of(hall: Hall) -> list[Handover]:
    """What is under way in a hall, the longest waiting first."""
    rows = Handover.objects.open().filter(hall=hall).select_related("giver", "taker", "window", "consent_by")
    return list(rows.order_by("opened_at"))


def waiting_of(person: User) -> Handover | None:
    """The handover in which a person waits for the relief and may not leave yet (R-S-7)."""
    rows = Handover.objects.filter(giver=person, state=HandoverState.WAITING_RELIEF, consent_at=None, left_at=None)
    return rows.first()


def mine(person: User, now: datetime) -> Handover | None:
    """The person's own handover of today: the one under way, else the last."""
    rows = Handover.objects.filter(giver=person, kind=HandoverKind.COUNTER).exclude(state=HandoverState.CANCELLED)
    today = rows.filter(day=time.business_day(now)).select_related("hall", "window")
    return today.order_by("-opened_at").first()


def next_calm(hall: Hall, now: datetime) -> datetime | None:
    """The start of the next half hour of today that the forecast does not call a peak (R-S-8)."""
    day = time.business_day(now)
    begins = time.day_bounds(day)[0]
    needs = WindowNeed.objects.filter(hall=hall, day=day).values_list("slot", "is_peak")
    return rules.next_calm({begins + SLOT * slot: peak for slot, peak in needs}, now)


def usual_mode(hall: Hall, giver: User, now: datetime) -> HandoverMode:
    """How a shift is likely handed over: by a second count where nobody follows on the same day (R-S-6)."""
    day = time.business_day(now)
    here = rosters.on_duty(hall, day)
    if len(here) <= halls.number(rules.SMALL_HALL, hall, now):
        return HandoverMode.NIGHT
    mine = next((one for one in here if one.person.pk == giver.pk and one.is_rostered), None)
    later = [one for one in here if mine and one.ends_at > mine.ends_at]
    return HandoverMode.FACE if mine is None or later else HandoverMode.NIGHT


def colleagues(hall: Hall, giver: User, now: datetime) -> list[rosters.OnDuty]:
    """Who may take over today: everybody on duty but the giver, those still to come first."""
    here = [one for one in rosters.on_duty(hall, time.business_day(now)) if one.person.pk != giver.pk]
    return sorted(here, key=lambda one: (one.ends_at <= now, one.begins_at < now, one.begins_at))


def late(now: datetime) -> QuerySet[Handover]:
    """Open handovers whose relief is overdue and of which nobody has been told."""
    rows = Handover.objects.filter(state__in=rules.WAITING, mode=HandoverMode.FACE, consent_at=None, told_late_at=None)
    return rows.filter(relief_due_at__lt=now).select_related("hall__region__parent", "giver", "window")


def facts(lines: Iterable[HandoverLine]) -> list[rules.Counted]:
    return [line.facts for line in lines]
