"""Redemptions at the desk, the codes that protect large ones, and the vouchers some of them give."""

import secrets
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall
from loyalty.models.customers import Customer
from loyalty.models.gifts import Gift, Shop
from loyalty.models.ledger import PointsOperation
from loyalty.rules import gifts as rules
from loyalty.states import IdCheck, RedemptionState, VoucherState

VOUCHER_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY3456789"  # nothing that looks like something else


class RedemptionCounter(models.Model):
    """The last serial of a hall's day."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+")
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "day"], name="one_redemption_counter_per_day")]


class OneTimeCode(models.Model):
    """Six digits to the customer's own phone, good once, for this gift and number of pieces. Only a digest is kept."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    gift = models.ForeignKey(Gift, models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "兑换验证码"
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["customer", "-made_at"], name="codes_of_a_customer")]


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    def visible_to(self, user: Any) -> "RedemptionQuerySet":
        """Those made at halls where one redeems or reads reports."""
        return self.filter(hall_id__in=user.hall_ids("points.redeem") | user.hall_ids("points.report"))


class Redemption(models.Model):
    """Points for a gift: who, what, at which price, who checked whose identity (R-L-29).

    `key` makes a retry harmless.
    """

    number = models.CharField("兑换单号", max_length=40, unique=True)
    key = models.CharField("幂等键", max_length=60, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="redemptions", verbose_name="客户")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="redemptions", verbose_name="礼品")
    quantity = models.PositiveIntegerField("数量")
    price = models.PositiveIntegerField("单价积分")
    points = models.PositiveIntegerField("积分")
    identity = models.CharField("身份核对", max_length=10, choices=IdCheck.pairs)
    code_checked = models.BooleanField("已核对验证码", default=False)
    at = models.DateTimeField("兑换时间")
    operation = models.OneToOneField(
        PointsOperation, models.PROTECT, related_name="redemption", verbose_name="积分变动"
    )
    state = models.CharField("状态", max_length=10, choices=RedemptionState.pairs, default=RedemptionState.DONE)
    cancelled_at = models.DateTimeField("撤销时间", null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )
    cancel_reason = models.CharField("撤销原因", max_length=80, blank=True)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分兑换"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["hall", "-at"], name="redemptions_of_a_hall"),
            models.Index(fields=["customer", "-at"], name="redemptions_of_a_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RedemptionState.DONE, cancelled_at=None)
                | Q(state=RedemptionState.CANCELLED, cancelled_at__isnull=False),
                name="cancelled_redemptions_have_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_done(self) -> bool:
        return self.state == RedemptionState.DONE

    def may_cancel(self, now: datetime) -> bool:
        return self.is_done and rules.may_cancel(self.at, now)


def new_voucher_code() -> str:
    return "".join(secrets.choice(VOUCHER_LETTERS) for _ in range(12))


class Voucher(models.Model):
    """R-L-30: one piece of a voucher gift, taken by certain shops through its last day."""

    code = models.CharField("券码", max_length=12, unique=True, default=new_voucher_code)
    redemption = models.ForeignKey(Redemption, models.PROTECT, related_name="vouchers", verbose_name="兑换单")
    expires_on = models.DateField("最后可用日")
    state = models.CharField("状态", max_length=10, choices=VoucherState.pairs, default=VoucherState.VALID)
    used_at = models.DateTimeField("使用时间", null=True)
    used_shop = models.ForeignKey(Shop, models.PROTECT, null=True, related_name="+", verbose_name="使用商户")
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核销人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "电子券"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """Enough to recognise it, not enough to use it."""
        return f"{self.code[:4]}****{self.code[-4:]}"

    @property
    def spaced(self) -> str:
        return f"{self.code[:4]} {self.code[4:8]} {self.code[8:]}"

    def state_on(self, today: date) -> VoucherState:
        return rules.voucher_state(self.state, self.expires_on, today)


class VoucherExtension(models.Model):
    """A later last day, by the decision of a complaint. Append-only (a trigger)."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="extensions", verbose_name="券")
    before = models.DateField("原最后可用日")
    after = models.DateField("新最后可用日")
    decision = models.CharField("决定依据", max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "券延期"
        ordering = ["at"]
