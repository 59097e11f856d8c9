"""Handovers (R-S-5 … R-S-8): what is counted, by whom, who signed when; and the duty manager's log of the day."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from halls.models import Hall, Window
from staff.models.people import User
from staff.models.stock import StockItem
from staff.rules import handovers as rules
from staff.states import DutyTopic, HandoverKind, HandoverMode, HandoverState, Measure, SystemSource


class CountItem(models.Model):
    """交接项目: one thing of a handover's list, from a day on. The narrowest scope wins, code by code.

    `scope` is a hall's or region's code, empty for everywhere; `is_counted` off takes the item from the list there.
    """

    kind = models.CharField("交接", max_length=10, choices=HandoverKind.pairs)
    code = models.SlugField("代码", max_length=30)
    scope = models.CharField("适用范围", max_length=20, blank=True, help_text="营业厅或区域代码,留空为全部")
    label = models.CharField("名称", max_length=40)
    unit = models.CharField("单位", max_length=4)
    measure = models.CharField("计量", max_length=10, choices=Measure.pairs, default=Measure.COUNT)
    source = models.CharField("账面来源", max_length=10, choices=SystemSource.pairs, default=SystemSource.NONE)
    stock = models.ForeignKey(StockItem, models.PROTECT, null=True, blank=True, verbose_name="台账品种")
    by_notes = models.BooleanField("按面额清点", default=False)
    with_serials = models.BooleanField("记起止号", default=False)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_counted = models.BooleanField("清点", default=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接项目"
        ordering = ["kind", "order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "scope", "valid_from"], name="one_count_item_a_day"),
            models.CheckConstraint(
                condition=Q(source=SystemSource.STOCK, stock__isnull=False) | ~Q(source=SystemSource.STOCK),
                name="count_item_on_book_names_its_stock",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.source == SystemSource.STOCK and self.stock is None:
            raise ValidationError({"stock": "账面来自台账时,请选择台账品种。"})


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: Any) -> "HandoverQuerySet":
        """One's own, and those of halls where one manages handovers."""
        mine = Q(giver=user.pk) | Q(taker=user.pk)
        return self.filter(mine | Q(hall_id__in=user.hall_ids("handover.sign")))

    def open(self) -> "HandoverQuerySet":
        return self.filter(state__in=rules.OPEN)


