"""Rows of the queue, by noun."""

from queueing.models.alerts import Alert, SupportCall
from queueing.models.door import Appointment, GroupStop, LowRating
from queueing.models.figures import Figure, FigureDay, HalfHourCause, HalfHourForecast, LoadCheck
from queueing.models.lobby import (
    Checklist,
    ChecklistItem,
    FloorPost,
    PreAcceptance,
    PrintJob,
    VipArrival,
    Visit,
)
from queueing.models.means import HallHabit, ServiceMean
from queueing.models.offers import Offer
from queueing.models.outages import Outage, ReturnNumber
from queueing.models.tickets import Ticket, TicketBusiness, TicketCounter, TicketEvent
from queueing.models.windows import HallBoard, WindowEvent, WindowSession

__all__ = [
    "Alert",
    "Appointment",
    "Checklist",
    "ChecklistItem",
    "Figure",
    "FigureDay",
    "FloorPost",
    "GroupStop",
    "HalfHourCause",
    "HalfHourForecast",
    "HallBoard",
    "HallHabit",
    "LoadCheck",
    "LowRating",
    "Offer",
    "Outage",
    "PreAcceptance",
    "PrintJob",
    "ReturnNumber",
    "ServiceMean",
    "SupportCall",
    "Ticket",
    "TicketBusiness",
    "TicketCounter",
    "TicketEvent",
    "VipArrival",
    "Visit",
    "WindowEvent",
    "WindowSession",
]
