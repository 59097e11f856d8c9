"""The next version of a card while it is written: what a form says is put into the document.

What the form does not send stays as it is, so that a page may show one group at a time. Nothing is refused here: what
is not sound stays as it was typed and keeps the card from being published (`rules.cards.faults`).
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from inspections.rules import wording
from inspections.rules.months import BonusTerms

SCHEMA = "hallkeeper-card/1"
VETO = {"code": "V1", "name": "前台无人值守"}
FIRST_BONUS = BonusTerms(rank_max=5, criteria_min=3, points_min=1, points_max=2, two_points_from=6)
LONGEST_LINE = 200
Said = Mapping[str, Any]


def empty(code: str, name: str, total_points: int) -> dict[str, Any]:
    """A card that nothing has been written on. `total_points` 0 = a checklist without weights."""
    return {
        "schema": SCHEMA, "code": code, "name": name, "total_points": total_points,
        "facts": [], "veto": None, "bonus": None, "groups": [],
    }  # fmt: skip


def typed(content: Said, said: Said) -> dict[str, Any]:
    """The document with what was typed put in."""
    fresh = deepcopy(dict(content))
    _head(fresh, said)
    facts = wording.fact_names(fresh)
    kept = []
    for at, group in enumerate(fresh["groups"]):
        if not said.get(f"g{at}.drop"):
            kept.append(_group(group, said, f"g{at}", facts))
    fresh["groups"] = kept
    if name := str(said.get("new_group", "")).strip():
        kept.append(_new_group(kept, str(said.get("new_group_code", "")), name))
    return fresh


def _head(fresh: dict[str, Any], said: Said) -> None:
    fresh["name"] = said.get("name", fresh["name"])[:40]
    fresh["total_points"] = _number(said.get("total"), fresh["total_points"])
    if "veto" in said:
        minutes = _number(said["veto"], 0)
        fresh["veto"] = {**VETO, **(fresh.get("veto") or {}), "minutes": minutes} if minutes else None
    if "facts" in said:
        fresh["facts"] = _named(said["facts"], fresh.get("facts") or [], "f")
    if "bonus.criteria" in said:
        fresh["bonus"] = _bonus(fresh.get("bonus") or {}, said)


def _bonus(before: Said, said: Said) -> dict[str, Any] | None:
    """R-I-8: no conditions, no bonus."""
    criteria = _named(said["bonus.criteria"], before.get("criteria", []), "C")
    if not criteria:
        return None
    first = {name: before.get(name, getattr(FIRST_BONUS, name)) for name in BonusTerms.__dataclass_fields__}
    terms = {name: _number(said.get(f"bonus.{name}"), number) for name, number in first.items()}
    return {**terms, "criteria": criteria}


def _named(text: str, before: Iterable[Said], letter: str) -> list[dict[str, str]]:
    """One name a line; a name that was there keeps its code, which visits and nominations point at."""
    codes = {one["name"]: one["code"] for one in before}
    taken, found = set(codes.values()), []
    for name in dict.fromkeys(_lines(text)):
        code = codes.get(name) or _free(letter, taken)
        taken.add(code)
        found.append({"code": code, "name": name})
    return found


def _free(letter: str, taken: set[str]) -> str:
    return next(f"{letter}{number}" for number in range(1, len(taken) + 2) if f"{letter}{number}" not in taken)


def _lines(text: str) -> list[str]:
    return [line.strip()[:LONGEST_LINE] for line in str(text).splitlines() if line.strip()]


def _group(group: dict[str, Any], said: Said, at: str, facts: Mapping[str, str]) -> dict[str, Any]:
    group["name"] = said.get(f"{at}.name", group["name"])[:40]
    group["section"] = said.get(f"{at}.section", group.get("section", ""))[:20]
    group["hint"] = said.get(f"{at}.hint", group.get("hint", ""))[:100]
    group["max_points"] = _number(said.get(f"{at}.max"), group["max_points"])
    group["items"] = [
        _item(item, said, f"{at}.i{number}", facts)
        for number, item in enumerate(group["items"])
        if not said.get(f"{at}.i{number}.drop")
    ]
    if name := str(said.get(f"{at}.new", "")).strip():
        group["items"].append(_new_item(group, name))
    return group


def _item(item: dict[str, Any], said: Said, at: str, facts: Mapping[str, str]) -> dict[str, Any]:
    readers: dict[str, Callable[[str], Any]] = {
        "checks": lambda text: wording.read_checks(text, facts),
        "when": lambda text: wording.read(text, facts),
        "timers": lambda text: wording.read_timers(text, facts),
        "phrases": _lines,
    }
    for name, read in readers.items():
        text = said.get(f"{at}.{name}")
        if text is not None and (found := read(text)) != item.get(name, []):
            item[name] = found
    item["name"] = said.get(f"{at}.name", item["name"])[:60]
    item["points_min"] = _number(said.get(f"{at}.min"), item["points_min"])
    item["points_max"] = _number(said.get(f"{at}.max"), item["points_max"])
    item["unit"] = said.get(f"{at}.unit", item.get("unit", "item"))
    item["photo"] = said.get(f"{at}.photo", item.get("photo", "optional"))
    evidence = said.get(f"{at}.evidence", item.get("evidence", ""))
    item.pop("evidence", None)
    return {**item, "evidence": evidence} if evidence else item


def _new_item(group: Said, name: str) -> dict[str, Any]:
    last = [one["code"].rsplit(".", 1)[-1] for one in group["items"]]
    number = max((int(one) for one in last if one.isascii() and one.isdigit()), default=0) + 1
    points = 1 if group["max_points"] else 0
    return {
        "code": f"{group['code']}.{number}", "name": name[:40], "points_min": points, "points_max": points,
        "unit": "item", "checks": [], "photo": "optional", "phrases": [],
    }  # fmt: skip


def _new_group(groups: list[dict[str, Any]], code: str, name: str) -> dict[str, Any]:
    code = code.strip()[:10] or _free("G", {one["code"] for one in groups})
    return {"code": code, "name": name[:40], "section": "", "max_points": 0, "hint": "", "items": []}


def _number(text: Any, otherwise: int) -> int:
    text = str(text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
