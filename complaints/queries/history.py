"""The events of a case as the rules read them."""

from complaints.models import Complaint, ComplaintEvent
from complaints.queries.policies import VERSIONS
from complaints.rules.fold import Case, Fact, fold


def facts(complaint: Complaint) -> list[Fact]:
    rows = ComplaintEvent.objects.filter(complaint=complaint).order_by("seq")
    return [Fact(did, at, data) for did, at, data in rows.values_list("did", "at", "data")]


def case_of(complaint: Complaint) -> Case:
    """Its state, replayed."""
    return fold(facts(complaint), VERSIONS)
