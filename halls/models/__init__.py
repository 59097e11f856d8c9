"""Rows of places; of what hangs and runs there."""

from halls.models.places import (
    BusinessGroup,
    BusinessType,
    CalendarDay,
    Device,
    Hall,
    HoursException,
    OpeningHours,
    PairingCode,
    Region,
    Window,
)
from halls.models.screens import Broadcast, BroadcastTemplate, Material

__all__ = [
    "Broadcast",
    "BroadcastTemplate",
    "BusinessGroup",
    "BusinessType",
    "CalendarDay",
    "Device",
    "Hall",
    "HoursException",
    "Material",
    "OpeningHours",
    "PairingCode",
    "Region",
    "Window",
]
