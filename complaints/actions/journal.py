"""The one writer of a case: events, state, timers, in one transaction, under the case's lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from complaints import live
from complaints.models import Complaint, ComplaintEvent, Deadline
from complaints.queries import history
from complaints.queries.policies import VERSIONS
from complaints.rules import chain, moves, timers
from complaints.rules.case import Case, Fact
from complaints.rules.fold import apply, consumed, fold, handling_due, notice_time
from complaints.states import Clock, Did
from core.errors import Refused
from staff.models import User


@dataclass(frozen=True)
class Entry:
    """Something to write down."""

    did: Did
    data: Mapping[str, Any] = field(default_factory=dict)


def locked(complaint_id: int) -> Complaint:
    """The case's row, held until commit. Raises Complaint.DoesNotExist."""
    rows = Complaint.objects.select_for_update(of=("self",))
    return rows.select_related("hall__region__parent", "category", "team", "customer", "handler", "first_handler").get(
        pk=complaint_id
    )


def write(complaint: Complaint, *entries: Entry, person: User | None, now: datetime, **changes: Any) -> Case:
    """Append events to a locked case and bring its state and timers after them; `changes` are plain facts of the row.

    Raises Refused("bad_move") when one of them does not fit; then nothing was written.
    """
    facts = history.facts(complaint)
    case = fold(facts, VERSIONS)
    at = max([now, *(fact.at for fact in facts[-1:])])
    notice_time(case, at, VERSIONS)
    rows = []
    for entry in entries:
        if not moves.fits(entry.did, case):
            raise Refused("bad_move", _sentence(complaint, entry.did, case))
        apply(case, Fact(entry.did, at, entry.data), VERSIONS)
        rows.append(_event(complaint, entry, person, at))
    ComplaintEvent.objects.bulk_create(rows)
    for name, value in changes.items():
        setattr(complaint, name, value)
    materialise(complaint, case, at)
    complaint.save(update_fields=[*MATERIALISED, "last_seq", "last_hash", *changes])
    settle_timers(complaint, case, at)
    live.complaint_changed(complaint, complaint.hall)
    return case


def _sentence(complaint: Complaint, did: str, case: Case) -> str:
    word = Did(did).label
    if did == Did.PAUSED and case.handling_late:
        return f"{complaint.number} 已超时,不能暂停计时。请尽快答复客户。"
    if did == Did.EXTENDED and case.is_extended:
        return f"{complaint.number} 已延期过一次,不能再延。"
    return f"{complaint.number} 现在是「{complaint.get_status_display()}」,不能「{word}」。请看过最新内容后再操作。"


def _event(complaint: Complaint, entry: Entry, person: User | None, at: datetime) -> ComplaintEvent:
    """The next link of the chain."""
    seq, before = complaint.last_seq + 1, complaint.last_hash
    data = dict(entry.data)
    pk = person.pk if person else None
    made = chain.link(before, case=complaint.number, seq=seq, person=pk, fact=(entry.did, at, data))
    complaint.last_seq, complaint.last_hash = seq, made
    return ComplaintEvent(
        complaint=complaint, seq=seq, did=entry.did, at=at, person=person, data=data, before=before, hash=made
    )


MATERIALISED = (
    "status",
    "tier",
    "policy",
    "accepted_at",
    "clock_from",
    "first_replied_at",
    "closed_at",
    "paused_at",
    "handling_due_at",
    "reply_due_at",
    "next_due_at",
    "consumed_seconds",
    "handling_late",
    "reply_late",
    "reopened",
    "contacts",
)


def stored_state(case: Case, at: datetime) -> dict[str, Any]:
    """What the row keeps of a case, at the moment of its last event."""
    reply = case.span(Clock.REPLY)
    owner = case.span(Clock.OWNER)
    waiting = owner.due if owner is not None and owner.ended is None else None
    return {
        "status": str(case.status),
        "tier": str(case.tier),
        "policy": case.policy,
        "accepted_at": case.accepted_at,
        "clock_from": case.clock_from,
        "first_replied_at": case.first_replied_at,
        "closed_at": case.closed_at,
        "paused_at": case.paused_at,
        "handling_due_at": handling_due(case, VERSIONS),
        "reply_due_at": reply.due if reply is not None else None,
        "next_due_at": waiting or timers.answer_before(case, VERSIONS),
        "consumed_seconds": max(0, int(consumed(case, at, VERSIONS).total_seconds())),
        "handling_late": case.handling_late,
        "reply_late": case.reply_late,
        "reopened": case.reopened,
        "contacts": case.contacts,
    }


def materialise(complaint: Complaint, case: Case, at: datetime) -> None:
    for name, value in stored_state(case, at).items():
        setattr(complaint, name, value)


def settle_timers(complaint: Complaint, case: Case, at: datetime) -> None:
    """Make the unfired rows say what the case says: new ones, moved ones, ended ones. Fired rows stay as they are."""
    wanted = timers.timers(case, VERSIONS)
    rows = {(row.clock, row.subject, row.level, row.cycle): row for row in complaint.deadlines.all()}
    fresh = [
        Deadline(
            complaint=complaint,
            clock=key[0],
            subject=key[1],
            level=key[2],
            cycle=key[3],
            due_at=timer.due_at,
            to=list(timer.to),
            can_wait=timer.can_wait,
        )
        for key, timer in wanted.items()
        if key not in rows
    ]
    changed = []
    for key, row in rows.items():
        if row.fired_at is None and _moved(row, wanted.get(key), at):
            changed.append(row)
    Deadline.objects.bulk_create(fresh)
    Deadline.objects.bulk_update(changed, ["due_at", "ended_at", "to", "can_wait"])


def _moved(row: Deadline, timer: timers.Timer | None, at: datetime) -> bool:
    """Let an unfired row say what its timer says; whether that is anything new."""
    before = row.due_at, row.ended_at, row.to, row.can_wait
    if timer is None:
        row.ended_at = row.ended_at or at
    else:
        row.due_at, row.ended_at, row.to, row.can_wait = timer.due_at, None, list(timer.to), timer.can_wait
    return before != (row.due_at, row.ended_at, row.to, row.can_wait)
