"""Rows about people, by noun."""

from staff.models.certificates import Certificate
from staff.models.grants import Grant
from staff.models.people import Employment, User
from staff.models.rosters import (
    Attendance,
    CalendarFeed,
    DutyPost,
    Roster,
    ShiftChange,
    SolverRun,
    Turn,
)
from staff.models.shifts import (
    CompensatoryEntry,
    Leave,
    PostSkill,
    PrivateRule,
    RosterWish,
    ShiftType,
    Unavailability,
    WindowNeed,
    WorkScheme,
    WorkTerms,
)
from staff.models.sign_ins import SignIn

__all__ = [
    "Attendance",
    "CalendarFeed",
    "Certificate",
    "CompensatoryEntry",
    "DutyPost",
    "Employment",
    "Grant",
    "Leave",
    "PostSkill",
    "PrivateRule",
    "Roster",
    "RosterWish",
    "ShiftChange",
    "ShiftType",
    "SignIn",
    "SolverRun",
    "Turn",
    "Unavailability",
    "User",
    "WindowNeed",
    "WorkScheme",
    "WorkTerms",
]
