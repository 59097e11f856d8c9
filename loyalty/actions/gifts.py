"""Prices and stock of gifts. Stock is a sum of moves; the stock's row is the lock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.db import transaction

from core import changes, time
from core.errors import Refused
from halls.models import Hall
from loyalty.models import Gift, GiftPrice, GiftStock, Shop, StockMove
from loyalty.queries import gifts as reads
from loyalty.rules import gifts as rules
from loyalty.rules import policy
from loyalty.states import StockDid
from staff.models import User

NOTE_LENGTH = 80


@dataclass(frozen=True)
class Move:
    """What happened to a stock: kind, pieces, and a word about it."""

    did: str
    quantity: int
    note: str = ""


@transaction.atomic
def move_stock(gift: Gift, hall: Hall, move: Move, *, actor: User, now: datetime) -> StockMove:
    """Receive, count or write off. Raises Refused("bad_move" | "bad_quantity" | "no_stock" | "not_enough_stock")."""
    change = rules.signed(move.did, move.quantity)
    return shift(gift, hall, Move(move.did, change, move.note), actor=actor, now=now)


@transaction.atomic
def send_stock(gift: Gift, halls: tuple[Hall, Hall], quantity: int, *, actor: User, now: datetime) -> None:
    """From one hall to another; both stocks are held in the order of their keys.

    Raises Refused("same_hall" | "bad_quantity" | "not_enough_stock").
    """
    giver, taker = halls
    if giver.pk == taker.pk:
        raise Refused("same_hall", "调出和调入不能是同一营业厅。")
    rules.signed(StockDid.SENT, quantity)
    for hall in sorted(halls, key=lambda hall: hall.pk):
        _held(gift, hall)
    shift(gift, giver, Move(StockDid.SENT, -quantity, f"调往 {taker.name}"), actor=actor, now=now)
    shift(gift, taker, Move(StockDid.RECEIVED, quantity, f"由 {giver.name} 调入"), actor=actor, now=now)


def _held(gift: Gift, hall: Hall) -> GiftStock:
    if not gift.has_stock:
        raise Refused("no_stock", "话费没有库存,不需要出入库。")
    GiftStock.objects.get_or_create(gift=gift, hall=hall)
    return GiftStock.objects.select_for_update().get(gift=gift, hall=hall)


def shift(gift: Gift, hall: Hall, move: Move, *, actor: User, now: datetime) -> StockMove:
    """The only writer of a stock and its moves; `move.quantity` is signed."""
    stock = _held(gift, hall)
    if stock.quantity + move.quantity < 0:
        raise Refused("not_enough_stock", f"{hall.name}的「{gift.name}」只有 {stock.quantity} 件,请减少数量或先入库。")
    stock.quantity += move.quantity
    stock.save(update_fields=["quantity"])
    return StockMove.objects.create(
        gift=gift,
        hall=hall,
        did=move.did,
        quantity=move.quantity,
        after=stock.quantity,
        at=now,
        person=actor,
        note=" ".join(move.note.split())[:NOTE_LENGTH],
    )


@transaction.atomic
def set_price(gift: Gift, points: int, valid_from: date, *, actor: User, now: datetime) -> GiftPrice:
    """A price from a coming day on; a gift without a price may have one from today.

    Raises Refused("bad_points" | "price_has_begun").
    """
    if not 1 <= points <= 100_000_000:
        raise Refused("bad_points", "请填写大于 0 的整数积分。")
    Gift.objects.select_for_update().get(pk=gift.pk)
    today = time.business_day(now)
    first = today if not gift.prices.filter(valid_from__lte=today).exists() else today + timedelta(days=1)
    if valid_from < first:
        raise Refused("price_has_begun", "已生效的价格不能改,请从明天或以后的日期起调整。")
    before = reads.price_on(gift, valid_from)
    row, _ = GiftPrice.objects.update_or_create(gift=gift, valid_from=valid_from, defaults={"points": points})
    changes.record(gift, "价格", actor=actor, before=before, after=f"{points}({valid_from} 起)")
    return row


@transaction.atomic
def convert_prices(valid_from: date, *, actor: User, now: datetime) -> int:
    """R-L-26: every dated price × 1.25 from a day on, rounded up. A second run changes nothing. Returns how many.

    Raises Refused("price_has_begun").
    """
    today = time.business_day(now)
    if valid_from <= today:
        raise Refused("price_has_begun", "请从明天或以后的日期起换算价格。")
    percent, count = policy.number(policy.CONVERSION_PERCENT, valid_from), 0
    for gift in Gift.objects.filter(is_active=True).select_for_update().order_by("pk"):
        old = gift.prices.filter(valid_from__lt=valid_from).order_by("-valid_from").first()
        if old is None or gift.prices.filter(valid_from__gte=valid_from).exists():
            continue
        points = rules.converted_price(old.points, percent=percent)
        GiftPrice.objects.create(gift=gift, points=points, valid_from=valid_from)
        changes.record(gift, "价格", actor=actor, before=old.points, after=f"{points}({valid_from} 起)")
        count += 1
    return count


@transaction.atomic
def save_line(form: forms.ModelForm, *, actor: User) -> Gift | Shop:
    """A checked form of a gift or a shop, new or changed, on record."""
    is_new, line = form.instance.pk is None, form.save()
    changes.record(line, "新增" if is_new else "资料", actor=actor, after=line.name)
    return line
