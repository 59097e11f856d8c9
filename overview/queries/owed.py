"""What halls have not submitted: reports, closings, corrective actions, tasks, the checks of the
day and of the month, open appeals, circulars that are not received."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core import parameters, time
from halls.models import CheckList, Hall, Round
from halls.queries.rounds import due_on
from halls.states import CheckKind, RoundState
from inspections.models import Appeal, CorrectiveAction
from inspections.states import ActionState, AppealState
from overview.models import HallTask, Urging, WeeklyReport
from overview.queries import circulars
from overview.rules import circulars as circular_rules
from overview.rules import months
from overview.rules import owed as rules
from overview.rules.weekly import week_text
from overview.states import OPEN_TASKS, OwedKind, UrgeStage
from staff.queries import closings

APPEAL_DAYS = 5  # three working days and the weekend that may lie between


@dataclass(frozen=True)
class Owed:
    """One thing that is not there yet. `urged`: who was urged for it in its present stage, and when;
    `late`: for how long it is overdue, in words."""

    hall: Hall
    kind: OwedKind
    subject: str
    what: str
    due: datetime
    url: str
    stage: UrgeStage | None = None
    urged: Urging | None = None
    late: str = ""

    @property
    def is_late(self) -> bool:
        return self.stage in {UrgeStage.LATE, UrgeStage.LONG_LATE}

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}"


def owed(hall_ids: Iterable[int], now: datetime, *, kind: str = "") -> list[Owed]:
    """Due within the first stage of urging or past it, the longest overdue first."""
    rows = Hall.objects.filter(pk__in=list(hall_ids), is_live=True).select_related("region__parent__parent")
    halls = list(rows.order_by("code"))
    today = time.business_day(now)
    names = (rules.SOON_HOURS, rules.LONG_DAYS, rules.SAFETY_DAYS)
    soon, long, safety = (parameters.number(name, on=today) for name in names)
    early = {OwedKind.SAFETY: safety * 24}
    found = [
        replace(
            one,
            late=rules.late_text(one.due, now),
            stage=rules.stage_of(one.due, now, soon_hours=early.get(source, soon), long_days=long),
        )
        for source, read in SOURCES.items()
        if not kind or kind == source
        for one in read(halls, now)
    ]
    standing = [one for one in found if one.stage is not None]
    return sorted(_with_urgings(standing), key=lambda one: (one.due, one.hall.code, one.kind))


def _with_urgings(rows: Sequence[Owed]) -> list[Owed]:
    known = Urging.objects.filter(hall__in={one.hall.pk for one in rows}).select_related("by")
    made = {(one.hall_id, one.kind, one.subject, one.stage): one for one in known}
    return [replace(one, urged=made.get((one.hall.pk, one.kind, one.subject, str(one.stage)))) for one in rows]


def _end_of(day: date) -> datetime:
    """The last moment of a day."""
    return time.day_bounds(day)[1] - timedelta(seconds=1)


def _weekly(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    rows = WeeklyReport.objects.filter(hall__in=halls, signed_at=None).select_related("hall__region__parent__parent")
    for one in rows:
        what = f"{week_text(one.monday)}周报"
        yield Owed(one.hall, OwedKind.WEEKLY, str(one.pk), what, one.due_at, f"/overview/weekly/{one.pk}/")


def _closings(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    by_pk = {one.pk: one for one in halls}
    for one in closings.overdue(now):
        if hall := by_pk.get(one.hall.pk):
            what, url = f"{one.day.month} 月 {one.day.day} 日日结", f"/closings/{hall.code}/{one.day}/"
            yield Owed(hall, OwedKind.CLOSING, one.day.isoformat(), what, _end_of(one.day), url)


def _actions(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    rows = CorrectiveAction.objects.filter(hall__in=halls, state=ActionState.OPEN)
    for one in rows.select_related("hall__region__parent__parent", "finding"):
        what, url = f"整改说明:{one.finding.name}", f"/inspections/actions/{one.pk}/"
        yield Owed(one.hall, OwedKind.ACTION, str(one.pk), what, _end_of(one.due_on), url)


def _tasks(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    rows = HallTask.objects.filter(hall__in=halls, state__in=OPEN_TASKS)
    for one in rows.select_related("hall__region__parent__parent", "task"):
        url = f"/overview/tasks/mine/{one.pk}/"
        yield Owed(one.hall, OwedKind.TASK, str(one.pk), one.task.title, _end_of(one.task.due_on), url)


def _checks(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    """Those of today whose time is over; the month's own check is not of the day."""
    day = time.business_day(now)
    for hall in halls:
        for due in due_on(hall, day, now):
            if due.state == RoundState.LATE and due.list.kind != CheckKind.SAFETY:
                subject = f"{due.list.kind}:{time.local(due.slot):%m%d%H%M}"
                yield Owed(hall, OwedKind.CHECK, subject, due.label, due.until, f"/halls/checks/?hall={hall.code}")


