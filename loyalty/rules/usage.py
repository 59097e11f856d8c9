"""When points can be spent, which first, and what they turn into (R-L-22 … R-L-28)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty.rules import months, policy
from loyalty.states import CustomerStatus, LotKind, UnusableReason


@dataclass(frozen=True)
class LotLeft:
    """A lot and what is left of it. `earned` names the month."""

    month: date
    kind: int
    source: int
    points: int
    left: int
    expires_on: date | None = None


@dataclass(frozen=True)
class Taken:
    lot: LotLeft
    points: int


def is_expired(expires_on: date | None, today: date) -> bool:
    """R-L-22: usable through the last day, zeroed at 00:00 after it."""
    return expires_on is not None and expires_on < today


def spending_order(lot: LotLeft) -> tuple[int, date, date, int, int]:
    """R-L-23: promo by earliest expiry, promo for ever, then the rest, oldest month first."""
    rank = 2 if lot.kind != LotKind.PROMO else 0 if lot.expires_on else 1
    return rank, lot.expires_on or date.max, lot.month, lot.kind, lot.source


def usable_lots(lots: Iterable[LotLeft], today: date) -> list[LotLeft]:
    """What can be taken from today, in the order of taking."""
    return sorted((lot for lot in lots if lot.left > 0 and not is_expired(lot.expires_on, today)), key=spending_order)


def take(lots: Iterable[LotLeft], wanted: int, today: date) -> list[Taken] | None:
    """R-L-23: how a spend divides over lots; None when there is not enough."""
    taken: list[Taken] = []
    for lot in usable_lots(lots, today):
        if wanted <= 0:
            break
        taken.append(Taken(lot, min(lot.left, wanted)))
        wanted -= taken[-1].points
    return taken if wanted <= 0 else None


def usable_from(joined_on: date, on: date) -> date | None:
    """R-L-24: the first day on which a new customer's points can be spent; None when never locked."""
    if joined_on < policy.day(policy.USE_LOCK_FROM, on):
        return None
    return months.plus(months.first_of(joined_on), policy.number(policy.USE_LOCK_MONTHS, on))


def why_unusable(
    *, joined_on: date, status: str, is_boss: bool, is_maintenance: bool, today: date
) -> list[UnusableReason]:
    """R-L-24, R-L-25, R-L-28: everything that stands in the way today; empty when points can be spent."""
    first = usable_from(joined_on, today)
    checks: Sequence[tuple[bool, UnusableReason]] = (
        (is_boss, UnusableReason.BOSS),
        (is_maintenance, UnusableReason.MAINTENANCE),
        (status == CustomerStatus.CLOSED, UnusableReason.CLOSED),
        (status == CustomerStatus.SUSPENDED, UnusableReason.SUSPENDED),
        (status == CustomerStatus.PENDING_CLOSURE, UnusableReason.PENDING_CLOSURE),
        (first is not None and today < first, UnusableReason.NEW_CUSTOMER),
    )
    return [reason for holds, reason in checks if holds]


def promo_expiry(given_on: date, *, expires_on: date | None, after_days: int | None) -> date | None:
    """R-L-22: the last day of promotional points; `after_days` counts the day they are given."""
    if after_days is not None:
        return given_on + timedelta(days=after_days - 1)
    return expires_on


def in_maintenance(windows: Iterable[tuple[datetime, datetime]], now: datetime) -> bool:
    """R-L-28: the end is not part of it."""
    return any(starts <= now < ends for starts, ends in windows)


def converted(points: int, percent: int = 125) -> int:
    """R-L-26: old points as new ones, rounded up, so that their value never falls. Gift prices likewise."""
    return -(-points * percent // 100)


def credit_price(yuan: int, mills: int = 12) -> int:
    """R-L-27: points for phone credit: value by value, then up to the next ten."""
    exact = -(-yuan * 1000 // mills)
    return -(-exact // 10) * 10
