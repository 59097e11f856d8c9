"""What is pushed when a case changes: a nudge to the desks of its hall. Never a name, never a phone."""

from complaints.models import Complaint
from core import live
from halls.models import Hall


def complaint_changed(complaint: Complaint, hall: Hall) -> None:
    live.nudge(f"hall.{hall.code}", f"complaint.{complaint.status}", complaint.number)
