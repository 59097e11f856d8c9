"""Gifts on the shelves, what was redeemed in the last weeks, and who looked at whose number."""

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import connection

from config.demo.people import Member
from core.errors import Refused
from core.time import at, business_day
from halls.models import Hall
from loyalty.actions import gifts as stock
from loyalty.actions import redemption
from loyalty.models import Customer, Gift, GiftPrice, Look, LookReview, Shop
from loyalty.states import CustomerStatus, GiftKind, LookKind, Oddity, RevealReason, StockDid, Verdict
from messaging.models import OutboxMessage
from messaging.states import MessageState
from queueing.models import Ticket
from staff.models import User
from staff.states import Role

REDEMPTIONS = 60
DAYS = 80  # redemptions go back so far
PROMOS_SINCE = 39  # days; what was redeemed before must not have been taken from them
LOOKS = 70
SHOPS = (("COFFEE", "街角咖啡", "京口区中山东路"), ("MART", "邻里超市", "润州区黄山路"))
GOODS = (
    ("UMBRELLA", "晴雨伞", "三折黑胶", 1800),
    ("CABLE", "快充数据线", "1 米双头", 1200),
    ("BOTTLE", "保温杯", "500 毫升", 3600),
    ("POWER", "充电宝", "10000 毫安时", 6800),
    ("BAG", "购物袋", "可折叠", 600),
)
CREDITS = (10, 30, 50, 100)
# Enough from lots that stood already when the first of them redeemed; oldest first is what a redemption takes.
RICH = """
    SELECT account_id, bool_or(kind = 2) FROM loyalty_lot GROUP BY account_id
    HAVING sum(points) FILTER (WHERE made_at < %s AND kind <> 2) BETWEEN 9000 AND 90000 ORDER BY account_id LIMIT 600
"""

# A redemption of weeks ago left what there was then: bills and campaigns that came later are not in it.
SETTLED = """
    UPDATE loyalty_pointsaccount a SET settled_month = past.month, settled_balance = past.points FROM (
        SELECT acted.account_id,
            (SELECT max(r.month) FROM loyalty_generationrun r WHERE r.finished_at < acted.at) AS month,
            (SELECT coalesce(sum(l.points), 0) FROM loyalty_lot l
                LEFT JOIN loyalty_generationrun r ON r.month = l.month AND l.source = 0
                WHERE l.account_id = acted.account_id AND coalesce(r.finished_at, l.made_at) < acted.at)
            + (SELECT sum(d.points) FROM loyalty_debit d
                WHERE d.account_id = acted.account_id AND d.operation_id <= acted.operation_id) AS points
        FROM (
            SELECT account_id, max(id) AS operation_id, max(at) AS at FROM loyalty_pointsoperation
            WHERE kind IN (11, 12) GROUP BY 1
        ) acted
    ) past WHERE a.customer_id = past.account_id
"""


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> int:
    """Returns how many redemptions there are."""
    live = [hall for hall in halls.values() if hall.is_live]
    clerks = _clerks(live, members)
    today = business_day(now)
    catalogue = _catalogue(today)
    for hall in live:
        if hall.pk in clerks:
            _fill(hall, catalogue, clerks[hall.pk][0], now - timedelta(days=DAYS + 10))
    done = _redeem(catalogue, live, clerks, today)
    _look(members, now)
    return done


def _clerks(live: list[Hall], members: list[Member]) -> dict[int, list[User]]:
    by_code = {hall.code: hall.pk for hall in live}
    found: dict[int, list[User]] = {}
    for member in members:
        if member.hall in by_code and member.job.role in (Role.CLERK, Role.HALL_MANAGER):
            found.setdefault(by_code[member.hall], []).append(member.user)
    return found


def _catalogue(today: date) -> list[Gift]:
    since = today - timedelta(days=400)
    shops = [Shop.objects.create(code=code, name=name, address=address) for code, name, address in SHOPS]
    rows = [
        Gift.objects.create(code=code, name=name, about=about, kind=GiftKind.GOODS) for code, name, about, _ in GOODS
    ]
    prices = [GiftPrice(gift=gift, points=one[3], valid_from=since) for gift, one in zip(rows, GOODS, strict=True)]
    rows += [
        Gift.objects.create(code=f"HF{yuan}", name=f"{yuan} 元话费", kind=GiftKind.CREDIT, yuan=yuan)
        for yuan in CREDITS
    ]
    voucher = Gift.objects.create(
        code="COFFEE1", name="咖啡券", about="中杯一份", kind=GiftKind.VOUCHER, voucher_days=30
    )
    voucher.shops.set(shops[:1])
    market = Gift.objects.create(code="MART20", name="超市券 20 元", kind=GiftKind.VOUCHER, voucher_days=60)
    market.shops.set(shops[1:])
    prices += [
        GiftPrice(gift=voucher, points=2000, valid_from=since),
        GiftPrice(gift=market, points=1700, valid_from=since),
        GiftPrice(gift=rows[0], points=1980, valid_from=today.replace(day=1) + timedelta(days=45)),
    ]
    GiftPrice.objects.bulk_create(prices)
    return [*rows, voucher, market]


