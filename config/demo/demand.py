"""Who comes to a hall when, for what, and how long it takes. Pure: every draw comes from the `Random` passed in."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from config.demo.businesses import BY_CODE
from config.demo.calendar import SPRING_FESTIVAL, DayFacts

HALF_HOUR = 30.0
DAY_SPREAD = 0.10
RAIN, RAINY_DAYS = 0.85, 0.22
MONTH_START_DAYS = 5
TURNED_AWAY_FROM, TURNED_AWAY = 15, 0.06
COMES_BACK, BACK_WITHIN = 0.25, 15.0
PHONE_GIVEN = 0.62
SECOND_BUSINESS, SECOND_MINUTES = 0.14, 2.5

WORKDAY = (38, 62, 78, 84, 80, 66, 48, 36, 34, 40, 48, 60, 68, 70, 64, 54, 40, 22, 8)
WEEKEND = (24, 44, 62, 76, 80, 74, 58, 44, 40, 46, 54, 64, 72, 76, 70, 56, 36, 18, 6)
MONTH_START = (58, 84, 92, 92, 82, 64, 44, 32, 30, 36, 46, 58, 64, 64, 56, 46, 32, 15, 5)
TOWNSHIP = (110, 130, 135, 125, 100, 60, 40, 25, 25, 30, 35, 40, 40, 35, 30, 25, 15)
MALL_WORKDAY = (
    14, 22, 30, 36, 40, 40, 42, 42, 44, 46, 47, 47, 42, 40, 38, 38, 40, 44, 52, 60, 72, 70, 38, 16,
)  # fmt: skip
MALL_WEEKEND = (
    8, 14, 20, 26, 32, 36, 38, 40, 44, 52, 62, 78, 86, 88, 84, 74, 48, 36, 32, 30, 28, 22, 14, 8,
)  # fmt: skip
CAMPUS_NOON = {12 * 60: 30, 12 * 60 + 30: 30}
CAMPUS_FIRST = 15

CITY_MIX = {
    "payment": 16, "balance_query": 6, "invoice": 4, "detail_print": 4, "new_account": 6, "real_name": 2,
    "sim_replace": 9, "plan_change": 13, "vas_change": 6, "suspend_resume": 3, "transfer": 2, "close_account": 2,
    "port_in": 1, "port_out": 1, "broadband": 7, "roaming": 1, "password": 3, "points": 3, "terminal": 4,
    "campaign": 4, "corporate": 2,
}  # fmt: skip
CAMPUS_MIX = {
    "payment": 14, "balance_query": 6, "invoice": 2, "detail_print": 2, "new_account": 18, "real_name": 2,
    "sim_replace": 9, "plan_change": 12, "vas_change": 6, "suspend_resume": 3, "transfer": 1, "close_account": 2,
    "port_in": 2, "port_out": 1, "broadband": 1, "roaming": 1, "password": 4, "points": 2, "terminal": 5,
    "campaign": 6,
}  # fmt: skip
MALL_MIX = {
    "payment": 8, "balance_query": 3, "invoice": 4, "detail_print": 1, "new_account": 12, "real_name": 1,
    "sim_replace": 5, "plan_change": 8, "vas_change": 2, "suspend_resume": 1, "transfer": 1, "port_in": 3,
    "broadband": 4, "password": 1, "points": 2, "terminal": 38, "campaign": 4, "corporate": 1,
}  # fmt: skip
TOWNSHIP_MIX = {
    "payment": 34, "balance_query": 9, "invoice": 2, "detail_print": 3, "new_account": 5, "real_name": 4,
    "sim_replace": 7, "plan_change": 8, "vas_change": 5, "suspend_resume": 3, "transfer": 2, "close_account": 2,
    "broadband": 6, "password": 3, "points": 2, "terminal": 2, "campaign": 2,
}  # fmt: skip


@dataclass(frozen=True)
class Flow:
    """How many come to a hall, and who they are. Rates multiply the workday's count."""

    daily: int
    saturday: float
    sunday: float
    month_start: float
    opens: int
    closes: int
    curve: str = "city"
    mix: str = "city"
    vip: float = 0.04
    gotone: float = 0.14
    green: float = 0.04
    term_start: float = 1.0
    market: float = 1.0


MIXES = {"city": CITY_MIX, "campus": CAMPUS_MIX, "mall": MALL_MIX, "township": TOWNSHIP_MIX}
FLOWS = {
    "ZJ01": Flow(280, 1.15, 1.05, 1.4, 510, 1080, vip=0.05, gotone=0.18),
    "ZJ02": Flow(
        110, 1.1, 0.9, 1.15, 540, 1140, curve="campus", mix="campus", vip=0.01, gotone=0.05, green=0.01, term_start=3
    ),
    "ZJ03": Flow(130, 0.9, 0.7, 1.3, 510, 1080, vip=0.16, gotone=0.44),
    "ZJ04": Flow(60, 1.7, 1.8, 1.05, 540, 1260, curve="mall", mix="mall", vip=0, gotone=0, green=0),
    "ZJ05": Flow(190, 1.1, 0.9, 1.45, 510, 1050, vip=0.03, gotone=0.12),
    "ZJ06": Flow(
        70, 0.9, 0.7, 1.5, 510, 1020, curve="township", mix="township", vip=0, gotone=0, green=0.09, market=1.5
    ),
}


