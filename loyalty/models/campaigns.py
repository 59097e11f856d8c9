"""Promotional points and the conversion of old balances."""

from django.db import models

from loyalty.states import RunState


class PromoCampaign(models.Model):
    """R-L-22: points given to named customers; usable to `expires_on` inclusive, or for ever."""

    code = models.CharField("编号", max_length=30, unique=True)
    name = models.CharField("活动名称", max_length=60)
    points = models.PositiveIntegerField("每人积分", help_text="名单里没有写积分时用")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    expires_on = models.DateField("最后可用日", null=True, blank=True, help_text="留空为长期有效")
    expires_after_days = models.PositiveSmallIntegerField(
        "发放后可用天数", null=True, blank=True, help_text="含发放当天;与最后可用日二选一"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分活动"
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on=None) | models.Q(expires_after_days=None), name="one_way_to_expire"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ConversionRun(models.Model):
    """R-L-26: every lot there was before `on` became 1.25 times as many points, rounded up. Once."""

    on = models.DateField("转换日期", unique=True)
    numerator = models.PositiveSmallIntegerField("比例分子", default=125)
    denominator = models.PositiveSmallIntegerField("比例分母", default=100)
    state = models.CharField("状态", max_length=8, choices=RunState.pairs, default=RunState.RUNNING)
    lots = models.BigIntegerField("批次数", default=0)
    points = models.BigIntegerField("增加积分", default=0)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "存量积分转换"
