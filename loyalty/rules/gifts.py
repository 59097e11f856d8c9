"""Prices of gifts, what a redemption at the desk needs, and the life of a voucher (R-L-26, R-L-27, R-L-29, R-L-30)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from core import parameters, time
from core.errors import Refused
from loyalty.states import GiftKind, IdCheck, StockDid, VoucherState

CODE_ABOVE = parameters.register(
    "loyalty.code_above", "单次兑换超过多少分须短信验证码", default=5000, unit="分", between=(0, 10_000_000)
)
CODE_MINUTES = parameters.register("loyalty.code_minutes", "兑换验证码有效", default=5, unit="分钟", between=(1, 60))
CODE_TRIES = parameters.register("loyalty.code_tries", "兑换验证码可输错", default=3, unit="次", between=(1, 10))
MOST_AT_ONCE = parameters.register(
    "loyalty.gifts_at_once", "单次兑换最多件数", default=20, unit="件", between=(1, 1000)
)
EXTENSION_DAYS = parameters.register("loyalty.voucher_days", "券一次最多延期", default=30, unit="天", between=(1, 365))

WITH_STOCK = (GiftKind.GOODS, GiftKind.VOUCHER)
COMES_IN = (StockDid.RECEIVED, StockDid.RETURNED)
BY_HAND = (StockDid.RECEIVED, StockDid.SENT, StockDid.COUNTED, StockDid.DAMAGED)


def credit_price(yuan: int, *, mills: int) -> int:
    """R-L-27: points for phone credit, up to the next ten. `mills`: what a point is worth, in thousandths of a yuan.

    10 yuan → 840, 30 → 2,500.
    """
    return _up(yuan * 1000, mills * 10) * 10


def converted_price(points: int, *, percent: int) -> int:
    """R-L-26: a catalogue price after the conversion (125 percent), rounded up."""
    return _up(points * percent, 100)


def _up(amount: int, part: int) -> int:
    return -(-amount // part)


def value_in_yuan(points: int, *, mills: int) -> Decimal:
    """What points are worth, to the cent."""
    return (Decimal(points * mills) / 1000).quantize(Decimal("0.01"))


def needs_code(points: int, *, above: int) -> bool:
    return points > above


def check_order(quantity: int, identity: str, *, most: int) -> None:
    """Raises Refused("bad_quantity" | "identity_needed")."""
    if not 1 <= quantity <= most:
        raise Refused("bad_quantity", f"一次可兑换 1–{most} 件,请核对数量。")
    if identity not in IdCheck.values:
        raise Refused("identity_needed", "请先核对客户身份,并选择核对方式。")


def may_cancel(redeemed_at: datetime, now: datetime) -> bool:
    """Until the end of the Shanghai day it was made on."""
    return time.business_day(redeemed_at) == time.business_day(now)


def number_text(day: date, hall: str, serial: int) -> str:
    """`DH20261122-ZJ01-0007`."""
    return f"DH{day:%Y%m%d}-{hall}-{serial:04d}"


def signed(did: str, quantity: int) -> int:
    """What a move does to the stock. A count may go both ways; everything else is said as a positive number.

    Raises Refused("bad_move" | "bad_quantity").
    """
    if did not in BY_HAND:
        raise Refused("bad_move", "请选择入库、调出、盘点调整或报损。")
    if quantity == 0 or abs(quantity) > 1_000_000 or (did != StockDid.COUNTED and quantity < 0):
        raise Refused("bad_quantity", "数量应为大于 0 的整数;盘点调整可为负数。")
    return quantity if did in (*COMES_IN, StockDid.COUNTED) else -quantity


def voucher_state(state: str, expires_on: date, today: date) -> VoucherState:
    """A voucher is good through its last day."""
    if state == VoucherState.VALID and today > expires_on:
        return VoucherState.EXPIRED
    return VoucherState(state)


def extended(expires_on: date, today: date, *, days: int, most: int) -> date:
    """R-L-30: the new last day: from today when the voucher has expired, else from its old one.

    Raises Refused("bad_days").
    """
    if not 1 <= days <= most:
        raise Refused("bad_days", f"一次可延期 1–{most} 天。")
    return max(today, expires_on) + timedelta(days=days)
