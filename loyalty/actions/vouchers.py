"""Vouchers: used once at one of their shops, and extended by the decision of a complaint (R-L-30)."""

from datetime import datetime

from django.db import transaction

from core import parameters, time
from core.errors import Refused
from loyalty.models import Shop, Voucher, VoucherExtension
from loyalty.rules import gifts as rules
from loyalty.states import VoucherState
from staff.models import User


@transaction.atomic
def use_voucher(voucher_id: int, shop: Shop, *, actor: User, now: datetime) -> Voucher:
    """Take a voucher at a shop.

    Raises Refused("voucher_used" | "voucher_cancelled" | "voucher_expired" | "other_shop").
    """
    row = _held(voucher_id)
    _check_open(row)
    if row.state_on(time.business_day(now)) == VoucherState.EXPIRED:
        raise Refused("voucher_expired", f"这张券已于 {row.expires_on} 到期。如因投诉需延期,请由投诉处理决定。")
    if not shop.is_active or not row.redemption.gift.shops.filter(pk=shop.pk).exists():
        raise Refused("other_shop", f"这张券不能在{shop.name}使用,请看券面可用商户。")
    row.state, row.used_at, row.used_shop, row.used_by = VoucherState.USED, now, shop, actor
    row.save(update_fields=["state", "used_at", "used_shop", "used_by"])
    return row


@transaction.atomic
def extend_voucher(voucher_id: int, days: int, *, decision: str, actor: User, now: datetime) -> Voucher:
    """A later last day, for a voucher that has expired or soon will; `decision` names the complaint that decided so.

    Raises Refused("decision_needed" | "bad_days" | "voucher_used" | "voucher_cancelled").
    """
    words = " ".join(decision.split())[:60]
    if len(words) < 4:
        raise Refused("decision_needed", "券延期须凭投诉处理决定,请填写投诉编号。")
    row = _held(voucher_id)
    _check_open(row)
    today, before = time.business_day(now), row.expires_on
    most = parameters.number(rules.EXTENSION_DAYS, on=today)
    row.expires_on = rules.extended(before, today, days=days, most=most)
    row.save(update_fields=["expires_on"])
    VoucherExtension.objects.create(
        voucher=row, before=before, after=row.expires_on, decision=words, person=actor, at=now
    )
    return row


def _held(voucher_id: int) -> Voucher:
    rows = Voucher.objects.select_for_update(of=("self",)).select_related("redemption__gift")
    return rows.get(pk=voucher_id)


def _check_open(row: Voucher) -> None:
    if row.state == VoucherState.USED:
        raise Refused("voucher_used", "这张券已经用过。")
    if row.state == VoucherState.CANCELLED:
        raise Refused("voucher_cancelled", "这张券对应的兑换已撤销,券已作废。")
