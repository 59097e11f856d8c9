"""How people's months are compared: who may be a star, ranks of a competition, parts of a target."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.parameters import register
from staff.states import MonthSheetState as S

MIN_RATINGS = register("staff.award_min_ratings", "服务明星:至少评价数", default=20, unit="次", between=(1, 500))
SEEN_WITHIN = register("staff.sheet_seen_days", "月度单本人未看多少天后可签认", default=3, unit="天", between=(0, 28))

POINTS_BY_RANK = (5, 3, 2)  # what a new competition proposes; each competition keeps its own

MOVES: dict[str, set[str]] = {
    S.MADE: {S.SEEN, S.OBJECTED, S.SIGNED},
    S.SEEN: {S.OBJECTED, S.SIGNED},
    S.OBJECTED: {S.ANSWERED},
    S.ANSWERED: {S.OBJECTED, S.SIGNED},
    S.SIGNED: set(),
}


def may_sign_unseen(counted_at: datetime, now: datetime, *, days: int) -> bool:
    """Somebody who does not look cannot keep a month open for ever."""
    return now - counted_at >= timedelta(days=days)


def can_move(before: str, after: str) -> bool:
    return after in MOVES[before]


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def service_order(figures: Mapping[str, float | int | None], *, least: int) -> tuple[float, ...] | None:
    """R-S-16: where somebody stands for the service star, best first; None with too few ratings to compare.

    Mean rating, then fewer low ratings, fewer audit errors, more numbers served.
    """
    ratings = figures.get("ratings") or 0
    if ratings < least:
        return None
    mean = (figures.get("rating_sum") or 0) / ratings
    wrong = (figures.get("low_ratings") or 0), (figures.get("errors") or 0)
    return (-mean, *map(float, wrong), -float(figures.get("served") or 0))


def sales_order(figures: Mapping[str, float | int | None]) -> tuple[float, ...] | None:
    """R-S-16: for the sales star. Accepted recommendations, then a better share of those made."""
    accepted, offered = figures.get("accepted") or 0, figures.get("offered") or 0
    if not accepted:
        return None
    return (-float(accepted), -accepted / max(offered, 1))


def ranks(scores: Sequence[Decimal]) -> list[int]:
    """1 for the best; equal scores share a rank, and the next one is left out (1, 1, 3)."""
    return [1 + sum(other > score for other in scores) for score in scores]


def points_for(rank: int, by_rank: Sequence[int]) -> int:
    """Performance points of a rank; 0 below those that earn some."""
    return by_rank[rank - 1] if rank <= len(by_rank) else 0


def undivided(whole: int, parts: Iterable[int]) -> int:
    """What of a target is not given to anybody below yet; negative = more was given than there is."""
    return whole - sum(parts)


def pace(month: date, today: date) -> Decimal:
    """Share of the month that is over, by calendar days, yesterday included."""
    first, after = month.replace(day=1), next_month(month)
    gone = min(max((today - first).days, 0), (after - first).days)
    return Decimal(gone) / Decimal((after - first).days)
