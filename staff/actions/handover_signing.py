"""Two persons sign a shift over, or wait for the relief (R-S-6, R-S-7); then nothing on it changes any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core import time
from core.errors import Refused
from halls import queries as hall_queries
from messaging.actions import alert
from staff import live
from staff.actions import conduct, duty_logs
from staff.actions.duty import take_over_post
from staff.actions.handovers import (
    calm_or_reason,
    filling_of,
    list_open_work,
    locked,
    manager_of,
    may_take,
    move,
)
from staff.models import Handover, HandoverCorrection, HandoverLine, HandoverOpenWork, User
from staff.queries import handovers as reads
from staff.queries import rosters
from staff.queries.duties import crew
from staff.queries.people import managers_of
from staff.rules import handovers as rules
from staff.rules import money as money_rules
from staff.states import DutySource, HandoverKind, HandoverState, Matter

S = HandoverState


@dataclass(frozen=True)
class Giving:
    """Who is expected to take over, and the words of the 交班日志. `taker` None = the relief is not there."""

    taker: User | None = None
    is_here: bool = True
    due_at: datetime | None = None
    note: str = ""


@transaction.atomic
def give(handover_id: int, giving: Giving, *, giver: User, now: datetime) -> Handover:
    """The giver signs; what is open goes to the taker, or the giver waits for the relief.

    The caller has proved the signature. Raises Refused: not_yours, bad_move, uncounted, unexplained, unconfirmed,
    drawer, peak, same_person, not_allowed.
    """
    handover = filling_of(handover_id, giver)
    lines = list(handover.lines.select_related("item").order_by("order"))
    _check_counts(reads.facts(lines))
    _check_drawer(handover, lines, now)
    calm_or_reason(handover.hall, handover.peak_reason, now)
    if giving.taker is not None:
        may_take(handover, giving.taker)
    list_open_work(handover, now)
    handover.taker = giving.taker
    handover.giver_signed_at = now
    handover.note = giving.note.strip()[:500]
    fields = ["taker", "giver_signed_at", "note", "relief_due_at"]
    if giving.is_here or handover.is_night:
        handover.relief_due_at = None
        move(handover, S.WAITING_TAKER, *fields)
    else:
        handover.relief_due_at = giving.due_at or now
        move(handover, S.WAITING_RELIEF, *fields)
    return handover


def _check_counts(facts: list[rules.Counted]) -> None:
    if missing := rules.uncounted(facts):
        raise Refused("uncounted", f"还有 {missing} 项未清点,不能交班。")
    if missing := rules.unexplained(facts):
        raise Refused("unexplained", f"还有 {missing} 项差额没有填写原因,不能交班。")
    if missing := rules.unconfirmed(facts):
        raise Refused("unconfirmed", f"还有 {missing} 项差额待值班经理或店长确认,不能交班。")


def _check_drawer(handover: Handover, lines: list[HandoverLine], now: datetime) -> None:
    """R-S-9: what stays in the drawer for the next shift."""
    if handover.window is None:
        return
    left: dict[str, int] = {}
    for line in lines:
        for name, pieces in line.notes.items():
            left[name] = left.get(name, 0) + pieces
    sentence = money_rules.drawer_sentence(
        money_rules.small_cash(left),
        left.get(money_rules.HUNDRED, 0),
        limit=Decimal(hall_queries.number(money_rules.DRAWER_LIMIT, handover.hall, now)),
        has_safe=bool(hall_queries.number(money_rules.HAS_SAFE, handover.hall, now)),
    )
    if sentence:
        raise Refused("drawer", sentence)


@transaction.atomic
def accept(work_id: int, *, taker: User, now: datetime) -> HandoverOpenWork:
    """One open thing is the taker's from now on (R-S-5). Raises Refused: bad_move, same_person, not_allowed."""
    work = HandoverOpenWork.objects.get(pk=work_id)
    handover = locked(work.handover_id)
    may_take(handover, taker)
    if not handover.is_waiting:
        raise Refused("bad_move", "交班人签名后才能接收未了事项。")
    if work.accepted_at is None:
        work.accepted_at = now
        work.save(update_fields=["accepted_at"])
    return work


@transaction.atomic
def take(handover_id: int, *, taker: User, accepted: Collection[int], now: datetime) -> Handover:
    """The taker signs and everything is theirs; from this moment the handover is locked.

    The caller has proved the signature; `accepted` are the open things ticked one by one. Raises Refused: same_person,
    not_allowed, bad_move, not_accepted, not_recounted, unexplained, unconfirmed.
    """
    handover = locked(handover_id)
    may_take(handover, taker)
    if not handover.is_waiting:
        raise Refused("bad_move", f"交接{handover.get_state_display()},现在不能接班签名。")
    if handover.giver_signed_at is None or now <= handover.giver_signed_at:
        raise Refused("too_early", "接班签名应在交班签名之后,请核对电脑时间。")
    handover.open_work.filter(pk__in=accepted, accepted_at=None).update(accepted_at=now)
    if left := handover.open_work.filter(accepted_at=None).count():
        raise Refused("not_accepted", f"还有 {left} 件未了事项没有逐件接收,不能接班。")
    lines = list(handover.lines.select_related("item"))
    if handover.is_night and (left := sum(line.recounted is None for line in lines)):
        raise Refused("not_recounted", f"还有 {left} 项未复点,不能接班。")
    _check_counts(reads.facts(lines))
    handover.taker, handover.taker_signed_at = taker, now
    if handover.kind == HandoverKind.DUTY:
        _pass_post(handover, taker, now)
    move(handover, S.DONE, "taker", "taker_signed_at")
    return handover


