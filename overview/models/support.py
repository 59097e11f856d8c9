"""支撑需求: what a hall asks the city for in its weekly report, until it is solved."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall
from overview.models.weekly import WeeklyReport
from overview.states import Section, SupportDid, SupportState


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    def visible_to(self, user: Any) -> "SupportRequestQuerySet":
        return self.filter(hall_id__in=user.hall_ids("report.see"))

    def unsolved(self) -> "SupportRequestQuerySet":
        return self.filter(state__in=[SupportState.OPEN, SupportState.ANSWERED])


class SupportRequest(models.Model):
    """Made when the report is signed; `key` is the line of the report, so signing anew makes it no second time."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="support_requests", verbose_name="营业厅")
    report = models.ForeignKey(WeeklyReport, models.PROTECT, related_name="support_requests", verbose_name="周报")
    key = models.CharField(max_length=12)
    section = models.CharField("所属部分", max_length=20, choices=Section.pairs)
    text = models.CharField("需求", max_length=500)
    state = models.CharField("状态", max_length=10, choices=SupportState.pairs, default=SupportState.OPEN)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    raised_at = models.DateTimeField("提出时间")
    due_on = models.DateField("应答复日期")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="市公司责任人"
    )
    answer = models.CharField("答复", max_length=500, blank=True)
    promised_on = models.DateField("落实日期", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    late_told_at = models.DateTimeField("超期提醒时间", null=True)

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "支撑需求"
        ordering = ["-raised_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "key"], name="one_support_request_per_line"),
            models.CheckConstraint(
                condition=~Q(state=SupportState.ANSWERED) | Q(promised_on__isnull=False, owner__isnull=False),
                name="answered_support_has_a_day_and_an_owner",
            ),
        ]
        indexes = [models.Index(fields=["hall", "state"], name="support_by_hall")]

    def __str__(self) -> str:
        return self.text[:40]

    def is_late(self, today: date) -> bool:
        """Not answered by its day, or answered and not solved by the promised one."""
        if self.state == SupportState.OPEN:
            return today > self.due_on
        return self.state == SupportState.ANSWERED and self.promised_on is not None and today > self.promised_on


class SupportEvent(models.Model):
    request = models.ForeignKey(SupportRequest, models.CASCADE, related_name="events", verbose_name="支撑需求")
    did = models.CharField("动作", max_length=10, choices=SupportDid.pairs)
    at = models.DateTimeField("时间")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "支撑需求记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_did_display()} {self.at}"
