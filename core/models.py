from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class KeptAnswer(models.Model):
    """The answer given to a request with an `Idempotency-Key`, kept for 24 hours."""

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=None, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key")]
        indexes = [BrinIndex(fields=["at"])]

    def __str__(self) -> str:
        return self.key


class Parameter(models.Model):
    """A number that a province, district or hall may change, from a day on.

    `scope` is the code of the hall or region that it holds for, empty for everywhere. Registered in
    `core.parameters`, where the default, the unit and the meaning stand.
    """

    name = models.CharField("参数", max_length=60)
    scope = models.CharField("适用范围", max_length=20, blank=True, help_text="营业厅或区域代码,留空为全部")
    value = models.JSONField("值")
    valid_from = models.DateField("生效日期")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参数与生效日期"
        ordering = ["name", "scope", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["name", "scope", "valid_from"], name="one_value_per_name_scope_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.scope or '全部'} {self.valid_from}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        from core import parameters

        super().save(*args, **kwargs)
        parameters.forget()

    def clean(self) -> None:
        from core import parameters

        parameters.check(self.name, self.value)


class SettingChange(models.Model):
    """Who changed which setting, from what to what. Written by the admin, never edited."""

    at = models.DateTimeField("时间", auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="修改人", related_name="+")
    thing = models.CharField("对象类型", max_length=60)
    thing_id = models.CharField("对象编号", max_length=60)
    label = models.CharField("对象", max_length=200)
    field = models.CharField("字段", max_length=60)
    before = models.TextField("原值", blank=True)
    after = models.TextField("新值", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["thing", "thing_id"])]

    def __str__(self) -> str:
        return f"{self.label} {self.field}"
