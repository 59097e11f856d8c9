"""What is counted at a handover, and what lies on the shelves: lists, floats and the stock ledger's beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from config.demo.people import Member
from core import time
from halls.models import Hall, Window
from staff.models import CountItem, SerialRange, StockBalance, StockEntry, StockItem, User, WindowFloat
from staff.rules.stock import Serials
from staff.states import HandoverKind, Measure, StockKind, StockMove, SystemSource

SINCE = date(2024, 1, 1)
FLOAT = Decimal("300.00")

# code, name, kind, unit, face value, prefix of its numbers, in the store, at each of the first windows
THINGS = (
    ("sim_blank", "白卡", StockKind.SIM, "张", None, "BK", 400, 40),
    ("sim_number", "成卡", StockKind.SIM, "张", None, "CK", 300, 30),
    ("topup_30", "充值卡 30 元", StockKind.TOPUP, "张", Decimal(30), "CZA", 120, 10),
    ("topup_50", "充值卡 50 元", StockKind.TOPUP, "张", Decimal(50), "CZB", 160, 12),
    ("topup_100", "充值卡 100 元", StockKind.TOPUP, "张", Decimal(100), "CZC", 100, 8),
    ("receipt", "收据", StockKind.RECEIPT, "份", None, "SJ", 1500, 100),
    ("invoice", "发票", StockKind.INVOICE, "份", None, "FP", 1200, 100),
    ("demo_phone", "演示机", StockKind.DEVICE, "台", None, "", 6, 0),
    ("loan_phone", "备机", StockKind.DEVICE, "台", None, "", 3, 0),
    ("reader", "读证仪", StockKind.DEVICE, "台", None, "", 1, 1),
    ("usb_key", "U 盾", StockKind.DEVICE, "个", None, "", 1, 1),
    ("seal", "业务章", StockKind.SEAL, "枚", None, "", 1, 1),
)
AT_WINDOWS = tuple(code for code, *_, each in THINGS if each)
MONEY = (
    ("float", "备用金", SystemSource.FLOAT, True),
    ("cash", "本班现金", SystemSource.CASH, True),
    ("pos", "本班 POS", SystemSource.POS, False),
    ("scan", "本班扫码", SystemSource.SCAN, False),
    ("cheque", "本班支票", SystemSource.CHEQUE, False),
)
DUTY = (
    ("safe_keys", "保险柜、后台、展柜、外门钥匙", "把"),
    ("bags", "投币保险柜封袋", "袋"),
    ("promises", "未处理投诉与答应客户的事", "件"),
    ("faults", "设备故障与报修进度", "件"),
    ("incidents", "异动、来访、检查情况", "条"),
    ("people", "人员到岗、请假、临时调岗", "人"),
    ("vip", "VIP 与集团预约", "件"),
    ("short_stock", "库存少于 3 天用量的卡品耗材", "种"),
)


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> None:
    """Lists for every hall, and shelves filled a month ago."""
    items = _stock_items()
    _count_items(items)
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


def _stock_items() -> dict[str, StockItem]:
    return {
        code: StockItem.objects.create(
            code=code, name=name, kind=kind, unit=unit, face_value=face, has_serials=bool(prefix), order=order
        )
        for order, (code, name, kind, unit, face, prefix, _, _) in enumerate(THINGS)
    }


def _count_items(items: dict[str, StockItem]) -> None:
    CountItem.objects.bulk_create([*_money_to_count(), *_things_to_count(items), *_duties_to_count()])


def _money_to_count() -> list[CountItem]:
    return [
        CountItem(
            kind=HandoverKind.COUNTER,
            code=code,
            label=label,
            unit="元",
            measure=Measure.MONEY,
            source=source,
            by_notes=by_notes,
            order=order,
            valid_from=SINCE,
        )
        for order, (code, label, source, by_notes) in enumerate(MONEY)
    ]


def _things_to_count(items: dict[str, StockItem]) -> list[CountItem]:
    rows = [
        CountItem(
            kind=HandoverKind.COUNTER,
            code=code,
            label=items[code].name,
            unit=items[code].unit,
            source=SystemSource.STOCK,
            stock=items[code],
            with_serials=items[code].has_serials,
            order=20 + order,
            valid_from=SINCE,
        )
        for order, code in enumerate(AT_WINDOWS)
    ]
    rows.append(
        CountItem(
            kind=HandoverKind.COUNTER,
            code="belongings",
            label="待补材料、客户遗留物",
            unit="件",
            order=40,
            valid_from=SINCE,
        )
    )
    return rows


def _duties_to_count() -> list[CountItem]:
    return [
        CountItem(kind=HandoverKind.DUTY, code=code, label=label, unit=unit, order=order, valid_from=SINCE)
        for order, (code, label, unit) in enumerate(DUTY)
    ]


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
    for code, _, _, _, _, prefix, stored, each in THINGS:
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
