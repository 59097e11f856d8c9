"""What waits between halls and those above them: tasks reported done, support, repairs, the list of the day before."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core import time
from halls.models import Fault
from halls.states import FaultState
from overview.models import HallTask, SupportRequest
from overview.queries.asks.source import Source, Told, day_words, each, page
from overview.rules import approvals as rules
from overview.rules.approvals import ELSEWHERE, Buttons
from overview.states import AskKind, SupportState, TaskState
from staff.models import AuditItem, User
from staff.states import AuditState


def _hall(row: Any) -> Any:
    return row.hall


# ---- 任务 -------------------------------------------------------------------------------------------------------


def _tasks() -> QuerySet[HallTask]:
    return HallTask.objects.select_related("hall__region__parent", "task", "done_by")


def _reported(user: User) -> QuerySet[HallTask]:
    rows = _tasks().filter(hall__in=user.hall_ids("task.give"), state=TaskState.DONE)
    return rows.exclude(done_by=user)


def _tell_task(row: HallTask, now: datetime) -> Told:
    late = "" if row.done_at is None or time.business_day(row.done_at) <= row.task.due_on else ",超期提交"
    return Told(
        f"任务待确认:{row.task.title}",
        row.done_by.name if row.done_by else row.hall.name,
        row.done_at or row.task.given_at,
        (
            f"完成情况:{row.proof}",
            f"期限 {day_words(row.task.due_on)}{late}",
            "有照片,请打开详情查看" if row.photo else "",
        ),
        page("hall-task", row.pk),
    )


# ---- 支撑需求 (R-H-12) ------------------------------------------------------------------------------------------


def _support() -> QuerySet[SupportRequest]:
    return SupportRequest.objects.select_related("hall__region__parent", "raised_by", "owner", "answered_by")


def _unanswered(user: User) -> QuerySet[SupportRequest]:
    """Until an owner is named everybody of the city is asked, then the owner alone."""
    rows = _support().filter(hall__in=user.hall_ids("support.answer"), state=SupportState.OPEN)
    return rows.filter(owner=None) | rows.filter(owner=user)


def _tell_support(row: SupportRequest, now: datetime) -> Told:
    return Told(
        f"支撑需求待答复:{row}",
        row.raised_by.name,
        row.raised_at,
        (row.text if len(row.text) > 40 else "", "由您负责" if row.owner else "还没有指定责任人"),
        page("support-request", row.pk),
        due=time.day_bounds(row.due_on)[1],
    )


def _promised(user: User) -> QuerySet[SupportRequest]:
    """From the promised day on it is the hall's turn to say whether it is solved."""
    today = time.business_day(time.now())
    mine = user.hall_ids("report.write")
    return _support().filter(hall__in=mine, state=SupportState.ANSWERED, promised_on__lte=today)


def _tell_promised(row: SupportRequest, now: datetime) -> Told:
    day = row.promised_on or time.business_day(now)
    return Told(
        f"支撑需求是否已解决:{row}",
        row.answered_by.name if row.answered_by else "市公司",
        time.day_bounds(day)[0],
        (f"答复:{row.answer}", f"承诺 {day_words(day)}前落实"),
        page("support-request", row.pk),
    )


# ---- 维修验收 (R-H-4) -------------------------------------------------------------------------------------------


def _faults() -> QuerySet[Fault]:
    return Fault.objects.select_related("hall__region__parent", "equipment__kind", "found_by")


def _mended(user: User) -> QuerySet[Fault]:
    return _faults().filter(hall__in=user.hall_ids("hall.operate"), state=FaultState.TO_ACCEPT)


def _tell_fault(row: Fault, now: datetime) -> Told:
    return Told(
        f"维修待验收:{row}",
        row.found_by.name,
        row.found_at,
        (f"维修计划:{row.plan}" if row.plan else "", f"应在 {day_words(row.last_day)}前修好;有费用的请打开详情填写"),
        page("fault", row.pk),
        due=row.fix_due,
    )


# ---- 次日稽核 ---------------------------------------------------------------------------------------------------


def _items() -> QuerySet[AuditItem]:
    return AuditItem.objects.select_related("hall__region__parent", "person")


def _oldest_unchecked(user: User) -> QuerySet[AuditItem]:
    """One line for each hall, whatever their number: they are checked in a heap. Not one's own business."""
    rows = _items().filter(hall__in=user.hall_ids("audit.check"), state=AuditState.OPEN).exclude(person=user)
    return rows.order_by("hall_id", "day", "handled_at").distinct("hall_id")


def _tell_item(row: AuditItem, now: datetime) -> Told:
    return Told(
        f"{day_words(row.day)}业务待稽核",
        row.hall.name,
        time.day_bounds(row.day)[1],
        (f"最早一笔:{row.about},{row.person.name}办理",),
        f"{page('audits')}?hall={row.hall.code}&state=open",
        due=rules.end_of_day(time.day_bounds(row.day)[0], days=1),
    )


BETWEEN = (
    Source(AskKind.TASK, ("task.give",), _reported, _tasks, _hall, each(_tell_task), Buttons("确认完成")),
    Source(
        AskKind.SUPPORT, ("support.answer",), _unanswered, _support, _hall, each(_tell_support), ELSEWHERE,
        sees="report.see",
    ),
    Source(
        AskKind.SOLVED, ("report.write",), _promised, _support, _hall, each(_tell_promised), Buttons("已解决", ""),
        sees="report.see",
    ),
    Source(
        AskKind.FAULT, ("hall.operate",), _mended, _faults, _hall, each(_tell_fault), Buttons("验收通过", "没有修好")
    ),
    Source(AskKind.AUDIT, ("audit.check",), _oldest_unchecked, _items, _hall, each(_tell_item), ELSEWHERE),
)  # fmt: skip
