"""What points there are, where they came from and went, and proof that a month's books agree.

Months that were generated are read from their runs, which kept their sums when they were attached; only credits and
debits are added up, so that a province's report does not read every lot.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from core.time import day_bounds
from halls.models import Hall
from loyalty.models import GenerationRun
from loyalty.queries import proof
from loyalty.rules import months
from loyalty.rules.gifts import value_in_yuan
from loyalty.states import CheckWord, DebitKind, LotKind, RunState, Star

CREDITS = "SELECT month, kind, sum(points)::bigint FROM loyalty_lot WHERE source <> 0 GROUP BY 1, 2"
MOVED = "SELECT lot_month, lot_kind, sum(points)::bigint FROM loyalty_debit GROUP BY 1, 2"
EXPIRING = """
    SELECT l.expires_on, sum(l.points + coalesce(moved.points, 0))::bigint FROM loyalty_lot l
    LEFT JOIN (
        SELECT account_id, lot_month, lot_kind, lot_source, sum(points) AS points FROM loyalty_debit
        WHERE lot_kind = 2 GROUP BY 1, 2, 3, 4
    ) moved ON moved.account_id = l.account_id AND moved.lot_month = l.month AND moved.lot_kind = l.kind
        AND moved.lot_source = l.source
    WHERE l.kind = 2 AND l.source <> 0 GROUP BY 1 ORDER BY 1
"""
GIVEN = """
    SELECT to_char(made_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), kind, sum(points)::bigint
    FROM loyalty_lot WHERE source <> 0 AND made_at >= %(since)s GROUP BY 1, 2
"""
DONE = """
    SELECT to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), kind, sum(points)::bigint
    FROM loyalty_debit WHERE at >= %(since)s GROUP BY 1, 2
"""
BILLED = """
    SELECT count(*), coalesce(sum(greatest(amount_fen - gifted_fen - redeemed_fen - third_party_fen, 0)), 0)::bigint
    FROM loyalty_bill WHERE month = %(month)s
"""
BY_STAR = """
    SELECT star, multiplier_hundredths, count(*), sum(eligible_fen)::bigint, sum(points)::bigint,
        sum((eligible_fen::bigint * multiplier_hundredths + 9999) / 10000)::bigint
    FROM loyalty_lot WHERE month = %(month)s AND source = 0 GROUP BY 1, 2 ORDER BY 1
"""
BY_HALL = """
    SELECT hall_id, coalesce(-sum(points) FILTER (WHERE kind = 11), 0)::bigint,
        coalesce(sum(points) FILTER (WHERE kind = 12), 0)::bigint, count(*) FILTER (WHERE kind = 11)
    FROM loyalty_pointsoperation WHERE at >= %(since)s AND at < %(until)s AND hall_id = ANY(%(halls)s) GROUP BY 1
"""
ENTRIES = "SELECT coalesce(sum(points), 0)::bigint FROM loyalty_debit"
OPERATIONS = "SELECT coalesce(sum(points), 0)::bigint FROM loyalty_pointsoperation"
OVERDRAWN = """
    SELECT count(*) FROM (
        SELECT d.account_id FROM loyalty_debit d
        JOIN loyalty_lot l ON l.account_id = d.account_id AND l.month = d.lot_month AND l.kind = d.lot_kind
            AND l.source = d.lot_source
        GROUP BY d.account_id, d.lot_month, d.lot_kind, d.lot_source, l.points HAVING l.points + sum(d.points) < 0
    ) overdrawn
