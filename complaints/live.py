"""What is pushed when a case changes: a nudge to the desks of its hall. Never a name, never a phone."""

from collections.abc import Iterable

from complaints.models import Complaint
from core import live
from halls.models import Hall


def clocks_spoke(halls: Iterable[Hall]) -> None:
    """Something fell due in these halls: their desks look again, once each."""
    for hall in {hall.pk: hall for hall in halls}.values():
        live.nudge(f"hall.{hall.code}", "complaint.due", hall.pk)


def complaint_changed(complaint: Complaint, hall: Hall) -> None:
    live.nudge(f"hall.{hall.code}", f"complaint.{complaint.status}", complaint.number)
