"""How a case ends, and how it comes back."""

from datetime import datetime

from django.db import transaction

from complaints.actions import texts_out
from complaints.actions.journal import Entry, locked, write
from complaints.models import Complaint
from complaints.queries import history
from complaints.queries.policies import VERSIONS
from complaints.rules.fold import handling_due
from complaints.rules.texts import SHORT, clean, needed
from complaints.states import OPEN, WORKING, Clock, Did, Kind, Outcome, Satisfied, Status
from core.errors import Refused
from staff.models import User


@transaction.atomic
def close(complaint_id: int, outcome: str, words: str, *, person: User, now: datetime) -> Complaint:
    """办结: the customer was told the result. On time when this moment is not after the limit (R-C-5)."""
    if outcome not in Outcome.values:
        raise Refused("bad_outcome", "请选择处理结果。")
    complaint = locked(complaint_id)
    data = {"words": needed(words, "答复客户的结果"), "outcome": outcome}
    write(complaint, Entry(Did.CLOSED, data), person=person, now=now, outcome=outcome)
    texts_out.tell_result(complaint)
    return complaint


@transaction.atomic
def follow_up(complaint_id: int, satisfied: str, words: str, *, person: User, now: datetime) -> Complaint:
    """回访: whether the customer is satisfied now. 未联系上 leaves it open for another call."""
    if satisfied not in Satisfied.values:
        raise Refused("bad_answer", "请选择回访结果。")
    complaint = locked(complaint_id)
    data = {"satisfied": satisfied, "words": clean(words, "回访记录")}
    write(complaint, Entry(Did.FOLLOWED_UP, data), person=person, now=now, satisfied=satisfied)
    return complaint


@transaction.atomic
def archive(complaint_id: int, *, person: User, now: datetime) -> Complaint:
    """归档: nothing is left to do. Raises Refused: no_follow_up, late_reason_needed, money_open, bad_move."""
    complaint = locked(complaint_id)
    if complaint.status == Status.FOLLOW_UP:
        if complaint.kind == Kind.COMPLAINT and not complaint.satisfied:
            raise Refused("no_follow_up", "请先回访客户并记录满意度,再归档。")
        if complaint.is_late and not complaint.late_reason:
            raise Refused("late_reason_needed", "这张投诉单超过时限,请先说明超时原因,再归档。")
        if any(
            span.ended is None for (clock, _), span in history.case_of(complaint).spans.items() if clock == Clock.VERIFY
        ):
            raise Refused("money_open", "预退款还没有查证,请先查证再归档。")
    write(complaint, Entry(Did.ARCHIVED), person=person, now=now)
    return complaint


@transaction.atomic
def reopen(complaint_id: int, reason: str, *, person: User | None, now: datetime) -> Complaint:
    """The customer is not content: what was left of the time runs on; an old breach stays on record."""
    complaint = locked(complaint_id)
    data = {"words": needed(reason, "重新处理的原因", most=SHORT)}
    changes = {"outcome": "", "satisfied": ""}
    write(complaint, Entry(Did.REOPENED, data), person=person, now=now, **changes)
    return complaint


@transaction.atomic
def withdraw(complaint_id: int, words: str, *, person: User | None, now: datetime) -> Complaint:
    """The customer takes it back; every timer ends in this transaction."""
    complaint = locked(complaint_id)
    write(complaint, Entry(Did.WITHDRAWN, {"words": needed(words, "撤回原因", most=SHORT)}), person=person, now=now)
    return complaint


@transaction.atomic
def merge(complaint_id: int, into_id: int, *, person: User, now: datetime) -> Complaint:
    """Two complaints of one matter become one: the earliest deadline wins, the other's timers end here and now.

    Raises Refused: same_case, other_hall, other_customer, bad_move.
    """
    if complaint_id == into_id:
        raise Refused("same_case", "不能并入自己。")
    rows = {pk: locked(pk) for pk in sorted((complaint_id, into_id))}
    loser, winner = rows[complaint_id], rows[into_id]
    if loser.hall_id != winner.hall_id:
        raise Refused("other_hall", "两张投诉单不在同一营业厅,不能合并。")
    if loser.phone and winner.phone and loser.phone != winner.phone:
        raise Refused("other_customer", "两张投诉单不是同一位客户的,不能合并。")
    if winner.status not in WORKING or loser.status not in OPEN:
        raise Refused("bad_move", "只能把未办结的投诉单并入另一张处理中的投诉单。")
    case = history.case_of(loser)
    data: dict[str, object] = {"number": loser.number}
    moments = {
        "handling_due": handling_due(case, VERSIONS),
        "reply_due": case.spans[Clock.REPLY, 0].due if case.is_running(Clock.REPLY) else None,
        "book_due": case.spans[Clock.BOOK, 0].due if case.is_running(Clock.BOOK) else None,
    }
    data |= {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
    write(loser, Entry(Did.MERGED, {"into": winner.number}), person=person, now=now, merged_into=winner)
    write(winner, Entry(Did.ABSORBED, data), person=person, now=now)
    return winner
