"""Rows of places; of what hangs, stands and runs there; of what happens in them."""

from halls.models.campaigns import Campaign, CampaignDay, Outing
from halls.models.dated import DatedThing
from halls.models.equipment import Equipment, EquipmentKind, Fault, FaultEvent, HallZone, Requirement
from halls.models.incidents import (
    Incident,
    IncidentTell,
    Playbook,
    PlaybookTell,
    SupplyRequest,
    UmbrellaLoan,
    Visitor,
)
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
from halls.models.rounds import CheckItem, CheckList, Round, RoundAnswer, Stain
from halls.models.screens import Broadcast, BroadcastTemplate, Material, TakenDown

__all__ = [
    "Broadcast",
    "BroadcastTemplate",
    "BusinessGroup",
    "BusinessType",
    "CalendarDay",
    "Campaign",
    "CampaignDay",
    "CheckItem",
    "CheckList",
    "DatedThing",
    "Device",
    "Equipment",
    "EquipmentKind",
    "Fault",
    "FaultEvent",
    "Hall",
    "HallZone",
    "HoursException",
    "Incident",
    "IncidentTell",
    "Material",
    "OpeningHours",
    "Outing",
    "PairingCode",
    "Playbook",
    "PlaybookTell",
    "Region",
    "Requirement",
    "Round",
    "RoundAnswer",
    "Stain",
    "SupplyRequest",
    "TakenDown",
    "UmbrellaLoan",
    "Visitor",
    "Window",
]
