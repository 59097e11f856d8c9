"""月度通报: one of a region and month; what was issued stands in its versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall, Region
from overview.states import VersionState


class Circular(models.Model):
    region = models.ForeignKey(Region, models.PROTECT, related_name="circulars", verbose_name="区域")
    month = models.DateField("月份")
    made_at = models.DateTimeField("起草时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")

    class Meta:
        verbose_name = verbose_name_plural = "月度通报"
        ordering = ["-month", "region__code"]
        constraints = [
            models.UniqueConstraint(fields=["region", "month"], name="one_circular_per_region_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_circular_is_of_a_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.region.name} {self.month:%Y-%m} 通报"


class CircularVersion(models.Model):
    """A trigger keeps issued ones as they are. `photos`: `[{photo, caption}]` while a draft, with the file once issued;
    `content`: ranks and faults, frozen at issue."""

    circular = models.ForeignKey(Circular, models.PROTECT, related_name="versions", verbose_name="通报")
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=8, choices=VersionState.pairs, default=VersionState.DRAFT)
    texts = models.JSONField("内容", default=dict)
    photos = models.JSONField("照片", default=list)
    content = models.JSONField("数据", default=dict)
    reason = models.CharField("更正原因", max_length=200, blank=True)
    edits = models.PositiveIntegerField("保存次数", default=0)
    changed_at = models.DateTimeField("保存时间")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保存人")
    issued_at = models.DateTimeField("印发时间", null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="印发人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "通报版本"
        ordering = ["circular", "number"]
        constraints = [
            models.UniqueConstraint(fields=["circular", "number"], name="one_circular_version_per_number"),
            models.UniqueConstraint(
                fields=["circular"], condition=Q(state=VersionState.DRAFT), name="one_draft_per_circular"
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT, issued_at=None)
                | Q(state=VersionState.SIGNED, issued_at__isnull=False, issued_by__isnull=False),
                name="an_issued_circular_has_an_issuer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular} 第 {self.number} 版"

    @property
    def is_issued(self) -> bool:
        return self.state == VersionState.SIGNED


class CircularReading(models.Model):
    """签收: somebody of a hall has read what was issued; a corrected circular is read anew."""

    version = models.ForeignKey(CircularVersion, models.PROTECT, related_name="readings", verbose_name="通报版本")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    read_at = models.DateTimeField("签收时间")
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签收人")

    class Meta:
        verbose_name = verbose_name_plural = "通报签收"
        ordering = ["version", "hall__code"]
        constraints = [models.UniqueConstraint(fields=["version", "hall"], name="one_reading_per_version_and_hall")]

    def __str__(self) -> str:
        return f"{self.hall} {self.read_at}"
