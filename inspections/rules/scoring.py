"""The score as a pure function of card, situation and findings (R-I-1 to R-I-6), with its arithmetic line by line.

`static/js/inspections/scoring.js` is the same arithmetic for the tablet; a test runs both on the same cases.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspections.rules.cards import Card, Group, Item
from inspections.rules.situations import Situation, applies
from inspections.states import Unit


@dataclass(frozen=True)
class Found:
    """One thing found at an item. `points` where the inspector chooses; findings of one `event` are levels of it."""

    item: str
    points: int | None = None
    event: str = ""


@dataclass(frozen=True)
class Line:
    item: str
    name: str
    points: int
    count: int
    text: str


@dataclass(frozen=True)
class GroupScore:
    """`deducted` is the plain sum; `left` never goes below 0 (R-I-2)."""

    code: str
    name: str
    max_points: int
    deducted: int
    left: int
    lines: tuple[Line, ...]

    @property
    def lost(self) -> int:
        return self.max_points - self.left

    @property
    def text(self) -> str:
        parts = " − ".join(str(line.points) for line in self.lines)
        if not parts:
            return f"{self.max_points} 分"
        capped = ",扣完为止" if self.deducted > self.max_points else ""
        return f"{self.max_points} − {parts} = {self.left} 分{capped}"


@dataclass(frozen=True)
class Score:
    total: int
    groups: tuple[GroupScore, ...]
    is_vetoed: bool = False

    @property
    def before_veto(self) -> int:
        return sum(group.left for group in self.groups)

    @property
    def text(self) -> str:
        parts = " + ".join(str(group.left) for group in self.groups)
        if self.is_vetoed:
            return f"前台无人值守满时限,本次记 0 分(按项计算为 {self.before_veto} 分)"
        return f"{parts} = {self.total} 分"


def score(card: Card, situation: Situation, findings: Iterable[Found], *, is_vetoed: bool = False) -> Score:
    """R-I-2: Σ max(0, group's points − its deductions); a veto makes it 0 (R-I-5).

    Items that do not apply deduct nothing and nothing is rescaled (R-I-6).
    """
    by_item: dict[str, list[Found]] = defaultdict(list)
    for found in findings:
        by_item[found.item].append(found)
    groups = tuple(_group_score(group, by_item, situation) for group in card.groups)
    total = 0 if is_vetoed else sum(group.left for group in groups)
    return Score(total, groups, is_vetoed)


def _group_score(group: Group, by_item: dict[str, list[Found]], situation: Situation) -> GroupScore:
    looked_at = [item for item in group.items if applies(item, situation) and by_item.get(item.code)]
    counted = _highest_levels(looked_at, by_item)
    lines = tuple(line for item in looked_at if (line := _line(item, counted[item.code])))
    deducted = sum(line.points for line in lines)
    left = max(0, group.max_points - deducted)
    return GroupScore(group.code, group.name, group.max_points, deducted, left, lines)


def _highest_levels(items: Sequence[Item], by_item: dict[str, list[Found]]) -> dict[str, list[int]]:
    """The price of every finding that counts, by item; of the levels of one event only the highest does."""
    prices = {item.code: [_price(item, found) for found in by_item[item.code]] for item in items}
    highest: dict[str, tuple[int, str]] = {}
    for item in items:
        if item.unit == Unit.LEVEL:
            prices[item.code] = [_price(item, found) for found in by_item[item.code] if not found.event]
            for found in by_item[item.code]:
                if found.event:
                    highest[found.event] = max(highest.get(found.event, (-1, "")), (_price(item, found), item.code))
    for points, code in highest.values():
        prices[code].append(points)
    return prices


def _price(item: Item, found: Found) -> int:
    return item.points_min if found.points is None else found.points


def _line(item: Item, prices: list[int]) -> Line | None:
    if not prices:
        return None
    if item.unit == Unit.ITEM:
        return Line(item.code, item.name, item.points_max, 1, f"扣 {item.points_max} 分")
    prices = sorted(prices)
    total = sum(prices)
    if len(prices) == 1:
        text = f"扣 {total} 分"
    elif prices[0] == prices[-1]:
        text = f"{len(prices)} 次 × {prices[0]} 分 = {total} 分"
    else:
        text = f"{' + '.join(map(str, prices))} = {total} 分"
    return Line(item.code, item.name, total, len(prices), text)
