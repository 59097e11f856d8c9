"""The money of past days: takings of the billing system, cash-ups, drops, bags for the bank, and closings."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any

from django.db.models import Count

from config.demo.people import Member
from core import time
from halls.models import BusinessType, Hall
from queueing.models import Ticket
from staff.actions import money
from staff.models import (
    BankDeposit,
    BoundForms,
    CashUp,
    DailyClosing,
    Difference,
    DrawerCheck,
    MonthClosing,
    SafeDrop,
    Takings,
    User,
)
from staff.queries import closings
from staff.rules import money as rules
from staff.states import CashUpState, ClosingState, Leg, PayMethod, Role, TakingsSource

SEED = "tills"
PRICES = {
    "payment": "86.50",
    "new_account": "58.00",
    "sim_replace": "10.00",
    "terminal": "1299.00",
    "broadband": "360.00",
    "campaign": "120.00",
    "corporate": "480.00",
    "vas_change": "15.00",
}
METHODS = ((PayMethod.SCAN, 0.55), (PayMethod.CASH, 0.27), (PayMethod.POS, 0.16), (PayMethod.CHEQUE, 0.02))
DIFFERS = 0.03
OFF_BY = ("-20.00", "-10.00", "-5.00", "5.00", "1.00", "10.00")
REASONS = ("找零多付,客户已离厅", "多收零钱,未能找到客户", "假币一张,已收缴", "尾数取整")
REPORT_DAYS = 8
ZERO = Decimal("0.00")


@dataclass
class Till:
    """One clerk's day: what the system says by method and business, and by how much the cash differs."""

    clerk: User
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    rows: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    off: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum(self.sums.values(), ZERO)


Days = dict[tuple[str, date], list[Till]]


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> Days:
    """Every past day of the live halls; returned for the handovers, which count the same money."""
    today = time.business_day(now)
    days = _tills(halls, members, today)
    businesses = {one.code: one for one in BusinessType.objects.all()}
    heads = {one.hall: one.user for one in members if one.job.role == Role.HALL_MANAGER}
    rows = Rows(last={code: max(day for at, day in days if at == code) for code, _ in days})
    for (code, day), tills in days.items():
        _write_day(rows, halls[code], day, tills, businesses, heads[code])
    rows.write()
    _close_days(halls, days, heads, today)
    _today(halls["ZJ01"], members, now)
    return days


def _tills(halls: Mapping[str, Hall], members: list[Member], today: date) -> Days:
    """What each clerk sold follows from the numbers they served."""
    people = {one.user.pk: one.user for one in members}
    codes = {hall.pk: code for code, hall in halls.items()}
    rows = Ticket.objects.filter(business_day__lt=today, clerk__in=people, business__code__in=PRICES, state="done")
    counted = rows.order_by().values_list("hall", "business_day", "clerk", "business__code").annotate(count=Count("pk"))
    found: dict[tuple[str, date], dict[int, Till]] = defaultdict(dict)
    for hall, day, clerk, business, count in counted.order_by("business_day", "hall", "clerk", "business__code"):
        till = found[codes[hall], day].setdefault(clerk, Till(people[clerk]))
        draw = random.Random(f"{SEED}:{clerk}:{day}:{business}")
        for _ in range(count):
            method = draw.choices([one for one, _ in METHODS], [share for _, share in METHODS])[0]
            amount = (Decimal(PRICES[business]) * draw.choice((1, 1, 1, 2))).quantize(rules.FEN)
            row = till.rows.setdefault((method, business), [ZERO, 0])
            row[0] += amount
            row[1] += 1
            till.sums[method] += amount
    _err(found, today)
    return {key: list(tills.values()) for key, tills in found.items()}


