"""What a month of halls has left open: closings, month sheets, reports, complaints, corrective actions, appeals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min

from complaints.models import Complaint
from complaints.queries.figures import logged_on
from complaints.states import OPEN
from core import time
from halls.models import Hall
from inspections.models import Appeal, CorrectiveAction
from inspections.states import ActionState, AppealState
from overview.models import WeeklyReport
from overview.rules.months import last_day
from overview.rules.weekly import week_text
from overview.states import Unfinished
from staff.models import DailyClosing, MonthClosing, MonthSheet
from staff.queries import closings
from staff.states import MonthSheetState


@dataclass(frozen=True)
class Item:
    hall: int
    kind: Unfinished
    what: str
    url: str
    is_late: bool = False


def still_open(halls: Iterable[Hall], month: date, now: datetime) -> dict[int, list[Item]]:
    """By hall, in the order of `Unfinished`; as many questions for any number of halls."""
    known = list(halls)
    found: dict[int, list[Item]] = {hall.pk: [] for hall in known}
    for read in SOURCES:
        for one in read(known, month, now):
            found[one.hall].append(one)
    return found


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _closings(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    last = min(last_day(month), time.business_day(now) - timedelta(days=1))
    for one in closings.missing(month, last, now, [hall.pk for hall in halls]):
        yield Item(
            one.hall.pk, Unfinished.CLOSING, f"{_day(one.day)}日结未提交", f"/closings/{one.hall.code}/{one.day}/", True
        )


def _months(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    """Of halls that closed days in the month, or before it."""
    if last_day(month) >= time.business_day(now):
        return
    begun = DailyClosing.objects.filter(hall__in=halls).order_by().values("hall").annotate(first=Min("day"))
    using = {row["hall"] for row in begun if row["first"] <= last_day(month)}
    closed = set(MonthClosing.objects.filter(hall__in=halls, month=month).values_list("hall", flat=True))
    for hall in halls:
        if hall.pk in using - closed:
            yield Item(hall.pk, Unfinished.MONTH, f"{month.month} 月还没有月结", f"/month-closings/{hall.code}/")


def _sheets(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    """Counted, not named: whose sheet waits is seen by who signs them."""
    rows = MonthSheet.objects.filter(hall__in=halls, month=month).exclude(state=MonthSheetState.SIGNED).order_by()
    counts: dict[int, list[str]] = defaultdict(list)
    for row in rows.values("hall", "state").annotate(n=Count("pk")).order_by("hall", "state"):
        counts[row["hall"]].append(f"{MonthSheetState(row['state']).label} {row['n']} 份")
    codes = {hall.pk: hall.code for hall in halls}
    for pk, said in counts.items():
        url = f"/staff/months/?hall={codes[pk]}&month={month:%Y-%m}"
        yield Item(pk, Unfinished.SHEET, f"个人月度单:{'、'.join(said)}", url)


def _weekly(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    """Reports of weeks that ended in the month."""
    rows = WeeklyReport.objects.filter(
        hall__in=halls, signed_at=None, monday__range=(month - timedelta(days=6), last_day(month) - timedelta(days=6))
    )
    for one in rows.order_by("monday"):
        yield Item(
            one.hall_id, Unfinished.WEEKLY, f"{week_text(one.monday)}周报未签字", f"/overview/weekly/{one.pk}/",
            one.is_late(now),
        )  # fmt: skip


def open_complaints(hall_ids: Iterable[int], month: date) -> list[Complaint]:
    rows = logged_on(hall_ids, month, last_day(month)).filter(status__in=OPEN).select_related("category")
    return list(rows.order_by("logged_at", "pk"))


def _complaints(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    for one in open_complaints([hall.pk for hall in halls], month):
        late = bool(one.next_due_at and one.next_due_at < now)
        what = f"{one.number} {one.category.name if one.category else ''}({one.get_status_display()})"
        yield Item(one.hall_id, Unfinished.COMPLAINT, what, f"/complaints/{one.number}/", late)


def _actions(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    rows = CorrectiveAction.objects.filter(
        hall__in=halls,
        state__in=[ActionState.OPEN, ActionState.RECHECK],
        finding__found_on__range=(month, last_day(month)),
    )
    today = time.business_day(now)
    for one in rows.select_related("finding").order_by("due_on", "pk"):
        late = one.state == ActionState.OPEN and one.due_on < today
        what = f"{one.finding.name}({one.get_state_display()},{_day(one.due_on)}前)"
        yield Item(one.hall_id, Unfinished.ACTION, what, f"/inspections/actions/{one.pk}/", late)


def _appeals(halls: Sequence[Hall], month: date, now: datetime) -> Iterator[Item]:
    rows = Appeal.objects.filter(
        hall__in=halls, state=AppealState.OPEN, visit__planned_on__range=(month, last_day(month))
    )
    for one in rows.select_related("visit").order_by("raised_at"):
        what = f"{_day(one.visit.planned_on)}检查的申诉待区县处理"
        yield Item(one.hall_id, Unfinished.APPEAL, what, f"/inspections/appeals/{one.pk}/")


SOURCES = (_closings, _months, _sheets, _weekly, _complaints, _actions, _appeals)
