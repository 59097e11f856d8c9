"""What waits about money and goods: handovers, slips, differences, closings, transfers, refunds, compensation."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from complaints.models import Compensation, Refund, RefundPayment
from complaints.queries.money import VERB
from complaints.rules import refunds as refund_rules
from complaints.states import Money, Part, Rung
from core import time
from overview.queries.asks.source import Source, Told, day_words, each, page
from overview.rules import approvals as rules
from overview.rules.approvals import ELSEWHERE, Buttons
from overview.states import AskKind
from staff.models import CashUp, DailyClosing, Difference, Handover, HandoverLine, StockTransfer, User
from staff.queries import money
from staff.rules import handovers as handover_rules
from staff.states import CashUpState, ClosingState, HandoverKind, HandoverMode, HandoverState

# ---- 交接班 (R-S-5, R-S-7) ------------------------------------------------------------------------------------


def _handovers() -> QuerySet[Handover]:
    return Handover.objects.select_related("hall__region__parent", "giver", "taker", "window")


def _may_confirm(user: User, prefix: str) -> Q:
    """Not one's own handover; at night the taker is a party as well."""
    own = Q(**{f"{prefix}giver": user.pk})
    night = Q(**{f"{prefix}mode": HandoverMode.NIGHT, f"{prefix}taker": user.pk})
    return Q(**{f"{prefix}hall__in": user.hall_ids("handover.manage")}) & ~own & ~night


def _leaving(user: User) -> QuerySet[Handover]:
    return _handovers().filter(_may_confirm(user, ""), state=HandoverState.WAITING_RELIEF)


def _tell_leaving(row: Handover, now: datetime) -> Told:
    since = row.giver_signed_at or row.opened_at
    late = row.minutes_late(now)
    fact = f"接班人应于 {time.local(row.relief_due_at):%H:%M} 到岗" if row.relief_due_at else "没有排定接班人"
    return Told(
        f"{row.giver.name}请求离岗:{row.place}接班人未到",
        row.giver.name,
        since,
        (f"{fact},已晚 {late} 分钟" if late else fact, row.note),
        page("handover", row.hall.code, row.pk),
        due=row.relief_due_at or since,
    )


def _to_take(user: User) -> QuerySet[Handover]:
    """Given to this person by name, in a hall where they may still take it."""
    duty = Q(kind=HandoverKind.DUTY, hall__in=user.hall_ids("handover.manage"))
    counter = Q(hall__in=user.hall_ids("handover.sign")) & ~Q(kind=HandoverKind.DUTY)
    return _handovers().filter(duty | counter, taker=user, state__in=handover_rules.WAITING)


def _tell_taking(row: Handover, now: datetime) -> Told:
    since = row.giver_signed_at or row.opened_at
    what = "请当面清点后签名" if row.mode == HandoverMode.FACE else "请在开门前复点后签名"
    late = row.minutes_late(now)
    waits = f"{row.giver.name}等您接班才能离岗" if row.state == HandoverState.WAITING_RELIEF else ""
    return Told(
        f"{row.place}交接待您接班确认",
        row.giver.name,
        since,
        (f"{waits},已晚 {late} 分钟" if waits and late else waits, what, row.note),
        page("handover", row.hall.code, row.pk),
        due=row.relief_due_at or rules.end_of_day(since, days=0),
    )


def _lines() -> QuerySet[HandoverLine]:
    return HandoverLine.objects.select_related(
        "item", "handover__hall__region__parent", "handover__giver", "handover__window"
    )


def _counts(user: User) -> QuerySet[HandoverLine]:
    differs = ~Q(system=Coalesce(F("recounted"), F("counted")))
    known = Q(system__isnull=False) & (Q(counted__isnull=False) | Q(recounted__isnull=False))
    rows = _lines().filter(_may_confirm(user, "handover__"), known, differs, confirmed_at=None)
    return rows.exclude(reason="").filter(handover__state__in=handover_rules.OPEN)


def _tell_count(row: HandoverLine, now: datetime) -> Told:
    handover, since = row.handover, row.handover.revealed_at or row.handover.opened_at
    sums = rules.difference(row.system or Decimal(0), row.final or Decimal(0), unit=row.item.unit)
    return Told(
        f"{handover.place}交接:{row.item.label}有差额",
        handover.giver.name,
        since,
        (sums, f"原因:{row.reason}"),
        page("handover", handover.hall.code, handover.pk),
        due=rules.end_of_day(since, days=0),
    )


# ---- 缴款、长短款、日结 (R-S-10) --------------------------------------------------------------------------------


def _slips() -> QuerySet[CashUp]:
    return CashUp.objects.select_related("hall__region__parent", "clerk", "window")


