"""第一天: what somebody new should have done or been shown, and what the person has ticked."""

from django.db import models

from staff.models.people import User


class FirstDayStep(models.Model):
    """A line of the list; one that is no longer wanted is switched off, what was ticked stays."""

    title = models.CharField("事项", max_length=40, unique=True)
    what = models.CharField("说明", max_length=120, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("使用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "第一天清单"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title


class FirstDayTick(models.Model):
    """The person's own word that a step is done."""

    step = models.ForeignKey(FirstDayStep, models.PROTECT, related_name="ticks", verbose_name="事项")
    person = models.ForeignKey(User, models.PROTECT, related_name="first_day_ticks", verbose_name="人员")
    at = models.DateTimeField("完成时间")

    class Meta:
        verbose_name = verbose_name_plural = "第一天完成记录"
        ordering = ["step__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["step", "person"], name="one_tick_per_step_and_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.step}"
