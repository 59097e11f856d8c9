"""AB duties and tasks that come back (R-S-2, R-S-22)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from core import changes, time
from core.errors import Refused
from core.texts import whole
from halls.models import Hall
from messaging.actions import alert
from staff.models import Duty, RecurringTask, TaskDone, User
from staff.queries import duties as queries
from staff.queries.people import managers_of
from staff.states import DutySide


@dataclass(frozen=True)
class Wish:
    name: str
    a: User
    b: User
    what: str = ""
    order: int = 0


@transaction.atomic
def set_duty(hall: Hall, wish: Wish, *, actor: User, now: datetime, duty: Duty | None = None) -> Duty:
    """Give a duty its A and B, a new one or one that stands. Raises Refused: same_person, not_here, name_taken."""
    name = whole(wish.name, 30, "事项名称")
    if not name:
        raise Refused("no_name", "请填写事项名称。")
    if wish.a == wish.b:
        raise Refused("same_person", "A 角和 B 角须是两个人,请另选一人。")
    here = set(queries.crew(hall, time.business_day(now)).values_list("pk", flat=True))
    for person in (wish.a, wish.b):
        if person.pk not in here:
            raise Refused("not_here", f"{person.name}今天不在本厅任职,请选择本厅人员。")
    row = duty or Duty(hall=hall)
    before = f"{row.a.name} / {row.b.name}" if duty else ""
    row.name, row.what, row.a, row.b, row.order = name, whole(wish.what, 100, "内容"), wish.a, wish.b, wish.order
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("name_taken", f"本厅已有「{name}」,请直接修改。") from error
    changes.record(row, "AB 角", actor=actor, before=before, after=f"{row.a.name} / {row.b.name}")
    return row


@transaction.atomic
def end_duty(duty: Duty, *, actor: User, now: datetime) -> None:
    """It stands no more from today on; its history stays. Raises Refused("ended_already")."""
    if not Duty.objects.filter(pk=duty.pk, ended_on=None).update(ended_on=time.business_day(now)):
        raise Refused("ended_already", "该事项已停用。")
    duty.tasks.update(is_active=False)
    changes.record(duty, "停用", actor=actor, before="在用", after="已停用")


@transaction.atomic
def do_task(task: RecurringTask, day: date, *, actor: User, now: datetime, note: str = "") -> TaskDone:
    """Tick a task of a day off. Raises Refused: not_due, done_already, not_yet."""
    if day > time.business_day(now):
        raise Refused("not_yet", "还没有到这一天。")
    if not any(one.task == task for one in queries.due(task.hall, day)):
        raise Refused("not_due", "这一天没有安排这项任务。")
    row, fresh = TaskDone.objects.get_or_create(
        task=task, day=day, defaults={"done_by": actor, "done_at": now, "note": whole(note, 100, "说明")}
    )
    if not fresh:
        raise Refused("done_already", f"{row.done_by.name}已在 {time.local(row.done_at):%H:%M} 完成。")
    return row


def watch_duties(now: datetime) -> int:
    """Sweep: managers are told once a day of each duty without anybody, and of each task that is late."""
    day, told = time.business_day(now), 0
    for hall in Hall.objects.filter(is_live=True, duties__isnull=False).distinct():
        for one in queries.today(hall, day):
            if one.side == DutySide.NOBODY:
                _tell(hall, f"「{one.duty}」今天 A、B 角都不在,请指定人员", f"duty:{one.duty.pk}:{day}")
                told += 1
        for late in queries.due(hall, day):
            if late.is_late(now):
                _tell(hall, f"「{late.task}」未按时完成,请安排", f"task:{late.task.pk}:{day}")
                told += 1
    return told


def _tell(hall: Hall, title: str, key: str) -> None:
    url = f"{reverse('duties')}?hall={hall.code}"
    alert(managers_of(hall.pk), title=f"{hall.name}:{title}", body="在「AB 角」页查看和安排。", url=url, key=key)