class Handover(models.Model):
    """One shift given from a person to another. A trigger keeps it as it is once it is done."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="handovers", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=10, choices=HandoverKind.pairs, default=HandoverKind.COUNTER)
    mode = models.CharField("方式", max_length=10, choices=HandoverMode.pairs, default=HandoverMode.FACE)
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="窗口")
    day = models.DateField("营业日")
    state = models.CharField("状态", max_length=15, choices=HandoverState.pairs, default=HandoverState.FILLING)
    is_blind = models.BooleanField("盲点", default=False)
    peak_reason = models.CharField("高峰交接原因", max_length=100, blank=True)
    giver = models.ForeignKey(User, models.PROTECT, related_name="given_handovers", verbose_name="交班人")
    taker = models.ForeignKey(User, models.PROTECT, null=True, related_name="taken_handovers", verbose_name="接班人")
    opened_at = models.DateTimeField("开始时间")
    revealed_at = models.DateTimeField("显示账面时间", null=True)
    giver_signed_at = models.DateTimeField("交班签名", null=True)
    taker_signed_at = models.DateTimeField("接班签名", null=True)
    relief_due_at = models.DateTimeField("接班人应到", null=True)
    consent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="同意离岗")
    consent_at = models.DateTimeField("同意时间", null=True)
    consent_note = models.CharField("同意说明", max_length=100, blank=True)
    left_at = models.DateTimeField("未经同意离岗", null=True)
    told_late_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField("交班日志", max_length=500, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交接班"
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(condition=Q(taker=None) | ~Q(taker=F("giver")), name="two_persons_hand_over"),
            models.CheckConstraint(
                condition=~Q(state=HandoverState.DONE)
                | Q(taker__isnull=False, taker_signed_at__gt=F("giver_signed_at")),
                name="done_handover_is_signed_twice",
            ),
            models.UniqueConstraint(
                fields=["hall", "kind", "window"],
                condition=Q(state__in=["filling", "waiting_taker", "waiting_relief"]),
                nulls_distinct=False,
                name="one_open_handover_a_place",
            ),
        ]
        indexes = [models.Index(fields=["hall", "day"], name="handover_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.place} {self.giver.name}"

    @property
    def place(self) -> str:
        return self.window.label if self.window else "值班经理"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN

    @property
    def is_waiting(self) -> bool:
        return self.state in rules.WAITING

    @property
    def is_night(self) -> bool:
        return self.mode == HandoverMode.NIGHT

    def minutes_late(self, now: datetime) -> int:
        return rules.minutes_late(self.relief_due_at, now) if self.is_waiting and self.consent_at is None else 0


class HandoverLine(models.Model):
    """One counted item. `carried` is what the clerk has paid in already and is part of `counted`."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines")
    item = models.ForeignKey(CountItem, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField("顺序")
    system = models.DecimalField("账面", max_digits=12, decimal_places=2, null=True)
    carried = models.DecimalField("已缴", max_digits=12, decimal_places=2, default=Decimal(0))
    notes = models.JSONField("面额", default=dict)
    counted = models.DecimalField("实点", max_digits=12, decimal_places=2, null=True)
    first_counted = models.DecimalField("初点", max_digits=12, decimal_places=2, null=True)
    recounted = models.DecimalField("复点", max_digits=12, decimal_places=2, null=True)
    serial_first = models.CharField("起号", max_length=30, blank=True)
    serial_last = models.CharField("止号", max_length=30, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    reason = models.CharField("差额原因", max_length=100, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接明细"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "item"], name="one_line_per_item"),
            models.CheckConstraint(condition=Q(counted=None) | Q(counted__gte=0), name="counted_not_below_zero"),
            models.CheckConstraint(condition=Q(recounted=None) | Q(recounted__gte=0), name="recounted_not_below_zero"),
        ]

    @property
    def difference(self) -> Decimal | None:
        return rules.difference(self.system, self.final)

    @property
    def final(self) -> Decimal | None:
        """The last count: the second one where there was a second."""
        return self.counted if self.recounted is None else self.recounted

    @property
    def was_recounted(self) -> bool:
        """Whether the first count, made without looking at the book, was another."""
        return self.first_counted is not None and self.first_counted != self.counted

    @property
    def facts(self) -> rules.Counted:
        return rules.Counted(self.system, self.final, bool(self.reason), self.confirmed_at is not None)


class HandoverOpenWork(models.Model):
    """Something the shift leaves open; the taker accepts each one."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="open_work")
    key = models.CharField(max_length=80)
    kind = models.CharField("种类", max_length=20)
    title = models.CharField("事项", max_length=120)
    detail = models.CharField("情况", max_length=200, blank=True)
    url = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField("接收时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接未了事项"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["handover", "key"], name="open_work_listed_once")]


class HandoverCorrection(models.Model):
    """有更正: a new entry beside a locked handover, which itself stays as it was signed."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="corrections")
    line = models.ForeignKey(HandoverLine, models.PROTECT, null=True, related_name="corrections")
    before = models.CharField("原记录", max_length=60, blank=True)
    after = models.CharField("更正为", max_length=60)
    reason = models.CharField("原因", max_length=100)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "交接更正"
        ordering = ["at"]


class DutyLog(models.Model):
    """值班日志 of a hall's day, signed by the duty manager in the evening."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="duty_logs", verbose_name="营业厅")
    day = models.DateField("营业日")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签名")
    signed_at = models.DateTimeField("签名时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "值班日志"
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["hall", "day"], name="one_duty_log_a_day")]

    def __str__(self) -> str:
        return f"{self.hall} {self.day}"


class DutyLogEntry(models.Model):
    """One line of the log, written by a person or filled in from the day's events; lines are only ever added."""

    log = models.ForeignKey(DutyLog, models.PROTECT, related_name="entries")
    topic = models.CharField("栏目", max_length=10, choices=DutyTopic.pairs)
    text = models.CharField("内容", max_length=300)
    key = models.CharField(max_length=80, null=True)  # noqa: DJ001  hand-written lines have none, and none is not the same as none
    writer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="填写人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "值班日志记录"
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["log", "key"], name="an_event_is_logged_once")]
