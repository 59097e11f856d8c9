"""What a case is, from what happened to it: state, deadlines and consumed time as a pure function of its events and of
the policy versions they name. Nothing else moves a clock."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from complaints.rules.case import Case, Fact, Handling, Policies, Span
from complaints.rules.clocks import ZERO
from complaints.states import Clock, Did, Source, Status


def fold(facts: Iterable[Fact], policies: Policies) -> Case:
    """The case after all its events."""
    case = Case()
    for fact in facts:
        apply(case, fact, policies)
    return case


def apply(case: Case, fact: Fact, policies: Policies) -> None:
    """Take one more event in. Time that has passed is noted first, so that a breach stays whatever comes after."""
    notice_time(case, fact.at, policies)
    act = ACTS.get(fact.did)
    if act is not None:
        act(case, fact, policies)


def notice_time(case: Case, now: datetime, policies: Policies) -> None:
    """What was not done by its time is late, from the first moment after it (on time is inclusive)."""
    due = handling_due(case, policies)
    if due is not None and due < now:
        case.handling_late = True
    reply = case.span(Clock.REPLY)
    if reply is not None and reply.due < (reply.ended or now):
        case.reply_late = True


def handling_due(case: Case, policies: Policies) -> datetime | None:
    """When the handling must be over; None while its clock does not run."""
    clock = case.handling
    if clock is None or clock.since is None:
        return None
    return policies[case.policy].counted_on(case.tier).add(clock.since, clock.total - clock.consumed)


def consumed(case: Case, now: datetime, policies: Policies) -> timedelta:
    """Handling time used up by a moment: pauses and the time after closing do not count."""
    clock = case.handling
    if clock is None:
        return ZERO
    if clock.since is None:
        return clock.consumed
    return clock.consumed + policies[case.policy].counted_on(case.tier).elapsed(clock.since, now)


# ---- the handling clock -----------------------------------------------------------------------------------------


def _run(case: Case, at: datetime) -> None:
    if case.handling is not None:
        case.handling.since = at


def _rest(case: Case, at: datetime, policies: Policies) -> None:
    """Stop it, with what it has used. A pause under way ends here and is counted once."""
    if case.handling is not None and case.handling.since is not None:
        case.handling.consumed = consumed(case, at, policies)
        case.handling.since = None
    case.paused_at = None


def _new_cycle(case: Case, at: datetime) -> None:
    if case.handling is not None:
        case.handling.cycle += 1
        case.handling.cycle_from = at


def _recount(case: Case, at: datetime, policies: Policies, change: Callable[[], None]) -> None:
    """Change the limit, policy or tier of a clock that may be running, keeping what it has consumed."""
    running = case.handling is not None and case.handling.since is not None
    paused_at = case.paused_at
    _rest(case, at, policies)
    case.paused_at = paused_at
    change()
    if running:
        _run(case, at)


OF_THE_CASE = (Clock.REPLY, Clock.OWNER, Clock.BOOK, Clock.ANSWER, Clock.PROMISE)  # money paid ahead is proved anyway


def _end(case: Case, at: datetime, *clocks: str) -> None:
    for (clock, _), span in case.spans.items():
        if span.ended is None and clock in (clocks or OF_THE_CASE):
            span.ended = at


# ---- events -----------------------------------------------------------------------------------------------------


def _logged(case: Case, fact: Fact, policies: Policies) -> None:
    case.kind, case.source = fact.data["kind"], fact.data.get("source", "")
    case.policy, case.logged_at = fact.data["policy"], fact.at


def _owner_asked(case: Case, fact: Fact, policies: Policies) -> None:
    """R-C-3: recorded, waiting; no clock of the handling runs."""
    case.status = Status.OWNER
    due = fact.at + timedelta(hours=policies[case.policy].owner)
    case.spans[(Clock.OWNER, 0)] = Span(fact.at, due)


def _owner_confirmed(case: Case, fact: Fact, policies: Policies) -> None:
    _end(case, fact.at, Clock.OWNER)
    case.status = Status.LOGGED


def _rejected(case: Case, fact: Fact, policies: Policies) -> None:
    _rest(case, fact.at, policies)
    _end(case, fact.at)
    case.status = Status.REJECTED


def _accepted(case: Case, fact: Fact, policies: Policies) -> None:
    """The clocks start, here or from the writing in the opinion book (R-C-18); the tier is frozen."""
    policy = policies[case.policy]
    case.tier, case.accepted_at = fact.data["tier"], fact.at
    begins = fact.moment("clock_from") or fact.at
    case.clock_from = begins
    case.status = Status.HANDLING
    limit = policy.handling_limit(case.kind, case.tier)
    if limit is not None:
        case.handling = Handling(limit=limit, since=begins, cycle_from=begins)
    case.spans[(Clock.REPLY, 0)] = Span(begins, _reply_due(case, begins, policies))
    if case.source == Source.BOOK:
        case.spans[(Clock.BOOK, 0)] = Span(begins, begins + timedelta(hours=policy.book))


def _reply_due(case: Case, begins: datetime, policies: Policies) -> datetime:
    """R-C-7: the public promise, or the handling limit when that is shorter, because closing includes a reply.

    Pauses do not move it: the customer can be answered while we wait for something else.
    """
    policy = policies[case.policy]
    due = begins + policy.reply_limit(case.kind)
    if case.handling is None:
        return due
    return min(due, policy.counted_on(case.tier).add(begins, case.handling.total))


def _move_reply(case: Case, policies: Policies) -> None:
    reply = case.span(Clock.REPLY)
    if reply is not None and reply.ended is None:
        reply.due = _reply_due(case, reply.begins, policies)


def _tier_corrected(case: Case, fact: Fact, policies: Policies) -> None:
    """Somebody noticed that it was read wrong: the limit changes, what was consumed and every pause stay."""

    def change() -> None:
        case.tier = fact.data["tier"]
        limit = policies[case.policy].handling_limit(case.kind, case.tier)
        if case.handling is not None and limit is not None:
            case.handling.limit = limit

    _recount(case, fact.at, policies, change)
    _new_cycle(case, fact.at)
    _move_reply(case, policies)


def _policy_applied(case: Case, fact: Fact, policies: Policies) -> None:
    def change() -> None:
        case.policy = fact.data["policy"]
        if case.handling is not None:
            limit = policies[case.policy].handling_limit(case.kind, case.tier)
            case.handling.limit = limit if limit is not None else case.handling.limit

    _recount(case, fact.at, policies, change)
    _new_cycle(case, fact.at)
    _move_reply(case, policies)


def _taken(case: Case, fact: Fact, policies: Policies) -> None:
    if case.status == Status.LOGGED:
        case.status = Status.HANDLING


def _replied(case: Case, fact: Fact, policies: Policies) -> None:
    """Only words to the customer stop the reply clock; notes and the team's answer do not."""
    case.contacts += 1
    case.first_replied_at = case.first_replied_at or fact.at
    _end(case, fact.at, Clock.REPLY)
    if case.status == Status.ANSWERING:
        case.status = Status.HANDLING
    _maybe_end_book(case, fact.at)


