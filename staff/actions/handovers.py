"""A shift is opened and counted (R-S-5, R-S-6, R-S-8); `handover_signing` has what follows."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from core import time
from core.errors import Refused
from core.texts import whole
from halls import queries as hall_queries
from halls.models import Hall, Window
from messaging.actions import alert
from staff import hooks, live
from staff.models import Handover, HandoverLine, HandoverOpenWork, User
from staff.queries import handovers as reads
from staff.queries.people import managers_of
from staff.rules import handovers as rules
from staff.rules import money as money_rules
from staff.rules.stock import serials
from staff.states import HandoverKind, HandoverMode, HandoverState, Measure

S = HandoverState


@dataclass(frozen=True)
class Opening:
    """What is handed over and how. A window for clerks, none for duty managers."""

    hall: Hall
    window: Window | None
    kind: str = HandoverKind.COUNTER
    mode: str = HandoverMode.FACE
    peak_reason: str = ""


@dataclass(frozen=True)
class Count:
    """What was counted of one line; `notes` for lines counted by denomination, instead of `counted`."""

    line_id: int
    counted: Decimal | None = None
    notes: dict[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    remark: str = ""
    reason: str = ""


@transaction.atomic
def start(opening: Opening, *, giver: User, drawn: float, now: datetime) -> Handover:
    """Open the hall's list for a window; `drawn` (0 … 1) decides whether it is counted blind.

    Asked twice by the same person it is the same handover. Raises Refused: handover_open, peak, no_items.
    """
    there = reads.open_at(opening.hall, opening.kind, opening.window)
    if there is not None:
        if there.giver_id == giver.pk:
            return there
        raise Refused("handover_open", f"{there.place}还有{there.giver.name}未完成的交接,请先完成或取消。")
    calm_or_reason(opening.hall, opening.peak_reason, now)
    items = reads.count_items(opening.hall, opening.kind, time.business_day(now))
    if not items:
        raise Refused("no_items", "本厅还没有交接项目,请店长先在「交接清单」里添加。")
    handover = _create(opening, giver, drawn, now)
    shift = reads.Shift(opening.hall, opening.window, giver, handover.day)
    lines = []
    for order, item in enumerate(items):
        carried = reads.paid_in(item, shift)
        line = HandoverLine(handover=handover, item=item, order=order, carried=carried)
        line.system = reads.system_value(item, shift)
        lines.append(line)
    HandoverLine.objects.bulk_create(lines)
    list_open_work(handover, now)
    live.handover_moved(opening.hall, handover.state, handover.pk)
    return handover


def _create(opening: Opening, giver: User, drawn: float, now: datetime) -> Handover:
    share = hall_queries.number(rules.BLIND_SHARE, opening.hall, now)
    is_blind = opening.kind == HandoverKind.COUNTER and rules.is_blind(drawn, share)
    try:
        with transaction.atomic():
            return Handover.objects.create(
                hall=opening.hall,
                window=opening.window,
                kind=opening.kind,
                mode=opening.mode,
                day=time.business_day(now),
                is_blind=is_blind,
                revealed_at=None if is_blind else now,
                peak_reason=opening.peak_reason.strip()[:100],
                giver=giver,
                opened_at=now,
            )
    except IntegrityError as error:
        raise Refused("handover_open", "这个窗口刚刚有人开始交接,请刷新后再看。") from error


def calm_or_reason(hall: Hall, reason: str, now: datetime) -> None:
    """R-S-8, R-Q-13: at peak the next calm half hour is proposed, and going on asks a reason."""
    if reason.strip() or not hooks.is_peak(hall, now):
        return
    calm = reads.next_calm(hall, now)
    when = f"建议 {time.local(calm):%H:%M} 后交接" if calm else "建议客流回落后再交接"
    raise Refused("peak", f"现在是客流高峰,{when}。如必须现在交接,请填写原因。")


def list_open_work(handover: Handover, now: datetime) -> None:
    """Bring the list up to date: what is new is added, what was finished meanwhile goes."""
    found = hooks.open_work(handover.hall, handover.giver, now)
    handover.open_work.exclude(key__in=[one.key for one in found]).delete()
    known = set(handover.open_work.values_list("key", flat=True))
    HandoverOpenWork.objects.bulk_create(
        HandoverOpenWork(
            handover=handover,
            key=one.key[:80],
            kind=one.kind[:20],
            title=one.title[:120],
            detail=one.detail[:200],
            url=one.url[:200],
        )
        for one in found
        if one.key not in known
    )


def locked(handover_id: int) -> Handover:
    """The handover, held until commit. Raises Handover.DoesNotExist."""
    rows = Handover.objects.select_for_update(of=("self",))
    return rows.select_related("hall__region__parent", "window", "giver", "taker").get(pk=handover_id)


def move(handover: Handover, state: str, *fields: str) -> None:
    """The only writer of `state`. Raises Refused("bad_move")."""
    if not rules.can_move(handover.state, state):
        raise Refused("bad_move", f"交接{handover.get_state_display()},不能再这样操作。")
    handover.state = state
    handover.save(update_fields=["state", *fields])
    live.handover_moved(handover.hall, state, handover.pk)


def filling_of(handover_id: int, giver: User) -> Handover:
    handover = locked(handover_id)
    if handover.giver_id != giver.pk:
        raise Refused("not_yours", f"这是{handover.giver.name}的交接,只能由本人清点和签名。")
    if handover.state != S.FILLING:
        raise Refused("bad_move", f"交接{handover.get_state_display()},不能再改清点数。")
    return handover


@transaction.atomic
def count(handover_id: int, counts: Collection[Count], *, giver: User, now: datetime) -> Handover:
    """Write down what the giver counted; a changed count loses its manager's confirmation.

    In a blind handover the books are shown once every line has a count. Raises Refused: not_yours, bad_move,
    below_zero, not_whole, bad_serials, no_line.
    """
    handover = filling_of(handover_id, giver)
    lines = {line.pk: line for line in handover.lines.select_related("item")}
    for given in counts:
        line = lines.get(given.line_id)
        if line is None:
            raise Refused("no_line", "清点项目不属于这次交接,请刷新后再填。")
        _write(line, given)
    HandoverLine.objects.bulk_update(lines.values(), WRITTEN)
    if handover.revealed_at is None and rules.uncounted(reads.facts(lines.values())) == 0:
        handover.revealed_at = now
        handover.save(update_fields=["revealed_at"])
    _ask_managers(handover, [line for line in lines.values() if line.difference and line.reason])
    return handover


WRITTEN = (
    "counted",
    "first_counted",
    "notes",
    "serial_first",
    "serial_last",
    "remark",
    "reason",
    "confirmed_by",
    "confirmed_at",
)


def _write(line: HandoverLine, given: Count) -> None:
    before = (line.counted, line.reason)
    counted = _total(line, given)
    if counted is not None:
        _check_amount(line, counted)
        line.counted = counted
        line.notes = given.notes
        if line.first_counted is None:
            line.first_counted = counted
    if given.first and serials(given.first, given.last) is None:
        raise Refused("bad_serials", f"{line.item.label}的起号和止号对不上,请核对。")
    line.serial_first, line.serial_last = given.first.strip().upper()[:30], given.last.strip().upper()[:30]
    line.remark, line.reason = whole(given.remark, 200, "备注"), whole(given.reason, 100, "原因")
    if (line.counted, line.reason) != before:
        line.confirmed_by = line.confirmed_at = None


def _total(line: HandoverLine, given: Count) -> Decimal | None:
    """What lies there and what was paid in before, together."""
    if line.item.by_notes and given.notes:
        return line.carried + money_rules.amount(given.notes)
    return None if given.counted is None else line.carried + given.counted


def _check_amount(line: HandoverLine, counted: Decimal) -> None:
    if counted < 0:
        raise Refused("below_zero", f"{line.item.label}的实点数不能小于 0。")
    if counted > money_rules.MOST or (line.item.measure == Measure.COUNT and counted != int(counted)):
        raise Refused("not_whole", f"{line.item.label}的实点数应为整数,请核对。")


def _ask_managers(handover: Handover, lines: list[HandoverLine]) -> None:
    waiting = [line for line in lines if line.confirmed_at is None]
    if waiting:
        names = "、".join(line.item.label for line in waiting)
        alert(
            [one for one in managers_of(handover.hall_id) if one.pk != handover.giver_id],
            title=f"{handover.place}交接有差额待确认",
            body=f"{handover.giver.name}:{names}",
            url=f"/handovers/{handover.hall.code}/{handover.pk}/",
            key=f"handover-difference:{handover.pk}:{waiting[0].pk}",
        )


@transaction.atomic
def confirm(line_id: int, *, manager: User, now: datetime) -> HandoverLine:
    """A manager stands for a difference (R-S-5). Raises Refused: not_manager, own_difference, no_difference, no_reason,
    confirmed_already, bad_move."""
    line = HandoverLine.objects.select_related("item").get(pk=line_id)
    handover = locked(line.handover_id)
    manager_of(handover, manager, "确认差额")
    line.refresh_from_db()
    if not handover.is_open:
        raise Refused("bad_move", "交接已经结束,不能再确认差额。")
    if not line.difference:
        raise Refused("no_difference", f"{line.item.label}没有差额,不需要确认。")
    if not line.reason:
        raise Refused("no_reason", f"请先填写{line.item.label}的差额原因。")
    if line.confirmed_at is not None:
        raise Refused("confirmed_already", f"{line.item.label}的差额刚被确认过,不用再确认。")
    line.confirmed_by, line.confirmed_at = manager, now
    line.save(update_fields=["confirmed_by", "confirmed_at"])
    live.handover_moved(handover.hall, "confirmed", handover.pk)
    return line


def manager_of(handover: Handover, manager: User, what: str) -> None:
    if not manager.may("handover.manage", handover.hall):
        raise Refused("not_manager", f"请值班经理或店长{what}。")
    if manager.pk in (handover.giver_id, handover.taker_id if handover.mode == HandoverMode.NIGHT else None):
        raise Refused("own_difference", f"不能为自己的交接{what},请另一位值班经理、店长或区县主管{what}。")


def may_take(handover: Handover, taker: User) -> None:
    if taker.pk == handover.giver_id:
        raise Refused("same_person", "交班人和接班人不能是同一人。")
    verb = "handover.manage" if handover.kind == HandoverKind.DUTY else "handover.sign"
    if not taker.may(verb, handover.hall):
        raise Refused("not_allowed", f"{taker.name}没有在本厅接班的权限,请核对。")


@transaction.atomic
def recount(handover_id: int, counts: Collection[Count], *, counter: User, now: datetime) -> Handover:
    """复点: the second count of a night's handover, by another person (R-S-6).

    Raises Refused: not_night, bad_move, same_person, not_allowed, below_zero, not_whole, no_line.
    """
    handover = locked(handover_id)
    if not handover.is_night:
        raise Refused("not_night", "当面交接不需要复点。")
    if not handover.is_waiting:
        raise Refused("bad_move", "交班人签名后才能复点。")
    may_take(handover, counter)
    lines = {line.pk: line for line in handover.lines.select_related("item")}
    for given in counts:
        line = lines.get(given.line_id)
        if line is None:
            raise Refused("no_line", "清点项目不属于这次交接,请刷新后再填。")
        _write_again(line, given)
    HandoverLine.objects.bulk_update(lines.values(), ["recounted", "reason", "confirmed_by", "confirmed_at"])
    return handover


def _write_again(line: HandoverLine, given: Count) -> None:
    before = line.difference
    counted = _total(line, given)
    if counted is not None:
        _check_amount(line, counted)
        line.recounted = counted
    line.reason = whole(given.reason, 100, "原因") or line.reason
    if line.difference != before:
        line.confirmed_by = line.confirmed_at = None


@transaction.atomic
def cancel(handover_id: int, *, giver: User) -> Handover:
    """Started by mistake. Raises Refused: not_yours, bad_move."""
    handover = filling_of(handover_id, giver)
    move(handover, S.CANCELLED)
    return handover
