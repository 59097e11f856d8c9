"""Reads about the money of a hall's day: what the system says, what was counted, what differs, what lies where."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from halls import queries as halls
from halls.models import Hall, Window
from staff.models import BankDeposit, CashUp, Difference, DrawerCheck, SafeDrop, Takings, User
from staff.rules import money as rules
from staff.rules.money import NONE, ThreeWays
from staff.states import CashUpState, Leg

LEGS = (Leg.CASH, Leg.POS, Leg.SCAN, Leg.CHEQUE)


@dataclass
class ClerkDay:
    """One clerk's money of a day, both sides."""

    clerk: User
    system: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NONE))
    counted: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NONE))
    stubs: Decimal = NONE
    slips: list[CashUp] = field(default_factory=list)

    @property
    def ways(self) -> ThreeWays:
        total = sum(self.system.values(), NONE)
        return ThreeWays(system=total, stubs=self.stubs, **{leg.value: self.counted[leg] for leg in LEGS})

    def differs_by(self, leg: str) -> Decimal:
        if leg == Leg.STUBS:
            return self.ways.stub_difference
        return self.counted[leg] - self.system[leg]

    @property
    def is_paid_in(self) -> bool:
        return bool(self.slips) and all(slip.state == CashUpState.RECEIVED for slip in self.slips)


def clerk_days(hall: Hall, day: date) -> list[ClerkDay]:
    """Everybody who took money or paid in on a day, by 工号."""
    return sorted(_sides(Q(hall=hall, day=day)).values(), key=lambda one: one.clerk.staff_no)


def sides_of(rows: Iterable[Difference]) -> dict[tuple[int, date, int], ClerkDay]:
    """Both sides of what differences are about, by hall, day and clerk; two questions however many there are."""
    where = Q(pk__in=[])
    for hall, day in {(row.hall_id, row.day) for row in rows}:
        where |= Q(hall=hall, day=day)
    return _sides(where)


def _sides(where: Q) -> dict[tuple[int, date, int], ClerkDay]:
    found: dict[tuple[int, date, int], ClerkDay] = {}
    for row in Takings.objects.filter(where, is_current=True).select_related("person"):
        mine = found.setdefault((row.hall_id, row.day, row.person_id), ClerkDay(row.person))
        mine.system[row.method] += row.amount
    slips = CashUp.objects.filter(where).exclude(state=CashUpState.RETURNED)
    for slip in slips.select_related("clerk", "window", "received_by").order_by("counted_at"):
        mine = found.setdefault((slip.hall_id, slip.day, slip.clerk_id), ClerkDay(slip.clerk))
        for leg in LEGS:
            mine.counted[leg] += getattr(slip, leg.value)
        mine.stubs += slip.stubs
        mine.slips.append(slip)
    return found


def whole(days: Iterable[ClerkDay]) -> ThreeWays:
    """The hall's three ways."""
    days = list(days)
    sums = {leg.value: sum((one.counted[leg] for one in days), NONE) for leg in LEGS}
    system = sum((one.ways.system for one in days), NONE)
    return ThreeWays(system=system, stubs=sum((one.stubs for one in days), NONE), **sums)


def system_rows(hall: Hall, day: date) -> QuerySet[Takings]:
    return Takings.objects.filter(hall=hall, day=day, is_current=True)


def system_is_known(hall: Hall, day: date) -> bool:
    return system_rows(hall, day).exists()


def noted(hall: Hall, day: date) -> tuple[dict[tuple[int, str], Decimal], dict[tuple[int, str], Difference]]:
    """The 长短款 ledger of a day by clerk and leg: what is explained, added up, and the row that is not yet."""
    explained: dict[tuple[int, str], Decimal] = defaultdict(lambda: NONE)
    waiting: dict[tuple[int, str], Difference] = {}
    for row in Difference.objects.filter(hall=hall, day=day):
        if row.explained_at is None:
            waiting[row.clerk_id, row.leg] = row
        else:
            explained[row.clerk_id, row.leg] += row.amount
    return explained, waiting


def differences(hall: Hall, wanted: dict[str, object]) -> QuerySet[Difference]:
    """The 长短款 ledger of a hall, newest first."""
    rows = Difference.objects.filter(hall=hall).select_related("clerk", "explained_by", "confirmed_by")
    if wanted.get("state") == "open":
        rows = rows.filter(confirmed_at=None)
    if wanted.get("state") == "confirmed":
        rows = rows.exclude(confirmed_at=None)
    if wanted.get("person"):
        rows = rows.filter(
            Q(clerk__name__icontains=wanted["person"]) | Q(clerk__staff_no__istartswith=wanted["person"])
        )
    if wanted.get("since"):
        rows = rows.filter(day__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(day__lte=wanted["until"])
    return rows


def unconfirmed(hall: Hall, day: date) -> int:
    return Difference.objects.filter(hall=hall, day=day, confirmed_at=None).count()


def in_safe(hall: Hall, method: str) -> Decimal:
    """What was paid in to the hall and has not left for the bank."""
    got = CashUp.objects.filter(hall=hall, state=CashUpState.RECEIVED).aggregate(total=Sum(method))["total"] or NONE
    gone = BankDeposit.objects.filter(hall=hall).aggregate(total=Sum(method))["total"] or NONE
    return got - gone


def dropped(hall: Hall, clerk: User, day: date) -> Decimal:
    """What a clerk dropped into the safe on a day and has put on no slip."""
    drops = SafeDrop.objects.filter(hall=hall, clerk=clerk, day=day).aggregate(total=Sum("amount"))["total"] or NONE
    slips = CashUp.objects.filter(hall=hall, clerk=clerk, day=day).exclude(state=CashUpState.RETURNED)
    return drops - (slips.aggregate(total=Sum("dropped"))["total"] or NONE)


@dataclass(frozen=True)
class DrawerRule:
    """R-S-9 as it holds in a hall today."""

    limit: Decimal
    has_safe: bool

    def sentence(self, small: Decimal, hundreds: int) -> str:
        return rules.drawer_sentence(small, hundreds, limit=self.limit, has_safe=self.has_safe)


def drawer_rule(hall: Hall, now: datetime) -> DrawerRule:
    limit = Decimal(halls.number(rules.DRAWER_LIMIT, hall, now))
    return DrawerRule(limit, bool(halls.number(rules.HAS_SAFE, hall, now)))


def full_drawers(hall: Hall, day: date) -> QuerySet[DrawerCheck]:
    """Drawers that were found too full and have not been put right."""
    rows = DrawerCheck.objects.filter(hall=hall, day=day, settled_at=None).exclude(sentence="")
    return rows.select_related("window", "checked_by").order_by("window__number")


def open_check(window: Window, day: date) -> DrawerCheck | None:
    return DrawerCheck.objects.filter(window=window, day=day, settled_at=None).exclude(sentence="").first()


def sales(hall: Hall, day: date) -> list[dict[str, object]]:
    """What was sold by business, as the system file says."""
    rows = system_rows(hall, day).exclude(business=None).order_by().values("business__code", "business__name")
    return [
        {
            "business": row["business__name"],
            "code": row["business__code"],
            "pieces": row["pieces"],
            "amount": str(row["total"]),
        }
        for row in rows.annotate(pieces=Sum("pieces"), total=Sum("amount")).order_by("-total")
    ]