def _fill(hall: Hall, catalogue: list[Gift], person: User, when: datetime) -> None:
    draw = random.Random(f"stock {hall.code}")
    for gift in catalogue:
        if gift.has_stock and not (hall.code == "ZJ06" and gift.code == "POWER"):
            move = stock.Move(StockDid.RECEIVED, draw.randint(12, 40), "首批")
            stock.move_stock(gift, hall, move, actor=person, now=when)


def _redeem(catalogue: list[Gift], live: list[Hall], clerks: dict[int, list[User]], today: date) -> int:
    """By the real action, at working hours of past days; its texts went out then."""
    draw = random.Random("redemptions")
    with connection.cursor() as cursor:
        cursor.execute(RICH, [at(today - timedelta(days=DAYS), time(0))])
        has_promo = dict(cursor.fetchall())
    rich = list(Customer.objects.filter(pk__in=has_promo, status=CustomerStatus.NORMAL).order_by("pk"))
    cheap, done = [gift for gift in catalogue if gift.code not in ("POWER", "HF100")], 0
    for number, customer in enumerate(draw.sample(rich, min(REDEMPTIONS, len(rich)))):
        hall = draw.choice([one for one in live if one.pk in clerks])
        ago = DAYS - number * DAYS // REDEMPTIONS
        if has_promo[customer.pk] and ago > PROMOS_SINCE:
            continue
        when = at(today - timedelta(days=ago), time(draw.randint(9, 16), draw.randint(0, 59)))
        order = redemption.Order(draw.choice(cheap), 1, draw.choice(["id_card", "id_card", "pin"]), f"demo{number}")
        desk = redemption.Desk(draw.choice(clerks[hall.pk]), hall)
        try:
            row = redemption.redeem(customer, order, desk=desk, now=when)
        except Refused:
            continue
        if number % 12 == 5:
            redemption.cancel(row.pk, "客户改主意", actor=desk.clerk, now=when + timedelta(minutes=20))
        done += 1
        texts = OutboxMessage.objects.filter(key=f"redeemed:{row.pk}")
        texts.update(state=MessageState.SENT, sent_at=when, created_at=when)
    with connection.cursor() as cursor:
        cursor.execute(SETTLED)
    return done


def _look(members: list[Member], now: datetime) -> None:
    """Clerks who looked at the customer of a number they served; some looks are unusual, and most are reviewed."""
    served = Ticket.objects.filter(state="done", customer__isnull=False, clerk__isnull=False, finished_at__lt=now)
    rows = list(
        served.order_by("-finished_at").values("hall", "clerk", "customer", "number", "started_at")[: LOOKS * 30 : 30]
    )
    draw, looks = random.Random("looks"), []
    for at_row, row in enumerate(rows):
        mine = at_row % 5 != 2
        looks.append(
            Look(
                kind=LookKind.REVEALED,
                person_id=row["clerk"],
                hall_id=row["hall"],
                customer_id=row["customer"],
                at=row["started_at"] or now - timedelta(days=1),
                reason=RevealReason.AT_WINDOW if mine else draw.choice([RevealReason.CALL_BACK, RevealReason.IDENTITY]),
                ground=f"号码 {row['number']}" if mine or at_row % 3 else "",
                odd=[Oddity.VIP] if at_row in (7, 22) else [Oddity.OFTEN] if at_row == 13 else [],
            )
        )
    Look.objects.bulk_create(looks)
    chiefs = {member.hall: member.user for member in members if member.job.role == Role.HALL_MANAGER}
    by_hall = dict(Hall.objects.values_list("pk", "code"))
    reviews = [
        LookReview(look=look, reviewer=chief, at=look.at + timedelta(hours=20), verdict=Verdict.FINE)
        for number, look in enumerate(looks)
        if not look.odd and number % 3 and (chief := chiefs.get(by_hall.get(look.hall_id or 0))) is not None
        and chief.pk != look.person_id and look.at + timedelta(hours=20) < now
    ]  # fmt: skip
    LookReview.objects.bulk_create(reviews)