"""


def _ask(text: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


@dataclass(frozen=True)
class Outstanding:
    """Points that are still there, by the month of earning or by the last day of use (None: for ever)."""

    key: date | None
    consumption: int
    promo: int
    mills: int

    @property
    def total(self) -> int:
        return self.consumption + self.promo

    @property
    def value(self) -> Decimal:
        return value_in_yuan(self.total, mills=self.mills)


def generated() -> dict[date, int]:
    """Points by billing month, as the runs were attached."""
    return dict(GenerationRun.objects.filter(state=RunState.DONE).values_list("month", "points"))


def outstanding_by_month(mills: int) -> list[Outstanding]:
    """What is left of each month of earning, newest first."""
    left: dict[tuple[date, bool], int] = defaultdict(int)
    for month, points in generated().items():
        left[month, False] += points
    for text in (CREDITS, MOVED):
        for month, kind, points in _ask(text):
            left[month, kind == LotKind.PROMO] += points
    found = sorted({month for month, _ in left}, reverse=True)
    return [Outstanding(month, left[month, False], left[month, True], mills) for month in found]


def outstanding_by_expiry(mills: int) -> list[Outstanding]:
    """Promo points by their last day, the earliest first; consumption points have none."""
    rows = [Outstanding(day, 0, points, mills) for day, points in _ask(EXPIRING) if points]
    return sorted(rows, key=lambda row: row.key or date.max)


@dataclass
class Flow:
    """One calendar month: given, spent, given back, expired, corrected."""

    month: str
    earned: int = 0
    promo: int = 0
    spent: int = 0
    returned: int = 0
    expired: int = 0
    corrected: int = 0

    @property
    def net(self) -> int:
        return self.earned + self.promo + self.spent + self.returned + self.expired + self.corrected


_FIELDS = {DebitKind.REDEEM: "spent", DebitKind.REVERSE: "returned", DebitKind.EXPIRE: "expired"}


def flows(since: date, until: date) -> list[Flow]:
    """Month by month from `since` (a first of a month) to the month of `until`."""
    found: dict[str, Flow] = {}
    month = since
    while month <= until:
        found[f"{month:%Y-%m}"] = Flow(f"{month:%Y-%m}")
        month = months.plus(month, 1)
    start, _ = day_bounds(since)
    for run in GenerationRun.objects.filter(state=RunState.DONE, on__gte=since):
        if flow := found.get(f"{run.on:%Y-%m}"):
            flow.earned += run.points
    for text, kind, points in _ask(GIVEN, since=start):
        if flow := found.get(text):
            setattr(flow, "promo" if kind == LotKind.PROMO else "corrected", points + _now(flow, kind))
    for text, kind, points in _ask(DONE, since=start):
        if flow := found.get(text):
            name = _FIELDS.get(kind, "corrected")
            setattr(flow, name, getattr(flow, name) + points)
    return list(found.values())


def _now(flow: Flow, kind: int) -> int:
    return flow.promo if kind == LotKind.PROMO else flow.corrected


@dataclass(frozen=True)
class Check:
    """One equation of the books."""

    what: CheckWord
    left: int
    right: int

    @property
    def agrees(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True)
class StarLine:
    star: int | None
    multiplier: Decimal
    bills: int
    fen: int
    points: int

    @property
    def label(self) -> str:
        return str(Star(self.star).label) if self.star is not None else ""

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100


@dataclass(frozen=True)
class HallLine:
    hall: Hall
    spent: int
    returned: int
    count: int

    @property
    def net(self) -> int:
        return self.spent - self.returned


@dataclass(frozen=True)
class Reconciliation:
    run: GenerationRun
    checks: list[Check]
    stars: list[StarLine]
    halls: list[HallLine]
    differing: list[proof.Differing]

    @property
    def agrees(self) -> bool:
        return all(check.agrees for check in self.checks)


def reconcile(run: GenerationRun, halls: list[Hall]) -> Reconciliation:
    """Bills × rules = entries = balances, for one month and for the whole ledger."""
    ((bills, fen),) = _ask(BILLED, month=run.month)
    rows = _ask(BY_STAR, month=run.month)
    told_fen = sum(told["eligible_fen"] for told in run.counts.values())
    told_bills = sum(told["bills"] for told in run.counts.values())
    accounts = proof.of_accounts(run.month)
    checks = [
        Check(CheckWord.BILLS, bills, told_bills),
        Check(CheckWord.ELIGIBLE, fen, told_fen),
        Check(CheckWord.LOTS, sum(row[2] for row in rows), run.earned),
        Check(CheckWord.RULES, sum(row[4] for row in rows), sum(row[5] for row in rows)),
        Check(CheckWord.POINTS, sum(row[4] for row in rows), run.points),
        Check(CheckWord.ENTRIES, _ask(ENTRIES)[0][0], _ask(OPERATIONS)[0][0]),
        Check(CheckWord.OVERDRAWN, _ask(OVERDRAWN)[0][0], 0),
        Check(CheckWord.SETTLED, accounts.count, 0),
        Check(CheckWord.OVERDUE, proof.overdue(), 0),
    ]
    stars = [StarLine(row[0], Decimal(row[1] or 0) / 100, row[2], row[3], row[4]) for row in rows]
    return Reconciliation(run, checks, stars, _by_hall(run.month, halls), accounts.named)


def _by_hall(month: date, halls: list[Hall]) -> list[HallLine]:
    since, until = day_bounds(month)[0], day_bounds(months.plus(month, 1))[0]
    rows = {row[0]: row[1:] for row in _ask(BY_HALL, since=since, until=until, halls=[hall.pk for hall in halls])}
    return [HallLine(hall, *rows[hall.pk]) for hall in halls if hall.pk in rows]
