"""日清月结 (R-S-10): the closing of a hall's day and month. A trigger keeps submitted ones as they are."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from halls.models import Hall
from staff.models.people import User
from staff.rules.money import ThreeWays
from staff.states import ClosingState


def _yuan(label: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=12, decimal_places=2, default=Decimal(0))


class DailyClosingQuerySet(models.QuerySet["DailyClosing"]):
    def visible_to(self, user: Any) -> "DailyClosingQuerySet":
        return self.filter(hall_id__in=user.hall_ids("money.see"))


class DailyClosing(models.Model):
    """营业日结 of one hall and day; no row = not started."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="closings", verbose_name="营业厅")
    day = models.DateField("营业日")
    state = models.CharField("状态", max_length=15, choices=ClosingState.pairs, default=ClosingState.COUNTING)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="开始人")
    opened_at = models.DateTimeField("开始时间")
    system = _yuan("系统金额")
    cash = _yuan("现金")
    pos = _yuan("POS")
    scan = _yuan("扫码")
    cheque = _yuan("支票")
    stubs = _yuan("票据存根")
    exception_reason = models.CharField("差额说明", max_length=200, blank=True)
    exception_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认店长")
    exception_at = models.DateTimeField("确认时间", null=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提交人")
    submitted_at = models.DateTimeField("提交时间", null=True)
    is_late = models.BooleanField("超时提交", default=False)
    report = models.JSONField("日报", default=dict)

    objects = DailyClosingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "营业日结"
        ordering = ["-day", "hall"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "day"], name="one_closing_a_day"),
            models.CheckConstraint(
                condition=~Q(state=ClosingState.SUBMITTED) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="submitted_closing_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClosingState.SUBMITTED)
                | Q(exception_at__isnull=False)
                | Q(system=F("stubs"), cash=F("system") - F("pos") - F("scan") - F("cheque")),
                name="submitted_closing_agrees_or_is_excepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.day}"

    @property
    def is_submitted(self) -> bool:
        return self.state == ClosingState.SUBMITTED

    @property
    def ways(self) -> ThreeWays:
        return ThreeWays(self.system, self.cash, self.pos, self.scan, self.cheque, self.stubs)


class BoundForms(models.Model):
    """受理单 of a day, sorted by kind, bound and put into a numbered box."""

    closing = models.ForeignKey(DailyClosing, models.PROTECT, related_name="forms")
    kind = models.CharField("单据种类", max_length=30)
    count = models.PositiveIntegerField("份数")
    box = models.CharField("箱号", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "受理单装订"
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["closing", "kind", "box"], name="one_line_per_kind_and_box")]


class MonthClosing(models.Model):
    """月结: allowed when every open day of the month is submitted."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="month_closings", verbose_name="营业厅")
    month = models.DateField("月份")
    report = models.JSONField("月报", default=dict)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="月结人")
    closed_at = models.DateTimeField("月结时间")

    class Meta:
        verbose_name = verbose_name_plural = "月结"
        ordering = ["-month", "hall"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "month"], name="one_month_closing"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_closing_is_of_a_first_day"),
        ]
