"""Questions drawn for B1: by business, valid that day, not asked in the hall within three months."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from core.parameters import register

QUESTIONS_PER_VISIT = register(
    "inspections.questions_per_visit", "每次抽几道业务题", default=2, unit="道", between=(2, 6)
)
REPEAT_MONTHS = register(
    "inspections.question_repeat_months", "同厅多久不重复抽题", default=3, unit="个月", between=(0, 24)
)
PRICES = frozenset({3, 4, 5})


@dataclass(frozen=True)
class Candidate:
    id: int
    business: str
    valid_from: date
    valid_to: date | None


def draw(questions: Sequence[Candidate], asked: Collection[int], count: int, *, on: date, seed: str) -> list[int]:
    """Ids, of different businesses where there are enough; fresh ones only, and all of fewer than `count`."""
    fresh = [one for one in questions if one.id not in asked and is_valid(one, on)]
    random.Random(seed).shuffle(fresh)
    found: list[Candidate] = []
    for one in fresh:
        if len(found) < count and one.business not in {other.business for other in found}:
            found.append(one)
    rest = [one for one in fresh if one not in found]
    return [one.id for one in [*found, *rest][:count]]


def is_valid(one: Candidate, on: date) -> bool:
    return one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
