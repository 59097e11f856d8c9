"""What happens unasked: incidents with a playbook; and small registers of the hall."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import time
from core.phones import masked_phone
from halls import states
from halls.models.places import Hall


class Playbook(models.Model):
    """R-H-10: what to do in a kind of incident, first and then."""

    kind = models.CharField("种类", max_length=10, choices=states.IncidentKind.pairs, unique=True)
    first = models.CharField("先做", max_length=100)
    then = models.CharField("接着", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "突发事件预案"
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.get_kind_display()


class PlaybookTell(models.Model):
    """Whom to tell within how many minutes."""

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="tells", verbose_name="预案")
    whom = models.CharField("告知", max_length=20)
    minutes = models.PositiveSmallIntegerField("时限(分钟)", help_text="0 为即时")

    class Meta:
        verbose_name = verbose_name_plural = "告知对象"
        ordering = ["minutes", "id"]

    def __str__(self) -> str:
        return self.whom


class Incident(models.Model):
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="incidents", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=10, choices=states.IncidentKind.pairs)
    text = models.CharField("经过", max_length=300)
    measures = models.CharField("处置结果", max_length=300, blank=True)
    began_at = models.DateTimeField("发生时间")
    opened_at = models.DateTimeField("登记时间")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="结束人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "突发事件"
        ordering = ["-began_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="incident_ends_after_it_began"
            )
        ]
        indexes = [models.Index(fields=["hall", "-began_at"], name="incidents_by_hall_and_time")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.hall}"


class IncidentTell(models.Model):
    """One who is to be told, by when, and who did."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="tells", verbose_name="突发事件")
    whom = models.CharField("告知", max_length=20)
    due_at = models.DateTimeField("时限")
    told_at = models.DateTimeField("告知时间", null=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="告知人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "事件告知"
        ordering = ["due_at", "id"]

    def __str__(self) -> str:
        return self.whom

    @property
    def told(self) -> str:
        """「店长 10:05 王经理」, as a list of who was told says it."""
        if self.told_at is None:
            return f"{self.whom} 未告知"
        who = f" {self.told_by.name}" if self.told_by else ""
        return f"{self.whom} {time.local(self.told_at):%H:%M}{who}"


class UmbrellaLoan(models.Model):
    """R-H-17: something convenient lent to a customer."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="loans", verbose_name="营业厅")
    thing = models.CharField("物品", max_length=20, default="雨伞")
    borrower = models.CharField("借用人", max_length=20)
    phone = models.CharField("手机号", max_length=11)
    due_on = models.DateField("应还日期")
    lent_at = models.DateTimeField("借出时间")
    lent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    returned_at = models.DateTimeField("归还时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "便民借用"
        ordering = ["returned_at", "due_on", "-id"]

    def __str__(self) -> str:
        return f"{self.thing} {self.borrower}"

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone)


class Visitor(models.Model):
    """Somebody from outside in the work area."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="visitors", verbose_name="营业厅")
    name = models.CharField("姓名", max_length=20)
    company = models.CharField("单位", max_length=40)
    purpose = models.CharField("事由", max_length=60)
    came_at = models.DateTimeField("进入时间")
    host = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="陪同人")
    left_at = models.DateTimeField("离开时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作区来访"
        ordering = ["-came_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} {self.company}"


class SupplyRequest(models.Model):
    """Something the hall asks the district for."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="supply_requests", verbose_name="营业厅")
    thing = models.CharField("物品", max_length=40)
    quantity = models.PositiveIntegerField("数量")
    reason = models.CharField("用途", max_length=100)
    asked_at = models.DateTimeField("申领时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申领人")
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="答复人"
    )
    granted = models.PositiveIntegerField("批准数量", null=True)
    answer = models.CharField("答复", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "物品申领"
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"{self.thing} × {self.quantity}"
