"""A case being lived, event by event, with the product's own rules; nothing is written meanwhile."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from complaints.actions.journal import stored_state
from complaints.models import Complaint, ComplaintEvent, Deadline
from complaints.queries.policies import VERSIONS
from complaints.rules import chain
from complaints.rules.case import Case, Fact
from complaints.rules.fold import apply
from complaints.rules.timers import timers
from complaints.states import Did
from staff.models import User


@dataclass
class Told:
    """A case being lived: its row, its events so far, its timers so far."""

    complaint: Complaint
    case: Case = field(default_factory=Case)
    events: list[ComplaintEvent] = field(default_factory=list)
    rows: dict[Any, Deadline] = field(default_factory=dict)

    def add(self, did: Did, at: datetime, person: User | None = None, **data: Any) -> None:
        """One more event; what fell due before it has spoken."""
        one = self.complaint
        self.pass_time(at)
        seq, before, pk = one.last_seq + 1, one.last_hash, person.pk if person else None
        made = chain.link(before, case=one.number, seq=seq, person=pk, fact=(did, at, data))
        one.last_seq, one.last_hash = seq, made
        self.events.append(
            ComplaintEvent(complaint=one, seq=seq, did=did, at=at, person=person, data=data, before=before, hash=made)
        )
        apply(self.case, Fact(did, at, data), VERSIONS)
        wanted = timers(self.case, VERSIONS)
        for key, timer in wanted.items():
            facts = {"clock": key[0], "subject": key[1], "level": key[2], "cycle": key[3]}
            row = self.rows.setdefault(key, Deadline(complaint=one, due_at=timer.due_at, **facts))
            if row.fired_at is None:
                row.due_at, row.ended_at = timer.due_at, None
                row.to, row.can_wait = list(timer.to), timer.can_wait
        for key, row in self.rows.items():
            if key not in wanted and row.fired_at is None and row.ended_at is None:
                row.ended_at = at
        for name, value in stored_state(self.case, at).items():
            setattr(one, name, value)

    def pass_time(self, now: datetime) -> None:
        for row in self.rows.values():
            if row.fired_at is None and row.ended_at is None and row.due_at < now:
                row.fired_at = row.told_at = row.due_at + timedelta(seconds=6)
                if row.clock == "handling":
                    self.complaint.level = max(self.complaint.level, row.level)
