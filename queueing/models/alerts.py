"""What needs somebody's hand on the floor now, and who gave it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall, Window
from queueing.models.tickets import Ticket
from queueing.states import AlertAnswer, AlertKind, AlertLevel, SnoozeReason


class Alert(models.Model):
    """One standing breach of a floor rule, from its opening to its end; one open row per hall, kind and subject."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="alerts", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=20, choices=AlertKind.pairs)
    level = models.CharField("级别", max_length=8, choices=AlertLevel.pairs)
    subject = models.CharField("对象", max_length=40, blank=True)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", db_index=False)
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", db_index=False)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField("出现时间")
    answer = models.CharField("处理", max_length=10, choices=AlertAnswer.pairs, blank=True)
    answered_at = models.DateTimeField("应答时间", null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="处理人"
    )
    snoozed_until = models.DateTimeField("再提醒时间", null=True)
    snooze_reason = models.CharField("原因", max_length=12, choices=SnoozeReason.pairs, blank=True)
    over_since = models.DateTimeField("缓解时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "现场提醒"
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "kind", "subject"], condition=Q(closed_at=None), name="one_open_alert_per_subject"
            ),
        ]
        indexes = [models.Index(fields=["hall", "opened_at"], name="alert_by_time")]

    def __str__(self) -> str:
        return f"{self.opened_at:%H:%M} {self.get_kind_display()}"

    def is_snoozed(self, now: datetime) -> bool:
        return self.snoozed_until is not None and now < self.snoozed_until


class SupportCall(models.Model):
    """A named person was asked to help with an alert (R-Q-13); how long the answer took is kept."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="support_calls")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="support_calls")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("请求时间")
    answered_at = models.DateTimeField("应答时间", null=True)
    is_coming = models.BooleanField("能来", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "支援请求"
        ordering = ["asked_at"]
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="one_call_per_alert_and_person")]

    def __str__(self) -> str:
        return f"{self.asked_at:%H:%M} {self.person_id}"
