"""What waits for a hand in one hall, each with the page where it is dealt with; only what the person may deal with."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from complaints.models import Complaint
from core import parameters, time
from halls.models import Hall
from halls.queries import faults, materials
from halls.queries import rounds as checks
from halls.states import CheckKind, RoundState
from inspections.models import CorrectiveAction
from inspections.states import ActionState
from overview.queries import circulars
from overview.rules import circulars as receipts
from overview.rules import months
from overview.rules import owed as stages
from overview.rules import todo as rules
from overview.rules.todo import LATE, TODAY, WAITS, Todo
from queueing.queries import ratings
from staff.models import User
from staff.queries import attendance, closings, handovers
from staff.rules.handovers import WAITING
from staff.states import HandoverMode, Post

MOST = 4  # of one kind; the last card leads to the whole list
Part = Callable[[Hall, User, datetime], Iterator[Todo]]


def of_hall(hall: Hall, user: User, now: datetime) -> list[Todo]:
    """Late first, then by what is due first. What the floor's alerts say already is not said again."""
    parts = (
        ("complaint.see", _complaints),
        ("handover.sign", _handovers),
        ("roster.manage", _missing),
        ("money.see", _closings),
        ("hall.check", _faults),
        ("hall.check", _rounds),
        ("tv.manage", _materials),
        ("inspection.see", _actions),
        ("queue.manage", _call_backs),
        ("circular.receive", _circulars),
    )
    return rules.ordered(one for verb, part in parts if user.may(verb, hall) for one in part(hall, user, now))