def _pass_post(handover: Handover, taker: User, now: datetime) -> None:
    """The post of the day goes with the signature, and the giver's log of the day is signed."""
    shift = rosters.shift_of(taker, time.business_day(now))
    ends = time.day_bounds(time.business_day(now))[1]
    until = shift.ends_at if shift and shift.ends_at > now else ends
    take_over_post(handover.hall, taker, at=now, until=until, source=DutySource.HANDOVER)
    duty_logs.fill(handover.hall, handover.day, now)


@transaction.atomic
def relief_came(handover_id: int, *, giver: User) -> Handover:
    """The relief has arrived after all. Raises Refused: not_yours, bad_move."""
    handover = locked(handover_id)
    if handover.giver_id != giver.pk:
        raise Refused("not_yours", f"这是{handover.giver.name}的交接。")
    move(handover, S.WAITING_TAKER)
    return handover


@transaction.atomic
def consent(handover_id: int, note: str, *, manager: User, now: datetime) -> Handover:
    """R-S-7: the duty manager lets the giver go although nobody has come. The taker signs later.

    Raises Refused: not_manager, own_difference, bad_move.
    """
    handover = locked(handover_id)
    manager_of(handover, manager, "同意离岗")
    if handover.state != S.WAITING_RELIEF:
        raise Refused("bad_move", "只有等候接班人的交接才需要同意离岗。")
    handover.consent_by, handover.consent_at, handover.consent_note = manager, now, note.strip()[:100]
    move(handover, S.WAITING_TAKER, "consent_by", "consent_at", "consent_note")
    return handover


@transaction.atomic
def note_left(handover_id: int, *, manager: User, now: datetime) -> Handover:
    """R-S-7: the giver went without relief or consent. It stays on the handover, and goes into the register of
    violations to be looked into (R-S-20). Raises Refused: not_manager, own_difference, bad_move."""
    handover = locked(handover_id)
    manager_of(handover, manager, "登记离岗")
    if handover.state != S.WAITING_RELIEF or handover.left_at is not None:
        raise Refused("bad_move", "只有等候接班人、尚未同意离岗的交接才能登记离岗。")
    handover.left_at = now
    handover.save(update_fields=["left_at"])
    if crew(handover.hall, time.business_day(now)).filter(pk=handover.giver_id).exists():
        what = f"{handover.window or handover.hall}交接时接班人未到,未经值班经理同意离岗。"
        seen = conduct.Seen(Matter.LEFT_POST, what, now)
        conduct.note(handover.hall, handover.giver, seen, actor=manager, now=now)
    live.handover_moved(handover.hall, "left", handover.pk)
    return handover


@transaction.atomic
def reopen(handover_id: int, *, giver: User) -> Handover:
    """The giver takes the signature back before the other has signed. Raises Refused: not_yours, bad_move."""
    handover = locked(handover_id)
    if handover.giver_id != giver.pk:
        raise Refused("not_yours", f"这是{handover.giver.name}的交接。")
    handover.giver_signed_at = None
    move(handover, S.FILLING, "giver_signed_at")
    handover.lines.update(recounted=None)
    return handover


@dataclass(frozen=True)
class Correction:
    """What should have been signed, for one line or for the whole."""

    after: str
    reason: str
    line_id: int | None = None


@transaction.atomic
def correct(handover_id: int, given: Correction, *, actor: User, now: datetime) -> HandoverCorrection:
    """有更正: a new entry beside what was signed. Raises Refused: not_manager, not_done, no_reason, no_line."""
    handover = locked(handover_id)
    if not actor.may("handover.manage", handover.hall):
        raise Refused("not_manager", "更正由值班经理或店长登记。")
    if handover.state != S.DONE:
        raise Refused("not_done", "交接还没有完成,可以直接修改,不需要更正。")
    if not given.reason.strip() or not given.after.strip():
        raise Refused("no_reason", "请填写更正后的内容和原因。")
    line = handover.lines.filter(pk=given.line_id).first() if given.line_id else None
    if given.line_id and line is None:
        raise Refused("no_line", "更正的项目不属于这次交接。")
    correction = HandoverCorrection.objects.create(
        handover=handover,
        line=line,
        before="" if line is None or line.final is None else f"{line.final.normalize():f}",
        after=given.after.strip()[:60],
        reason=given.reason.strip()[:100],
        actor=actor,
        at=now,
    )
    live.handover_moved(handover.hall, "corrected", handover.pk)
    return correction


def tell_of_late_reliefs(now: datetime) -> int:
    """R-S-7: managers learn once that somebody waits for the relief. Found by a sweep; returns how many were new."""
    told = 0
    for handover in reads.late(now):
        if handover.minutes_late(now) < hall_queries.number(rules.RELIEF_LATE, handover.hall, now):
            continue
        if Handover.objects.filter(pk=handover.pk, told_late_at=None, state__in=rules.WAITING).update(told_late_at=now):
            alert(
                managers_of(handover.hall_id),
                title=f"{handover.place}接班人未到",
                body=f"{handover.giver.name}已等候 {handover.minutes_late(now)} 分钟,请安排接班或同意离岗。",
                url=f"/handovers/{handover.hall.code}/{handover.pk}/",
                key=f"relief-late:{handover.pk}",
            )
            told += 1
    return told
