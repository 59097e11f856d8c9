"""Twenty thousand customers with plausible brands, stars and years of belonging."""

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from config.demo.copying import copy_rows
from config.demo.people import person_name
from loyalty.models import Customer
from loyalty.states import Brand, CustomerStatus, Star
from queueing.rules import numbers as rules

SEED = "customers"
FIRST = 13_800_000_001
COUNT = 20_000
BRANDS = ((Brand.GOTONE, 22), (Brand.MZONE, 25), (Brand.EASYOWN, 53))
STARS: dict[str, tuple[tuple[Star, float], ...]] = {
    Brand.GOTONE: (
        (Star.UNRATED, 3), (Star.PRE_STAR, 2), (Star.ONE, 8), (Star.TWO, 14), (Star.THREE, 30), (Star.FOUR, 24),
        (Star.FIVE_SILVER, 11), (Star.FIVE_GOLD, 6), (Star.FIVE_DIAMOND, 2),
    ),
    Brand.MZONE: (
        (Star.UNRATED, 14), (Star.PRE_STAR, 14), (Star.ONE, 30), (Star.TWO, 26), (Star.THREE, 13), (Star.FOUR, 3),
    ),
    Brand.EASYOWN: (
        (Star.UNRATED, 9), (Star.PRE_STAR, 10), (Star.ONE, 28), (Star.TWO, 29), (Star.THREE, 18), (Star.FOUR, 5.5),
        (Star.FIVE_SILVER, 0.5),
    ),
}  # fmt: skip
STATUSES = (
    (CustomerStatus.NORMAL, 94.8),
    (CustomerStatus.SUSPENDED, 4),
    (CustomerStatus.PENDING_CLOSURE, 0.7),
    (CustomerStatus.CLOSED, 0.5),
)


@dataclass
class Known:
    """A customer as the simulated days see one."""

    id: int
    phone: str
    star: int


@dataclass
class Crowd:
    """Customers by the class that their phone gives them: V, G, or none."""

    by_class: dict[str, list[Known]] = field(default_factory=lambda: {"V": [], "G": [], "": []})


def pick(draw: random.Random, weighted: Sequence[tuple[Any, float]]) -> Any:
    bounds = list(accumulate(weight for _, weight in weighted))
    return weighted[bisect(bounds, draw.random() * bounds[-1])][0]


def class_of(*, brand: str, star: int, is_vip: bool) -> str:
    """The letter a number of this customer gets before the group's own; empty for none."""
    letter = rules.letter_for("-", is_vip=is_vip, star=star, is_gotone=brand == Brand.GOTONE)
    return "" if letter == "-" else letter


def make(today: date, count: int = COUNT) -> Crowd:
    """Write the customers and return those who may come to a hall, by class."""
    draw = random.Random(SEED)
    rows = [_row(draw, str(FIRST + number), today) for number in range(count)]
    copy_rows(Customer, rows)
    ids = dict(Customer.objects.values_list("phone", "id"))
    crowd = Crowd()
    for row in rows:
        if row["status"] != CustomerStatus.CLOSED:
            letter = class_of(brand=row["brand"], star=row["star"], is_vip=row["is_vip"])
            crowd.by_class[letter].append(Known(ids[row["phone"]], row["phone"], row["star"]))
    return crowd


def _row(draw: random.Random, phone: str, today: date) -> dict[str, Any]:
    brand = pick(draw, BRANDS)
    star = pick(draw, STARS[brand])
    status = pick(draw, STATUSES)
    longest = 9000 if brand == Brand.GOTONE else 6000 if brand == Brand.EASYOWN else 3000
    return {
        "phone": phone,
        "name": person_name(draw),
        "brand": brand,
        "star": star,
        "is_vip": star >= Star.FOUR and brand == Brand.GOTONE and draw.random() < 0.25,
        "status": status,
        "is_real_name": draw.random() < 0.97,
        "is_personal": draw.random() < 0.94,
        "joined_on": today - timedelta(days=1 + int(longest * draw.random() ** 1.3)),
    }
