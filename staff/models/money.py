"""Money of the day: floats, takings by system, cash-ups (轧账、缴款), drops, deposits (解款), 长短款."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from halls.models import BusinessType, Hall, Window
from staff.models.people import User
from staff.rules.money import difference_words
from staff.states import CashUpState, Leg, PayMethod, TakingsSource


def _yuan(label: str, **options: Any) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=12, decimal_places=2, **options)


class WindowFloat(models.Model):
    """备用金 of a window from a day on: fixed, and apart from the takings."""

    window = models.ForeignKey(Window, models.PROTECT, related_name="floats", verbose_name="窗口")
    amount = _yuan("备用金")
    valid_from = models.DateField("起")

    class Meta:
        verbose_name = verbose_name_plural = "备用金"
        ordering = ["window", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["window", "valid_from"], name="one_float_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="float_not_below_zero"),
        ]


class Takings(models.Model):
    """系统金额: what the billing system says a person took on a day, by way of paying and business.

    Comes from a BOSS file or is typed by the back office, never reckoned from what was counted. A newer figure
    replaces the row in force; the old one stays.
    """

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="takings", verbose_name="营业厅")
    day = models.DateField("营业日")
    person = models.ForeignKey(User, models.PROTECT, related_name="takings", verbose_name="营业员")
    method = models.CharField("方式", max_length=10, choices=PayMethod.pairs)
    business = models.ForeignKey(BusinessType, models.PROTECT, null=True, blank=True, verbose_name="业务")
    amount = _yuan("金额")
    pieces = models.PositiveIntegerField("笔数", default=0)
    source = models.CharField("来源", max_length=10, choices=TakingsSource.pairs)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")
    file_name = models.CharField("文件", max_length=120, blank=True)
    is_current = models.BooleanField("有效", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "系统金额"
        ordering = ["hall", "-day", "person", "method"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "day", "person", "method", "business"],
                condition=Q(is_current=True),
                nulls_distinct=False,
                name="one_takings_figure_in_force",
            ),
            models.CheckConstraint(
                condition=Q(source=TakingsSource.BOSS) | Q(entered_by__isnull=False), name="typed_takings_have_a_typist"
            ),
        ]


class SafeDrop(models.Model):
    """投入保险柜 (R-S-9): cash from a drawer into the drop safe, in a numbered envelope."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="safe_drops", verbose_name="营业厅")
    window = models.ForeignKey(Window, models.PROTECT, related_name="+", verbose_name="窗口")
    clerk = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="投入人")
    day = models.DateField("营业日")
    notes = models.JSONField("面额", default=dict)
    amount = _yuan("金额")
    envelope = models.CharField("封袋号", max_length=20, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "投入保险柜"
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="drop_moves_something")]
        indexes = [models.Index(fields=["hall", "day"], name="safe_drop_by_day")]