def _complaints(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """By time left; the nearest ones by name, the rest as a number."""
    rows = Complaint.objects.visible_to(user).open().filter(hall=hall, next_due_at__isnull=False)
    due = list(rows.select_related("category", "first_handler").order_by("next_due_at", "pk")[: MOST + 1])
    for one in due[:MOST]:
        at: datetime = one.next_due_at  # type: ignore[assignment]
        detail = " · ".join(
            filter(None, [one.about, one.get_tier_display(), f"首问 {one.first_handler}" if one.first_handler else ""])
        )
        title, url = f"投诉 {one.number}:{rules.left(at, now)}", reverse("complaint", args=[one.number])
        yield Todo("complaint", title, detail, url, "去处理", rules.urgency(at, now), at)
    if len(due) > MOST:
        title = f"另有在办投诉 {rows.count() - MOST} 件"
        yield Todo("complaints", title, "按剩余时间排列", reverse("complaints"), "查看全部", WAITS)


def _handovers(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-S-7: a giver whose relief has not come, then every handover that is not signed yet."""
    for one in handovers.open_of(hall):
        late = one.minutes_late(now)
        place = one.window.label if one.window else one.get_kind_display()
        url = reverse("handover", args=[hall.code, one.pk])
        if late and one.state in WAITING and one.mode == HandoverMode.FACE:
            title = f"接班人未到:{one.giver.name} 等候交班,已迟 {late} 分钟"
            detail = f"{place} · 应 {time.local(one.relief_due_at):%H:%M} 到岗 · 可同意先离岗或另派接班人"  # type: ignore[arg-type]
            yield Todo("relief", title, detail, url, "去处理", LATE, one.relief_due_at)
        else:
            title = f"交接班{one.get_state_display()}:{one.giver.name}"
            taker = f"接班 {one.taker.name}" if one.taker else "接班人未定"
            yield Todo("handover", title, f"{place} · {taker}", url, "查看交接", WAITS)


def _missing(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-S-4: shifts that have begun without their person."""
    day = time.business_day(now)
    absent = [
        one for one in attendance.lines([hall], (day, day), only=attendance.ABSENT, now=now) if one.turn.ends_at > now
    ]
    if not absent:
        return
    names = "、".join(f"{one.turn.person.name}({Post(one.turn.post).label})" for one in absent[:MOST])
    more = f"等 {len(absent)} 人" if len(absent) > MOST else ""
    first = min(one.turn.begins_at for one in absent)
    url = f"{reverse('attendance')}?hall={hall.code}"
    yield Todo("absent", f"{len(absent)} 人应到未到岗", names + more, url, "查看考勤", LATE, first)


def _closings(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    for one in closings.overdue(now, [hall.pk])[:MOST]:
        url = reverse("closing", args=[hall.code, one.day.isoformat()])
        due = time.day_bounds(one.day)[1]
        yield Todo(
            "closing",
            f"{one.day.month} 月 {one.day.day} 日的日结未提交",
            rules.left(due, now),
            url,
            "去日结",
            LATE,
            due,
        )


def _faults(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-H-4: what is late, and what must be reported or work again soon."""
    rows = faults.faults_of([hall.pk], now)
    for one in [row for row in rows if row.is_late or _due(row.row) - now < timedelta(days=2)][:MOST]:
        due, word = _due(one.row), "修复" if one.row.reported_at else "报修"
        title, url = f"{one.row.equipment} {one.row.symptom}", reverse("fault", args=[one.row.pk])
        detail = f"{one.row.get_state_display()} · {word}{rules.left(due, now)}"
        yield Todo("fault", title, detail, url, "去跟进", LATE if one.is_late else rules.urgency(due, now), due)


def _due(fault: Any) -> datetime:
    due: datetime = fault.fix_due if fault.reported_at else fault.report_due
    return due


def _rounds(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-H-6, R-H-7: today's checks whose time is over or running; the month's presses when its end is near."""
    near = timedelta(days=parameters.number(stages.SAFETY_DAYS, on=time.business_day(now)))
    for one in checks.due_on(hall, time.business_day(now), now):
        if one.state in {RoundState.LATE, RoundState.DUE, RoundState.RUNNING}:
            page = {"patrol": "patrols", "convenience": "convenience"}.get(one.list.kind, "checks")
            presses = one.list.kind == CheckKind.SAFETY and one.until - now <= near
            urgent = LATE if one.state == RoundState.LATE else TODAY if presses else WAITS
            url = f"{reverse(page)}?hall={hall.code}"
            detail = rules.left(one.until, now)
            yield Todo("round", f"{one.label}未完成", detail, url, "去检查", urgent, one.until)


def _materials(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-H-8: what must come down today."""
    today = time.business_day(now)
    for one in materials.expired([hall.pk], today).get(hall.pk, [])[:MOST]:
        title = f"物料已过期:{one.title}"
        detail = f"{one.valid_to.month} 月 {one.valid_to.day} 日到期 · 请今天撤下"
        yield Todo("material", title, detail, f"{reverse('materials')}?hall={hall.code}", "去撤下", TODAY)


def _actions(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-I-10: corrective actions past their day, and those of today and tomorrow."""
    today = time.business_day(now)
    rows = CorrectiveAction.objects.filter(hall=hall, state=ActionState.OPEN, due_on__lte=today + timedelta(days=1))
    for one in rows.select_related("finding", "owner").order_by("due_on", "pk")[:MOST]:
        due = time.day_bounds(one.due_on)[1]
        owner = f"责任人 {one.owner.name}" if one.owner else "还没有责任人"
        title, url = f"整改:{one.finding.name}", reverse("inspection-action", args=[one.pk])
        yield Todo("action", title, f"{rules.left(due, now)} · {owner}", url, "去整改", rules.urgency(due, now), due)


def _call_backs(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """R-H-19: customers who were not content and want to be rung."""
    if count := ratings.open_call_backs({hall.pk}):
        url = reverse("call-backs-hall", args=[hall.code])
        yield Todo("call_back", f"{count} 位客户待回电", "评价不满意并请我们联系", url, "去联系", TODAY)


def _circulars(hall: Hall, user: User, now: datetime) -> Iterator[Todo]:
    """A circular that the hall has not received yet."""
    days = parameters.number(receipts.RECEIVE_DAYS, on=time.business_day(now))
    for one in circulars.unread([hall])[:MOST]:
        row, issued_at = one.version.circular, one.version.issued_at
        assert issued_at is not None  # a constraint: what is issued has its time
        due = receipts.receive_due(issued_at, days=days)
        title, url = f"{row.region.name} {months.month_text(row.month)}通报待签收", reverse("circular", args=[row.pk])
        yield Todo("circular", title, rules.left(due, now), url, "去签收", rules.urgency(due, now), due)
