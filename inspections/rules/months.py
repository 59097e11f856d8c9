"""The month of a hall and its place in its class (R-I-8, R-I-9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.errors import Refused
from core.parameters import register

LEAST_VISITS = register("inspections.least_visits", "每月几次检查才参加排名", default=3, unit="次", between=(1, 12))
CENT = Decimal("0.01")


def mean(scores: Sequence[int]) -> Decimal:
    """R-I-9: the mean of the month's visits to two decimals, half up; a vetoed visit counts as the 0 it is.

    `scores` has at least one: a hall without visits has no month.
    """
    return (Decimal(sum(scores)) / len(scores)).quantize(CENT, ROUND_HALF_UP)


def spread(scores: Sequence[int]) -> Decimal | None:
    """Standard deviation between the visits of a month: how much one visit says."""
    count = len(scores)
    if count < 2:
        return None
    squares = count * sum(score * score for score in scores) - sum(scores) ** 2
    return (Decimal(squares) / (count * (count - 1))).sqrt().quantize(CENT, ROUND_HALF_UP)


def ranks(means: Mapping[int, Decimal]) -> dict[int, int]:
    """Places inside one class by the base score; ties share the better place and the next is left out: 1, 2, 2, 4."""
    first: dict[Decimal, int] = {}
    for place, score in enumerate(sorted(means.values(), reverse=True), 1):
        first.setdefault(score, place)
    return {hall: first[score] for hall, score in means.items()}


@dataclass(frozen=True)
class BonusTerms:
    """What a card grants for (R-I-8)."""

    rank_max: int
    criteria_min: int
    points_min: int
    points_max: int
    two_points_from: int


def bonus_points(
    terms: BonusTerms, *, rank: int | None, criteria: int, has_innovation: bool, is_region_wide: bool, vetoed: bool
) -> int:
    """Points that a nomination deserves. Raises Refused when one of the conditions fails.

    One point; two with six criteria, or when the innovation is taken up in the whole region. Never with a veto.
    """
    if vetoed:
        raise Refused("bonus_vetoed", "本月有一次检查因前台无人值守记 0 分,不能加分。")
    if rank is None:
        raise Refused("not_ranked", "本月检查次数不够,没有参加排名,不能加分。")
    if rank > terms.rank_max:
        raise Refused("rank_too_low", f"同类排名第 {rank},前 {terms.rank_max} 名才能加分。")
    if criteria < terms.criteria_min:
        raise Refused("too_few_criteria", f"符合 {criteria} 条,至少要符合 {terms.criteria_min} 条。")
    if not has_innovation:
        raise Refused("no_innovation", "请写明适合全区推广的创新或亮点。")
    more = criteria >= terms.two_points_from or is_region_wide
    return terms.points_max if more else terms.points_min


def repeated(months: Sequence[frozenset[str]]) -> dict[str, int]:
    """Items that failed in at least two of the last three visits given, and in how many."""
    last = list(months)[-3:]
    counts = {code: sum(code in one for one in last) for one in last for code in one}
    return {code: count for code, count in sorted(counts.items()) if count >= 2}
