"""The events of a case as the rules read them."""

from datetime import datetime

from complaints.models import Complaint, ComplaintEvent
from complaints.queries.policies import VERSIONS
from complaints.rules.case import Case, Fact
from complaints.rules.fold import fold, notice_time


def facts(complaint: Complaint) -> list[Fact]:
    rows = ComplaintEvent.objects.filter(complaint=complaint).order_by("seq")
    return [Fact(did, at, data) for did, at, data in rows.values_list("did", "at", "data")]


def case_now(complaint: Complaint, now: datetime) -> Case:
    """Its state, with what has become late since the last event."""
    case = case_of(complaint)
    notice_time(case, now, VERSIONS)
    return case


def case_of(complaint: Complaint) -> Case:
    """Its state, replayed."""
    return fold(facts(complaint), VERSIONS)
