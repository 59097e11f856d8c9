"""营业周报 (R-H-12, 廊坊 shape): its structure, its week, its times. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.parameters import register
from core.time import SHANGHAI
from overview.states import ReportState, Section

DUE_HOUR = register("weekly.due_hour", "营业周报应交时间(次周一)", default=12, unit="点", between=(1, 23))
DRAFT_WEEKDAY = register("weekly.draft_weekday", "营业周报建稿与提醒(周几)", default=5, unit="周几", between=(1, 7))
BACK_WEEKS = register("weekly.back_weeks", "营业周报最多补交", default=4, unit="周", between=(1, 26))
SUPPORT_DAYS = register("weekly.support_days", "支撑需求应答复", default=7, unit="天", between=(1, 60))

LONGEST_TEXT = 2000
LONGEST_ASK = 500
MOST_ASKS = 10

S = Section
PARTS: tuple[tuple[str, tuple[tuple[str, tuple[Section, ...]], ...]], ...] = (
    (
        "一、本周工作",
        (
            ("(一)等候时间治理", (S.AID, S.CARE, S.DIVERSION, S.PREPARATION, S.EFFECT, S.WAIT_PROBLEMS)),
            ("(二)服务质量类投诉治理", (S.COMPLAINT_ANALYSIS, S.COMPLAINT_WORK, S.COMPLAINT_PROBLEMS)),
            ("(三)现场管理", (S.FLOOR_WORK, S.FLOOR_PROBLEMS)),
            ("(四)服务培训", (S.TRAINING,)),
            ("(五)标杆厅建设", (S.MODEL,)),
            ("(六)其他", (S.OTHER,)),
        ),
    ),
    ("二、下周安排", (("", (S.PLAN,)),)),
)
PROBLEMS = (S.WAIT_PROBLEMS, S.COMPLAINT_PROBLEMS, S.FLOOR_PROBLEMS)
"""Where support may be asked for."""

WEEKDAYS = "一二三四五六日"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[date]:
    return [monday + timedelta(days=at) for at in range(7)]


def due_at(monday: date, *, hour: int) -> datetime:
    """On the Monday after the week."""
    return datetime.combine(monday + timedelta(days=7), time(hour), SHANGHAI)


def drafts_are_due(today: date, *, weekday: int) -> bool:
    """From the set weekday on there is a draft of the running week."""
    return today.isoweekday() >= weekday


def can_sign(monday: date, today: date, *, weekday: int) -> bool:
    """From the set weekday of its own week on; before that most of the week is still to come."""
    return today >= monday + timedelta(days=weekday - 1)


def can_begin(monday: date, today: date, *, back: int) -> bool:
    """The running week or one of the last; never one to come."""
    this = monday_of(today)
    return monday.weekday() == 0 and this - timedelta(weeks=back) <= monday <= this


def week_text(monday: date) -> str:
    sunday = monday + timedelta(days=6)
    return f"{monday.year} 年 {monday.month} 月 {monday.day} 日 – {sunday.month} 月 {sunday.day} 日"


def day_label(day: date) -> str:
    return f"{day.month}-{day.day:02d} 周{WEEKDAYS[day.weekday()]}"


@dataclass(frozen=True)
class Standing:
    """What the word for a hall's week depends on."""

    due_at: datetime
    signed_at: datetime | None = None
    has_report: bool = True
    has_draft: bool = False


def state_of(standing: Standing, now: datetime) -> ReportState:
    """A signed report that is being corrected still counts as submitted."""
    if standing.signed_at is not None:
        if standing.has_draft:
            return ReportState.CORRECTING
        return ReportState.SIGNED_LATE if standing.signed_at > standing.due_at else ReportState.SIGNED
    if now > standing.due_at:
        return ReportState.LATE
    return ReportState.DRAFT if standing.has_report else ReportState.MISSING


def written(text: str) -> str:
    """A text as it is kept: browsers send other line ends, and spaces at the end say nothing."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def typed(given: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """What somebody really wrote: sections that still say what was proposed to them are nobody's words, so that the
    proposal may follow the week's figures; an emptied section is a decision and stays empty."""
    return {code: text for code, text in given.items() if text != shown.get(code, "")}


def final(typed_texts: Mapping[str, str], proposed: Mapping[str, str]) -> dict[str, str]:
    """Every section as it is signed: what was typed wins over what was proposed (R-H-12)."""
    return {code: typed_texts.get(code, proposed.get(code, "")) for code in Section.values}


def too_long(texts: Mapping[str, str]) -> list[str]:
    """The sections that say more than a report may hold."""
    return [code for code in Section.values if len(texts.get(code, "")) > LONGEST_TEXT]
