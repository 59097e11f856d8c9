"""Points for gifts at the desk: one transaction takes points and stock and writes the slip; a cancellation gives both
back, the points to exactly the lots they came from."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from core import time
from core.errors import Refused
from halls import queries as halls
from halls.models import Hall
from loyalty.actions import gifts as stock
from loyalty.actions.spending import By, reverse, spend
from loyalty.models import Customer, Gift, OneTimeCode, Redemption, RedemptionCounter, Voucher
from loyalty.queries import gifts as reads
from loyalty.rules import gifts as rules
from loyalty.states import GiftKind, RedemptionState, StockDid, VoucherState
from messaging import actions as messages
from messaging.states import MessageKind
from staff.models import User

SALT = "loyalty.redemption.code"
REASON_LENGTH = 80
CODE_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Order:
    """What the customer wants, and how the clerk made sure who they are. `key`: one per press of the button."""

    gift: Gift
    quantity: int
    identity: str
    key: str
    code: str = ""


@dataclass(frozen=True)
class Desk:
    """Who serves, and where."""

    clerk: User
    hall: Hall


def redeem(customer: Customer, order: Order, *, desk: Desk, now: datetime) -> Redemption:
    """Take the points and the gift, in one transaction. The same key again gives the same redemption.

    Raises Refused: bad_quantity, identity_needed, not_for_sale, code_needed, wrong_code, code_expired,
    not_enough_stock, and what `spend` refuses.
    """
    before = _earlier(customer, order)
    if before is not None:
        return before
    rules.check_order(order.quantity, order.identity, most=halls.number(rules.MOST_AT_ONCE, desk.hall, now))
    price = reads.price_on(order.gift, time.business_day(now)) if order.gift.is_active else None
    if price is None:
        raise Refused("not_for_sale", "该礼品目前不能兑换,请选择其他礼品。")
    asks = rules.needs_code(price * order.quantity, above=halls.number(rules.CODE_ABOVE, desk.hall, now))
    code = _code_of(customer, order, desk, now) if asks else None
    return _take(customer, order, _Deal(desk, price, code), now)


def _earlier(customer: Customer, order: Order) -> Redemption | None:
    row = Redemption.objects.filter(key=order.key).first()
    if row and (row.customer_id, row.gift_id, row.quantity) != (customer.pk, order.gift.pk, order.quantity):
        raise Refused("key_reused", "这个请求编号已用于另一笔兑换,请刷新页面后再试。")
    return row


@dataclass(frozen=True)
class _Deal:
    desk: Desk
    price: int
    code: OneTimeCode | None


@transaction.atomic
def _take(customer: Customer, order: Order, deal: _Deal, now: datetime) -> Redemption:
    """The account is held first (by `spend`), then the stock; a cancellation takes them in the same order."""
    desk, points = deal.desk, deal.price * order.quantity
    note = f"{order.gift.name}×{order.quantity}"
    by = By(actor=desk.clerk, hall=desk.hall, note=note)
    operation = spend(customer.pk, points, key=f"redeem:{order.key}", by=by, now=now)
    again = Redemption.objects.filter(operation=operation).first()
    if again is not None:
        return again
    if deal.code and not OneTimeCode.objects.filter(pk=deal.code.pk, used_at=None).update(used_at=now):
        raise Refused("code_expired", "验证码已用过,请重新发送。")
    row = Redemption.objects.create(
        number=_next_number(desk.hall, time.business_day(now)),
        key=order.key,
        customer=customer,
        hall=desk.hall,
        clerk=desk.clerk,
        gift=order.gift,
        quantity=order.quantity,
        price=deal.price,
        points=points,
        identity=order.identity,
        code_checked=deal.code is not None,
        at=now,
        operation=operation,
    )
    if order.gift.has_stock:
        move = stock.Move(StockDid.REDEEMED, -order.quantity, row.number)
        stock.shift(order.gift, desk.hall, move, actor=desk.clerk, now=now)
    _give_vouchers(row, now)
    _tell(row)
    return row


def _next_number(hall: Hall, day: date) -> str:
    RedemptionCounter.objects.get_or_create(hall=hall, day=day, defaults={"last": 0})
    RedemptionCounter.objects.filter(hall=hall, day=day).update(last=F("last") + 1)
    return rules.number_text(day, hall.code, RedemptionCounter.objects.get(hall=hall, day=day).last)


def _give_vouchers(row: Redemption, now: datetime) -> None:
    if row.gift.kind == GiftKind.VOUCHER:
        last = time.business_day(now) + timedelta(days=(row.gift.voucher_days or 1) - 1)
        Voucher.objects.bulk_create(Voucher(redemption=row, expires_on=last) for _ in range(row.quantity))


def _tell(row: Redemption) -> None:
    messages.send_sms(
        row.customer.phone,
        template="points_redeemed",
        context={"gift": row.gift.name, "count": row.quantity, "points": row.points, "hall": row.hall.name},
        kind=MessageKind.NOTICE,
        key=f"redeemed:{row.pk}",
        hall=row.hall.code,
    )


# ---- the code of large redemptions ----------------------------------------------------------------------------


@transaction.atomic
def send_code(customer: Customer, gift: Gift, quantity: int, *, desk: Desk, now: datetime) -> OneTimeCode:
    """Six digits to the customer's own phone, once a minute at most.

    Raises Refused("code_too_soon" | "not_for_sale").
    """
    price = reads.price_on(gift, time.business_day(now))
    rules.check_order(quantity, "pin", most=halls.number(rules.MOST_AT_ONCE, desk.hall, now))
    if price is None:
        raise Refused("not_for_sale", "该礼品目前不能兑换,请选择其他礼品。")
    lately = OneTimeCode.objects.filter(customer=customer, made_at__gt=now - CODE_EVERY, made_at__lte=now)
    if lately.exists():
        raise Refused("code_too_soon", "验证码刚发过,请一分钟后再发。")
    minutes = halls.number(rules.CODE_MINUTES, desk.hall, now)
    digits = f"{secrets.randbelow(1_000_000):06d}"
    row = OneTimeCode.objects.create(
        customer=customer,
        gift=gift,
        quantity=quantity,
        digest=_digest(customer, digits),
        asked_by=desk.clerk,
        made_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    messages.send_sms(
        customer.phone,
        template="redeem_code",
        context={"code": digits, "points": price * quantity, "gift": gift.name, "minutes": minutes},
        kind=MessageKind.CODE,
        key=f"redeem-code:{row.pk}",
        hall=desk.hall.code,
    )
    return row


def _digest(customer: Customer, digits: str) -> str:
    return salted_hmac(SALT, f"{customer.pk}:{digits}", algorithm="sha256").hexdigest()


def _code_of(customer: Customer, order: Order, desk: Desk, now: datetime) -> OneTimeCode:
    """The newest code sent for exactly this, if these are its digits.

    Tries are counted in the database, before any transaction of the redemption: a refusal must not take them back, and
    a throttle that lets everyone through while Redis is down must not let a code be guessed.
    """
    typed = "".join(order.code.split())
    if not typed:
        raise Refused("code_needed", "这次兑换积分较多,请发送验证码到客户手机,并填写验证码。")
    rows = OneTimeCode.objects.filter(customer=customer, gift=order.gift, quantity=order.quantity)
    row = rows.order_by("-made_at").first()
    if row is None or row.used_at or now >= row.expires_at:
        raise Refused("code_expired", "验证码已过期或不是为这次兑换发送的,请重新发送。")
    most = halls.number(rules.CODE_TRIES, desk.hall, now)
    if not OneTimeCode.objects.filter(pk=row.pk, tries__lt=most).update(tries=F("tries") + 1):
        raise Refused("code_expired", "验证码输错次数过多,请重新发送。")
    if not constant_time_compare(row.digest, _digest(customer, typed)):
        raise Refused("wrong_code", "验证码不对,请与客户核对。")
    return row


# ---- taking it back -------------------------------------------------------------------------------------------


@transaction.atomic
def cancel(redemption_id: int, reason: str, *, actor: User, now: datetime) -> Redemption:
    """Within the day: points to exactly their lots, the gift to its stock, vouchers void (R-L-23).

    Raises Refused: reason_needed, cancelled_already, too_late, voucher_used, and what `reverse` refuses.
    """
    words = " ".join(reason.split())[:REASON_LENGTH]
    if len(words) < 2:
        raise Refused("reason_needed", "请写明撤销原因。")
    seen = Redemption.objects.select_related("hall").get(pk=redemption_id)
    if not seen.is_done:
        raise Refused("cancelled_already", "这笔兑换已经撤销过。")
    if not rules.may_cancel(seen.at, now):
        raise Refused("too_late", "只能撤销当天的兑换。客户仍有异议的,请登记投诉。")
    by = By(actor=actor, hall=seen.hall, note=f"撤销 {seen.number}")
    reverse(seen.operation_id, key=f"cancel:{seen.pk}", by=by, now=now)
    row = Redemption.objects.select_for_update(of=("self",)).select_related("gift", "hall").get(pk=redemption_id)
    if not row.is_done:
        raise Refused("cancelled_already", "这笔兑换已经撤销过。")
    vouchers = row.vouchers.select_for_update().order_by("pk")
    if any(voucher.state == VoucherState.USED for voucher in vouchers):
        raise Refused("voucher_used", "这笔兑换的电子券已经用过,不能撤销。")
    row.vouchers.update(state=VoucherState.CANCELLED)
    row.state, row.cancelled_at, row.cancelled_by, row.cancel_reason = RedemptionState.CANCELLED, now, actor, words
    row.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
    if row.gift.has_stock:
        move = stock.Move(StockDid.RETURNED, row.quantity, row.number)
        stock.shift(row.gift, row.hall, move, actor=actor, now=now)
    return row
