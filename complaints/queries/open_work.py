"""What complaints tell the apps below: what somebody leaves open (R-S-5), and why they may see a customer's number."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from complaints.models import Complaint
from core import time
from halls.models import Hall
from loyalty.rules.privacy import Ground
from loyalty.states import GroundKind
from staff.hooks import OpenItem
from staff.models import User

KIND = "投诉"
MOST = 50


def open_work(hall: Hall, person: User, now: datetime) -> list[OpenItem]:
    """A person's open cases in a hall, the most pressing first."""
    rows = Complaint.objects.open().filter(Q(handler=person) | Q(first_handler=person), hall=hall)
    found = rows.select_related("category").order_by("next_due_at", "pk")[:MOST]
    return [
        OpenItem(f"complaint:{one.pk}", KIND, f"{one.number} {one.about}", _detail(one), f"/complaints/{one.number}/")
        for one in found
    ]


def _detail(complaint: Complaint) -> str:
    if complaint.next_due_at is None:
        return complaint.get_status_display()
    due = time.local(complaint.next_due_at)
    return f"{complaint.get_status_display()},{due.month} 月 {due.day} 日 {due:%H:%M} 前答复"


def reveal_grounds(customer_id: int, person: Any, now: datetime) -> list[Ground]:
    """A customer's open cases that this person works on or answers for (R-C-21)."""
    if not isinstance(person, User):
        return []
    rows = Complaint.objects.open().filter(customer=customer_id).visible_to(person).order_by("pk")[:MOST]
    return [Ground(GroundKind.COMPLAINT, one.number, hall_id=one.hall_id) for one in rows]
