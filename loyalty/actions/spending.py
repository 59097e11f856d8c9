"""Points go out and come back: the only writers of redemptions. The account's row is the lock (R-L-23 … R-L-25)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from core.errors import Refused
from core.time import business_day, day_bounds
from loyalty.models import ConversionRun, Debit, Lot, PointsAccount, PointsOperation
from loyalty.queries import ledger
from loyalty.rules import usage
from loyalty.states import DebitKind, RunState, UnusableReason

KEY_LENGTH = 100
MOST_POINTS = 100_000_000
SENTENCES = {
    UnusableReason.NEW_CUSTOMER: "入网未满 6 个月,积分暂不可用。",
    UnusableReason.SUSPENDED: "号码处于停机状态,积分暂不可用。请先办理复机。",
    UnusableReason.PENDING_CLOSURE: "号码已预约销户,积分不可用。",
    UnusableReason.CLOSED: "号码已销户,积分不可用。",
    UnusableReason.MAINTENANCE: "积分系统维护中,请在维护结束后再兑换。",
    UnusableReason.BOSS: "该客户的积分由 BOSS 管理,请到 BOSS 兑换。",
}


@dataclass(frozen=True)
class By:
    """Who acts, where, and what for; all empty for the system itself."""

    actor: Any = None
    hall: Any = None
    note: str = ""


@transaction.atomic
def spend(account_id: int, points: int, *, key: str, by: By, now: datetime) -> PointsOperation:
    """Take points from the lots that go first. The same key again gives the same operation.

    Raises Refused: bad_points, no_account, key_reused, not_enough_points, and the codes of `UnusableReason`.
    """
    if not 0 < points <= MOST_POINTS:
        raise Refused("bad_points", "兑换积分应为大于 0 的整数。")
    account = locked(account_id)
    before = _earlier(key, account_id, DebitKind.REDEEM)
    if before:
        if before.points != -points:
            raise key_reused()
        return before
    reasons = ledger.why_unusable(account.customer, now)
    if reasons:
        raise unusable(reasons[0], account, now)
    lots = ledger.lots_left(account_id)
    taken = usage.take(lots, points, business_day(now))
    if taken is None:
        raise Refused("not_enough_points", "可用积分不足,请减少兑换数量。")
    operation = _write(account_id, DebitKind.REDEEM, -points, key=key, by=by, at=now)
    Debit.objects.bulk_create(
        debit_of(operation, one.lot.month, one.lot.kind, one.lot.source, points=-one.points) for one in taken
    )
    settle(account, sum(lot.left for lot in lots) - points)
    return operation


@transaction.atomic
def reverse(operation_id: int, *, key: str, by: By, now: datetime) -> PointsOperation:
    """Give a redemption back to exactly the lots it took from; what expired meanwhile stays expired (R-L-23).

    Points that were converted meanwhile come back at the new rate (R-L-26). How long a redemption may be taken back is
    the desk's rule, not the ledger's. Raises Refused: not_found, not_reversible, reversed_already, key_reused.
    """
    spent = PointsOperation.objects.filter(pk=operation_id).first()
    if spent is None:
        raise Refused("not_found", "没有找到这笔兑换。")
    if spent.kind != DebitKind.REDEEM:
        raise Refused("not_reversible", "这笔积分变动不能撤销。")
    account = locked(spent.account_id)
    before = _earlier(key, spent.account_id, DebitKind.REVERSE)
    if before:
        if before.reverses_id != spent.pk:
            raise key_reused()
        return before
    if PointsOperation.objects.filter(reverses=spent).exists():
        raise Refused("reversed_already", "这笔兑换已经撤销过。")
    moves = _given_back(spent, now)
    total = sum(points for _, _, points in moves)
    operation = _write(spent.account_id, DebitKind.REVERSE, total, key=key, by=by, at=now, reverses=spent)
    Debit.objects.bulk_create(
        debit_of(operation, one.lot_month, one.lot_kind, one.lot_source, points=points, kind=kind)
        for one, kind, points in moves
    )
    settle(account, ledger.balance(account.pk))
    return operation


def _given_back(spent: PointsOperation, now: datetime) -> list[tuple[Debit, DebitKind, int]]:
    """What a reversal does to each lot, as (debit taken back, kind, points)."""
    expiries = {(lot.month, lot.kind, lot.source): lot.expires_on for lot in ledger.lots_left(spent.account_id)}
    run = ConversionRun.objects.order_by("on").first()
    grown = _grown_since(spent, run) if run else set()
    moves: list[tuple[Debit, DebitKind, int]] = []
    for taken in spent.debits.order_by("pk"):
        lot, back = (taken.lot_month, taken.lot_kind, taken.lot_source), -taken.points
        moves.append((taken, DebitKind.REVERSE, back))
        if run and lot in grown:
            moves.append((taken, DebitKind.CONVERSION, usage.converted(back, run.numerator) - back))
        if usage.is_expired(expiries[lot], business_day(now)):
            gone = sum(points for one, _, points in moves if one is taken)
            moves.append((taken, DebitKind.EXPIRE, -gone))
    return moves


def _grown_since(spent: PointsOperation, run: ConversionRun) -> set[tuple[Any, int, int]]:
    """Lots of which old points were taken and new ones are due (R-L-26), also those that were empty when it came."""
    act = PointsOperation.objects.filter(account=spent.account_id, kind=DebitKind.CONVERSION).order_by("pk").first()
    if (act is None and run.state != RunState.DONE) or (act and act.pk < spent.pk):
        return set()
    usable = Q(expires_on=None) | Q(expires_on__gte=run.on)
    old = Lot.objects.filter(usable, account=spent.account_id, made_at__lt=day_bounds(run.on)[0])
    return set(old.values_list("month", "kind", "source"))


def locked(account_id: int) -> PointsAccount:
    """The account, held until the transaction ends; its customer is read along, not held. Raises Refused."""
    rows = PointsAccount.objects.select_related("customer__city").select_for_update(of=("self",))
    account = rows.filter(pk=account_id).first()
    if account is None:
        raise Refused("no_account", "该客户还没有积分账户。")
    return account


def settle(account: PointsAccount, balance: int) -> None:
    """Note the balance after a move; the database refuses one below zero."""
    account.settled_balance, account.settled_month = balance, ledger.newest_generated_month()
    account.save(update_fields=["settled_balance", "settled_month"])


def debit_of(
    operation: PointsOperation, month: Any, kind_of_lot: int, source: int, *, points: int, kind: int | None = None
) -> Debit:
    return Debit(
        operation=operation,
        account_id=operation.account_id,
        lot_month=month,
        lot_kind=kind_of_lot,
        lot_source=source,
        kind=operation.kind if kind is None else kind,
        points=points,
        at=operation.at,
    )


def _earlier(key: str, account_id: int, kind: DebitKind) -> PointsOperation | None:
    """The operation of an earlier try. Asked under the account's lock, so that two tries at once are one."""
    if not 0 < len(key) <= KEY_LENGTH:
        raise Refused("bad_key", "请求编号应为 1 到 100 个字符。")
    before = PointsOperation.objects.filter(key=key).first()
    if before and (before.account_id != account_id or before.kind != kind):
        raise key_reused()
    return before


def _write(account_id: int, kind: DebitKind, points: int, *, key: str, by: By, **more: Any) -> PointsOperation:
    return PointsOperation.objects.create(
        key=key, account_id=account_id, kind=kind, points=points, actor=by.actor, hall=by.hall,
        note=by.note[:100], **more,
    )  # fmt: skip


def key_reused() -> Refused:
    return Refused("key_reused", "这个请求编号已用于另一项操作,请换一个编号。")


def unusable(reason: UnusableReason, account: PointsAccount, now: datetime) -> Refused:
    """The refusal that says why points cannot be spent, and from when on they can."""
    sentence = SENTENCES[reason]
    first = usage.usable_from(account.customer.joined_on, business_day(now))
    if reason == UnusableReason.NEW_CUSTOMER and first:
        sentence = f"{sentence[:-1]},{first.year} 年 {first.month} 月 {first.day} 日起可用。"
    return Refused(str(reason), sentence)
