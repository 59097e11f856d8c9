"""The work on a case: who has it, what the customer is told, what is promised, what is noted."""

from datetime import datetime

from django.db import transaction

from complaints.actions.journal import Entry, locked, write
from complaints.models import Complaint
from complaints.queries import history
from complaints.queries.policies import VERSIONS
from complaints.rules.texts import SHORT, clean, needed
from complaints.states import Did, Exempt, Flag, LateReason, PauseReason, Source, Status
from core.errors import Refused
from staff.models import User


@transaction.atomic
def take(complaint_id: int, *, person: User, now: datetime) -> Complaint:
    """The person handles it from now on; the first handler stays who they were (R-C-2)."""
    return _give(complaint_id, person, "", person=person, now=now)


@transaction.atomic
def transfer(complaint_id: int, to: User, words: str, *, person: User, now: datetime) -> Complaint:
    """Give the handling to somebody else."""
    return _give(complaint_id, to, clean(words, "说明", most=SHORT), person=person, now=now)


def _give(complaint_id: int, to: User, words: str, *, person: User, now: datetime) -> Complaint:
    complaint = locked(complaint_id)
    if complaint.handler_id == to.pk:
        raise Refused("same_handler", f"{to.name} 已经是这张投诉单的处理人。")
    data = {"to": to.staff_no, "name": to.name, "words": words}
    write(complaint, Entry(Did.TAKEN, data), person=person, now=now, handler=to)
    return complaint


@transaction.atomic
def change_first_handler(complaint_id: int, to: User, reason: str, *, person: User, now: datetime) -> Complaint:
    """R-C-2: only when the first handler can't follow it any more; who it was stays on record."""
    complaint = locked(complaint_id)
    if complaint.first_handler_id == to.pk:
        raise Refused("same_handler", f"{to.name} 已经是首问责任人。")
    before = complaint.first_handler
    data = {
        "to": to.staff_no,
        "name": to.name,
        "before": before.staff_no if before else "",
        "words": needed(reason, "改派原因", most=SHORT),
    }
    write(complaint, Entry(Did.FIRST_CHANGED, data), person=person, now=now, first_handler=to)
    return complaint


@transaction.atomic
def add_helper(complaint_id: int, to: User, *, person: User, now: datetime) -> Complaint:
    complaint = locked(complaint_id)
    if complaint.helpers.filter(pk=to.pk).exists():
        raise Refused("helps_already", f"{to.name} 已在协办人中。")
    write(complaint, Entry(Did.HELPER_ADDED, {"to": to.staff_no, "name": to.name}), person=person, now=now)
    complaint.helpers.add(to)
    return complaint


@transaction.atomic
def remove_helper(complaint_id: int, to: User, *, person: User, now: datetime) -> Complaint:
    complaint = locked(complaint_id)
    if not complaint.helpers.filter(pk=to.pk).exists():
        raise Refused("no_helper", f"{to.name} 不在协办人中。")
    write(complaint, Entry(Did.HELPER_LEFT, {"to": to.staff_no, "name": to.name}), person=person, now=now)
    complaint.helpers.remove(to)
    return complaint


@transaction.atomic
def note(complaint_id: int, words: str, *, person: User, now: datetime) -> Complaint:
    """For colleagues only: it moves no clock."""
    complaint = locked(complaint_id)
    write(complaint, Entry(Did.NOTED, {"words": needed(words, "备注")}), person=person, now=now)
    return complaint


@transaction.atomic
def reply(complaint_id: int, words: str, *, person: User, now: datetime) -> Complaint:
    """The customer was told something; the first time stops the clock of R-C-7."""
    complaint = locked(complaint_id)
    write(complaint, Entry(Did.REPLIED, {"words": needed(words, "答复内容")}), person=person, now=now)
    return complaint


@transaction.atomic
def promise(complaint_id: int, words: str, due_at: datetime, *, person: User, now: datetime) -> Complaint:
    """Something with a time was promised to the customer; it has a clock of its own (R-C-22)."""
    if due_at <= now:
        raise Refused("past", "答应客户的时间应晚于现在。")
    complaint = locked(complaint_id)
    data = {"words": needed(words, "答应的事", most=SHORT), "due": due_at.isoformat()}
    write(complaint, Entry(Did.PROMISED, data), person=person, now=now)
    return complaint


