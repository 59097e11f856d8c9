"""The small city of random histories: its halls and people, its clock, and what was tried in it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from core.errors import Refused
from core.time import SHANGHAI
from halls.models import BusinessType, Hall, HoursException
from staff.models import User
from tests.factories import make_customer, make_hall, make_user, open_daily

FIRST = date(2026, 11, 29)  # a Sunday; the month ends within the history
DAYS = 4
NOW = datetime(2026, 12, 2, 14, 40, tzinfo=SHANGHAI)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@dataclass
class Place:
    hall: Hall
    clerks: list[User]
    manager: User
    greeter: User
    windows: list[Any] = field(default_factory=list)


@dataclass
class City:
    """Halls with all that happened in them up to NOW."""

    places: list[Place]
    draw: random.Random
    done: int = 0
    refused: int = 0

    @property
    def ids(self) -> list[int]:
        return [one.hall.pk for one in self.places]

    def attempt(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        try:
            found = act(*given, **named)
        except Refused:
            self.refused += 1
            return None
        self.done += 1
        return found


def make_places() -> list[Place]:
    make_customer("13800000001", is_vip=True)
    make_customer("13800000002", brand="gotone")
    halls = [
        make_hall("ZJ01", windows=3),
        make_hall("ZJ02", windows=2, counter_count=2, type="ordinary"),
        make_hall("ZJ03", windows=1, queue_mode="line", counter_count=1, has_rest_area=False),
        make_hall("ZJ09", windows=1, is_live=False),
    ]
    open_daily(halls[1], time(8, 30), time(18, 0))
    open_daily(halls[2], time(9, 0), time(0, 0))
    HoursException.objects.create(hall=halls[1], day=FIRST + DAY, is_closed=True, reason="装修")
    BusinessType.objects.filter(code="new_account").update(e_channel="app")
    return [_place(hall) for hall in halls]


def _place(hall: Hall) -> Place:
    return Place(
        hall,
        [make_user(f"{hall.code[2:]}00{at}", "clerk", hall) for at in range(1, 4)],
        make_user(f"{hall.code[2:]}900", "duty_manager", hall),
        make_user(f"{hall.code[2:]}800", "greeter", hall),
        list(hall.windows.order_by("number")),
    )
