"""What stands before and after a number: an appointment, a group that gives none, and what was wrong."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.phones import masked_phone
from halls.models import BusinessGroup, BusinessType, Device, Hall
from loyalty.models import Customer
from queueing.models.tickets import Ticket
from queueing.states import AppointmentState, LowReason, Source


class Appointment(models.Model):
    """A place in one half hour of a hall, promised to a phone."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="appointments", verbose_name="营业厅")
    group = models.ForeignKey(BusinessGroup, models.PROTECT, related_name="+", verbose_name="取号分组")
    business = models.ForeignKey(
        BusinessType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="业务"
    )
    day = models.DateField("日期")
    slot_at = models.DateTimeField("时段开始")
    phone = models.CharField("手机号", max_length=11, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField("预约码", max_length=6)
    state = models.CharField("状态", max_length=10, choices=AppointmentState.pairs, default=AppointmentState.BOOKED)
    ticket = models.OneToOneField(
        Ticket, models.PROTECT, null=True, blank=True, related_name="appointment", verbose_name="号码"
    )
    source = models.CharField("来源", max_length=10, choices=Source.pairs)
    made_at = models.DateTimeField("预约时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_on = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "预约"
        ordering = ["slot_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(state=AppointmentState.BOOKED) & ~Q(phone=""),
                name="one_appointment_per_phone",
            ),
            models.UniqueConstraint(
                fields=["hall", "code"], condition=Q(state=AppointmentState.BOOKED), name="one_appointment_per_code"
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "slot_at"], name="appointment_by_slot"),
            models.Index(
                fields=["slot_at"], condition=Q(state=AppointmentState.BOOKED), name="appointment_still_booked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_at:%m-%d %H:%M} {self.masked}"

    @property
    def masked(self) -> str:
        return masked_phone(self.phone) if self.phone else ""

    @property
    def about(self) -> str:
        return self.business.name if self.business else self.group.name


class GroupStop(models.Model):
    """A group gives no more numbers today, or no more than a limit; one standing order per group and day."""

    group = models.ForeignKey(BusinessGroup, models.CASCADE, related_name="stops", verbose_name="取号分组")
    day = models.DateField("日期")
    limit = models.PositiveSmallIntegerField("今日最多", null=True, blank=True, help_text="留空为停止取号")
    reason = models.CharField("原因", max_length=40)
    made_at = models.DateTimeField("设置时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="设置人")
    lifted_at = models.DateTimeField("解除时间", null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "取号限制"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "day"], condition=Q(lifted_at=None), name="one_stop_per_group_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.group} {'停止取号' if self.limit is None else f'最多 {self.limit} 个'}"


class LowRating(models.Model):
    """What was wrong, said after one or two points (R-H-19), and who rang the customer about it."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, primary_key=True, related_name="low_rating")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="low_ratings", verbose_name="营业厅")
    reasons = ArrayField(models.CharField(max_length=10, choices=LowReason.pairs), verbose_name="原因", default=list)
    wants_call = models.BooleanField("需要联系", default=False)
    phone = models.CharField("联系电话", max_length=11, blank=True)
    noted_at = models.DateTimeField("提出时间")
    called_at = models.DateTimeField("联系时间", null=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="联系人"
    )
    note = models.CharField("联系结果", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "不满意原因"
        ordering = ["-noted_at"]
        indexes = [
            models.Index(fields=["hall", "noted_at"], name="low_rating_by_time"),
            models.Index(
                fields=["hall", "noted_at"], condition=Q(wants_call=True, called_at=None), name="call_back_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.reason_words}"

    @property
    def masked(self) -> str:
        return masked_phone(self.phone) if self.phone else ""

    @property
    def reason_words(self) -> str:
        return " · ".join(LowReason(reason).label for reason in self.reasons)
