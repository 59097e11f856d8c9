"""Reads of the stock ledger: what the book says, and where numbers are."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum

from halls.models import Hall, Window
from staff.models import SerialRange, StockBalance, StockEntry, StockItem, StockTransfer
from staff.rules.stock import Serials, merged
from staff.states import SerialState


@dataclass(frozen=True)
class Place:
    """Where things are kept: a window, or without one the hall's store."""

    hall: Hall
    window: Window | None = None

    @property
    def label(self) -> str:
        return self.window.label if self.window else "厅库"


def places(hall: Hall) -> list[Place]:
    return [Place(hall), *[Place(hall, window) for window in hall.windows.filter(is_active=True).order_by("number")]]


def book(place: Place, item: StockItem) -> int:
    """What the ledger says is there."""
    row = StockBalance.objects.filter(item=item, hall=place.hall, window=place.window).first()
    return row.quantity if row else 0


def summed(place: Place, item: StockItem) -> int:
    """The same, added up from the entries: the two must never differ."""
    rows = StockEntry.objects.filter(item=item, hall=place.hall, window=place.window)
    return rows.aggregate(total=Sum("quantity"))["total"] or 0


def held(place: Place, item: StockItem) -> list[Serials]:
    """The numbers that are there, neighbours joined."""
    rows = SerialRange.objects.filter(item=item, hall=place.hall, window=place.window, state=SerialState.HELD)
    return merged(row.serials for row in rows)


@dataclass
class Line:
    """One item of a hall: what is in the store and at each window."""

    item: StockItem
    store: int = 0
    windows: dict[int, int] = field(default_factory=dict)
    ranges: list[Serials] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.store + sum(self.windows.values())


def hall_book(hall: Hall) -> list[Line]:
    """Every item in use with its quantities in a hall; as many questions for one item as for many."""
    lines = {item.pk: Line(item) for item in StockItem.objects.filter(is_active=True)}
    for row in StockBalance.objects.filter(hall=hall, item__in=lines).select_related("window"):
        line = lines[row.item_id]
        if row.window is None:
            line.store = row.quantity
        else:
            line.windows[row.window.number] = row.quantity
    ranges = SerialRange.objects.filter(hall=hall, window=None, state=SerialState.HELD, item__in=lines)
    for found in ranges:
        lines[found.item_id].ranges.append(found.serials)
    for line in lines.values():
        line.ranges = merged(line.ranges)
    return list(lines.values())


def entries(hall: Hall, wanted: dict[str, Any]) -> QuerySet[StockEntry]:
    """The ledger of a hall, newest first, by item, move and days."""
    rows = StockEntry.objects.filter(hall=hall).select_related("item", "window", "actor")
    if wanted.get("item"):
        rows = rows.filter(item=wanted["item"])
    if wanted.get("move"):
        rows = rows.filter(move=wanted["move"])
    if wanted.get("window"):
        rows = rows.filter(window=wanted["window"])
    if wanted.get("find"):
        rows = rows.filter(serial_first__lte=wanted["find"].upper(), serial_last__gte=wanted["find"].upper())
    return rows


def on_the_way(hall: Hall) -> QuerySet[StockTransfer]:
    """Transfers between halls that nobody has taken in yet, to here or from here."""
    rows = StockTransfer.objects.filter(received_at=None)
    here = rows.filter(to_hall=hall) | rows.filter(from_hall=hall)
    return here.select_related("item", "from_hall", "to_hall", "sent_by").order_by("sent_at")
