"""A bill that came or changed after its month was generated: the bill is corrected, the ledger gets a new entry."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from core.time import business_day
from loyalty.actions import spending
from loyalty.models import (
    Bill,
    BillAdjustment,
    Debit,
    GenerationRun,
    Lot,
    PointsAccount,
    PointsOperation,
)
from loyalty.queries import judging, ledger
from loyalty.rules import earning, usage
from loyalty.rules.usage import LotLeft, Taken
from loyalty.states import DebitKind, LotKind, NotEarned


@dataclass(frozen=True)
class Told:
    """The bill as it is told now, in fen."""

    amount_fen: int
    gifted_fen: int = 0
    redeemed_fen: int = 0
    third_party_fen: int = 0
    paid_at: datetime | None = None


@transaction.atomic
def adjust(customer_id: int, month: date, told: Told, now: datetime) -> BillAdjustment:
    """Correct one bill of a generated month. Star and multiplier stay as they were frozen (R-L-14).

    What is to be taken back is taken from bill points only, as far as they reach; the rest is noted as uncollected.
    """
    run = GenerationRun.objects.get(month=month)
    account, _ = PointsAccount.objects.get_or_create(customer_id=customer_id)
    account = spending.locked(account.pk)
    before = Bill.objects.filter(customer=customer_id, month=month).first()
    _write_bill(customer_id, month, told, is_new=before is None)
    reason, should = _should_be(run, customer_id)
    wanted = should - _given(account.pk, month)
    takes = _to_take(account.pk, month, -wanted, now) if wanted < 0 else []
    taken = sum(one.points for one in takes)
    adjustment = BillAdjustment.objects.create(
        customer_id=customer_id,
        month=month,
        before=_shown(before),
        after=_shown(told),
        reason=reason,
        points=wanted if wanted > 0 else -taken,
        uncollected=max(-wanted - taken, 0),
        at=now,
    )
    if wanted > 0:
        _give(adjustment, now)
    elif taken:
        _take(adjustment, takes, now)
    if wanted:
        spending.settle(account, ledger.balance(account.pk))
    return adjustment


def _write_bill(customer_id: int, month: date, told: Told, *, is_new: bool) -> None:
    if is_new:
        Bill.objects.create(customer_id=customer_id, month=month, **asdict(told))
    else:
        Bill.objects.filter(customer=customer_id, month=month).update(**asdict(told))


def _should_be(run: GenerationRun, customer_id: int) -> tuple[NotEarned, int]:
    """What the rules give for the bill as it now is."""
    judged = judging.judge_one(run, customer_id)
    assert judged is not None
    reason, kind, _, multiplier, eligible = judged
    lot = _bill_lots(customer_id, run.month).filter(kind=kind).first()
    if lot and lot.multiplier_hundredths:
        multiplier = lot.multiplier_hundredths
    earned = earning.points(eligible, multiplier) if reason == NotEarned.EARNED else 0
    return NotEarned(reason), earned


def _bill_lots(account_id: int, month: date) -> Any:
    return Lot.objects.filter(account=account_id, month=month, source=0)


def _given(account_id: int, month: date) -> int:
    """What the ledger gave for this bill so far: the lot and all corrections."""
    made = _bill_lots(account_id, month).aggregate(points=Sum("points"))["points"] or 0
    corrected = BillAdjustment.objects.filter(customer=account_id, month=month)
    return int(made + (corrected.aggregate(points=Sum("points"))["points"] or 0))


def _to_take(account_id: int, month: date, wanted: int, now: datetime) -> list[Taken]:
    """The bill's own lots first, then other bills' points, oldest first; promotional points are not touched."""

    def order(lot: LotLeft) -> tuple[bool, date, int, int]:
        return lot.month != month, lot.month, lot.kind, lot.source

    lots = [lot for lot in ledger.lots_left(account_id) if lot.kind != LotKind.PROMO and lot.left > 0]
    takes = []
    for lot in sorted(lots, key=order):
        if wanted <= 0 or usage.is_expired(lot.expires_on, business_day(now)):
            continue
        takes.append(Taken(lot, min(lot.left, wanted)))
        wanted -= takes[-1].points
    return takes


def _give(adjustment: BillAdjustment, now: datetime) -> None:
    Lot.objects.create(
        account_id=adjustment.customer_id,
        month=adjustment.month,
        kind=LotKind.ADJUSTMENT,
        source=adjustment.pk,
        points=adjustment.points,
        made_at=now,
    )


def _take(adjustment: BillAdjustment, takes: list[Taken], now: datetime) -> None:
    operation = PointsOperation.objects.create(
        key=f"adjust:{adjustment.pk}",
        account_id=adjustment.customer_id,
        kind=DebitKind.ADJUSTMENT,
        points=adjustment.points,
        at=now,
    )
    Debit.objects.bulk_create(
        spending.debit_of(operation, one.lot.month, one.lot.kind, one.lot.source, points=-one.points) for one in takes
    )


def _shown(bill: Bill | Told | None) -> dict[str, Any]:
    if bill is None:
        return {}
    kept = {name: getattr(bill, name) for name in Told.__dataclass_fields__}
    return {**kept, "paid_at": bill.paid_at.isoformat() if bill.paid_at else None}
