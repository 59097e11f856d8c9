"""What cannot be done because a system is down, and numbers promised to those who come back for it (R-H-10)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from halls.models import BusinessGroup, BusinessType, Hall, Incident, Material
from queueing.models.tickets import Ticket
from queueing.states import OutageKind


class Outage(models.Model):
    """From a moment on some businesses get no new numbers in a hall; one at a time, and it may widen."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="outages", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=10, choices=OutageKind.pairs)
    businesses = models.ManyToManyField(BusinessType, related_name="+", verbose_name="停办业务")
    incident = models.OneToOneField(Incident, models.PROTECT, related_name="outage", verbose_name="突发事件")
    notice = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name="大屏通知", db_index=False)
    began_at = models.DateTimeField("开始时间")
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="宣布人", db_index=False
    )
    ended_at = models.DateTimeField("恢复时间", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="恢复人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "系统中断"
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["hall"], condition=Q(ended_at=None), name="one_running_outage_per_hall"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="outage_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.get_kind_display()}"


class ReturnNumber(models.Model):
    """回厅号: who waited when the system went down may come back later and gets a head start then; once.

    It counts for nothing when the old number was served after all. `last_day` is known when the system is back.
    """

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="returns", verbose_name="系统中断")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="return_numbers", verbose_name="营业厅")
    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="return_number", verbose_name="原号码")
    group = models.ForeignKey(BusinessGroup, models.PROTECT, related_name="+", verbose_name="取号分组", db_index=False)
    business = models.ForeignKey(
        BusinessType, models.PROTECT, null=True, related_name="+", verbose_name="业务", db_index=False
    )
    code = models.CharField("回厅号", max_length=6)
    offered_at = models.DateTimeField("告知时间")
    accepted_at = models.DateTimeField("离开时间", null=True)
    last_day = models.DateField("最后一天", null=True)
    used_at = models.DateTimeField("使用时间", null=True)
    new_ticket = models.OneToOneField(
        Ticket, models.PROTECT, null=True, related_name="returned_from", verbose_name="新号码"
    )

    class Meta:
        verbose_name = verbose_name_plural = "回厅号"
        ordering = ["offered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "code"], condition=Q(used_at=None), name="one_return_per_code"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def about(self) -> str:
        return self.business.name if self.business else self.group.name
