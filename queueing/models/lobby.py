"""What happens at the door before, or instead of, a number."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from halls.models import BusinessType, Hall
from loyalty.models import Customer
from queueing.models.tickets import Ticket
from queueing.states import Outcome


class VipArrival(models.Model):
    """A VIP said who they are; somebody must meet them within minutes (R-Q-2), whatever their number does."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="vip_arrivals", verbose_name="营业厅")
    ticket = models.OneToOneField(
        Ticket, models.PROTECT, null=True, blank=True, related_name="vip_arrival", verbose_name="号码"
    )
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")
    declared_at = models.DateTimeField("到厅时间")
    received_at = models.DateTimeField("接待时间", null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="接待人"
    )
    left_at = models.DateTimeField("未接待离开", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "VIP 到厅"
        ordering = ["declared_at"]
        indexes = [
            models.Index(fields=["hall", "declared_at"], name="vip_by_time"),
            models.Index(fields=["hall"], condition=models.Q(received_at=None, left_at=None), name="vip_not_received"),
        ]

    def __str__(self) -> str:
        return f"{self.declared_at:%H:%M} VIP"

    def met_after(self, now: datetime) -> timedelta:
        """From declaring to being met, so far."""
        return (self.received_at or now) - self.declared_at


class Visit(models.Model):
    """How a visit went on at the door (R-Q-11): the numerator of diversion (R-H-16) where no number was taken."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="visits", verbose_name="营业厅")
    at = models.DateTimeField("时间")
    outcome = models.CharField("结果", max_length=14, choices=Outcome.pairs)
    business = models.ForeignKey(BusinessType, models.PROTECT, null=True, blank=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="visits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="引导员")
    looked_after_at = models.DateTimeField("自助区回访", null=True)
    looked_after_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "引导记录"
        ordering = ["-at"]
        indexes = [models.Index(fields=["hall", "at"], name="visit_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.get_outcome_display()}"
