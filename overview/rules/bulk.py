"""What a setting for many halls would change. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MOST_HALLS = 500


@dataclass(frozen=True)
class Effect:
    """One hall: its value on the day, the new one, and a later row that would end it again."""

    code: str
    name: str
    before: int
    after: int
    later: tuple[date, int] | None = None

    @property
    def changes(self) -> bool:
        return self.before != self.after


def changed(effects: Iterable[Effect]) -> list[Effect]:
    return [one for one in effects if one.changes]


def digest(effects: Iterable[Effect]) -> str:
    """What was seen in the preview, in a few letters: saving something else than was seen is refused."""
    told = sorted([one.code, one.before, one.after, str(one.later)] for one in effects)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
