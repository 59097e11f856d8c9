"""The figures of complaints, told from the events of each case; money from its payments."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from complaints.models import Complaint, ComplaintEvent, PolicyVersion, RefundPayment
from halls.models import Hall
from tests.overview.reference.days import day_of

HOUR = timedelta(hours=1)
REPLIES = {"complaint": "reply_hours", "vas_doubt": "doubt_hours", "suggestion": "suggestion_hours"}
Limits = dict[int, dict[str, Any]]


@dataclass
class Due:
    """Something the customer must have by a moment; over when `ended`."""

    until: datetime
    ended: datetime | None = None


@dataclass
class Told:
    """A case as its events tell it. What is left of the handling time runs down while it runs."""

    kind: str = ""
    source: str = ""
    tier: str = ""
    limits: dict[str, Any] = field(default_factory=dict)
    accepted_at: datetime | None = None
    begins: datetime | None = None
    is_rejected: bool = False
    is_over: bool = False
    is_closed: bool = False
    is_late: bool = False
    reply_late: bool = False
    is_reviewed: bool = False
    has_reply: bool = False
    base: timedelta | None = None  # hours of the customer's class
    total: timedelta | None = None  # with what an extension, a merge or a reopening added or took
    left: timedelta | None = None  # of the handling time, when the clock last started or stopped
    runs_from: datetime | None = None
    reply: Due | None = None
    book: Due | None = None
    owner: Due | None = None
    promises: list[Due] = field(default_factory=list)

    @property
    def handle_by(self) -> datetime | None:
        return self.runs_from + self.left if self.runs_from is not None and self.left is not None else None

    @property
    def next_due(self) -> datetime | None:
        if self.owner is not None and self.owner.ended is None:
            return self.owner.until
        standing = [one.until for one in (self.reply, self.book, *self.promises) if one and one.ended is None]
        return min([*standing, *([self.handle_by] if self.handle_by else [])], default=None)

    def look_at(self, now: datetime) -> None:
        """What should have been done before this moment and was not, is late for ever."""
        if self.handle_by is not None and self.handle_by < now:
            self.is_late = True
        if self.reply is not None and self.reply.until < (self.reply.ended or now):
            self.reply_late = True

    def stop(self, at: datetime) -> None:
        if self.runs_from is not None and self.left is not None:
            self.left -= at - self.runs_from
            self.runs_from = None

    def end(self, at: datetime, *dues: Due | None) -> None:
        for one in dues:
            if one is not None and one.ended is None:
                one.ended = at

    def end_all(self, at: datetime) -> None:
        self.stop(at)
        self.end(at, self.reply, self.book, self.owner, *self.promises)

    def change_total(self, by: timedelta) -> None:
        """Another limit for the same clock: what was used stays used, and the reply is due no later than that."""
        if self.total is None or self.left is None:
            return
        self.left += by
        self.total += by
        self.move_reply()

    def move_reply(self) -> None:
        if self.reply is not None and self.reply.ended is None and self.begins is not None:
            hours = self.limits[REPLIES[self.kind]] * HOUR
            self.reply.until = self.begins + (min(hours, self.total) if self.total is not None else hours)


def told(events: list[ComplaintEvent], policies: Limits) -> Told:
    case = Told()
    for event in events:
        case.look_at(event.at)
        _happened(case, event, policies)
    return case


def _moment(event: ComplaintEvent, name: str) -> datetime | None:
    text = event.data.get(name)
    return datetime.fromisoformat(text) if text else None


def _limit(case: Told) -> timedelta | None:
    """The hours of the customer's class; suggestions and doubts are only answered (R-C-19)."""
    return case.limits["handling_hours"][case.tier] * HOUR if case.kind == "complaint" else None


def _happened(case: Told, event: ComplaintEvent, policies: Limits) -> None:
    at = event.at
    match event.did:
        case "logged":
            case.kind, case.source = event.data["kind"], event.data.get("source", "")
            case.limits = policies[event.data["policy"]]
        case "owner_asked":
            case.owner = Due(at + case.limits["owner_hours"] * HOUR)
        case "owner_confirmed":
            case.end(at, case.owner)
        case "accepted":
            _accepted(case, event)
        case "rejected" | "merged" | "withdrawn":
            case.end_all(at)
            case.is_over, case.is_rejected = True, event.did == "rejected"
        case "replied":
            _replied(case, at)
        case "reviewed":
            case.is_reviewed = True
            _book_read(case, at)
        case "paused":
            case.stop(at)
        case "resumed":
            case.runs_from = at
        case "tier_corrected":
            case.tier = event.data["tier"]
            _limited_anew(case)
        case "policy_applied":
            case.limits = policies[event.data["policy"]]
            _limited_anew(case)
        case "extended":
            until = _moment(event, "until")
            assert until is not None
            assert case.handle_by is not None
            case.change_total(until - case.handle_by)
        case "absorbed":
            _absorbed(case, event)
        case "promised":
            until = _moment(event, "due")
            assert until is not None
            case.promises.append(Due(until))
        case "promise_kept":
            case.end(at, case.promises[event.data["promise"] - 1])
        case "closed":
            _replied(case, at)
            case.stop(at)
            case.end(at, *case.promises)
            case.is_over = case.is_closed = True
        case "reopened":
            _reopened(case, at)


