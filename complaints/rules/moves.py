"""Which verb fits which state. The actions ask before they write; the fold trusts what was written."""

from complaints.rules.case import Case
from complaints.states import CLOCK_RUNS_FOR, OPEN, SETTLED, WORKING, Did, Kind, Status

ANY = tuple(Status)
KNOWN = (*OPEN, *SETTLED)

WHILE: dict[str, tuple[str, ...]] = {
    Did.ACCEPTED: (Status.LOGGED,),
    Did.OWNER_ASKED: (Status.LOGGED,),
    Did.OWNER_CONFIRMED: (Status.OWNER,),
    Did.REJECTED: OPEN,
    Did.AMENDED: KNOWN,
    Did.TIER_CORRECTED: WORKING,
    Did.NOTED: ANY,
    Did.ATTACHED: KNOWN,
    Did.TAKEN: (*OPEN, Status.FOLLOW_UP),
    Did.FIRST_CHANGED: (*OPEN, Status.FOLLOW_UP),
    Did.HELPER_ADDED: OPEN,
    Did.HELPER_LEFT: OPEN,
    Did.REPLIED: WORKING,
    Did.DISPATCHED: (Status.LOGGED, Status.HANDLING, Status.ANSWERING),
    Did.RETURNED: (Status.DISPATCHED,),
    Did.URGED: (Status.DISPATCHED,),
    Did.ANSWERED: (Status.DISPATCHED,),
    Did.PAUSED: WORKING,
    Did.RESUMED: WORKING,
    Did.EXTENDED: WORKING,
    Did.POLICY_APPLIED: WORKING,
    Did.ABSORBED: WORKING,
    Did.MERGED: OPEN,
    Did.PROMISED: WORKING,
    Did.PROMISE_KEPT: WORKING,
    Did.FLAGGED: KNOWN,
    Did.REVIEWED: (*WORKING, Status.FOLLOW_UP),
    Did.CLOSED: WORKING,
    Did.REOPENED: SETTLED,
    Did.WITHDRAWN: OPEN,
    Did.FOLLOWED_UP: (Status.FOLLOW_UP,),
    Did.ARCHIVED: (Status.FOLLOW_UP,),
    Did.OVERDUE_EXPLAINED: KNOWN,
    Did.REFUND_ASKED: (*WORKING, Status.FOLLOW_UP),
    Did.REFUND_DECIDED: ANY,
    Did.REFUND_PAID: ANY,
    Did.REFUND_VERIFIED: ANY,
    Did.COMPENSATED: (*WORKING, Status.FOLLOW_UP),
}


def fits(did: str, case: Case) -> bool:
    """Whether this may happen to the case now."""
    if did == Did.LOGGED:
        return case.logged_at is None
    if case.logged_at is None or case.status not in WHILE[did]:
        return False
    if did == Did.PAUSED:
        return can_pause(case)
    if did == Did.RESUMED:
        return case.paused_at is not None
    if did == Did.EXTENDED:
        return case.handling is not None and not case.is_extended and case.paused_at is None
    return True


def can_pause(case: Case) -> bool:
    """A clock that runs and has not run out; a late complaint is not stopped to look better."""
    return case.handling is not None and case.paused_at is None and not case.handling_late


def is_accepted_at_once(kind: str, identity: str) -> bool:
    """R-C-3: only somebody else's complaint waits for the owner; a visitor complaining about the hall is the person."""
    return kind != Kind.COMPLAINT or identity in CLOCK_RUNS_FOR


def needs_late_reason(case: Case) -> bool:
    """R-C-16: no case is archived late without a reason."""
    return case.is_late
