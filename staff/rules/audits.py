"""The next day's audit list: every case of some businesses, and a fixed share of the rest, the same at every draw."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.parameters import register
from staff.states import AuditState as S

SHARE = register("staff.audit_share", "次日稽核抽查比例", default=5, unit="%", between=(0, 100))
CORRECT_DAYS = register("staff.audit_correct_days", "稽核差错改正期限", default=2, unit="天", between=(1, 30))

MOVES: dict[str, set[str]] = {
    S.OPEN: {S.PASSED, S.WRONG},
    S.PASSED: set(),
    S.WRONG: {S.CORRECTED},
    S.CORRECTED: set(),
}


def can_move(before: str, after: str) -> bool:
    return after in MOVES[before]


@dataclass(frozen=True)
class Handled:
    """One handled business. `source` names it for good; `business` is a code, or empty where only `about` is known;
    `must` = audited whatever the business, as a refund is."""

    source: str
    label: str
    about: str
    business: str
    person_id: int
    at: datetime
    must: bool = False


@dataclass(frozen=True)
class Drawn:
    always: list[Handled]
    sampled: list[Handled]


def draw(handled: Iterable[Handled], day: date, *, always: Collection[str], percent: int) -> Drawn:
    """Split a day's businesses into those audited anyhow and the sample of the rest.

    The sample is `percent` of the rest, rounded up to a whole case, in the order of a hash of day and source: the same
    cases at every draw, and nobody can tell beforehand which.
    """
    must: list[Handled] = []
    rest: list[Handled] = []
    for one in handled:
        (must if one.must or one.business in always else rest).append(one)
    count = -(-len(rest) * percent // 100)
    chosen = sorted(rest, key=lambda one: _lot(one, day))[:count]
    return Drawn(sorted(must, key=_by_time), sorted(chosen, key=_by_time))


def _lot(one: Handled, day: date) -> str:
    return hashlib.sha256(f"{day.isoformat()}:{one.source}".encode()).hexdigest()


def _by_time(one: Handled) -> tuple[datetime, str]:
    return one.at, one.source
