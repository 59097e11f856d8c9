"""What is counted at a handover, and what lies on the shelves: lists, floats and the stock ledger's beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from config.demo.people import Member
from core import time
from halls.models import Hall, Window
from staff.actions import count_lists
from staff.models import SerialRange, StockBalance, StockEntry, StockItem, User, WindowFloat
from staff.rules.stock import Serials
from staff.states import StockMove

SINCE = date(2024, 1, 1)
FLOAT = Decimal("300.00")

# code, prefix of its numbers, in the store, at each of the first windows
THINGS = (
    ("sim_blank", "BK", 400, 40),
    ("sim_number", "CK", 300, 30),
    ("topup_30", "CZA", 120, 10),
    ("topup_50", "CZB", 160, 12),
    ("topup_100", "CZC", 100, 8),
    ("receipt", "SJ", 1500, 100),
    ("invoice", "FP", 1200, 100),
    ("demo_phone", "", 6, 0),
    ("loan_phone", "", 3, 0),
    ("reader", "", 1, 1),
    ("usb_key", "", 1, 1),
    ("seal", "", 1, 1),
)


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> None:
    """Lists for every hall, and shelves filled a month ago."""
    count_lists.write_first_lists()
    items = {item.code: item for item in StockItem.objects.all()}
    managers = {one.hall: one.user for one in reversed(members) if one.hall}
    began = time.at(time.business_day(now) - timedelta(days=40), datetime.min.time()) + timedelta(hours=9)
    live = [hall for hall in halls.values() if hall.is_live]
    shelves = Shelves()
    for hall in live:
        WindowFloat.objects.bulk_create(
            WindowFloat(window=window, amount=FLOAT, valid_from=SINCE) for window in hall.windows.all()
        )
        _fill_shelves(shelves, hall, items, managers[hall.code], began)
    shelves.write()


@dataclass
class Shelves:
    """Rows of the ledger's first day, written all at once."""

    balances: list[StockBalance] = field(default_factory=list)
    entries: list[StockEntry] = field(default_factory=list)
    ranges: list[SerialRange] = field(default_factory=list)

    def write(self) -> None:
        StockBalance.objects.bulk_create(self.balances)
        StockEntry.objects.bulk_create(self.entries)
        SerialRange.objects.bulk_create(self.ranges)


def _fill_shelves(shelves: Shelves, hall: Hall, items: dict[str, StockItem], by: User, at: datetime) -> None:
    """All of it into the store, then a handful to each window. Numbers go on from hall to hall: a card exists once."""
    windows = list(hall.windows.order_by("number"))
    for code, prefix, stored, each in THINGS:
        item, used = items[code], windows if each else []
        left = stored + each * len(used)
        known = {"item": item, "hall": hall, "actor": by}
        first = hall.pk * 10_000 + 1
        span = Serials(prefix, 8, first, first + left - 1)
        shelves.entries.append(_entry(StockMove.IN, left, left, span, reason="月初领入", at=at, **known))
        for window in used:
            part, span = _cut(span, each)
            left -= each
            moved_at = at + timedelta(minutes=20)
            store = {"other": window.label, "at": moved_at, **known}
            here = {"other": "厅库", "window": window, "at": moved_at, **known}
            shelves.entries.append(_entry(StockMove.SENT, -each, left, part, **store))
            shelves.entries.append(_entry(StockMove.RECEIVED, each, each, part, **here))
            shelves.balances.append(StockBalance(item=item, hall=hall, window=window, quantity=each))
            shelves.ranges += _range(item, hall, part, window)
        shelves.balances.append(StockBalance(item=item, hall=hall, quantity=left))
        shelves.ranges += _range(item, hall, span, None)


def _cut(span: Serials, count: int) -> tuple[Serials, Serials]:
    part = Serials(span.prefix, span.width, span.first, span.first + count - 1)
    return part, Serials(span.prefix, span.width, span.first + count, span.last)


def _entry(move: str, quantity: int, after: int, span: Serials, **known: Any) -> StockEntry:
    numbers = {"serial_first": span.first_text, "serial_last": span.last_text} if span.prefix else {}
    return StockEntry(move=move, quantity=quantity, after=after, **numbers, **known)


def _range(item: StockItem, hall: Hall, span: Serials, window: Window | None) -> list[SerialRange]:
    if not span.prefix:
        return []
    ends = {"first": span.first, "last": span.last}
    return [SerialRange(item=item, hall=hall, window=window, prefix=span.prefix, width=span.width, **ends)]