@transaction.atomic
def keep_promise(complaint_id: int, number: int, *, person: User, now: datetime) -> Complaint:
    """Raises Refused: no_promise, bad_move."""
    complaint = locked(complaint_id)
    if not history.case_of(complaint).is_running("promise", number):
        raise Refused("no_promise", "这件答应的事已经了结。")
    write(complaint, Entry(Did.PROMISE_KEPT, {"promise": number}), person=person, now=now)
    return complaint


@transaction.atomic
def pause(complaint_id: int, why: str, words: str, *, person: User, now: datetime) -> Complaint:
    """Only for a reason that the limits allow. Raises Refused: no_pause, bad_move, words_needed."""
    complaint = locked(complaint_id)
    if why not in VERSIONS[complaint.policy].pause_reasons:
        allowed = "、".join(PauseReason(one).label for one in sorted(VERSIONS[complaint.policy].pause_reasons))
        raise Refused("no_pause", f"时限规则只允许这些情况暂停:{allowed}。" if allowed else "时限规则不允许暂停计时。")
    data = {"why": why, "words": needed(words, "暂停原因", most=SHORT)}
    write(complaint, Entry(Did.PAUSED, data), person=person, now=now)
    return complaint


@transaction.atomic
def resume(complaint_id: int, *, person: User, now: datetime) -> Complaint:
    complaint = locked(complaint_id)
    write(complaint, Entry(Did.RESUMED), person=person, now=now)
    return complaint


@transaction.atomic
def extend(complaint_id: int, why: str, until: datetime, words: str, *, person: User, now: datetime) -> Complaint:
    """R-C-8: once, for interconnect or inter-province cases, by at most the policy's hours. `person` approves.

    Raises Refused: not_exempt, bad_move, too_far, past.
    """
    if why not in Exempt.values:
        raise Refused("not_exempt", "只有互联互通和跨省协调的投诉可以延期。")
    complaint = locked(complaint_id)
    policy, due = VERSIONS[complaint.policy], complaint.handling_due_at
    if due is None:
        raise Refused("bad_move", f"{complaint.number} 没有正在计算的处理时限,不能延期。")
    if until <= max(now, due):
        raise Refused("past", "新的到期时间应晚于现在和原到期时间。")
    if policy.counted_on(complaint.tier).elapsed(due, until).total_seconds() > policy.extension * 3600:
        raise Refused("too_far", f"最多比原到期时间延后 {policy.extension} 小时。")
    data = {
        "why": why,
        "until": until.isoformat(),
        "before": due.isoformat(),
        "words": needed(words, "延期原因", most=SHORT),
    }
    write(complaint, Entry(Did.EXTENDED, data), person=person, now=now)
    return complaint


@transaction.atomic
def flag(complaint_id: int, what: str, words: str, *, person: User, now: datetime) -> Complaint:
    """R-C-15: a regulator or the media know of it. It never moves a clock."""
    if what not in Flag.values:
        raise Refused("bad_flag", "请选择是谁在关注。")
    complaint = locked(complaint_id)
    data = {"flag": what, "words": needed(words, "说明", most=SHORT)}
    write(complaint, Entry(Did.FLAGGED, data), person=person, now=now, flag=what)
    return complaint


@transaction.atomic
def review(complaint_id: int, words: str, *, person: User, now: datetime) -> Complaint:
    """A manager has read an entry of the opinion book (R-C-18); with the call-back its clock ends."""
    complaint = locked(complaint_id)
    if complaint.source != Source.BOOK:
        raise Refused("not_book", "只有意见簿的内容需要批阅。")
    write(complaint, Entry(Did.REVIEWED, {"words": needed(words, "批阅意见")}), person=person, now=now)
    return complaint


@transaction.atomic
def explain_late(complaint_id: int, why: str, words: str, *, person: User, now: datetime) -> Complaint:
    """R-C-16: why it was late. Raises Refused: not_late, bad_reason."""
    if why not in LateReason.values:
        raise Refused("bad_reason", "请选择超时原因。")
    complaint = locked(complaint_id)
    if not (complaint.is_late or _overdue(complaint, now)):
        raise Refused("not_late", f"{complaint.number} 没有超时,不需要说明。")
    data = {"why": why, "words": clean(words, "说明", most=SHORT)}
    write(complaint, Entry(Did.OVERDUE_EXPLAINED, data), person=person, now=now, late_reason=why)
    return complaint


def _overdue(complaint: Complaint, now: datetime) -> bool:
    due = [complaint.handling_due_at, None if complaint.first_replied_at else complaint.reply_due_at]
    return complaint.status != Status.OWNER and any(one is not None and one < now for one in due)
