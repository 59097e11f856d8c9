"""请假 and 排班意愿: asked by the person, decided by the hall's manager; and the 调休 account."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from core import time
from core.errors import Refused
from halls.models import CalendarDay, Hall
from halls.states import CalendarKind
from messaging import actions as messaging
from staff.models import Attendance, CompensatoryEntry, Leave, RosterWish, ShiftType, User
from staff.queries.people import managers_of
from staff.queries.rosters import turns_in_force
from staff.states import AskState, LeaveKind

DAY_MINUTES = 8 * 60
LONGEST = 180


@transaction.atomic
def ask_leave(person: User, hall: Hall, kind: str, days: tuple[date, date], *, reason: str = "") -> Leave:
    """Raises Refused: bad_days, too_long, in_the_past, twice, on_roster, no_compensatory."""
    first, last = days
    now = time.now()
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if last < first:
        raise Refused("bad_days", "请假的结束日期在开始之前,请核对。")
    if (last - first).days >= LONGEST:
        raise Refused("too_long", f"一次最多请 {LONGEST} 天,请分开申请。")
    if first < time.business_day(now):
        raise Refused("in_the_past", "不能补请过去的日子,请联系店长登记考勤说明。")
    mine = Leave.objects.filter(user=person, first_day__lte=last, last_day__gte=first)
    twin = mine.filter(state__in=[AskState.ASKED, AskState.GRANTED]).first()
    if twin is not None:
        raise Refused("twice", f"{_span(twin.first_day, twin.last_day)} 已经申请过请假。")
    refuse_rostered(person, first, last)
    if kind == LeaveKind.COMPENSATORY:
        _refuse_overdrawn(person, (last - first).days + 1)
    leave = Leave.objects.create(
        user=person, hall=hall, kind=kind, first_day=first, last_day=last, reason=reason.strip(), asked_at=now
    )
    title = f"{person.name} 申请{leave.get_kind_display()} {_span(first, last)}"
    messaging.notify(_signers(hall), title=title, url="/shift-changes/", key=f"leave:{leave.pk}")
    return leave


def refuse_rostered(person: User, first: date, last: date) -> None:
    """Leave over a published shift: first somebody has to take the shift."""
    turn = turns_in_force().filter(person=person, day__range=(first, last)).order_by("day").first()
    if turn is not None:
        text = f"{turn.day.month} 月 {turn.day.day} 日已排{turn.shift.name}。请先换班或请同事代班,再申请请假。"
        raise Refused("on_roster", text)


def _refuse_overdrawn(person: User, days: int) -> None:
    left = balance(person)
    if left < days * DAY_MINUTES:
        raise Refused("no_compensatory", f"调休余额 {left / 60:g} 小时,不够休 {days} 天。")


def balance(person: User) -> int:
    """Minutes of 调休 not yet spent or asked for."""
    earned = CompensatoryEntry.objects.filter(user=person).aggregate(sum=Sum("minutes"))["sum"] or 0
    asked = Leave.objects.filter(user=person, kind=LeaveKind.COMPENSATORY, state=AskState.ASKED)
    return int(earned) - sum(leave.days for leave in asked) * DAY_MINUTES


@transaction.atomic
def decide_leave(leave_id: int, *, grant: bool, actor: User, answer: str, now: datetime) -> Leave:
    """Raises Refused: decided, own, on_roster, needs_reason."""
    leave = Leave.objects.select_for_update(of=("self",)).select_related("user", "hall").get(pk=leave_id)
    if leave.state != AskState.ASKED:
        raise Refused("decided", f"这条请假{leave.get_state_display()},请刷新后查看。")
    if leave.user_id == actor.pk:
        raise Refused("own", "不能审批自己的请假,请上级审批。")
    if grant:
        refuse_rostered(leave.user, leave.first_day, leave.last_day)
        if leave.kind == LeaveKind.COMPENSATORY:
            _spend(leave, now)
    elif not answer.strip():
        raise Refused("needs_reason", "退回请写明原因。")
    leave.state = AskState.GRANTED if grant else AskState.DENIED
    leave.decided_by, leave.decided_at, leave.answer = actor, now, answer.strip()
    leave.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    title = f"请假 {_span(leave.first_day, leave.last_day)} {leave.get_state_display()}"
    messaging.notify([leave.user], title=title, body=leave.answer, url="/shift-changes/", key=f"leave:{leave.pk}:done")
    return leave


def _spend(leave: Leave, now: datetime) -> None:
    CompensatoryEntry.objects.create(
        user=leave.user,
        hall=leave.hall,
        day=leave.first_day,
        minutes=-leave.days * DAY_MINUTES,
        key=f"leave:{leave.pk}",
        reason="调休",
        made_at=now,
    )


@transaction.atomic
def withdraw_leave(leave_id: int, *, actor: User) -> Leave:
    """One's own, while nobody has decided. Raises Refused("decided")."""
    leave = Leave.objects.select_for_update().get(pk=leave_id, user=actor)
    if leave.state != AskState.ASKED:
        raise Refused("decided", f"这条请假{leave.get_state_display()},不能撤回。")
    leave.state = AskState.WITHDRAWN
    leave.save(update_fields=["state"])
    return leave


@transaction.atomic
def wish(person: User, hall: Hall, day: date, *, shift: ShiftType | None, reason: str = "") -> RosterWish:
    """A wish for one day of a month not yet published; a second one replaces the first.

    Raises Refused: in_the_past, published, other_hall.
    """
    now = time.now()
    if day <= time.business_day(now):
        raise Refused("in_the_past", "请选择今天以后的日期。")
    if turns_in_force().filter(roster__hall=hall, roster__month=day.replace(day=1)).exists():
        raise Refused("published", f"{day.month} 月班表已发布。需要调整请申请换班。")
    if shift is not None and shift.hall_id != hall.pk:
        raise Refused("other_hall", "请选择本厅的班次。")
    values = {"hall": hall, "shift": shift, "reason": reason.strip(), "state": AskState.ASKED}
    return RosterWish.objects.update_or_create(
        user=person, day=day, defaults={**values, "answer": "", "asked_at": now}
    )[0]


@transaction.atomic
def earn_compensatory(now: datetime) -> int:
    """Work on a holiday is credited once both check-in and check-out are on record; safe to run again."""
    today = time.business_day(now)
    festive = CalendarDay.objects.filter(kind=CalendarKind.HOLIDAY, day__lt=today, day__gte=today - timedelta(days=14))
    rows = Attendance.objects.filter(
        day__in=festive.values("day"), checked_in_at__isnull=False, checked_out_at__isnull=False
    )
    fresh = [
        CompensatoryEntry(
            user_id=row.person_id,
            hall_id=row.hall_id,
            day=row.day,
            minutes=DAY_MINUTES,
            key=f"holiday:{row.person_id}:{row.day}",
            reason="法定假日上班",
            made_at=now,
        )
        for row in rows
    ]
    return len(CompensatoryEntry.objects.bulk_create(fresh, ignore_conflicts=True))


def _signers(hall: Hall) -> list[User]:
    return [person for person in managers_of(hall.pk) if person.may("roster.sign", hall)]


def _span(first: date, last: date) -> str:
    text = f"{first.month} 月 {first.day} 日"
    return text if first == last else f"{text}至 {last.month} 月 {last.day} 日"
