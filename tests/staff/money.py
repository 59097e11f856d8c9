"""Shared rows of the tests of handover, money, stock and closing: a hall with 小李, 小王 and 王经理."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.time import SHANGHAI
from halls.models import Hall, Window
from staff.models import CountItem, StockItem, User, WindowFloat
from staff.states import HandoverKind, Measure, Role, StockKind, SystemSource
from tests.factories import LONG_AGO, make_hall, make_user

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=SHANGHAI)
DAY = date(2026, 3, 10)


@dataclass
class Scene:
    hall: Hall
    window: Window
    clerk: User
    relief: User
    manager: User

    def items(self) -> list[CountItem]:
        return list(CountItem.objects.all())


def make_scene(**fields) -> Scene:
    hall = make_hall("ZJ01", groups=False, **fields)
    window = hall.windows.get(number=1)
    return Scene(
        hall,
        window,
        make_user("01001", Role.CLERK, hall, name="小李"),
        make_user("01002", Role.CLERK, hall, name="小王"),
        make_user("01003", Role.HALL_MANAGER, hall, name="王经理"),
    )


def make_item(code="sim", *, serials=False, **fields) -> StockItem:
    values = {"name": f"品种 {code}", "kind": StockKind.SIM, "unit": "张", "has_serials": serials, **fields}
    return StockItem.objects.create(code=code, **values)


def make_count_item(code="sim_cards", **fields) -> CountItem:
    values = {
        "kind": HandoverKind.COUNTER,
        "label": f"项目 {code}",
        "unit": "张",
        "measure": Measure.COUNT,
        "source": SystemSource.NONE,
        "valid_from": LONG_AGO,
        **fields,
    }
    return CountItem.objects.create(code=code, **values)


def make_float(window: Window, amount: str = "300.00") -> WindowFloat:
    return WindowFloat.objects.create(window=window, amount=Decimal(amount), valid_from=LONG_AGO)


def make_float_item(**fields) -> CountItem:
    return make_count_item(
        "float",
        **{
            "label": "备用金",
            "unit": "元",
            "measure": Measure.MONEY,
            "source": SystemSource.FLOAT,
            "by_notes": True,
            **fields,
        },
    )
