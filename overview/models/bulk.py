"""One thing set for many halls at once: what it was before in each, so that it can be set back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.parameters import about
from halls.models import Hall
from overview.states import BulkKind


class BulkChange(models.Model):
    """A parameter from a day on, or a material, for many halls. Set back once; what was written stays on record."""

    kind = models.CharField("种类", max_length=10, choices=BulkKind.pairs)
    name = models.CharField("参数", max_length=60, blank=True)
    value = models.BigIntegerField("值", null=True)
    title = models.CharField("标题", max_length=40)
    valid_from = models.DateField("生效日期")
    note = models.CharField("说明", max_length=100)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人")
    made_at = models.DateTimeField("时间")
    undone_from = models.DateField("恢复生效日期", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="恢复人"
    )
    undone_at = models.DateTimeField("恢复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量设置"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="bulk_change_undone_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind=BulkKind.PARAMETER) | Q(value__isnull=False), name="bulk_parameter_has_a_value"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def unit(self) -> str:
        return about(self.name).unit if self.kind == BulkKind.PARAMETER else ""


class BulkLine(models.Model):
    """One hall of a bulk change. `before`: the value that held there; `material`: the row that was made."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="lines", verbose_name="批量设置")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    before = models.BigIntegerField("原值", null=True)
    material = models.ForeignKey("halls.Material", models.PROTECT, null=True, related_name="+", verbose_name="物料")

    class Meta:
        verbose_name = verbose_name_plural = "批量设置明细"
        ordering = ["hall__code"]
        constraints = [models.UniqueConstraint(fields=["change", "hall"], name="one_line_per_change_and_hall")]

    def __str__(self) -> str:
        return f"{self.change_id} {self.hall_id}"
