"""Pure decisions of a handover (R-S-5 … R-S-8): what is missing, what differs, who may sign, which moves exist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.parameters import register
from staff.states import HandoverState as S

BLIND_SHARE = register("handover.blind_share", "盲点抽取比例", default=30, unit="%", between=(0, 100))
RELIEF_LATE = register("handover.relief_late", "接班人未到提醒值班经理", default=10, unit="分钟", between=(1, 240))
SMALL_HALL = register("handover.small_hall", "按单人厅交接的最多在班人数", default=2, unit="人", between=(1, 10))

OPEN = (S.FILLING, S.WAITING_TAKER, S.WAITING_RELIEF)
WAITING = (S.WAITING_TAKER, S.WAITING_RELIEF)
MOVES: Mapping[str, frozenset[str]] = {
    S.FILLING: frozenset({S.WAITING_TAKER, S.WAITING_RELIEF, S.CANCELLED}),
    S.WAITING_TAKER: frozenset({S.DONE, S.FILLING, S.WAITING_RELIEF}),
    S.WAITING_RELIEF: frozenset({S.DONE, S.FILLING, S.WAITING_TAKER}),
    S.DONE: frozenset(),
    S.CANCELLED: frozenset(),
}


def can_move(here: str, there: str) -> bool:
    return there in MOVES[here]


@dataclass(frozen=True)
class Counted:
    """One item as the rules see it. `system` None = there is no book value to compare with."""

    system: Decimal | None
    counted: Decimal | None
    has_reason: bool = False
    is_confirmed: bool = False

    @property
    def difference(self) -> Decimal | None:
        return difference(self.system, self.counted)

    @property
    def differs(self) -> bool:
        return bool(self.difference)


def difference(system: Decimal | None, counted: Decimal | None) -> Decimal | None:
    """Counted less system, to the fen; None while either is unknown."""
    return None if system is None or counted is None else counted - system


def uncounted(lines: Iterable[Counted]) -> int:
    return sum(line.counted is None for line in lines)


def unexplained(lines: Iterable[Counted]) -> int:
    """Differences without a reason (R-S-5)."""
    return sum(line.differs and not line.has_reason for line in lines)


def unconfirmed(lines: Iterable[Counted]) -> int:
    """Differences that no manager has confirmed (R-S-5)."""
    return sum(line.differs and not line.is_confirmed for line in lines)


def is_blind(drawn: float, share: int) -> bool:
    """Whether this handover is counted blind: `drawn` from 0 up to 1, `share` in percent."""
    return drawn * 100 < share


def may_show_system(*, is_blind: bool, state: str, missing: int) -> bool:
    """In a blind count the book values appear only when everything has been counted."""
    return not is_blind or state != S.FILLING or missing == 0


def minutes_late(due: datetime | None, now: datetime) -> int:
    """Whole minutes that the relief is late; 0 when not late or nobody is expected."""
    return 0 if due is None or now <= due else int((now - due) / timedelta(minutes=1))


def next_calm(peaks: Mapping[datetime, bool], now: datetime) -> datetime | None:
    """R-S-8: the start of the next half hour that is no peak; None when none is known."""
    return min((start for start, peak in peaks.items() if start > now and not peak), default=None)
