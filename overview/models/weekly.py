"""营业周报 (R-H-12): one report of a hall and week; what it says stands in its versions."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall
from overview.states import VersionState


class WeeklyReportQuerySet(models.QuerySet["WeeklyReport"]):
    def visible_to(self, user: Any) -> "WeeklyReportQuerySet":
        return self.filter(hall_id__in=user.hall_ids("report.see"))


class WeeklyReport(models.Model):
    """`signed_at`: when its first version was signed; from then on it counts as submitted."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="weekly_reports", verbose_name="营业厅")
    monday = models.DateField("周一")
    due_at = models.DateTimeField("应交时间")
    drafted_at = models.DateTimeField("建稿时间")
    signed_at = models.DateTimeField("首次签字时间", null=True)
    reminded_at = models.DateTimeField("提醒时间", null=True)
    late_told_at = models.DateTimeField("超时告知时间", null=True)

    objects = WeeklyReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "营业周报"
        ordering = ["-monday", "hall"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "monday"], name="one_report_per_hall_and_week"),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="a_report_begins_on_a_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.monday} 周报"

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def is_late(self, now: datetime) -> bool:
        """Signed after its time, or not at all by now."""
        return (self.signed_at or now) > self.due_at


class WeeklyVersion(models.Model):
    """One state of a report. A trigger keeps signed ones as they are; a correction is the next version.

    `texts`: while a draft only what somebody typed, by section; once signed, every section as it was signed.
    `asks`: support wanted, `[{key, section, text}]`. `figures`: empty while a draft, frozen at signing.
    `edits` counts the saves: who saves on top of an older count is told so.
    """

    report = models.ForeignKey(WeeklyReport, models.PROTECT, related_name="versions", verbose_name="周报")
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=8, choices=VersionState.pairs, default=VersionState.DRAFT)
    texts = models.JSONField("内容", default=dict)
    asks = models.JSONField("支撑需求", default=list)
    figures = models.JSONField("数据", default=dict)
    reason = models.CharField("更正原因", max_length=200, blank=True)
    edits = models.PositiveIntegerField("保存次数", default=0)
    changed_at = models.DateTimeField("保存时间")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="保存人"
    )
    signed_at = models.DateTimeField("签字时间", null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签字人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "周报版本"
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="one_weekly_version_per_number"),
            models.UniqueConstraint(
                fields=["report"], condition=Q(state=VersionState.DRAFT), name="one_weekly_draft_per_report"
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT, signed_at=None, signed_by=None)
                | Q(state=VersionState.SIGNED, signed_at__isnull=False, signed_by__isnull=False),
                name="a_signed_weekly_version_has_a_signer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} 第 {self.number} 版"

    @property
    def is_signed(self) -> bool:
        return self.state == VersionState.SIGNED