def _err(found: Mapping[tuple[str, date], dict[int, Till]], today: date) -> None:
    """A few clerks are out by a little; yesterday one of ZJ01 by exactly 20.00."""
    draw = random.Random(SEED)
    for (code, day), tills in found.items():
        for till in tills.values():
            if till.sums[PayMethod.CASH] > 40 and draw.random() < DIFFERS and (code, day) != ("ZJ06", today):
                till.off = Decimal(draw.choice(OFF_BY))
    for till in found.get(("ZJ01", today - timedelta(days=1)), {}).values():
        till.off = ZERO
    for till in list(found.get(("ZJ01", today - timedelta(days=1)), {}).values())[:1]:
        till.off = Decimal("-20.00") if till.sums[PayMethod.CASH] > 20 else ZERO


def split(amount: Decimal) -> dict[str, int]:
    """Notes and coins for an amount, the large ones first."""
    found, left = {}, amount
    for name in rules.DENOMINATIONS:
        count = int(left // Decimal(name))
        if count:
            found[name] = count
            left -= count * Decimal(name)
    return found


@dataclass
class Rows:
    """What all days bring, written at once; `last` is each hall's last past day."""

    last: dict[str, date]
    takings: list[Takings] = field(default_factory=list)
    slips: list[CashUp] = field(default_factory=list)
    drops: list[SafeDrop] = field(default_factory=list)
    bags: list[BankDeposit] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def write(self) -> None:
        Takings.objects.bulk_create(self.takings)
        CashUp.objects.bulk_create(self.slips)
        SafeDrop.objects.bulk_create(self.drops)
        BankDeposit.objects.bulk_create(self.bags)
        Difference.objects.bulk_create(self.differences)


def _write_day(
    rows: Rows, hall: Hall, day: date, tills: list[Till], businesses: Mapping[str, BusinessType], head: User
) -> None:
    evening = time.at(day, clock(18, 20))
    rows.takings += [
        Takings(
            hall=hall,
            day=day,
            person=till.clerk,
            method=method,
            business=businesses[business],
            amount=amount,
            pieces=pieces,
            source=TakingsSource.BOSS,
            entered_at=evening + timedelta(minutes=25),
            file_name=f"takings-{day:%Y%m%d}.csv",
        )
        for till in tills
        for (method, business), (amount, pieces) in till.rows.items()
    ]
    second = next((till.clerk for till in tills if till.clerk.pk != head.pk), None)
    slips = [
        _slip(hall, day, till, serial, head if till.clerk.pk != head.pk else second, evening)
        for serial, till in enumerate(tills, start=1)
    ]
    rows.slips += slips
    rows.drops += _drops(hall, slips)
    packer = next((till.clerk for till in tills if till.clerk.pk != head.pk), None)
    cash, cheque = sum((one.cash for one in slips), ZERO), sum((one.cheque for one in slips), ZERO)
    if packer and (cash or cheque):
        rows.bags.append(_bag(hall, day, (cash, cheque), (packer, head), is_last=day == rows.last[hall.code]))
    rows.differences += [_difference(hall, day, till, head, evening) for till in tills if till.off]


def _slip(hall: Hall, day: date, till: Till, serial: int, receiver: User | None, at: datetime) -> CashUp:
    cash = till.sums[PayMethod.CASH] + till.off
    counted = cash.quantize(Decimal("0.1"))
    dropped = counted // 100 * 100 if till.clerk.pk % 2 else ZERO
    return CashUp(
        number=f"{hall.code}-{day:%Y%m%d}-{serial:03d}",
        hall=hall,
        day=day,
        clerk=till.clerk,
        state=CashUpState.RECEIVED if receiver else CashUpState.COUNTED,
        notes=split(counted - dropped),
        dropped=dropped,
        cash=counted,
        pos=till.sums[PayMethod.POS],
        scan=till.sums[PayMethod.SCAN],
        cheque=till.sums[PayMethod.CHEQUE],
        cheques=1 if till.sums[PayMethod.CHEQUE] else 0,
        stubs=till.total,
        counted_at=at + timedelta(seconds=40 * serial),
        received_by=receiver,
        received_at=at + timedelta(seconds=40 * serial + 150) if receiver else None,
    )


def _drops(hall: Hall, slips: list[CashUp]) -> list[SafeDrop]:
    window = hall.windows.all()[0]
    return [
        SafeDrop(
            hall=hall,
            window=window,
            clerk=one.clerk,
            day=one.day,
            notes={"100": int(one.dropped // 100)},
            amount=one.dropped,
            envelope=f"F{one.day:%m%d}{at:02d}",
            at=one.counted_at - timedelta(hours=2),
        )
        for at, one in enumerate(slips, start=1)
        if one.dropped
    ]


def _bag(hall: Hall, day: date, sums: tuple[Decimal, Decimal], two: tuple[User, User], *, is_last: bool) -> BankDeposit:
    """The last one still waits for the carrier."""
    packed = time.at(day, clock(19, 5))
    return BankDeposit(
        hall=hall,
        day=day,
        bag=f"{hall.code}-{day:%y%m%d}",
        cash=sums[0],
        cheque=sums[1],
        packed_by=two[0],
        witness=two[1],
        packed_at=packed,
        carrier="" if is_last else "押运 老周",
        collected_at=None if is_last else packed + timedelta(hours=14),
        collected_from=None if is_last else two[1],
    )


def _difference(hall: Hall, day: date, till: Till, head: User, at: datetime) -> Difference:
    reason = REASONS[0] if till.off < 0 else REASONS[1]
    confirmed_by = head if head.pk != till.clerk.pk else None
    return Difference(
        hall=hall,
        day=day,
        clerk=till.clerk,
        leg=Leg.CASH,
        amount=till.off,
        found_at=at + timedelta(minutes=25),
        reason=reason,
        explained_by=till.clerk,
        explained_at=at + timedelta(minutes=31),
        confirmed_by=confirmed_by,
        confirmed_at=at + timedelta(minutes=40) if confirmed_by else None,
    )


def _lived(hall: Hall, day: date, at: datetime) -> dict[str, Any]:
    """Waits, volumes, people and faults of a day, for the days that anybody still looks at."""
    if time.business_day(time.now()) - day > timedelta(days=REPORT_DAYS):
        return {}
    known = closings.report(hall, day, at)
    return {name: known[name] for name in ("people", "service", "volumes", "persons", "faults")}


def _close_days(halls: Mapping[str, Hall], days: Days, heads: Mapping[str | None, User], today: date) -> None:
    """Each day in the evening; ZJ06 has forgotten yesterday. Written open, then submitted: signed rows stay."""
    rows = []
    for (code, day), tills in days.items():
        if (code, day) != ("ZJ06", today - timedelta(days=1)):
            rows.append(_closing(halls[code], day, tills, heads[code]))
    DailyClosing.objects.bulk_create(rows)
    BoundForms.objects.bulk_create(
        BoundForms(closing=row, kind=kind, count=count, box=f"{row.day:%Y-%m}-{1 + row.day.day // 11}")
        for row in rows
        for kind, count in (("业务受理单", row.report["pieces"]), ("发票存根联", row.report["pieces"] // 3))
    )
    DailyClosing.objects.filter(pk__in=[row.pk for row in rows]).update(state=ClosingState.SUBMITTED)
    _close_month(rows, heads["ZJ01"], today)


def _closing(hall: Hall, day: date, tills: list[Till], head: User) -> DailyClosing:
    at = time.at(day, clock(19, 20))
    off = sum((till.off for till in tills), ZERO)
    sums = {method.value: sum((till.sums[method] for till in tills), ZERO) for method, _ in METHODS}
    differs = any(till.off for till in tills)
    return DailyClosing(
        hall=hall,
        day=day,
        state=ClosingState.COUNTING,
        opened_by=head,
        opened_at=at - timedelta(minutes=15),
        system=sum(sums.values(), ZERO),
        **{**sums, "cash": sums["cash"] + off},
        stubs=sum(sums.values(), ZERO),
        exception_reason="长短款已逐笔说明" if differs else "",
        exception_by=head if differs else None,
        exception_at=at - timedelta(minutes=2) if differs else None,
        submitted_by=head,
        submitted_at=at,
        report=_report(tills) | _lived(hall, day, at),
    )


def _report(tills: list[Till]) -> dict[str, Any]:
    sales: dict[str, list[Any]] = {}
    for till in tills:
        for (_, business), (amount, pieces) in till.rows.items():
            row = sales.setdefault(business, [ZERO, 0])
            row[0] += amount
            row[1] += pieces
    names = dict(BusinessType.objects.values_list("code", "name"))
    return {
        "clerks": [
            {
                "staff_no": till.clerk.staff_no,
                "name": till.clerk.name,
                "system": str(till.total),
                "counted": str(till.total + till.off),
                "stubs": str(till.total),
            }
            for till in tills
        ],
        "sales": [
            {"business": names[code], "code": code, "pieces": pieces, "amount": str(amount)}
            for code, (amount, pieces) in sorted(sales.items())
        ],
        "pieces": sum(pieces for _, pieces in sales.values()),
        "people": [{"staff_no": till.clerk.staff_no, "name": till.clerk.name, "post": "窗口"} for till in tills],
        "differences": [
            {"clerk": till.clerk.name, "leg": "现金", "amount": str(till.off), "reason": "已说明"}
            for till in tills
            if till.off
        ],
        "handovers": len(tills),
        "handovers_open": 0,
        "drops": sum(bool(till.clerk.pk % 2) for till in tills),
        "full_drawers": 0,
    }


def _close_month(rows: list[DailyClosing], head: User, today: date) -> None:
    """Last month of ZJ01, which began to close its days here in the middle of it."""
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    mine = [row for row in rows if row.hall.code == "ZJ01" and row.day.replace(day=1) == month]
    if mine:
        figures = ("system", "cash", "pos", "scan", "cheque", "stubs")
        sums = {name: str(sum((getattr(row, name) for row in mine), ZERO)) for name in figures}
        MonthClosing.objects.create(
            hall=mine[0].hall,
            month=month,
            report={**sums, "days": len(mine), "late": 0},
            closed_by=head,
            closed_at=time.at(today.replace(day=1), clock(19, 40)),
        )


def _today(hall: Hall, members: list[Member], now: datetime) -> None:
    """Stories of this morning: a drawer of 640.00 at window 5, and 5.00 too much that waits for the 店长."""
    here = [one.user for one in members if one.hall == "ZJ01"]
    clerk = next(one.user for one in members if one.hall == "ZJ01" and one.job.role == Role.CLERK)
    manager = next(one.user for one in members if one.hall == "ZJ01" and one.job.role == Role.DUTY_MANAGER)
    day = time.business_day(now)
    at = max(now - timedelta(minutes=20), time.day_bounds(day)[0])
    DrawerCheck.objects.create(
        hall=hall,
        window=hall.windows.get(number=5),
        day=day,
        small=Decimal("640.00"),
        sentence=rules.drawer_sentence(Decimal("640.00"), 0, limit=Decimal(500), has_safe=True),
        checked_by=manager,
        at=at,
    )
    figure = money.Figure(clerk, PayMethod.CASH, Decimal("445.00"), pieces=6)
    money.note_takings(hall, day, figure, source=money.Source(typist=here[0]), now=at)
    tally = money.Tally(notes={"100": 4, "50": 1}, stubs=Decimal("445.00"))
    money.cash_up(hall, hall.windows.get(number=2), tally, clerk=clerk, now=at)
    row = Difference.objects.get(hall=hall, day=day, clerk=clerk)
    money.explain(row.pk, "客户不要找零", actor=clerk, now=at)