def _accepted(case: Told, event: ComplaintEvent) -> None:
    case.accepted_at, case.tier = event.at, event.data["tier"]
    case.begins = _moment(event, "clock_from") or event.at
    case.base = case.total = case.left = _limit(case)
    case.runs_from = case.begins if case.left is not None else None
    case.reply = Due(case.begins)
    case.move_reply()
    if case.source == "book":
        case.book = Due(case.begins + case.limits["book_hours"] * HOUR)


def _replied(case: Told, at: datetime) -> None:
    case.has_reply = True
    case.end(at, case.reply)
    _book_read(case, at)


def _book_read(case: Told, at: datetime) -> None:
    if case.is_reviewed and case.has_reply:
        case.end(at, case.book)


def _limited_anew(case: Told) -> None:
    """The hours of the class change; what an extension, a merge or a reopening did is kept on top of them."""
    before, after = case.base, _limit(case)
    if before is not None and after is not None:
        case.base = after
        case.change_total(after - before)
    else:
        case.move_reply()


def _absorbed(case: Told, event: ComplaintEvent) -> None:
    """The earliest deadline wins; of a clock that rests, as if it ran on from now."""
    for due, name in ((case.reply, "reply_due"), (case.book, "book_due")):
        other = _moment(event, name)
        if other is not None and due is not None and due.ended is None:
            due.until = min(due.until, other)
    other = _moment(event, "handling_due")
    if other is None or case.left is None or case.total is None:
        return
    mine = case.handle_by or event.at + case.left
    if other < mine:
        case.left -= mine - other
        case.total -= mine - other


def _reopened(case: Told, at: datetime) -> None:
    case.is_over = case.is_closed = False
    if case.left is None or case.total is None:
        return
    if case.left <= timedelta(0):
        fresh = case.limits["reopen_hours"] * HOUR
        case.total += fresh - case.left
        case.left = fresh
    case.runs_from = at


def of_hall(pk: int, first: date, last: date, now: datetime) -> dict[str, Any]:
    is_live = Hall.objects.get(pk=pk).is_live
    policies = {row.version: row.body for row in PolicyVersion.objects.all()}
    events: dict[int, list[ComplaintEvent]] = defaultdict(list)
    for event in ComplaintEvent.objects.filter(complaint__hall=pk).order_by("seq"):
        events[event.complaint_id].append(event)
    rows = list(Complaint.objects.filter(hall=pk))
    cases = {row.pk: told(events[row.pk], policies) for row in rows}
    for case in cases.values():
        if not case.is_over:
            case.look_at(now)
    logged = [
        row
        for row in rows
        if row.kind == "complaint" and not row.is_simulated and first <= day_of(row.logged_at) <= last
    ]
    standing = [case.next_due for case in cases.values() if not case.is_over]
    known_days = is_live or bool(logged)
    known_now = is_live or bool(standing)
    return {
        **({**_logged([cases[row.pk] for row in logged]), **_paid(logged)} if known_days else dict.fromkeys(_DAYS)),
        **(_standing(standing, now) if known_now else dict.fromkeys(_NOW)),
    }


_DAYS = (
    "complaints_logged", "complaints_closed", "complaints_late", "complaints_on_time", "replies_on_time", "refunds",
    "refunded",
)  # fmt: skip
_NOW = ("complaints_open", "complaints_today", "complaints_overdue")


def _logged(cases: list[Told]) -> dict[str, Any]:
    accepted = [case for case in cases if case.accepted_at is not None and not case.is_rejected]
    late = sum(case.is_late for case in accepted)
    replied_late = sum(case.reply_late for case in accepted)
    return {
        "complaints_logged": len(cases),
        "complaints_closed": sum(case.is_closed for case in cases),
        "complaints_late": late,
        "complaints_on_time": 1 - late / len(accepted) if accepted else None,
        "replies_on_time": 1 - replied_late / len(accepted) if accepted else None,
    }


def _standing(dues: list[datetime | None], now: datetime) -> dict[str, Any]:
    return {
        "complaints_open": len(dues),
        "complaints_today": sum(due is not None and due >= now and day_of(due) == day_of(now) for due in dues),
        "complaints_overdue": sum(due is not None and due < now for due in dues),
    }


def _paid(logged: list[Complaint]) -> dict[str, Any]:
    mine = {row.pk for row in logged}
    payments = [one for one in RefundPayment.objects.select_related("refund") if one.refund.complaint_id in mine]
    paid = [one.amount for one in payments if one.paid_at is not None]
    return {"refunds": len(paid), "refunded": float(sum(paid))}
