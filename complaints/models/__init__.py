"""Rows of complaints, by noun."""

from complaints.models.cases import CaseCounter, Complaint, ComplaintEvent, Deadline
from complaints.models.catalogue import Category, PolicyVersion, ReplyTemplate, Team
from complaints.models.money import Compensation, Refund, RefundPayment
from complaints.models.papers import Attachment, Look

__all__ = [
    "Attachment",
    "CaseCounter",
    "Category",
    "Compensation",
    "Complaint",
    "ComplaintEvent",
    "Deadline",
    "Look",
    "PolicyVersion",
    "Refund",
    "RefundPayment",
    "ReplyTemplate",
    "Team",
]