def _reviewed(case: Case, fact: Fact, policies: Policies) -> None:
    case.is_reviewed = True
    _maybe_end_book(case, fact.at)


def _maybe_end_book(case: Case, at: datetime) -> None:
    """R-C-18: reviewed and called back, both."""
    if case.is_reviewed and case.first_replied_at is not None:
        _end(case, at, Clock.BOOK)


def _dispatched(case: Case, fact: Fact, policies: Policies) -> None:
    _end(case, fact.at, Clock.ANSWER)
    case.dispatches += 1
    case.status = Status.DISPATCHED
    due = fact.moment("answer_due")
    if due is not None:
        case.spans[(Clock.ANSWER, case.dispatches)] = Span(fact.at, due)


def _returned(case: Case, fact: Fact, policies: Policies) -> None:
    _end(case, fact.at, Clock.ANSWER)
    case.status = Status.HANDLING


def _answered(case: Case, fact: Fact, policies: Policies) -> None:
    _end(case, fact.at, Clock.ANSWER)
    case.status = Status.ANSWERING


def _paused(case: Case, fact: Fact, policies: Policies) -> None:
    _rest(case, fact.at, policies)
    case.paused_at = fact.at


def _resumed(case: Case, fact: Fact, policies: Policies) -> None:
    case.paused_at = None
    _run(case, fact.at)


def _extended(case: Case, fact: Fact, policies: Policies) -> None:
    """R-C-8: once, to a new time; the first reply stays within the public promise."""
    until = fact.moment("until")
    if case.handling is None or until is None:
        return
    case.is_extended = True
    calendar = policies[case.policy].counted_on(case.tier)
    due = calendar.add(fact.at, case.handling.total - consumed(case, fact.at, policies))
    case.handling.extra += calendar.elapsed(due, until)
    _new_cycle(case, fact.at)
    _move_reply(case, policies)


