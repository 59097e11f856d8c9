"""Rows about people, by noun."""

from staff.models.certificates import Certificate
from staff.models.closings import BoundForms, DailyClosing, MonthClosing
from staff.models.grants import Grant
from staff.models.handovers import (
    CountItem,
    DutyLog,
    DutyLogEntry,
    Handover,
    HandoverCorrection,
    HandoverLine,
    HandoverOpenWork,
)
from staff.models.money import (
    BankDeposit,
    CashUp,
    Difference,
    DrawerCheck,
    SafeDrop,
    Takings,
    WindowFloat,
)
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
from staff.models.stock import SerialRange, StockBalance, StockEntry, StockItem, StockTransfer

__all__ = [
    "Attendance",
    "BankDeposit",
    "BoundForms",
    "CalendarFeed",
    "CashUp",
    "Certificate",
    "CompensatoryEntry",
    "CountItem",
    "DailyClosing",
    "Difference",
    "DrawerCheck",
    "DutyLog",
    "DutyLogEntry",
    "DutyPost",
    "Employment",
    "Grant",
    "Handover",
    "HandoverCorrection",
    "HandoverLine",
    "HandoverOpenWork",
    "Leave",
    "MonthClosing",
    "PostSkill",
    "PrivateRule",
    "Roster",
    "RosterWish",
    "SafeDrop",
    "SerialRange",
    "ShiftChange",
    "ShiftType",
    "SignIn",
    "SolverRun",
    "StockBalance",
    "StockEntry",
    "StockItem",
    "StockTransfer",
    "Takings",
    "Turn",
    "Unavailability",
    "User",
    "WindowFloat",
    "WindowNeed",
    "WorkScheme",
    "WorkTerms",
]
