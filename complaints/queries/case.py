"""One case as people read it: its clocks, its story."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from complaints.models import Complaint, ComplaintEvent, Deadline
from complaints.queries.policies import VERSIONS
from complaints.rules.case import Case
from complaints.rules.fold import consumed, handling_due
from complaints.states import (
    Clock,
    Did,
    Exempt,
    Flag,
    Ground,
    Identity,
    LateReason,
    Outcome,
    OwnerSaid,
    Part,
    PauseReason,
    Satisfied,
    Source,
    Tier,
    Told,
)
from core import time


@dataclass(frozen=True)
class Moment:
    """One line of the story."""

    at: datetime
    title: str
    who: str = ""
    words: str = ""
    facts: tuple[str, ...] = ()
    tone: str = ""
    is_for_customer: bool = False


FOR_CUSTOMER = {
    *(Did.LOGGED, Did.ACCEPTED, Did.REPLIED, Did.PROMISED, Did.PROMISE_KEPT, Did.CLOSED, Did.REOPENED),
    *(Did.WITHDRAWN, Did.REJECTED, Did.OWNER_ASKED, Did.OWNER_CONFIRMED, Did.REFUND_PAID),
}
QUIET = {Did.NOTED, Did.AMENDED, Did.ATTACHED}
LABELS: dict[str, Any] = {
    "source": Source,
    "identity": Identity,
    "tier": Tier,
    "how": OwnerSaid,
    "outcome": Outcome,
    "satisfied": Satisfied,
    "ground": Ground,
    "part": Part,
    "flag": Flag,
}
WHY: dict[str, Any] = {
    Did.PAUSED: PauseReason,
    Did.EXTENDED: Exempt,
    Did.OVERDUE_EXPLAINED: LateReason,
    Did.REJECTED: OwnerSaid,
}


def story(complaint: Complaint, *, for_customer: bool = False) -> list[Moment]:
    """Everything that happened with what the clocks said, the latest first."""
    events = complaint.events.select_related("person").order_by("seq")
    lines = [_line(one) for one in events]
    if for_customer:
        return [one for one in reversed(lines) if one.is_for_customer]
    lines += [_fired(one) for one in complaint.deadlines.exclude(fired_at=None)]
    in_order = sorted(enumerate(lines), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    return [line for _, line in in_order]


def _line(event: ComplaintEvent) -> Moment:
    data, did = event.data, Did(event.did)
    facts = [str(words(data[name]).label) for name, words in LABELS.items() if data.get(name) in words.values]
    if did in WHY and data.get("why") in WHY[did].values:
        facts.append(str(WHY[did](data["why"]).label))
    facts += [f"{data[name]} 元" for name in ("total", "amount") if data.get(name)]
    facts += [text for name, text in (("team", data.get("name")), ("to", data.get("name"))) if data.get(name) and text]
    facts += [str(data[name]) for name in ("outside_no", "number", "into", "item") if data.get(name)]
    facts += [clock_text(data[name]) for name in ("due", "until", "answer_due", "verify_due") if data.get(name)]
    return Moment(
        at=event.at,
        title=str(did.label),
        who=event.person.name if event.person else "",
        words=str(data.get("words", "")),
        facts=tuple(dict.fromkeys(facts)),
        tone="quiet" if did in QUIET else "",
        is_for_customer=did in FOR_CUSTOMER,
    )


def clock_text(moment: str) -> str:
    local = time.local(datetime.fromisoformat(moment))
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def _fired(row: Deadline) -> Moment:
    assert row.fired_at is not None
    to = "、".join(str(Told(one).label) for one in row.to)
    words = f"{row.get_clock_display()} 第 {row.level} 级"
    return Moment(row.fired_at, str(Clock(row.clock).label), facts=(words, to), tone="alarm")


@dataclass(frozen=True)
class Dial:
    """One clock on the case's page."""

    label: str
    due: datetime | None
    done: datetime | None = None
    is_late: bool = False
    is_paused: bool = False
    used: timedelta | None = None
    share: int = 0


def dials(complaint: Complaint, case: Case, now: datetime) -> list[Dial]:
    """The clocks that run or have ended; the handling first."""
    found = []
    if case.handling is not None:
        used, total = consumed(case, now, VERSIONS), case.handling.total
        share = min(100, max(0, round(100 * used / total))) if total else 100
        found.append(
            Dial(
                str(Clock.HANDLING.label),
                handling_due(case, VERSIONS),
                done=case.closed_at,
                is_late=case.handling_late,
                is_paused=case.paused_at is not None,
                used=used,
                share=share,
            )
        )
    for (clock, _), span in case.spans.items():
        late = span.due < (span.ended or now)
        label = str(Clock(clock).label)
        if span.ended is None or clock in {Clock.REPLY, Clock.BOOK}:
            found.append(Dial(label, span.due, done=span.ended, is_late=late))
    return found
