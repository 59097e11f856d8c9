"""The points account of a customer and its plan (R-L-17 … R-L-20)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from loyalty.models.customers import Customer
from loyalty.states import Channel, PlanDid


class PointsAccount(models.Model):
    """One per customer that ever had points or the plan; its key is the customer's.

    The plan is active from `plan_from` to `plan_until`, both inclusive; grace from `grace_from` to `grace_until`.
    `settled_balance` is the whole balance as the last spend left it, with generated months up to `settled_month`;
    it stands guard over spending only. What a customer has is the sum of the ledger (`queries.ledger`).
    The row is the lock of everything that takes points away.
    """

    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, related_name="account", db_constraint=False, verbose_name="客户"
    )
    plan_from = models.DateField("计划生效日期", null=True, blank=True)
    plan_until = models.DateField("计划终止日期", null=True, blank=True)
    applied_at = models.DateTimeField("申请时间", null=True, blank=True)
    channel = models.CharField("开通渠道", max_length=10, choices=Channel.pairs, blank=True)
    grace_from = models.DateField("一星资格起", null=True, blank=True)
    grace_until = models.DateField("一星资格止", null=True, blank=True)
    settled_balance = models.BigIntegerField("上次兑换后余额", default=0)
    settled_month = models.DateField("已计入的账期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分账户"
        constraints = [
            models.CheckConstraint(condition=Q(settled_balance__gte=0), name="no_account_below_zero"),
        ]

    def plan_active_on(self, day: date) -> bool:
        begun = self.plan_from is not None and self.plan_from <= day
        return begun and (self.plan_until is None or day <= self.plan_until)

    def grace_on(self, day: date) -> bool:
        return bool(self.grace_from and self.grace_until and self.grace_from <= day <= self.grace_until)


class PlanEvent(models.Model):
    """What happened to a plan, with the evidence of the customer's wish where a person opened it."""

    account = models.ForeignKey(PointsAccount, models.PROTECT, related_name="events", db_constraint=False)
    did = models.CharField("动作", max_length=8, choices=PlanDid.pairs)
    channel = models.CharField("渠道", max_length=10, choices=Channel.pairs)
    at = models.DateTimeField("时间")
    effective_on = models.DateField("生效日期")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    consent = models.CharField("同意凭据", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分计划记录"
        ordering = ["at", "id"]


class MaintenanceWindow(models.Model):
    """R-L-28: from `starts_at` to just before `ends_at` points are neither shown nor spent; generation goes on."""

    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间", help_text="到此刻即恢复")
    message = models.CharField("提示", max_length=200, default="积分系统维护中,暂停查询和兑换,请稍后再来。")

    class Meta:
        verbose_name = verbose_name_plural = "积分维护时段"
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="maintenance_ends_later")
        ]

    def __str__(self) -> str:
        return self.message
