"""Cards and situations for pure tests, and rows of visits."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import inspections
from inspections.rules import cards
from inspections.rules.scoring import Found, Score, score
from inspections.rules.situations import HallFacts, Situation
from inspections.states import Peak

FOLDER = Path(inspections.__file__).parent / "cards"
SUMMER, WINTER = date(2026, 7, 1), date(2026, 12, 1)
EVERY_FACT = frozenset({"idle_staff", "customers_queueing", "bad_weather", "incident"})


def document(name: str = "zj2009") -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


ZJ = cards.read(document())


def hall(**changed: Any) -> HallFacts:
    facts = {
        "type": "goutong100", "location": "urban", "self_operated": True, "counter_count": 8,
        "has_rest_area": True, "has_gotone_zone": True, "has_independent_frontage": True, "sells_handsets": True,
    }  # fmt: skip
    return HallFacts(**{**facts, **changed})


def situation(*, day: date = WINTER, peak: str = Peak.OFF_PEAK, facts: frozenset[str] = EVERY_FACT, **of_hall: Any):
    return Situation(hall(**of_hall), day, peak, facts)


def scored(*found: Any, is_vetoed: bool = False, **where: Any) -> Score:
    """Codes, or (code, points), of what was found."""
    rows = [Found(one) if isinstance(one, str) else Found(one[0], one[1]) for one in found]
    return score(ZJ, situation(**where), rows, is_vetoed=is_vetoed)


def left(result: Score, group: str) -> int:
    return next(one.left for one in result.groups if one.code == group)
