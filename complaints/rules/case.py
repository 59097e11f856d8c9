"""What a case is made of: its events as the rules see them, its clocks, its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from complaints.rules.clocks import ZERO
from complaints.rules.policy import Policy
from complaints.states import Kind, Status

Policies = Mapping[int, Policy]


@dataclass(frozen=True)
class Fact:
    """One event as the rules see it."""

    did: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    def moment(self, name: str) -> datetime | None:
        value = self.data.get(name)
        return datetime.fromisoformat(value) if value else None


@dataclass
class Handling:
    """The clock of R-C-5: runs, rests while paused or closed, and resumes with what is left.

    `limit` is the policy's, `extra` what an extension, a merge or a reopening added or took; `due` is known only while
    it runs. `cycle` grows when the same levels must be able to speak again: after an extension, a new policy or a
    reopening.
    """

    limit: timedelta
    extra: timedelta = ZERO
    consumed: timedelta = ZERO
    since: datetime | None = None
    cycle: int = 1
    cycle_from: datetime | None = None

    @property
    def total(self) -> timedelta:
        return self.limit + self.extra


@dataclass
class Span:
    """A plain clock from a moment to a moment, once; the customer's reply, a promise, a team's answer."""

    begins: datetime
    due: datetime
    ended: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.ended is not None and self.ended > self.due


@dataclass
class Case:
    """The state of one complaint."""

    kind: str = Kind.COMPLAINT
    source: str = ""
    status: str = Status.LOGGED
    tier: str = ""
    policy: int = 0
    logged_at: datetime | None = None
    accepted_at: datetime | None = None
    clock_from: datetime | None = None
    first_replied_at: datetime | None = None
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    handling: Handling | None = None
    spans: dict[tuple[str, int], Span] = field(default_factory=dict)
    is_extended: bool = False
    is_reviewed: bool = False
    handling_late: bool = False
    reply_late: bool = False
    reopened: int = 0
    dispatches: int = 0
    promises: int = 0
    contacts: int = 0

    def span(self, clock: str, subject: int = 0) -> Span | None:
        return self.spans.get((clock, subject))

    def is_running(self, clock: str, subject: int = 0) -> bool:
        span = self.span(clock, subject)
        return span is not None and span.ended is None

    @property
    def is_late(self) -> bool:
        return self.handling_late or self.reply_late
