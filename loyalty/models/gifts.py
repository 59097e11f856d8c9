"""What points can be redeemed for, what it costs from when on, and how many of it a hall has."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from halls.models import Hall
from loyalty.rules.gifts import WITH_STOCK, credit_price
from loyalty.states import GiftKind, StockDid

CODE = RegexValidator(r"^[A-Za-z0-9-]{2,20}$", "代码为 2–20 位字母、数字或横线。")


class Shop(models.Model):
    """A partner's shop where vouchers are taken (R-L-30)."""

    code = models.CharField("代码", max_length=20, unique=True, validators=[CODE])
    name = models.CharField("商户名称", max_length=40)
    address = models.CharField("地址", max_length=80, blank=True)
    is_active = models.BooleanField("合作中", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "合作商户"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Gift(models.Model):
    """One line of the catalogue. Phone credit needs no stock and has the operator's price (R-L-27)."""

    code = models.CharField("代码", max_length=20, unique=True, validators=[CODE])
    name = models.CharField("礼品名称", max_length=40)
    kind = models.CharField("类别", max_length=8, choices=GiftKind.pairs)
    about = models.CharField("说明", max_length=100, blank=True)
    yuan = models.PositiveIntegerField(
        "话费面额", null=True, blank=True, validators=[MinValueValidator(1)], help_text="元,只用于话费"
    )
    voucher_days = models.PositiveSmallIntegerField(
        "券有效天数", null=True, blank=True, help_text="含兑换当天,只用于电子券"
    )
    shops = models.ManyToManyField(Shop, blank=True, related_name="gifts", verbose_name="可用商户")
    is_active = models.BooleanField("可兑换", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "礼品"
        ordering = ["kind", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind=GiftKind.CREDIT) | Q(yuan__gte=1), name="credit_has_an_amount"),
            models.CheckConstraint(
                condition=~Q(kind=GiftKind.VOUCHER) | Q(voucher_days__gte=1), name="voucher_has_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_stock(self) -> bool:
        return self.kind in WITH_STOCK

    def list_price(self, mills: int) -> int | None:
        """The price of phone credit where no dated one is given (R-L-27)."""
        return credit_price(self.yuan, mills=mills) if self.kind == GiftKind.CREDIT and self.yuan else None

    def clean(self) -> None:
        if self.kind == GiftKind.CREDIT and not self.yuan:
            raise ValidationError({"yuan": "请填写话费面额。"})
        if self.kind == GiftKind.VOUCHER and not self.voucher_days:
            raise ValidationError({"voucher_days": "请填写券有效天数。"})


class GiftPrice(models.Model):
    """Points for one piece, from a day on. A price that has begun is never changed; a new one follows it."""

    gift = models.ForeignKey(Gift, models.CASCADE, related_name="prices", verbose_name="礼品")
    points = models.PositiveIntegerField("积分", validators=[MinValueValidator(1)])
    valid_from = models.DateField("生效日期")

    class Meta:
        verbose_name = verbose_name_plural = "礼品价格"
        ordering = ["gift", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["gift", "valid_from"], name="one_price_per_gift_and_day")]

    def __str__(self) -> str:
        return f"{self.points} {self.valid_from}"

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on


class StockQuerySet(models.QuerySet["Any"]):
    def visible_to(self, user: Any) -> "StockQuerySet":
        """The stock of halls one may see."""
        return self.filter(hall_id__in=user.hall_ids("hall.see"))


class GiftStock(models.Model):
    """How many of a gift a hall has; the row is the lock, its moves are the proof."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="stocks", verbose_name="礼品")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    quantity = models.IntegerField("数量", default=0)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "礼品库存"
        constraints = [
            models.UniqueConstraint(fields=["gift", "hall"], name="one_stock_per_gift_and_hall"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="no_stock_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.gift} {self.quantity}"


class StockMove(models.Model):
    """One move of stock. Append-only (a trigger): stock = sum of moves, always."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="moves", verbose_name="礼品")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    did = models.CharField("类别", max_length=10, choices=StockDid.pairs)
    quantity = models.IntegerField("数量", help_text="减少为负")
    after = models.PositiveIntegerField("结存")
    at = models.DateTimeField("时间")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    note = models.CharField("说明", max_length=80, blank=True)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "礼品出入库"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["hall", "gift", "-at"], name="moves_of_a_stock")]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="a_move_moves_something")]

    def __str__(self) -> str:
        return f"{self.gift} {self.quantity:+d}"
