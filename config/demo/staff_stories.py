"""Stories of the staff that wait at first login: somebody learning, a certificate that ends on Friday, the duty
managers' handovers of the last evenings, and what was sold from the store."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal

from config.demo.people import Member
from core import time
from halls.models import Hall
from staff.actions import stock
from staff.models import (
    Certificate,
    CountItem,
    FirstDayStep,
    FirstDayTick,
    Grant,
    Handover,
    HandoverLine,
    SerialRange,
    StockItem,
    User,
)
from staff.queries.stock import Place
from staff.states import GrantableRight, HandoverKind, HandoverState, Role

FRIDAY = 4
STEPS_DONE = 5
EVENINGS = 4
SALES = (("sim_number", 3), ("topup_50", 5), ("topup_100", 2))
# counted at a duty managers' handover: how many, and what is worth a word
COUNTED: dict[str, tuple[int, str]] = {
    "safe_keys": (6, "外门备用钥匙在 2 号柜"),
    "bags": (3, "当日 3 袋,号码已登记"),
    "promises": (2, "两位客户明早回电"),
    "faults": (1, "5 号窗口票据打印机字迹淡,已报修"),
    "incidents": (0, ""),
    "people": (14, "沈敏明日年假"),
    "vip": (1, "集团客户 10 点到,请备接待室"),
    "short_stock": (1, "充值卡 100 元"),
}


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> int:
    """Returns how many handovers of duty managers there are."""
    today = time.business_day(now)
    crew = [one for one in members if one.hall == "ZJ01"]
    _friday(crew, today)
    _ticks(members, now)
    for code in ("ZJ01", "ZJ05"):
        _sales(halls[code], [one for one in members if one.hall == code], today)
    _grants(halls["ZJ04"], members, now)
    return _evenings(halls["ZJ01"], crew, today)


def _grants(hall: Hall, members: list[Member], now: datetime) -> None:
    """One clerk of the partner's mall may look at numbers this month; last month's grant was taken back early."""
    today, region = time.business_day(now), hall.region_id
    clerks = [one.user for one in members if one.hall == hall.code and one.job.role == Role.CLERK]
    heads = User.objects.filter(employments__role=Role.DISTRICT, employments__region=region).order_by("staff_no")
    for days, length, why, clerk in (
        (10, 30, "代办宽带移机,需回电客户", clerks[0]),
        (45, 30, "校园迎新支援", clerks[-1]),
    ):
        first = today - timedelta(days=days)
        row = Grant(user=clerk, hall=hall, verb=GrantableRight.REVEAL, valid_from=first, reason=why)
        row.valid_to = first + timedelta(days=length - 1)
        row.given_by, row.given_at = heads[0], now - timedelta(days=days)
        if row.valid_to < today:
            row.ended_by, row.ended_at = heads[0], row.given_at + timedelta(days=12)
        row.save()


def _friday(crew: list[Member], today: date) -> None:
    """A relief is on the roster beyond the day their certificate ends."""
    clerks = [one.user for one in crew if one.job.role == Role.CLERK and not one.job.is_trainee]
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    Certificate.objects.filter(person=clerks[3]).update(valid_to=friday, valid_from=friday - timedelta(days=3 * 365))


def _ticks(members: list[Member], now: datetime) -> None:
    """The trainee is at the fifth step; the students have done all of them."""
    steps = list(FirstDayStep.objects.filter(is_active=True))
    rows = []
    for one in members:
        if one.job.is_trainee or one.job.is_student:
            done = steps[:STEPS_DONE] if one.job.is_trainee else steps
            rows += [
                FirstDayTick(step=step, person=one.user, at=now - timedelta(days=2, minutes=7 * place))
                for place, step in enumerate(reversed(done))
            ]
    FirstDayTick.objects.bulk_create(rows)


def _sales(hall: Hall, crew: list[Member], today: date) -> None:
    """A few cards a day go out of the store, in the order of their numbers."""
    seller = next(one.user for one in crew if one.job.role in {Role.BACK_OFFICE, Role.DUTY_MANAGER})
    items = StockItem.objects.in_bulk([code for code, _ in SALES], field_name="code")
    for back in range(6, 0, -1):
        at = time.at(today - timedelta(days=back), clock(15, 10))
        for code, count in SALES:
            _sell(hall, items[code], count, seller, at)


def _sell(hall: Hall, item: StockItem, count: int, seller: User, at: datetime) -> None:
    span = SerialRange.objects.filter(hall=hall, window=None, item=item, state="held").order_by("first").first()
    if span is not None:
        first = f"{span.prefix}{span.first:0{span.width}d}"
        stock.sell(Place(hall), stock.batch(item, count, first=first), actor=seller, now=at)


def _evenings(hall: Hall, crew: list[Member], today: date) -> int:
    """The duty managers hand over to each other; written open, then done: signed rows stay."""
    duty = [one.user for one in crew if one.job.role == Role.DUTY_MANAGER]
    items = list(CountItem.objects.filter(kind=HandoverKind.DUTY, scope="").order_by("order"))
    for back in range(EVENINGS, 0, -1):
        row = _evening(hall, duty[back % 2], duty[1 - back % 2], today - timedelta(days=back))
        row.save()  # one after the other: a hall has one open duty handover at most
        HandoverLine.objects.bulk_create(
            HandoverLine(
                handover=row,
                item=item,
                order=order,
                counted=Decimal(COUNTED[item.code][0]),
                remark=COUNTED[item.code][1] if back == 1 else "",
            )
            for order, item in enumerate(items)
        )
        Handover.objects.filter(pk=row.pk).update(state=HandoverState.DONE)
    return EVENINGS


def _evening(hall: Hall, giver: User, taker: User, day: date) -> Handover:
    at = time.at(day, clock(18, 20))
    return Handover(
        hall=hall,
        kind=HandoverKind.DUTY,
        day=day,
        state=HandoverState.WAITING_TAKER,
        giver=giver,
        taker=taker,
        opened_at=at,
        revealed_at=at + timedelta(minutes=4),
        giver_signed_at=at + timedelta(minutes=6),
        taker_signed_at=at + timedelta(minutes=8),
        note="钥匙、封袋和未了事项已当面交清。",
    )
