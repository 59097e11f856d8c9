"""A scorecard as data: its document read into facts, and what is wrong with a draft."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspections.states import Evidence, Unit

CONDITIONS = frozenset({"hall_types", "season", "peak", "facts", "hall", "location", "self_operated", "needs_machine"})
HALL_FACTS = frozenset({"has_rest_area", "has_gotone_zone", "has_independent_frontage", "sells_handsets"})
PHOTO = frozenset({"wanted", "optional", "none"})
LONGEST_NAME = 40
MOST_POINTS = 100
MOST_BONUS = 2
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]{0,9}")
TIMER_SECONDS = range(1, 7201)

When = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Item:
    """One lowest bullet of the card (R-I-4). Points are whole; `when` lists alternatives, empty = always."""

    code: str
    name: str
    points_min: int
    points_max: int
    unit: str = Unit.ITEM
    when: When = ()
    group: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether the count of findings matters."""
        return self.unit != Unit.ITEM


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    section: str
    max_points: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Card:
    code: str
    name: str
    total_points: int
    groups: tuple[Group, ...]
    veto_minutes: int | None = None
    facts: frozenset[str] = frozenset()
    items: Mapping[str, Item] = field(default_factory=dict)

    @property
    def is_weightless(self) -> bool:
        return self.total_points == 0


def read(document: Mapping[str, Any]) -> Card:
    """The facts of a card whose document is known to be sound (see `faults`)."""
    groups = tuple(_group(one) for one in document["groups"])
    veto = document.get("veto")
    return Card(
        code=document["code"],
        name=document["name"],
        total_points=document["total_points"],
        groups=groups,
        veto_minutes=veto["minutes"] if veto else None,
        facts=frozenset(fact["code"] for fact in document.get("facts", ())),
        items={item.code: item for group in groups for item in group.items},
    )


def _group(document: Mapping[str, Any]) -> Group:
    items = tuple(
        Item(
            code=one["code"],
            name=one["name"],
            points_min=one["points_min"],
            points_max=one["points_max"],
            unit=one.get("unit", Unit.ITEM),
            when=tuple(one.get("when", ())),
            group=document["code"],
        )
        for one in document["items"]
    )
    return Group(document["code"], document["name"], document.get("section", ""), document["max_points"], items)


def faults(document: Any) -> list[str]:
    """What keeps a draft from being published, as sentences; empty = sound."""
    if not isinstance(document, dict) or not isinstance(document.get("groups"), list) or not document["groups"]:
        return ["评分表里至少要有一个评分组。"]
    try:
        return [*_shape_faults(document), *_sum_faults(document), *_bonus_faults(document.get("bonus"))]
    except (KeyError, TypeError, AttributeError, ValueError):
        return ["评分表的内容不完整,请检查每组、每项的代码、名称和分值。"]


def _shape_faults(document: dict[str, Any]) -> Iterator[str]:
    seen: set[str] = set()
    facts = {fact["code"] for fact in document.get("facts", [])}
    groups: set[str] = set()
    for group in document["groups"]:
        if not CODE.fullmatch(group["code"]) or group["code"] in groups:
            yield f"{group['name']}:代码「{group['code']}」已用过,或不是字母和数字。"
        groups.add(group["code"])
        if not group["items"]:
            yield f"{group['name']}:没有检查项。"
        for item in group["items"]:
            if item["code"] in seen:
                yield f"{item['code']}:代码重复。"
            seen.add(item["code"])
            yield from _item_faults(item, facts)


def _item_faults(item: dict[str, Any], facts: set[str]) -> Iterator[str]:
    code = item["code"]
    if not isinstance(item["name"], str) or not 0 < len(item["name"].strip()) <= LONGEST_NAME:
        yield f"{code}:名称应为 1–{LONGEST_NAME} 个字。"
    low, high = item["points_min"], item["points_max"]
    if type(low) is not int or type(high) is not int or not 0 <= low <= high <= MOST_POINTS:
        yield f"{code}:分值应为 0–{MOST_POINTS} 的整数,且下限不大于上限。"
    elif low != high and item.get("unit") != Unit.KEY_POINT:
        yield f"{code}:只有按要点扣分的项可以有分值区间。"
    if item.get("unit", Unit.ITEM) not in Unit.values:
        yield f"{code}:扣分单位不在可选范围内。"
    if item.get("photo", "optional") not in PHOTO:
        yield f"{code}:照片要求不在可选范围内。"
    if item.get("evidence") not in (None, *Evidence.values):
        yield f"{code}:参考记录不在可选范围内。"
    looked_at = [*item.get("when", []), *(when for check in item["checks"] for when in check.get("when", []))]
    for condition in looked_at:
        yield from (f"{code}:{fault}" for fault in _condition_faults(condition, facts))
    for timer in item.get("timers", []):
        yield from (f"{code}:{fault}" for fault in _timer_faults(timer, facts))


def _timer_faults(timer: dict[str, Any], facts: set[str]) -> Iterator[str]:
    if not timer["label"].strip():
        yield "计时没有名称。"
    if timer["seconds"] not in TIMER_SECONDS:
        yield f"计时「{timer['label']}」的秒数应为 1–{TIMER_SECONDS[-1]} 的整数。"
    for condition in timer.get("when", []):
        yield from _condition_faults(condition, facts)


def _condition_faults(condition: dict[str, Any], facts: set[str]) -> Iterator[str]:
    if unknown := [*condition.get("unknown", []), *sorted(set(condition) - CONDITIONS - {"unknown"})]:
        yield f"适用条件「{unknown[0]}」无法识别。"
    if missing := set(condition.get("facts", [])) - facts:
        yield f"适用条件用到的现场情况「{sorted(missing)[0]}」没有在本表登记。"
    if wrong := set(condition.get("hall", [])) - HALL_FACTS:
        yield f"适用条件用到的营业厅属性「{sorted(wrong)[0]}」不存在。"
    if "hall_types" in condition and not condition["hall_types"]:
        yield "适用的营业厅类型为空,这一项永远检查不到。"


def _sum_faults(document: dict[str, Any]) -> Iterator[str]:
    total = sum(group["max_points"] for group in document["groups"])
    if total != document["total_points"]:
        yield f"各组满分合计 {total} 分,与总分 {document['total_points']} 分不符。"
    for group in document["groups"]:
        top, sums = group["max_points"], 0
        for item in group["items"]:
            unlimited = item.get("unit", Unit.ITEM) != Unit.ITEM and item["points_max"] > 0
            sums += top if unlimited else item["points_max"]
            if top and not item["points_max"]:
                yield f"{item['code']}:分值为 0,不会影响得分。"
            if item["points_max"] > top:
                yield f"{item['code']}:扣 {item['points_max']} 分,超过本组满分 {top} 分。"
        if top and sums < top:
            yield f"{group['name']}:全部扣完也只有 {sums} 分,到不了本组满分 {top} 分。"


def _bonus_faults(bonus: dict[str, Any] | None) -> Iterator[str]:
    """R-I-8: terms that can be met, and points that a month has room for."""
    if not bonus:
        return
    criteria = len(bonus["criteria"])
    if not 1 <= bonus["points_min"] <= bonus["points_max"] <= MOST_BONUS:
        yield f"加分应为 1–{MOST_BONUS} 分,且下限不大于上限。"
    if not 1 <= bonus["criteria_min"] <= bonus["two_points_from"] <= criteria:
        yield f"加分条件只有 {criteria} 条,起评和加高分的条数应在 1–{criteria} 之间,且起评不多于加高分。"
    if bonus["rank_max"] < 1:
        yield "加分的名次应从第 1 名起。"
