"""What happened on past days, added up once so that no page has to read millions of numbers."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core import time
from halls.models import Campaign, Hall
from queueing.rules.figures import SLOT_MINUTES
from queueing.states import FigureBy


class FigureDay(models.Model):
    """A hall's day has been added up; whatever moves later than `made_at` adds it up again."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", verbose_name="营业厅")
    day = models.DateField("营业日")
    made_at = models.DateTimeField("汇总时间")

    class Meta:
        verbose_name = verbose_name_plural = "统计汇总日"
        constraints = [models.UniqueConstraint(fields=["hall", "day"], name="one_figure_day")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day}"


def _count() -> "models.BigIntegerField[int, int]":
    return models.BigIntegerField(default=0)


class Figure(models.Model):
    """Sums of one hall and day by one view: the whole day, a half hour, a business, a class, a clerk.

    Everything adds up over days and halls; `waits` counts waits by minutes (queueing.rules.figures.bounds), so
    percentiles of any span come from here. The views are kept apart because their cross product is as large as the
    numbers themselves.
    """

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", db_index=False, verbose_name="营业厅")
    day = models.DateField("营业日")
    by = models.CharField("口径", max_length=8, choices=FigureBy.pairs)
    key = models.CharField("对象", max_length=20, blank=True)

    issued = _count()
    estimated = _count()
    answered = _count()
    wait_seconds = _count()
    wait_within = _count()
    long_waits = _count()
    cared = _count()
    served = _count()
    service_seconds = _count()
    service_in_limit = _count()
    wait_in_limit = _count()
    no_shows = _count()
    no_show_seconds = _count()
    cancelled = _count()
    closed = _count()
    handled = _count()
    online_handled = _count()
    told_online = _count()
    ratings = _count()
    rating_sum = _count()
    low_ratings = _count()
    promised = _count()
    promise_kept = _count()
    promise_error_seconds = _count()
    vips = _count()
    vips_met = _count()
    sent_on = _count()
    answered_at_door = _count()
    without_documents = _count()
    signed_seconds = _count()
    open_seconds = _count()
    busy_seconds = _count()
    pauses = ArrayField(models.IntegerField(), null=True)
    waits = ArrayField(models.IntegerField(), null=True)

    class Meta:
        verbose_name = verbose_name_plural = "统计汇总"
        constraints = [models.UniqueConstraint(fields=["by", "hall", "day", "key"], name="one_figure")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day} {self.by} {self.key}"


class HalfHourCause(models.Model):
    """R-Q-20: what waiting was made of in one half hour, kept for analysis."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", db_index=False, verbose_name="营业厅")
    day = models.DateField("营业日")
    slot = models.PositiveSmallIntegerField("半小时")
    arrived = models.PositiveIntegerField("取号人数")
    handled = models.PositiveIntegerField("办结人数")
    handling_seconds = models.PositiveIntegerField("办理秒数")
    waiting_seconds = models.PositiveIntegerField("等候人·秒")
    answered = models.PositiveIntegerField("叫到人数")
    wait_seconds = models.PositiveIntegerField("叫到者等候秒数")
    signed_seconds = models.PositiveIntegerField("窗口签入秒数")
    open_seconds = models.PositiveIntegerField("窗口开启秒数")
    is_busy = models.BooleanField("忙时")
    sent_on = models.PositiveIntegerField("分流人数")
    campaigns = models.PositiveSmallIntegerField("营销案数")

    class Meta:
        verbose_name = verbose_name_plural = "半小时成因"
        constraints = [models.UniqueConstraint(fields=["hall", "day", "slot"], name="one_cause_per_half_hour")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day} {self.slot}"

    @property
    def starts_at(self) -> datetime:
        return time.day_bounds(self.day)[0] + timedelta(minutes=SLOT_MINUTES * self.slot)


class HalfHourForecast(models.Model):
    """How many are expected to come in a half hour, and how many windows they need; a roster is made from these."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", db_index=False, verbose_name="营业厅")
    day = models.DateField("营业日")
    slot = models.PositiveSmallIntegerField("半小时")
    arrivals = models.FloatField("预计取号")
    minutes = models.FloatField("平均办理分钟")
    windows = models.PositiveSmallIntegerField("需开窗口")
    made_at = models.DateTimeField("预测时间")

    class Meta:
        verbose_name = verbose_name_plural = "半小时预测"
        constraints = [models.UniqueConstraint(fields=["hall", "day", "slot"], name="one_forecast_per_half_hour")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day} {self.slot}"


class LoadCheck(models.Model):
    """R-H-14: can these halls carry a campaign? What was asked, and what came out that day."""

    name = models.CharField("营销案名称", max_length=60)
    halls = models.ManyToManyField(Hall, related_name="+", verbose_name="营业厅")
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    target = models.PositiveIntegerField("目标客户")
    uptake = models.DecimalField("预计办理率", max_digits=4, decimal_places=1)
    minutes = models.DecimalField("每笔分钟", max_digits=4, decimal_places=1)
    other_channels = models.PositiveSmallIntegerField("厅外渠道数")
    result = models.JSONField("测算结果", default=dict)
    made_at = models.DateTimeField("测算时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="测算人")
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="load_checks", verbose_name="营销活动"
    )

    class Meta:
        verbose_name = verbose_name_plural = "营销承载测算"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name