def _waiting_slips(user: User) -> QuerySet[CashUp]:
    mine = user.hall_ids("money.manage")
    return _slips().filter(hall__in=mine, state=CashUpState.COUNTED).exclude(clerk=user)


def _tell_slip(row: CashUp, now: datetime) -> Told:
    parts = (("现金", row.cash), ("POS", row.pos), ("扫码", row.scan), ("支票", row.cheque))
    dropped = f"其中已投保险柜 {rules.yuan(row.dropped)},应点 {rules.yuan(row.cash - row.dropped)}"
    return Told(
        f"缴款单 {row.number} 待签收",
        row.clerk.name,
        row.counted_at,
        (rules.total(parts), dropped if row.dropped else "", f"票据存根 {rules.yuan(row.stubs)}"),
        page("money-slip", row.hall.code, row.pk),
        due=rules.end_of_day(row.counted_at, days=0),
    )


def _differences() -> QuerySet[Difference]:
    return Difference.objects.select_related("hall__region__parent", "clerk")


def _waiting_differences(user: User) -> QuerySet[Difference]:
    mine = user.hall_ids("money.confirm")
    rows = _differences().filter(hall__in=mine, explained_at__isnull=False, confirmed_at=None)
    return rows.exclude(clerk=user)


def _tell_differences(rows: Sequence[Difference], now: datetime) -> list[Told]:
    sides = money.sides_of(rows)
    return [_tell_difference(row, sides.get((row.hall_id, row.day, row.clerk_id))) for row in rows]


def _tell_difference(row: Difference, sides: money.ClerkDay | None) -> Told:
    sums = ""
    if sides is not None and row.leg in sides.counted:
        sums = rules.difference(sides.system[row.leg], sides.counted[row.leg], unit="元")
    return Told(
        f"{row.clerk.name} {day_words(row.day)}{row.get_leg_display()}{row.words}",
        row.clerk.name,
        row.explained_at or row.found_at,
        (sums, f"原因:{row.reason}"),
        page("money-differences", row.hall.code),
        due=rules.end_of_day(row.explained_at or row.found_at, days=0),
    )


def _closings() -> QuerySet[DailyClosing]:
    return DailyClosing.objects.select_related("hall__region__parent", "opened_by")


def _waiting_closings(user: User) -> QuerySet[DailyClosing]:
    agrees = Q(system=F("stubs"), cash=F("system") - F("pos") - F("scan") - F("cheque"))
    rows = _closings().filter(hall__in=user.hall_ids("money.confirm"), exception_at=None)
    return rows.exclude(state=ClosingState.SUBMITTED).exclude(agrees)


def _tell_closing(row: DailyClosing, now: datetime) -> Told:
    return Told(
        f"{day_words(row.day)}营业日结有差额,待店长说明",
        row.opened_by.name,
        row.opened_at,
        (row.ways.sentence,),
        page("closing", row.hall.code, row.day.isoformat()),
        due=time.day_bounds(row.day)[1],
    )


# ---- 调拨 (R-S-11) ----------------------------------------------------------------------------------------------


def _transfers() -> QuerySet[StockTransfer]:
    return StockTransfer.objects.select_related("item", "from_hall", "to_hall__region__parent", "sent_by")


def _arriving(user: User) -> QuerySet[StockTransfer]:
    return _transfers().filter(to_hall__in=user.hall_ids("money.manage"), received_at=None)


def _tell_transfer(row: StockTransfer, now: datetime) -> Told:
    serials = f"号段 {row.serial_first}–{row.serial_last}" if row.serial_first else ""
    return Told(
        f"{row.item} × {row.quantity},从{row.from_hall.name}调来",
        row.sent_by.name,
        row.sent_at,
        (serials,),
        page("stock-hall", row.to_hall.code),
    )


# ---- 退费与补偿 (R-C-10 … 14) -----------------------------------------------------------------------------------


def _within_rung(user: User, hall: str) -> Q:
    """A sum whose rung, or a lower one than the person's, may be agreed to at the hall."""
    found = Q(pk__in=[])
    for rung in Rung:
        may = set().union(*(user.hall_ids(VERB[one.value]) for one in refund_rules.rungs_from(rung.value)))
        found |= Q(rung=rung.value, **{f"{hall}__in": may})
    return found


def _refunds() -> QuerySet[Refund]:
    return Refund.objects.select_related("complaint__hall__region__parent", "asked_by").prefetch_related("payments")


def _asked_refunds(user: User) -> QuerySet[Refund]:
    first = RefundPayment.objects.filter(state=Money.ASKED).exclude(part=Part.SECOND)
    rows = _refunds().filter(_within_rung(user, "complaint__hall"), pk__in=first.values("refund"))
    return rows.filter(complaint__hall__in=user.hall_ids("complaint.see")).exclude(asked_by=user)


