"""交接清单: what a handover counts, as dated rows; and the list a new system begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import changes
from core.errors import Refused
from halls.models import Window
from staff.models import CountItem, StockItem, User, WindowFloat
from staff.states import HandoverKind, Measure, StockKind, SystemSource

SINCE = date(2009, 1, 1)
# code, name, kind, unit, face value, with serial numbers, counted at a window
THINGS = (
    ("sim_blank", "白卡", StockKind.SIM, "张", None, True, True),
    ("sim_number", "成卡", StockKind.SIM, "张", None, True, True),
    ("topup_30", "充值卡 30 元", StockKind.TOPUP, "张", Decimal(30), True, True),
    ("topup_50", "充值卡 50 元", StockKind.TOPUP, "张", Decimal(50), True, True),
    ("topup_100", "充值卡 100 元", StockKind.TOPUP, "张", Decimal(100), True, True),
    ("receipt", "收据", StockKind.RECEIPT, "份", None, True, True),
    ("invoice", "发票", StockKind.INVOICE, "份", None, True, True),
    ("demo_phone", "演示机", StockKind.DEVICE, "台", None, False, False),
    ("loan_phone", "备机", StockKind.DEVICE, "台", None, False, False),
    ("reader", "读证仪", StockKind.DEVICE, "台", None, False, True),
    ("usb_key", "U 盾", StockKind.DEVICE, "个", None, False, True),
    ("seal", "业务章", StockKind.SEAL, "枚", None, False, True),
)
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


@dataclass(frozen=True)
class When:
    """For which place (the code of a hall or region) and from which day."""

    place: str
    valid_from: date


@transaction.atomic
def write_first_lists() -> int:
    """Kinds of stock and what is counted, everywhere; only where there is nothing yet. Returns the rows written."""
    if CountItem.objects.exists():
        return 0
    stock = {}
    for order, (code, name, kind, unit, face, serials, _) in enumerate(THINGS):
        values = {
            "name": name,
            "kind": kind,
            "unit": unit,
            "face_value": face,
            "has_serials": serials,
            "order": order,
        }
        stock[code], _made = StockItem.objects.get_or_create(code=code, defaults=values)
    return len(CountItem.objects.bulk_create([*_money(), *_things(stock), *_duties()]))


def _money() -> list[CountItem]:
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


def _things(stock: Mapping[str, StockItem]) -> list[CountItem]:
    at_windows = [code for code, *_, counted in THINGS if counted]
    rows = [
        CountItem(
            kind=HandoverKind.COUNTER,
            code=code,
            label=stock[code].name,
            unit=stock[code].unit,
            source=SystemSource.STOCK,
            stock=stock[code],
            with_serials=stock[code].has_serials,
            order=20 + order,
            valid_from=SINCE,
        )
        for order, code in enumerate(at_windows)
    ]
    left = {"code": "belongings", "label": "待补材料、客户遗留物", "unit": "件", "order": 40}
    return [*rows, CountItem(kind=HandoverKind.COUNTER, valid_from=SINCE, **left)]


def _duties() -> list[CountItem]:
    return [
        CountItem(kind=HandoverKind.DUTY, code=code, label=label, unit=unit, order=order, valid_from=SINCE)
        for order, (code, label, unit) in enumerate(DUTY)
    ]


def _refuse_begun(valid_from: date, today: date) -> None:
    if valid_from <= today:
        raise Refused("not_tomorrow", "清单最早从明天起更改,今天的交接不受影响。请另选日期。")


@transaction.atomic
def set_item(kind: str, code: str, given: Mapping[str, Any], when: When, *, actor: User, today: date) -> CountItem:
    """An item as it is counted at a place from a day on; an empty `code` makes a new one.

    Raises Refused: not_tomorrow, known.
    """
    _refuse_begun(when.valid_from, today)
    if not code:
        _refuse_twin(kind, given["label"], when.place)
        code = _free_code()
    return _write(kind, code, {**given, "is_counted": True, "valid_to": None}, when, actor)


def _refuse_twin(kind: str, label: str, place: str) -> None:
    if CountItem.objects.filter(kind=kind, label=label, scope__in=[place, ""], is_counted=True).exists():
        raise Refused("known", f"清单里已有「{label}」,请直接修改原来的项目。")


def _free_code() -> str:
    number = CountItem.objects.count() + 1
    while CountItem.objects.filter(code=f"item_{number}").exists():
        number += 1
    return f"item_{number}"


def _write(kind: str, code: str, values: Mapping[str, Any], when: When, actor: User) -> CountItem:
    row, _ = CountItem.objects.update_or_create(
        kind=kind, code=code, scope=when.place, valid_from=when.valid_from, defaults=dict(values)
    )
    word = "清点" if row.is_counted else "不再清点"
    changes.record(row, "交接项目", actor=actor, after=f"{word},{when.valid_from} 起,{when.place}")
    return row


@transaction.atomic
def take_off(item: CountItem, when: When, *, actor: User, today: date) -> CountItem:
    """No longer counted at a place from a day on. Raises Refused("not_tomorrow")."""
    _refuse_begun(when.valid_from, today)
    names = ("label", "unit", "measure", "source", "stock", "by_notes", "with_serials", "order")
    kept = {name: getattr(item, name) for name in names}
    return _write(item.kind, item.code, {**kept, "is_counted": False, "valid_to": None}, when, actor)


@transaction.atomic
def drop_planned(item_id: int, *, actor: User, today: date) -> None:
    """Take a change back before its day. Raises Refused("begun")."""
    row = CountItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    if row.valid_from <= today:
        raise Refused("begun", "这项更改已经生效,请从以后的日期再改。")
    changes.record(row, "交接项目", actor=actor, before=f"{row.valid_from} 起,{row.scope}", after="撤回")
    row.delete()


@transaction.atomic
def set_float(window: Window, amount: Decimal, *, valid_from: date, actor: User, today: date) -> WindowFloat:
    """备用金 of a window from a day on. Raises Refused: not_tomorrow, below_zero, nothing_changed."""
    _refuse_begun(valid_from, today)
    if amount < 0:
        raise Refused("below_zero", "备用金不能小于 0。")
    standing = WindowFloat.objects.filter(window=window, valid_from__lte=valid_from).first()
    if standing is not None and standing.amount == amount:
        raise Refused("nothing_changed", f"{window.label} 那一天的备用金本来就是 {amount} 元。")
    row, _ = WindowFloat.objects.update_or_create(window=window, valid_from=valid_from, defaults={"amount": amount})
    before = standing.amount if standing else ""
    changes.record(row, f"{window.label} 备用金", actor=actor, before=before, after=amount)
    return row