def _absorbed(case: Case, fact: Fact, policies: Policies) -> None:
    """Another complaint of the same matter came in: the earliest deadline wins."""
    for clock, name in ((Clock.REPLY, "reply_due"), (Clock.BOOK, "book_due")):
        other, own = fact.moment(name), case.span(clock)
        if other is not None and own is not None and own.ended is None:
            own.due = min(own.due, other)
    other, clock_now = fact.moment("handling_due"), case.handling
    if other is None or clock_now is None:
        return
    calendar = policies[case.policy].counted_on(case.tier)
    left = clock_now.total - consumed(case, fact.at, policies)
    clock_now.extra += min(ZERO, calendar.elapsed(fact.at, other) - left)


def _merged(case: Case, fact: Fact, policies: Policies) -> None:
    _rest(case, fact.at, policies)
    _end(case, fact.at)
    case.status = Status.MERGED


def _promised(case: Case, fact: Fact, policies: Policies) -> None:
    due = fact.moment("due")
    case.promises += 1
    if due is not None:
        case.spans[(Clock.PROMISE, case.promises)] = Span(fact.at, due)


def _promise_kept(case: Case, fact: Fact, policies: Policies) -> None:
    span = case.span(Clock.PROMISE, fact.data["promise"])
    if span is not None and span.ended is None:
        span.ended = fact.at


def _closed(case: Case, fact: Fact, policies: Policies) -> None:
    """The result was told to the customer. Closing includes a reply, and ends every promise."""
    _replied(case, fact, policies)
    _rest(case, fact.at, policies)
    _end(case, fact.at, Clock.ANSWER, Clock.PROMISE)
    case.closed_at = fact.at
    case.status = Status.FOLLOW_UP


def _reopened(case: Case, fact: Fact, policies: Policies) -> None:
    """What was left of the time runs on. When nothing was left, the policy's hours are given: nothing stale fires.

    The old breach stays on record.
    """
    case.reopened += 1
    case.status, case.closed_at = Status.HANDLING, None
    clock = case.handling
    if clock is None:
        return
    if clock.total <= clock.consumed:
        clock.extra = clock.consumed + timedelta(hours=policies[case.policy].reopen) - clock.limit
    _new_cycle(case, fact.at)
    _run(case, fact.at)


def _withdrawn(case: Case, fact: Fact, policies: Policies) -> None:
    _rest(case, fact.at, policies)
    _end(case, fact.at)
    case.status = Status.WITHDRAWN


def _archived(case: Case, fact: Fact, policies: Policies) -> None:
    case.status = Status.ARCHIVED


def _refund_paid(case: Case, fact: Fact, policies: Policies) -> None:
    """R-C-13: the principal went out before the proof, which must come within days."""
    due = fact.moment("verify_due")
    if due is not None:
        case.spans[(Clock.VERIFY, fact.data["refund"])] = Span(fact.at, due)


def _refund_verified(case: Case, fact: Fact, policies: Policies) -> None:
    span = case.span(Clock.VERIFY, fact.data["refund"])
    if span is not None and span.ended is None:
        span.ended = fact.at


ACTS: dict[str, Callable[[Case, Fact, Policies], None]] = {
    Did.LOGGED: _logged,
    Did.OWNER_ASKED: _owner_asked,
    Did.OWNER_CONFIRMED: _owner_confirmed,
    Did.REJECTED: _rejected,
    Did.ACCEPTED: _accepted,
    Did.TIER_CORRECTED: _tier_corrected,
    Did.POLICY_APPLIED: _policy_applied,
    Did.TAKEN: _taken,
    Did.REPLIED: _replied,
    Did.REVIEWED: _reviewed,
    Did.DISPATCHED: _dispatched,
    Did.RETURNED: _returned,
    Did.ANSWERED: _answered,
    Did.PAUSED: _paused,
    Did.RESUMED: _resumed,
    Did.EXTENDED: _extended,
    Did.ABSORBED: _absorbed,
    Did.MERGED: _merged,
    Did.PROMISED: _promised,
    Did.PROMISE_KEPT: _promise_kept,
    Did.CLOSED: _closed,
    Did.REOPENED: _reopened,
    Did.WITHDRAWN: _withdrawn,
    Did.ARCHIVED: _archived,
    Did.REFUND_PAID: _refund_paid,
    Did.REFUND_VERIFIED: _refund_verified,
}
