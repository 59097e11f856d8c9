"""How alike auditors see: bias and weighted kappa on double visits."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspections.states import Answer

SCALE = {Answer.PASS: 0, Answer.UNSEEN: 1, Answer.FAIL: 2}


@dataclass(frozen=True)
class Agreement:
    """`bias`: mean of own less other's score, in points. `kappa` is None when nothing but one answer was given."""

    visits: int
    items: int
    bias: float
    kappa: float | None


def agreement(scores: Sequence[tuple[int, int]], pairs: Sequence[tuple[str, str]]) -> Agreement:
    """From (own, other's) scores and answers to the same items at the same visit."""
    seen = [(SCALE[Answer(a)], SCALE[Answer(b)]) for a, b in pairs if a in SCALE and b in SCALE]
    bias = sum(own - other for own, other in scores) / len(scores) if scores else 0.0
    return Agreement(len(scores), len(seen), round(bias, 2), weighted_kappa(seen, len(SCALE)))


def weighted_kappa(pairs: Sequence[tuple[int, int]], levels: int) -> float | None:
    """Cohen's kappa with linear weights: 1 = always the same, 0 = as by chance."""
    if not pairs:
        return None
    count = len(pairs)
    rows = [sum(a == level for a, _ in pairs) / count for level in range(levels)]
    columns = [sum(b == level for _, b in pairs) / count for level in range(levels)]
    observed = sum(abs(a - b) for a, b in pairs) / count
    expected = sum(abs(a - b) * rows[a] * columns[b] for a in range(levels) for b in range(levels))
    return round(1 - observed / expected, 3) if expected else None
