"""Rosters: versions of a hall's month, who works when, the solver's runs, swaps, and the duty manager of the day."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from core import time
from halls.models import Hall
from staff.models.people import User
from staff.models.shifts import ShiftType
from staff.states import ChangeKind, ChangeState, DutySource, Post, RosterState, RunState


class Roster(models.Model):
    """One version of a hall's month. A published one never changes: what changes is published anew."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="rosters", verbose_name="营业厅")
    month = models.DateField("月份")
    version = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=RosterState.pairs, default=RosterState.DRAFT)
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="改自")
    reason = models.CharField("说明", max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="制表人")
    made_at = models.DateTimeField("制表时间")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发布人")
    published_at = models.DateTimeField("发布时间", null=True)
    report = models.JSONField("说明书", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "班表"
        ordering = ["hall", "-month", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "month", "version"], name="one_roster_per_version"),
            models.UniqueConstraint(
                fields=["hall", "month"], condition=Q(state=RosterState.PUBLISHED), name="one_published_roster"
            ),
            models.UniqueConstraint(
                fields=["hall", "month"], condition=Q(state=RosterState.DRAFT), name="one_draft_roster"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="roster_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.month:%Y-%m} 第 {self.version} 版"

    @property
    def is_draft(self) -> bool:
        return self.state == RosterState.DRAFT


class Turn(models.Model):
    """One person's shift on one day of a version; no row is a day off."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="turns")
    person = models.ForeignKey(User, models.PROTECT, related_name="turns", verbose_name="人员")
    day = models.DateField("日期")
    shift = models.ForeignKey(ShiftType, models.PROTECT, related_name="+", verbose_name="班次")
    post = models.CharField("岗位", max_length=10, choices=Post.pairs)
    meal_at = models.TimeField("用餐", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "排班"
        ordering = ["day", "shift__begins", "person"]
        constraints = [models.UniqueConstraint(fields=["roster", "person", "day"], name="one_shift_a_day")]
        indexes = [models.Index(fields=["day"], name="turn_by_day")]

    @property
    def begins_at(self) -> datetime:
        return time.at(self.day, self.shift.begins)

    @property
    def ends_at(self) -> datetime:
        return time.at(self.day, self.shift.ends)

    @property
    def meal(self) -> tuple[datetime, datetime] | None:
        if self.meal_at is None:
            return None
        begins = time.at(self.day, self.meal_at)
        return begins, begins + timedelta(minutes=self.shift.break_minutes)


class SolverRun(models.Model):
    """One run of the solver over a draft: how far it is, the best so far, and whether it is to stop.

    `seen_at` is the worker's last sign of life. `best` is the best roster so far, kept while the run lasts, so that it
    outlives the worker: rows of person, day, shift, post and meal (minutes).
    """

    RUNNING: ClassVar[tuple[str, ...]] = (RunState.QUEUED, RunState.RUNNING)

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="runs")
    state = models.CharField("状态", max_length=10, choices=RunState.pairs, default=RunState.QUEUED)
    seconds = models.PositiveSmallIntegerField("最多秒数")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    stop_asked = models.BooleanField(default=False)
    elapsed = models.FloatField(default=0)
    uncovered = models.PositiveIntegerField("缺窗口·半小时", null=True)
    cost = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    seen_at = models.DateTimeField(null=True)
    best = models.JSONField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "排班计算"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster"], condition=Q(state__in=["queued", "running"]), name="one_run_per_roster"
            )
        ]

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def gap(self) -> float | None:
        """Share by which the best so far may still be above what is possible at all."""
        if self.cost is None or self.bound is None:
            return None
        return max(self.cost - self.bound, 0) / max(self.cost, 1)


class ShiftChange(models.Model):
    """换班 / 代班 (R-S-3). For a swap `other_day` is the day that goes back."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="shift_changes", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=10, choices=ChangeKind.pairs)
    asker = models.ForeignKey(User, models.PROTECT, related_name="asked_changes", verbose_name="申请人")
    day = models.DateField("日期")
    colleague = models.ForeignKey(User, models.PROTECT, related_name="offered_changes", verbose_name="同事")
    other_day = models.DateField("换回日期", null=True, blank=True)
    reason = models.CharField("原因", max_length=100)
    state = models.CharField("状态", max_length=10, choices=ChangeState.pairs, default=ChangeState.ASKED)
    asked_at = models.DateTimeField("申请时间")
    answered_at = models.DateTimeField("同事答复时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签字人")
    decided_at = models.DateTimeField("签字时间", null=True)
    answer = models.CharField("批语", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "换班与代班"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(asker=F("colleague")), name="change_needs_two_persons"),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.COVER, other_day=None) | Q(kind=ChangeKind.SWAP, other_day__isnull=False),
                name="swap_has_a_day_back",
            ),
        ]


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class DutyPost(models.Model):
    """值班经理 is a post of the day: who holds it, and with it its rights, from when to when."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="duty_posts", verbose_name="营业厅")
    person = models.ForeignKey(User, models.PROTECT, related_name="duty_posts", verbose_name="值班经理")
    begins_at = models.DateTimeField("起")
    ends_at = models.DateTimeField("止")
    source = models.CharField("来源", max_length=10, choices=DutySource.pairs)

    class Meta:
        verbose_name = verbose_name_plural = "值班经理安排"
        ordering = ["hall", "begins_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="duty_ends_after_start"),
            ExclusionConstraint(
                name="one_duty_manager_at_a_time",
                expressions=[
                    ("hall", RangeOperators.EQUAL),
                    (TsTzRange("begins_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["person", "ends_at"], name="duty_by_person")]

    def holds(self, at: datetime) -> bool:
        return self.begins_at <= at < self.ends_at


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar program reads their shifts."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=43, unique=True)
    made_at = models.DateTimeField()


class Attendance(models.Model):
    """One person's day: the shift as it was rostered, when they came and when they left (R-S-4)."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="attendances", verbose_name="营业厅")
    person = models.ForeignKey(User, models.PROTECT, related_name="attendances", verbose_name="人员")
    day = models.DateField("日期")
    post = models.CharField("岗位", max_length=10, choices=Post.pairs)
    begins_at = models.DateTimeField("应上班")
    ends_at = models.DateTimeField("应下班")
    early_minutes = models.PositiveSmallIntegerField("须提前分钟")
    checked_in_at = models.DateTimeField("到班", null=True)
    checked_out_at = models.DateTimeField("离班", null=True)
    note = models.CharField("说明", max_length=100, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = verbose_name_plural = "考勤"
        ordering = ["-day", "begins_at", "person"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_attendance_a_day")]
        indexes = [models.Index(fields=["hall", "day"], name="attendance_by_hall_and_day")]

    @property
    def due_at(self) -> datetime:
        """R-S-4: there by then is punctual."""
        return self.begins_at - timedelta(minutes=self.early_minutes)

    @property
    def is_punctual(self) -> bool | None:
        return None if self.checked_in_at is None else self.checked_in_at <= self.due_at
