"""A month's visits, drawn at random but balanced: every hall its number, auditors evenly, nobody at the own hall."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from core.errors import Refused
from core.parameters import register
from inspections.states import VisitKind

VISITS_PER_MONTH = register(
    "inspections.visits_per_month", "每厅每月安排几次检查", default=4, unit="次", between=(1, 12)
)
MYSTERY_PERCENT = register("inspections.mystery_percent", "暗访所占比例", default=50, unit="%", between=(0, 100))
DOUBLE_PERCENT = register("inspections.double_percent", "双盲复查所占比例", default=5, unit="%", between=(0, 50))
CONFLICT_MONTHS = register(
    "inspections.conflict_months", "离开营业厅多久才能去检查", default=12, unit="个月", between=(0, 60)
)


@dataclass(frozen=True)
class Drawn:
    hall: int
    auditor: int
    day: date
    kind: str
    is_second: bool = False


@dataclass(frozen=True)
class Terms:
    visits: int
    mystery_percent: int
    double_percent: int


def draw(
    halls: Mapping[int, Sequence[date]],
    auditors: Sequence[int],
    conflicts: AbstractSet[tuple[int, int]],
    terms: Terms,
    seed: str,
) -> list[Drawn]:
    """The plan: `halls` gives each hall's open days, `conflicts` pairs (auditor, hall) that must not meet (R-I-12).

    Days lie one in each equal part of the month, at random inside it. The auditor is, of those allowed, one with the
    fewest visits so far, and not the one of the hall's visit before where another can go. Same seed, same plan.
    """
    dice = random.Random(seed)
    load: Counter[int] = Counter()
    drawn: list[Drawn] = []
    order = sorted(halls)
    dice.shuffle(order)
    before: dict[int, int] = {}
    for turn in range(terms.visits):
        for hall in order:
            part = _part(halls[hall], turn, terms.visits)
            if not part:
                continue
            day = dice.choice(part)
            auditor = _auditor(hall, auditors, conflicts, load, dice, before.get(hall))
            load[auditor] += 1
            before[hall] = auditor
            kind = _kind(len(drawn), terms.mystery_percent)
            drawn.append(Drawn(hall, auditor, day, kind))
    drawn += _second(drawn, auditors, conflicts, terms, dice, load)
    return sorted(drawn, key=lambda one: (one.day, one.hall, one.is_second))


def _part(days: Sequence[date], turn: int, parts: int) -> Sequence[date]:
    size = len(days)
    return days[size * turn // parts : size * (turn + 1) // parts] or days[-1:]


def _kind(number: int, percent: int) -> str:
    """Spreads the share of mystery visits evenly over the plan."""
    is_mystery = (number + 1) * percent // 100 > number * percent // 100
    return VisitKind.MYSTERY if is_mystery else VisitKind.OPEN


def _auditor(
    hall: int,
    auditors: Sequence[int],
    conflicts: AbstractSet[tuple[int, int]],
    load: Counter[int],
    dice: random.Random,
    last: int | None,
) -> int:
    allowed = [one for one in auditors if (one, hall) not in conflicts]
    if not allowed:
        raise Refused("no_auditor", "有营业厅找不到可以去检查的督导,请先增加督导或检查回避关系。")
    rested = [one for one in allowed if one != last] or allowed
    least = min(load[one] for one in rested)
    return dice.choice([one for one in rested if load[one] == least])


def _second(
    drawn: Sequence[Drawn],
    auditors: Sequence[int],
    conflicts: AbstractSet[tuple[int, int]],
    terms: Terms,
    dice: random.Random,
    load: Counter[int],
) -> list[Drawn]:
    """双盲: another auditor on the same day for a share of the visits, at least one when there is a share at all."""
    count = -(-len(drawn) * terms.double_percent // 100)
    able = [one for one in drawn if _others(one, auditors, conflicts)]
    found = []
    for one in dice.sample(able, min(count, len(able))):
        others = _others(one, auditors, conflicts)
        least = min(load[other] for other in others)
        auditor = dice.choice([other for other in others if load[other] == least])
        load[auditor] += 1
        found.append(Drawn(one.hall, auditor, one.day, one.kind, is_second=True))
    return found


def _others(one: Drawn, auditors: Sequence[int], conflicts: AbstractSet[tuple[int, int]]) -> list[int]:
    return [other for other in auditors if other != one.auditor and (other, one.hall) not in conflicts]
