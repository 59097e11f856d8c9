"""Rows about people, by noun."""

from staff.models.audits import AlwaysAudited, AuditDay, AuditItem
from staff.models.bulletins import Bulletin, BulletinConfirmation
from staff.models.certificates import Certificate
from staff.models.closings import BoundForms, DailyClosing, MonthClosing
from staff.models.duties import Duty, RecurringTask, TaskDone
from staff.models.first_days import FirstDayStep, FirstDayTick
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
from staff.models.knowledge import Article, ArticleVersion
from staff.models.meetings import Meeting, MeetingPerson
from staff.models.money import BankDeposit, CashUp, Difference, DrawerCheck, SafeDrop, Takings, WindowFloat
from staff.models.people import Employment, User
from staff.models.performance import Award, Competition, CompetitionResult, MonthSheet, Target
from staff.models.preferences import Preference
from staff.models.rosters import Attendance, CalendarFeed, DutyPost, Roster, ShiftChange, SolverRun, Turn
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
from staff.models.training import Course, Seat
from staff.models.violations import ConductNote
from staff.models.voices import MorningSheet, Suggestion

__all__ = [
    "AlwaysAudited",
    "Article",
    "ArticleVersion",
    "Attendance",
    "AuditDay",
    "AuditItem",
    "Award",
    "BankDeposit",
    "BoundForms",
    "Bulletin",
    "BulletinConfirmation",
    "CalendarFeed",
    "CashUp",
    "Certificate",
    "CompensatoryEntry",
    "Competition",
    "CompetitionResult",
    "ConductNote",
    "CountItem",
    "Course",
    "DailyClosing",
    "Difference",
    "DrawerCheck",
    "Duty",
    "DutyLog",
    "DutyLogEntry",
    "DutyPost",
    "Employment",
    "FirstDayStep",
    "FirstDayTick",
    "Grant",
    "Handover",
    "HandoverCorrection",
    "HandoverLine",
    "HandoverOpenWork",
    "Leave",
    "Meeting",
    "MeetingPerson",
    "MonthClosing",
    "MonthSheet",
    "MorningSheet",
    "PostSkill",
    "Preference",
    "PrivateRule",
    "RecurringTask",
    "Roster",
    "RosterWish",
    "SafeDrop",
    "Seat",
    "SerialRange",
    "ShiftChange",
    "ShiftType",
    "SignIn",
    "SolverRun",
    "StockBalance",
    "StockEntry",
    "StockItem",
    "StockTransfer",
    "Suggestion",
    "Takings",
    "Target",
    "TaskDone",
    "Turn",
    "Unavailability",
    "User",
    "WindowFloat",
    "WindowNeed",
    "WorkScheme",
    "WorkTerms",
]