def is_month_start(day: date) -> bool:
    return day.day <= MONTH_START_DAYS


def is_term_start(day: date) -> bool:
    return (day.month, day.day) <= (9, 14) and (day.month, day.day) >= (9, 1)


def day_factor(flow: Flow, facts: DayFacts, *, rain: bool = False) -> float:
    """How busy a day is against a plain workday, before chance. Of several rushes the greatest counts, not all."""
    day = facts.day
    if facts.is_closed:
        return 0.0
    rates = [1.0]
    if not facts.is_workday:
        rates = [flow.saturday if day.weekday() == 5 else flow.sunday]
    if is_term_start(day):
        rates.append(flow.term_start)
    if is_month_start(day):
        rates.append(flow.month_start)
    if day.day % 5 == 3:
        rates.append(flow.market)
    factor = max(rates)
    if (day + timedelta(days=1)).day == 1:
        factor *= 1.15
    factor *= {"国庆节": 0.75, SPRING_FESTIVAL: 0.5}.get(facts.holiday, 1.0)
    if facts.is_eve:
        factor *= 1.2
    return factor * (RAIN if rain else 1.0)


def curve(flow: Flow, facts: DayFacts) -> dict[int, float]:
    """Weight of each half hour (its first minute of the day) inside the opening hours."""
    weekend = not facts.is_workday
    if flow.curve == "mall":
        slots = _slots(540, MALL_WEEKEND if weekend else MALL_WORKDAY)
    elif flow.curve == "township":
        slots = _slots(510, TOWNSHIP)
    else:
        row = MONTH_START if is_month_start(facts.day) else WEEKEND if weekend else WORKDAY
        slots = _slots(570 if flow.curve == "campus" else 510, row)
    if flow.curve == "campus":
        slots[540] = CAMPUS_FIRST
        slots = {start: weight + CAMPUS_NOON.get(start, 0) for start, weight in slots.items()}
    return {start: weight for start, weight in sorted(slots.items()) if flow.opens <= start < flow.closes}


def _slots(first: int, weights: Sequence[float]) -> dict[int, float]:
    return {first + int(HALF_HOUR) * number: weight for number, weight in enumerate(weights)}


def arrivals(
    flow: Flow, facts: DayFacts, draw: random.Random, *, rain: bool = False, scale: float = 1.0
) -> list[float]:
    """Seconds of the day at which people come, in order."""
    expected = flow.daily * scale * day_factor(flow, facts, rain=rain)
    count = max(round(expected * draw.gauss(1.0, DAY_SPREAD)), 0)
    slots = curve(flow, facts)
    bounds = list(accumulate(slots.values()))
    starts = draw.choices(list(slots), cum_weights=bounds, k=count) if bounds else []
    return sorted((start + draw.random() * HALF_HOUR) * 60 for start in starts)


def lognormal(draw: random.Random, mean: float, cv: float) -> float:
    """A lognormal with this mean and this spread (standard deviation over mean)."""
    sigma = math.sqrt(math.log(1 + cv * cv))
    return draw.lognormvariate(math.log(mean) - sigma * sigma / 2, sigma)


def business(flow: Flow, draw: random.Random, allowed: frozenset[str] | None = None) -> str:
    """What somebody comes for, out of what the hall does."""
    mix = {code: share for code, share in MIXES[flow.mix].items() if allowed is None or code in allowed}
    return draw.choices(list(mix), weights=list(mix.values()))[0]


def handling_seconds(code: str, draw: random.Random, *, speed: float = 1.0) -> float:
    """Handling time at a clerk whose factor is `speed` (1.6 = slow); one in seven brings a second matter."""
    known = BY_CODE[code]
    minutes = lognormal(draw, known.minutes, known.cv)
    if draw.random() < SECOND_BUSINESS:
        minutes += lognormal(draw, SECOND_MINUTES, 0.6)
    return max(minutes * speed, 0.4) * 60


def no_show_chance(waited_minutes: float) -> float:
    """3 % and half a point more per minute beyond ten, at most 30 %."""
    return min(0.03 + 0.005 * max(waited_minutes - 10, 0), 0.30)


def customer_class(flow: Flow, draw: random.Random) -> str:
    value = draw.random()
    return "V" if value < flow.vip else "G" if value < flow.vip + flow.gotone else ""


def gives_phone(flow: Flow, letter: str, draw: random.Random) -> bool:
    """A class is known by the phone only, so V and G always give it; the rest make up the common share."""
    if letter:
        return True
    known = flow.vip + flow.gotone
    return draw.random() < max((PHONE_GIVEN - known) / (1 - known), 0.0)


def rating(waited_minutes: float, draw: random.Random) -> int | None:
    """One customer in five or so taps a score, worse after a long wait; most say nothing."""
    if draw.random() > 0.18:
        return None
    weights = (70, 20, 6, 2.5, 1.5) if waited_minutes <= 20 else (48, 26, 14, 7, 5)
    return draw.choices((5, 4, 3, 2, 1), weights=weights)[0]
