"""What happens at the door before, or instead of, a number."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import BusinessType, Device, Hall
from loyalty.models import Customer
from queueing.models.tickets import Ticket
from queueing.states import ItemKind, JobKind, Outcome


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
            models.Index(fields=["hall"], condition=Q(received_at=None, left_at=None), name="vip_not_received"),
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


class Checklist(models.Model):
    """What is asked for before a business is handled (R-Q-12); some information items will do."""

    business = models.OneToOneField(BusinessType, models.CASCADE, related_name="checklist", verbose_name="业务")
    information_needed = models.PositiveSmallIntegerField("核对信息至少几项", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "预填单清单"
        ordering = ["business__code"]

    def __str__(self) -> str:
        return f"{self.business}"


class ChecklistItem(models.Model):
    """A line of a checklist. One that is no longer asked for is switched off: filled forms still name it."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items", verbose_name="清单")
    text = models.CharField("内容", max_length=60)
    kind = models.CharField("种类", max_length=12, choices=ItemKind.pairs)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单内容"
        ordering = ["kind", "order", "id"]

    def __str__(self) -> str:
        return self.text


class PreAcceptance(models.Model):
    """What the floor filled in with a customer who waits (R-Q-12, 预填单); one for a number."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="pre_acceptance", verbose_name="号码")
    business = models.ForeignKey(BusinessType, models.PROTECT, related_name="+", verbose_name="业务")
    items = models.ManyToManyField(ChecklistItem, related_name="+", verbose_name="已核对", blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    id_copied = models.BooleanField("证件已复印", default=False)
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填单人", db_index=False
    )
    filled_at = models.DateTimeField("填单时间")

    class Meta:
        verbose_name = verbose_name_plural = "预填单"
        ordering = ["-filled_at"]

    def __str__(self) -> str:
        return f"{self.ticket} {self.business}"


class PrintJob(models.Model):
    """Something for the printer of the hall's kiosk, asked for from a tablet."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="print_jobs", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=8, choices=JobKind.pairs)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", verbose_name="号码")
    title = models.CharField("标题", max_length=60)
    lines = models.JSONField("内容", default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打印人")
    asked_at = models.DateTimeField("时间")
    claimed_at = models.DateTimeField("取走时间", null=True)
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+", verbose_name="打印机")
    printed_at = models.DateTimeField("打印时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "打印任务"
        ordering = ["asked_at"]
        indexes = [models.Index(fields=["hall", "asked_at"], condition=Q(printed_at=None), name="print_job_waiting")]

    def __str__(self) -> str:
        return f"{self.asked_at:%H:%M} {self.title}"


class FloorPost(models.Model):
    """Who stands where on the floor, away from the windows, and until when."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="floor_posts", verbose_name="营业厅")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="floor_posts", verbose_name="人员"
    )
    place = models.CharField("岗位", max_length=20)
    since = models.DateTimeField("开始")
    until = models.DateTimeField("到", null=True)
    ended_at = models.DateTimeField("结束", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "大厅岗位"
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_floor_post_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"