class DrawerCheck(models.Model):
    """A look into a drawer: how many 100-yuan notes, how much smaller cash (R-S-9)."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="drawer_checks", verbose_name="营业厅")
    window = models.ForeignKey(Window, models.PROTECT, related_name="+", verbose_name="窗口")
    day = models.DateField("营业日")
    hundreds = models.PositiveIntegerField("百元钞", default=0)
    small = _yuan("零钞")
    sentence = models.CharField("结果", max_length=80, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="检查人")
    at = models.DateTimeField("时间")
    settled_at = models.DateTimeField("已整改", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽屉检查"
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(small__gte=0), name="drawer_not_below_zero")]
        indexes = [models.Index(fields=["hall", "day"], name="drawer_check_by_day")]


class CashUp(models.Model):
    """轧账缴款单: what a clerk counted of the day's takings and pays in to the hall, float apart.

    `dropped` is in the safe already and is part of `cash`. Received by a second person; then it stays as it is.
    """

    number = models.CharField("单号", max_length=24, unique=True)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="cash_ups", verbose_name="营业厅")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="窗口")
    day = models.DateField("营业日")
    clerk = models.ForeignKey(User, models.PROTECT, related_name="cash_ups", verbose_name="营业员")
    state = models.CharField("状态", max_length=10, choices=CashUpState.pairs, default=CashUpState.COUNTED)
    notes = models.JSONField("面额", default=dict)
    dropped = _yuan("已投保险柜", default=Decimal(0))
    cash = _yuan("现金")
    pos = _yuan("POS", default=Decimal(0))
    scan = _yuan("扫码", default=Decimal(0))
    cheque = _yuan("支票", default=Decimal(0))
    cheques = models.PositiveSmallIntegerField("支票张数", default=0)
    stubs = _yuan("票据存根合计", default=Decimal(0))
    receipt_first = models.CharField("票据起号", max_length=30, blank=True)
    receipt_last = models.CharField("票据止号", max_length=30, blank=True)
    voided = models.PositiveSmallIntegerField("作废", default=0)
    counted_at = models.DateTimeField("轧账时间")
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签收人")
    received_at = models.DateTimeField("签收时间", null=True)
    returned_why = models.CharField("退回原因", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "轧账缴款单"
        ordering = ["-counted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cash__gte=0, pos__gte=0, scan__gte=0, cheque__gte=0, stubs__gte=0, dropped__gte=0),
                name="cash_up_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(received_by=None) | ~Q(received_by=F("clerk")), name="somebody_else_receives_the_money"
            ),
        ]
        indexes = [models.Index(fields=["hall", "day"], name="cash_up_by_day")]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Decimal:
        return self.cash + self.pos + self.scan + self.cheque


class Difference(models.Model):
    """长短款台账: one found difference of a clerk's day. A change of it is a new row; the sum is what differs now."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="differences", verbose_name="营业厅")
    day = models.DateField("营业日")
    clerk = models.ForeignKey(User, models.PROTECT, related_name="differences", verbose_name="营业员")
    leg = models.CharField("项目", max_length=10, choices=Leg.pairs)
    amount = _yuan("差额")
    found_at = models.DateTimeField("发现时间")
    reason = models.CharField("原因", max_length=100, blank=True)
    explained_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="说明人")
    explained_at = models.DateTimeField("说明时间", null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "长短款"
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="difference_differs"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("clerk")), name="not_confirmed_by_oneself"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(explained_at__isnull=False), name="explained_before_confirmed"
            ),
            models.UniqueConstraint(
                fields=["hall", "day", "clerk", "leg"],
                condition=Q(explained_at=None),
                name="one_unexplained_difference_a_leg",
            ),
        ]
        indexes = [models.Index(fields=["hall", "day"], name="difference_by_day")]

    @property
    def words(self) -> str:
        if self.leg == Leg.STUBS:
            return f"票据存根{'多' if self.amount > 0 else '少'} {abs(self.amount)} 元"
        return difference_words(self.amount)

    @property
    def state_label(self) -> str:
        if self.confirmed_at:
            return "已确认"
        return "待店长确认" if self.explained_at else "待说明"


class BankDeposit(models.Model):
    """解款: a numbered bag from the hall's safe to the bank, packed by two."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="deposits", verbose_name="营业厅")
    day = models.DateField("营业日")
    bag = models.CharField("封包号", max_length=24)
    cash = _yuan("现金")
    cheque = _yuan("支票", default=Decimal(0))
    packed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="封包人")
    witness = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="复核人")
    packed_at = models.DateTimeField("封包时间")
    carrier = models.CharField("押运或收款人", max_length=40, blank=True)
    collected_at = models.DateTimeField("交出时间", null=True)
    collected_from = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="交出人")

    class Meta:
        verbose_name = verbose_name_plural = "解款"
        ordering = ["-packed_at"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "bag"], name="a_bag_number_is_used_once"),
            models.CheckConstraint(condition=~Q(packed_by=F("witness")), name="two_persons_pack_a_bag"),
            models.CheckConstraint(
                condition=Q(cash__gte=0, cheque__gte=0) & ~Q(cash=0, cheque=0), name="a_bag_holds_money"
            ),
        ]

    def __str__(self) -> str:
        return self.bag
