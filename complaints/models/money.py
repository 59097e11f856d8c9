"""Money that goes back to customers. One row per payment, so that no half can be paid twice."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from complaints.models.cases import Complaint
from complaints.states import Ground, Money, Part, Rung
from core.phones import masked_phone
from halls.models import Hall
from loyalty.models import Customer


class Refund(models.Model):
    """Why and how much of a charge goes back (R-C-10 … 13). Its payments say what has been paid."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="refunds", verbose_name="投诉单")
    item = models.CharField("收费项目", max_length=60)
    ground = models.CharField("依据", max_length=10, choices=Ground.pairs)
    charged = models.DecimalField("实际收费", max_digits=8, decimal_places=2)
    overcharge = models.DecimalField("多收金额", max_digits=8, decimal_places=2)
    is_pre = models.BooleanField("预退", default=False)
    rung = models.CharField("审批级别", max_length=6, choices=Rung.pairs)
    reason = models.CharField("说明", max_length=200, blank=True)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    verify_due_at = models.DateTimeField("查证到期", null=True)
    verified_at = models.DateTimeField("查证时间", null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="查证人"
    )
    is_confirmed = models.BooleanField("查证成立", null=True)
    finding = models.CharField("查证结论", max_length=200, blank=True)
    is_refused = models.BooleanField("已驳回", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "退费"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(overcharge__gt=0) & Q(overcharge__lte=F("charged")), name="refund_within_the_charge"
            ),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(is_pre=True, is_refused=False), name="one_pre_refund_per_complaint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.item} {self.overcharge}"

    @property
    def total(self) -> Decimal:
        return self.overcharge * 2 if self.ground == Ground.PROMISED else self.overcharge


class RefundPayment(models.Model):
    """One payment of a refund: the whole, or one half. There is one row per half, and it is paid once."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="payments", verbose_name="退费")
    part = models.CharField("部分", max_length=10, choices=Part.pairs)
    amount = models.DecimalField("金额", max_digits=8, decimal_places=2)
    state = models.CharField("状态", max_length=10, choices=Money.pairs)
    decided_at = models.DateTimeField("审批时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decision = models.CharField("审批意见", max_length=200, blank=True)
    batch = models.CharField("出账批次", max_length=40, blank=True)
    sent_at = models.DateTimeField("出账时间", null=True)
    paid_at = models.DateTimeField("到账时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "退费付款"
        ordering = ["refund", "id"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "part"], name="one_payment_per_refund_and_part"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=Q(state=Money.PAID, paid_at__isnull=False) | (~Q(state=Money.PAID) & Q(paid_at=None)),
                name="paid_payments_have_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "decided_at"], name="payment_by_state")]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.amount}"


class Compensation(models.Model):
    """Something extra for our own mistake (R-C-14), on a complaint or by ourselves (主动补偿)."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="compensations", verbose_name="投诉单"
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="客户"
    )
    phone = models.CharField("手机号", max_length=11, blank=True)
    loss = models.DecimalField("客户损失", max_digits=8, decimal_places=2)
    amount = models.DecimalField("补偿金额", max_digits=8, decimal_places=2)
    form = models.CharField("补偿方式", max_length=40)
    reason = models.CharField("原因", max_length=200)
    rung = models.CharField("审批级别", max_length=6, choices=Rung.pairs)
    state = models.CharField("状态", max_length=10, choices=Money.pairs, default=Money.ASKED)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    decided_at = models.DateTimeField("审批时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decision = models.CharField("审批意见", max_length=200, blank=True)
    batch = models.CharField("出账批次", max_length=40, blank=True)
    sent_at = models.DateTimeField("出账时间", null=True)
    paid_at = models.DateTimeField("到账时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "补偿"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & Q(loss__gte=0), name="compensation_of_something")
        ]
        indexes = [models.Index(fields=["hall", "state"], name="compensation_by_state")]

    def __str__(self) -> str:
        return f"{self.amount} {self.reason[:20]}"

    @property
    def masked(self) -> str:
        return masked_phone(self.phone) if self.phone else ""
