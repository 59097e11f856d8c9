"""任务: from a district to its halls; and who was urged for what."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall
from overview.states import OPEN_TASKS, OwedKind, TaskDid, TaskState, UrgeStage


class Task(models.Model):
    """What is to be done everywhere; how far each hall is stands in `HallTask`."""

    title = models.CharField("任务", max_length=60)
    text = models.TextField("要求", max_length=1000)
    wants_photo = models.BooleanField("须上传照片", default=False)
    due_on = models.DateField("完成期限")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="下达人")
    given_at = models.DateTimeField("下达时间")

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ["-given_at", "-id"]

    def __str__(self) -> str:
        return self.title


class HallTaskQuerySet(models.QuerySet["HallTask"]):
    def visible_to(self, user: Any) -> "HallTaskQuerySet":
        return self.filter(hall_id__in=user.hall_ids("task.give") | user.hall_ids("task.do"))

    def overdue(self, today: date) -> "HallTaskQuerySet":
        return self.filter(state__in=OPEN_TASKS, task__due_on__lt=today)


class HallTask(models.Model):
    """`read_at` is the receipt: somebody of the hall has opened it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="halls", verbose_name="任务")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="tasks", verbose_name="营业厅")
    state = models.CharField("状态", max_length=10, choices=TaskState.pairs, default=TaskState.SENT)
    read_at = models.DateTimeField("签收时间", null=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签收人"
    )
    proof = models.CharField("完成情况", max_length=500, blank=True)
    photo = models.CharField("照片", max_length=80, blank=True)
    done_at = models.DateTimeField("提交时间", null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    accepted_at = models.DateTimeField("确认时间", null=True)
    returned_why = models.CharField("退回原因", max_length=200, blank=True)

    objects = HallTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "营业厅任务"
        ordering = ["task__due_on", "hall__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "hall"], name="one_task_per_hall"),
            models.CheckConstraint(
                condition=~Q(state__in=[TaskState.DONE, TaskState.ACCEPTED]) | Q(done_at__isnull=False),
                name="a_done_task_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["hall", "state"], name="task_by_hall")]

    def __str__(self) -> str:
        return f"{self.hall} {self.task}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TASKS

    def is_overdue(self, today: date) -> bool:
        return self.is_open and today > self.task.due_on


class TaskEvent(models.Model):
    task = models.ForeignKey(HallTask, models.CASCADE, related_name="events", verbose_name="任务")
    did = models.CharField("动作", max_length=10, choices=TaskDid.pairs)
    at = models.DateTimeField("时间")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_did_display()} {self.at}"


class Urging(models.Model):
    """催办: a hall was urged for one thing in one stage; never twice in the same. Without a person: by the system."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="urgings", verbose_name="营业厅")
    kind = models.CharField("事项", max_length=10, choices=OwedKind.pairs)
    subject = models.CharField("对象", max_length=40)
    stage = models.CharField("阶段", max_length=10, choices=UrgeStage.pairs)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="催办人")

    class Meta:
        verbose_name = verbose_name_plural = "催办记录"
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["hall", "kind", "subject", "stage"], name="urged_once_a_stage")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_stage_display()}"