def _appeals(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    """What the district owes the hall: an appeal wants its decision."""
    rows = Appeal.objects.filter(hall__in=halls, state=AppealState.OPEN).select_related("hall__region__parent__parent")
    for one in rows:
        due = one.raised_at + timedelta(days=APPEAL_DAYS)
        yield Owed(one.hall, OwedKind.APPEAL, str(one.pk), "申诉待区县处理", due, f"/inspections/appeals/{one.pk}/")


def _safety(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    """The month's card until it is signed, and last month's where the hall made any round in that month."""
    this = time.business_day(now).replace(day=1)
    begins = {month: time.day_bounds(month)[0] for month in (months.month_before(this), this)}
    rows = Round.objects.filter(hall__in=halls, slot__gte=min(begins.values()), slot__lt=now)
    done = set(rows.filter(kind=CheckKind.SAFETY, finished_at__isnull=False).values_list("hall", "slot"))
    ran = set(rows.filter(slot__lt=begins[this]).values_list("hall", flat=True).distinct())
    lists = CheckList.objects.filter(kind=CheckKind.SAFETY, is_active=True).values_list("hall", "hall_type")
    own, types = {hall for hall, _ in lists}, {kind for hall, kind in lists if hall is None}
    for hall in halls:
        has_list = hall.pk in own or hall.type in types or "" in types
        for month, slot in begins.items():
            if has_list and (hall.pk, slot) not in done and (month == this or hall.pk in ran):
                last = months.last_day(month)
                url = f"/halls/checks/?hall={hall.code}" + ("" if month == this else f"&day={last.isoformat()}")
                yield Owed(hall, OwedKind.SAFETY, f"{month:%Y-%m}", f"{month.month} 月安全月查", _end_of(last), url)


def _circulars(halls: Sequence[Hall], now: datetime) -> Iterator[Owed]:
    days = parameters.number(circular_rules.RECEIVE_DAYS, on=time.business_day(now))
    for one in circulars.unread(halls):
        row, issued_at = one.version.circular, one.version.issued_at
        assert issued_at is not None  # a constraint: what is issued has its time
        again = "(更正)" if one.version.number > 1 else ""
        what = f"{row.region.name} {months.month_text(row.month)}通报{again}"
        due = circular_rules.receive_due(issued_at, days=days)
        yield Owed(one.hall, OwedKind.CIRCULAR, str(one.version.pk), what, due, f"/overview/circulars/{row.pk}/")


SOURCES = {
    OwedKind.WEEKLY: _weekly,
    OwedKind.CLOSING: _closings,
    OwedKind.ACTION: _actions,
    OwedKind.TASK: _tasks,
    OwedKind.CHECK: _checks,
    OwedKind.APPEAL: _appeals,
    OwedKind.SAFETY: _safety,
    OwedKind.CIRCULAR: _circulars,
}
