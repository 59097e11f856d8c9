"""R-S-2: the small things of a hall, each with two persons; R-S-22: tasks that come back."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from halls.models import Hall
from halls.states import Weekday
from staff.models.people import User
from staff.states import Cycle


class Duty(models.Model):
    """One thing of a hall with its A and a different B; without `ended_on` it stands."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="duties", verbose_name="营业厅")
    name = models.CharField("事项", max_length=30)
    what = models.CharField("要求", max_length=100, blank=True)
    a = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="A 角")
    b = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="B 角")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    ended_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "AB 角"
        ordering = ["hall", "order", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(a=F("b")), name="a_and_b_differ"),
            models.UniqueConstraint(
                fields=["hall", "name"], condition=Q(ended_on=None), name="one_standing_duty_per_hall_and_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecurringTask(models.Model):
    """A task of a hall that comes back: on days of the week or on a day of the month, before opening or by closing.

    Who answers for its duty does it; without a duty, whoever is there.
    """

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="recurring_tasks", verbose_name="营业厅")
    duty = models.ForeignKey(
        Duty, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name="对应 AB 角事项"
    )
    name = models.CharField("任务", max_length=40)
    what = models.CharField("要求", max_length=200, blank=True)
    cycle = models.CharField("周期", max_length=6, choices=Cycle.pairs)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.pairs), default=list, blank=True, verbose_name="星期"
    )
    day_of_month = models.PositiveSmallIntegerField(
        "每月几日", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    before_opening = models.BooleanField("开门前完成", default=False)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "定期任务"
        ordering = ["hall", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cycle=Cycle.DAYS, weekdays__len__gt=0) | Q(cycle=Cycle.MONTH, day_of_month__isnull=False),
                name="recurring_task_has_its_days",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TaskDone(models.Model):
    """Somebody did a task for a day."""

    task = models.ForeignKey(RecurringTask, models.CASCADE, related_name="done", verbose_name="任务")
    day = models.DateField("日期")
    done_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="完成人")
    done_at = models.DateTimeField("完成时间")
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "定期任务完成"
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["task", "day"], name="a_task_is_done_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.task}"
