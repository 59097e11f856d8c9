"""Reads about gifts: prices in force, stock, redemptions, vouchers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet, Sum

from core import time
from halls.models import Hall
from loyalty.models import Gift, GiftPrice, GiftStock, Redemption, StockMove, Voucher
from loyalty.rules import policy
from staff.models import User

MOVES_SHOWN = 100


@dataclass(frozen=True)
class Offer:
    """A gift as the desk offers it: what a piece costs today, how many the hall has (None: needs none)."""

    gift: Gift
    price: int
    stock: int | None

    @property
    def is_there(self) -> bool:
        return self.stock is None or self.stock > 0

    def pieces(self, usable: int) -> int:
        """How many pieces somebody can have with so many usable points."""
        there = usable // self.price
        return there if self.stock is None else min(there, self.stock)


def price_on(gift: Gift, day: date) -> int | None:
    """The dated price in force, else the list price of phone credit; None when it can't be had yet."""
    row = gift.prices.filter(valid_from__lte=day).order_by("-valid_from").first()
    return row.points if row else gift.list_price(policy.number(policy.POINT_MILLS, day))


def catalogue(hall: Hall, now: datetime) -> list[Offer]:
    """What a hall can give today, the cheapest first."""
    day = time.business_day(now)
    stocks = dict(GiftStock.objects.filter(hall=hall).values_list("gift", "quantity"))
    mills = policy.number(policy.POINT_MILLS, day)
    found = []
    for gift in active_gifts(day):
        price = gift.now[0].points if gift.now else gift.list_price(mills)  # type: ignore[attr-defined]
        if price is not None:
            found.append(Offer(gift, price, stocks.get(gift.pk, 0) if gift.has_stock else None))
    return sorted(found, key=lambda offer: (offer.price, offer.gift.code))


def active_gifts(day: date) -> QuerySet[Gift]:
    begun = GiftPrice.objects.filter(valid_from__lte=day).order_by("-valid_from")
    return Gift.objects.filter(is_active=True).prefetch_related(Prefetch("prices", begun, to_attr="now"))


@dataclass(frozen=True)
class GiftLine:
    """A gift with its prices and what each of some halls has."""

    gift: Gift
    price: int | None
    coming: list[GiftPrice]
    stocks: list[tuple[Hall, int]]

    @property
    def total(self) -> int:
        return sum(quantity for _, quantity in self.stocks)


def lines(halls: list[Hall], now: datetime, gifts: QuerySet[Gift] | None = None) -> list[GiftLine]:
    """Every gift, with the stock of these halls; as many questions for one as for a hundred."""
    day = time.business_day(now)
    mills = policy.number(policy.POINT_MILLS, day)
    counted = {
        (gift, hall): quantity
        for gift, hall, quantity in GiftStock.objects.filter(hall__in=halls).values_list("gift", "hall", "quantity")
    }
    rows = (Gift.objects.all() if gifts is None else gifts).prefetch_related("prices", "shops")
    found = []
    for gift in rows:
        prices = sorted(gift.prices.all(), key=lambda price: price.valid_from)
        begun = [price for price in prices if price.in_force(day)]
        price = begun[-1].points if begun else gift.list_price(mills)
        stocks = [(hall, counted.get((gift.pk, hall.pk), 0)) for hall in halls] if gift.has_stock else []
        found.append(GiftLine(gift, price, [row for row in prices if not row.in_force(day)], stocks))
    return found


def moves(gift: Gift, user: User) -> QuerySet[StockMove]:
    rows: QuerySet[StockMove] = StockMove.objects.visible_to(user).filter(gift=gift)
    return rows.select_related("hall", "person")


def stock_differs() -> list[GiftStock]:
    """Stocks that are not the sum of their moves: always empty."""
    return [
        stock
        for stock in GiftStock.objects.all()
        if stock.quantity
        != (StockMove.objects.filter(gift=stock.gift_id, hall=stock.hall_id).aggregate(n=Sum("quantity"))["n"] or 0)
    ]


def redemptions(user: User) -> QuerySet[Redemption]:
    rows: QuerySet[Redemption] = Redemption.objects.visible_to(user)
    return rows.select_related("customer", "hall", "clerk", "gift", "cancelled_by")


def of_customer(customer_id: int) -> QuerySet[Redemption]:
    return Redemption.objects.filter(customer=customer_id).select_related("gift", "hall", "clerk")


def voucher_by_code(code: str) -> Voucher | None:
    """By the whole code only."""
    wanted = "".join(code.split()).upper()[:40]
    rows = Voucher.objects.filter(code=wanted).select_related("redemption__gift", "redemption__customer", "used_shop")
    return rows.prefetch_related("redemption__gift__shops", "extensions__person").first()


def vouchers_of(redemption: Redemption) -> list[Voucher]:
    return list(redemption.vouchers.select_related("used_shop").order_by("pk"))


def matching(rows: QuerySet[Redemption], *, find: str) -> QuerySet[Redemption]:
    """By the number of the redemption, or the clerk's name or 工号; never by a part of a phone."""
    return rows.filter(Q(number=find) | Q(clerk__staff_no=find) | Q(clerk__name=find) | Q(gift__name__icontains=find))