def _tell_refund(row: Refund, now: datetime) -> Told:
    sums = rules.refund(row.charged, row.overcharge, row.total, in_halves=row.is_pre)
    return Told(
        f"{row.complaint.number} 退费:{row.item}",
        row.asked_by.name,
        row.asked_at,
        (sums, f"依据:{row.get_ground_display()};须由{row.get_rung_display()}或以上审批", row.reason),
        page("complaint", row.complaint.number),
        due=row.complaint.reply_due_at if row.complaint.is_open else None,
    )


def _proofs(user: User) -> QuerySet[Refund]:
    due = RefundPayment.objects.filter(part=Part.SECOND, state=Money.VERIFYING)
    may = set().union(*(user.hall_ids(VERB[one.value]) for one in refund_rules.rungs_from(Rung.TEAM.value)))
    rows = _refunds().filter(pk__in=due.values("refund"), complaint__hall__in=may & user.hall_ids("complaint.see"))
    return rows.filter(verified_at=None, verify_due_at__isnull=False)


def _tell_proof(row: Refund, now: datetime) -> Told:
    rest = rules.yuan(row.total - row.overcharge)
    return Told(
        f"{row.complaint.number} 预退查证:{row.item}",
        row.asked_by.name,
        row.asked_at,
        (f"本金 {rules.yuan(row.overcharge)} 已退;查证成立再退 {rest}", row.reason),
        page("complaint", row.complaint.number),
        due=row.verify_due_at,
    )


def _offers() -> QuerySet[Compensation]:
    return Compensation.objects.select_related("hall__region__parent", "complaint", "asked_by")


def _asked_offers(user: User) -> QuerySet[Compensation]:
    rows = _offers().filter(_within_rung(user, "hall"), state=Money.ASKED)
    return rows.filter(hall__in=user.hall_ids("complaint.see")).exclude(asked_by=user)


def _tell_offer(row: Compensation, now: datetime) -> Told:
    named = f"{row.complaint.number} 补偿" if row.complaint else "主动补偿"
    return Told(
        f"{named} {rules.yuan(row.amount)}({row.form})",
        row.asked_by.name,
        row.asked_at,
        (f"客户损失 {rules.yuan(row.loss)},补偿 {rules.yuan(row.amount)}", f"原因:{row.reason}"),
        page("complaint", row.complaint.number) if row.complaint else "/complaints/refunds/?tab=offers",
    )


REFUND_VERBS = tuple(VERB.values())


def _hall(row: Any) -> Any:
    return row.hall


MONEY = (
    Source(
        AskKind.TAKING, ("handover.sign", "handover.manage"), _to_take, _handovers, _hall, each(_tell_taking),
        ELSEWHERE, sees="handover.sign",
    ),
    Source(
        AskKind.CONSENT, ("handover.manage",), _leaving, _handovers, _hall, each(_tell_leaving),
        Buttons("同意离岗", ""),
    ),
    Source(
        AskKind.COUNT, ("handover.manage",), _counts, _lines, lambda row: row.handover.hall, each(_tell_count),
        Buttons("确认差额", ""),
    ),
    Source(AskKind.DIFFERENCE, ("money.confirm",), _waiting_differences, _differences, _hall, _tell_differences,
           Buttons("确认", "")),
    Source(AskKind.SLIP, ("money.manage",), _waiting_slips, _slips, _hall, each(_tell_slip), Buttons("签收", "退回")),
    Source(AskKind.CLOSING, ("money.confirm",), _waiting_closings, _closings, _hall, each(_tell_closing), ELSEWHERE),
    Source(
        AskKind.TRANSFER, ("money.manage",), _arriving, _transfers, lambda row: row.to_hall, each(_tell_transfer),
        Buttons("清点相符,接收", ""),
    ),
    Source(
        AskKind.REFUND, REFUND_VERBS, _asked_refunds, _refunds, lambda row: row.complaint.hall, each(_tell_refund),
        Buttons("同意", "驳回"), sees="complaint.see",
    ),
    Source(AskKind.OFFER, REFUND_VERBS, _asked_offers, _offers, _hall, each(_tell_offer), Buttons("同意", "驳回"),
           sees="complaint.see"),
    Source(
        AskKind.PROOF, ("refund.team", "refund.city"), _proofs, _refunds, lambda row: row.complaint.hall,
        each(_tell_proof), Buttons("查证成立", "不成立", agree_needs_words=True), sees="complaint.see",
    ),
)  # fmt: skip
