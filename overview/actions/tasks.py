"""任务: given by the district, received and done by halls, accepted or returned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from messaging.actions import notify
from overview.models import HallTask, Task, TaskEvent
from overview.rules.tasks import can_move
from overview.rules.weekly import written
from overview.states import TaskDid, TaskState
from staff.models import User
from staff.queries.people import managers_of


@dataclass(frozen=True)
class Order:
    """What is to be done, by when, and whether it is to be seen."""

    title: str
    text: str
    due_on: date
    wants_photo: bool = False


@transaction.atomic
def give(order: Order, halls: Iterable[Hall], *, actor: User, now: datetime) -> Task:
    """下达 to some halls. Raises Refused: no_halls, no_title, bad_day."""
    halls = list(halls)
    if not written(order.title) or not written(order.text):
        raise Refused("no_title", "请填写任务名称和要求。")
    if order.due_on < time.business_day(now):
        raise Refused("bad_day", "完成期限不能早于今天。")
    if not halls:
        raise Refused("no_halls", "请至少选择一个营业厅。")
    task = Task.objects.create(
        title=written(order.title)[:60],
        text=written(order.text)[:1000],
        wants_photo=order.wants_photo,
        due_on=order.due_on,
        given_by=actor,
        given_at=now,
    )
    made = HallTask.objects.bulk_create(HallTask(task=task, hall=hall) for hall in halls)
    TaskEvent.objects.bulk_create(TaskEvent(task=one, did=TaskDid.GIVEN, at=now, person=actor) for one in made)
    for one in made:
        title = f"区县任务:{task.title},请在 {task.due_on.month} 月 {task.due_on.day} 日前完成"
        notify(managers_of(one.hall_id), title=title[:100], url=address(one), key=f"overview.task.{one.pk}")
    return task


def address(task: HallTask) -> str:
    return f"/overview/tasks/mine/{task.pk}/"


def _held(task: HallTask) -> HallTask:
    rows = HallTask.objects.select_for_update(of=("self",)).select_related("task__given_by", "hall")
    return rows.get(pk=task.pk)


def _move(task: HallTask, state: TaskState, did: TaskDid, *, actor: User, now: datetime, note: str = "") -> None:
    """The only writer of a task's state in a hall."""
    if not can_move(task.state, state):
        raise Refused("bad_move", f"这项任务现在是「{task.get_state_display()}」,不能这样处理。请刷新后再看。")
    task.state = state
    task.save()
    TaskEvent.objects.create(task=task, did=did, at=now, person=actor, note=note[:500])


@transaction.atomic
def receive(task: HallTask, *, actor: User, now: datetime) -> HallTask:
    """签收: the receipt. Again by somebody else changes nothing."""
    task = _held(task)
    if task.state != TaskState.SENT:
        return task
    task.read_at, task.read_by = now, actor
    _move(task, TaskState.READ, TaskDid.READ, actor=actor, now=now)
    return task


@transaction.atomic
def finish(task: HallTask, proof: str, *, photo: str = "", actor: User, now: datetime) -> HallTask:
    """提交完成, with the photo where one is wanted. Raises Refused: no_proof, no_photo, bad_move."""
    proof = written(proof)
    if not proof:
        raise Refused("no_proof", "请写明完成情况。")
    if len(proof) > 500:
        raise Refused("too_long", "完成情况不超过 500 字,请精简。")
    task = _held(task)
    if task.task.wants_photo and not (photo or task.photo):
        raise Refused("no_photo", "这项任务须上传照片,请拍照后再提交。")
    task.proof, task.photo = proof, photo or task.photo
    task.done_at, task.done_by = now, actor
    if task.read_at is None:
        task.read_at, task.read_by = now, actor
    _move(task, TaskState.DONE, TaskDid.DONE, actor=actor, now=now, note=proof)
    title = f"{task.hall.name}已提交任务:{task.task.title}"
    url, key = f"/overview/tasks/{task.task_id}/", f"overview.task.done.{task.pk}.{now:%Y%m%d%H%M%S}"
    notify([task.task.given_by], title=title[:100], url=url, key=key)
    return task


@transaction.atomic
def judge(task: HallTask, *, accepted: bool, why: str, actor: User, now: datetime) -> HallTask:
    """确认完成 or 退回 with the reason. Raises Refused: no_reason, bad_move."""
    why = written(why)[:200]
    if not accepted and not why:
        raise Refused("no_reason", "请写明退回的原因。")
    task = _held(task)
    if accepted:
        task.accepted_at, task.returned_why = now, ""
        _move(task, TaskState.ACCEPTED, TaskDid.ACCEPTED, actor=actor, now=now, note=why)
        return task
    task.returned_why = why
    _move(task, TaskState.RETURNED, TaskDid.RETURNED, actor=actor, now=now, note=why)
    key = f"overview.task.returned.{task.pk}.{now:%Y%m%d%H%M%S}"
    title = f"任务退回:{task.task.title}({why})"
    notify(managers_of(task.hall_id), title=title[:100], url=address(task), key=key)
    return task


@transaction.atomic
def withdraw(task: Task, halls: Iterable[int], *, actor: User, now: datetime) -> int:
    """撤销 in the given halls; what is accepted stays."""
    count = 0
    for row in HallTask.objects.select_for_update().filter(task=task, hall__in=list(halls)).order_by("pk"):
        if can_move(row.state, TaskState.WITHDRAWN):
            _move(row, TaskState.WITHDRAWN, TaskDid.WITHDRAWN, actor=actor, now=now)
            count += 1
    if count == 0:
        raise Refused("bad_move", "这项任务在各厅都已完成或撤销。")
    return count
