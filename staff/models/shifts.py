"""What a roster is made from: shift types, hours by contract and scheme, skills, wishes and leave, needed windows."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from halls.models import Hall
from halls.states import Weekday
from staff.models.people import User
from staff.rules.shifts import Shift, minute
from staff.states import AskState, LeaveKind, NeedSource, Post, PrivateKind, SchemeKind


class ShiftType(models.Model):
    """班次 of a hall. The break lies somewhere between two times; a gap splits the shift in two."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="shift_types", verbose_name="营业厅")
    code = models.SlugField("代码", max_length=20)
    name = models.CharField("名称", max_length=10)
    mark = models.CharField("表内字样", max_length=2, help_text="一两个字,如:早")
    begins = models.TimeField("上班")
    ends = models.TimeField("下班")
    break_minutes = models.PositiveSmallIntegerField("用餐分钟", default=0, validators=[MaxValueValidator(120)])
    break_from = models.TimeField("用餐最早", null=True, blank=True)
    break_to = models.TimeField("用餐最晚结束", null=True, blank=True)
    gap_begins = models.TimeField("中间离岗", null=True, blank=True, help_text="两头班:中间离岗的起止")
    gap_ends = models.TimeField("中间回岗", null=True, blank=True)
    is_late = models.BooleanField("晚班", default=False)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "班次"
        ordering = ["hall", "order", "begins"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "code"], name="one_shift_per_hall_and_code"),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="shift_ends_after_start"),
            models.CheckConstraint(
                condition=Q(break_minutes=0) | Q(break_from__gte=F("begins"), break_to__lte=F("ends")),
                name="break_lies_in_the_shift",
            ),
            models.CheckConstraint(
                condition=Q(gap_begins=None, gap_ends=None)
                | Q(gap_begins__gt=F("begins"), gap_ends__gt=F("gap_begins"), gap_ends__lt=F("ends")),
                name="gap_lies_in_the_shift",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.span}"

    @property
    def span(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    @property
    def minutes(self) -> int:
        """Working time: without the break and the gap."""
        return self.facts.minutes

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def facts(self) -> Shift:
        """The shift as the pure rules want it, keyed by this row."""
        rest = gap = None
        if self.break_minutes and self.break_from and self.break_to:
            rest = (self.break_minutes, minute(self.break_from), minute(self.break_to))
        if self.gap_begins and self.gap_ends:
            gap = (minute(self.gap_begins), minute(self.gap_ends))
        return Shift(
            key=self.pk,
            name=self.name,
            begins=minute(self.begins),
            ends=minute(self.ends),
            rest=rest,
            gap=gap,
            is_late=self.is_late,
        )

    def clean(self) -> None:
        if self.break_minutes and not (self.break_from and self.break_to):
            raise ValidationError({"break_from": "有用餐时间的班次,请填写用餐最早与最晚的时间。"})
        if self.break_from and self.break_to and minute(self.break_to) - minute(self.break_from) < self.break_minutes:
            raise ValidationError({"break_to": "用餐的起止之间放不下用餐分钟,请核对。"})


class WorkScheme(models.Model):
    """工时制 of a hall from a day on: the standard week, or hours added up over the month."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="work_schemes", verbose_name="营业厅")
    kind = models.CharField("工时制", max_length=15, choices=SchemeKind.pairs)
    weekly_hours = models.PositiveSmallIntegerField(
        "每周工时", default=40, validators=[MinValueValidator(1), MaxValueValidator(44)]
    )
    valid_from = models.DateField("生效日期")

    class Meta:
        verbose_name = verbose_name_plural = "工时制"
        ordering = ["hall", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["hall", "valid_from"], name="one_scheme_per_hall_and_day")]

    def __str__(self) -> str:
        return f"{self.hall} {self.get_kind_display()} 每周 {self.weekly_hours} 小时"


class WorkTerms(models.Model):
    """Contract hours of a person who does not work the hall's full week, e.g. a student."""

    user = models.ForeignKey(User, models.PROTECT, related_name="work_terms", verbose_name="人员")
    weekly_hours = models.PositiveSmallIntegerField(
        "合同每周工时", validators=[MinValueValidator(1), MaxValueValidator(44)]
    )
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "合同工时"
        ordering = ["user", "-valid_from"]


class PostSkill(models.Model):
    """A post that a person can fill beside the one of their role, e.g. the 全球通 zone."""

    user = models.ForeignKey(User, models.PROTECT, related_name="post_skills", verbose_name="人员")
    post = models.CharField("岗位", max_length=10, choices=Post.pairs)

    class Meta:
        verbose_name = verbose_name_plural = "岗位技能"
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="one_row_per_person_and_post")]


class PrivateRule(models.Model):
    """Something about a person that the roster respects and only the hall's manager sees the reason of."""

    user = models.ForeignKey(User, models.PROTECT, related_name="private_rules", verbose_name="人员")
    kind = models.CharField("安排", max_length=15, choices=PrivateKind.pairs)
    reason = models.CharField("原因", max_length=60, blank=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = verbose_name_plural = "个别照顾"
        ordering = ["user", "-valid_from"]


class Unavailability(models.Model):
    """Hours of a weekday at which a person can't work, e.g. a student's lectures."""

    user = models.ForeignKey(User, models.PROTECT, related_name="unavailabilities", verbose_name="人员")
    weekday = models.PositiveSmallIntegerField("星期", choices=Weekday.pairs)
    begins = models.TimeField("起")
    ends = models.TimeField("止")
    valid_from = models.DateField("开始日期")
    valid_to = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "不能上班的时间"
        ordering = ["user", "weekday", "begins"]
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="unavailable_ends_after_start")]


class Leave(models.Model):
    """请假, whole days from–to, both inclusive. A granted one is a hard bound of the roster."""

    user = models.ForeignKey(User, models.PROTECT, related_name="leaves", verbose_name="人员")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="leaves", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=15, choices=LeaveKind.pairs)
    first_day = models.DateField("起")
    last_day = models.DateField("止")
    reason = models.CharField("说明", max_length=100, blank=True)
    state = models.CharField("状态", max_length=10, choices=AskState.pairs, default=AskState.ASKED)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审批人")
    decided_at = models.DateTimeField("审批时间", null=True)
    answer = models.CharField("批语", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        ordering = ["-first_day", "-pk"]
        indexes = [models.Index(fields=["hall", "first_day"], name="leave_by_hall_and_day")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_ends_after_start"),
        ]

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1


class RosterWish(models.Model):
    """排班意愿 for one day: free, or a shift. Soft: the roster says why when it can't."""

    user = models.ForeignKey(User, models.PROTECT, related_name="roster_wishes", verbose_name="人员")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="roster_wishes", verbose_name="营业厅")
    day = models.DateField("日期")
    shift = models.ForeignKey(ShiftType, models.PROTECT, null=True, blank=True, verbose_name="班次(空为休息)")
    reason = models.CharField("说明", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=AskState.pairs, default=AskState.ASKED)
    answer = models.CharField("未满足的原因", max_length=100, blank=True)
    asked_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = verbose_name_plural = "排班意愿"
        ordering = ["day", "user"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_wish_per_person_and_day")]


class CompensatoryEntry(models.Model):
    """调休 account, append-only: minutes earned by work on a holiday, spent by compensatory leave."""

    user = models.ForeignKey(User, models.PROTECT, related_name="compensatory", verbose_name="人员")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    day = models.DateField("日期")
    minutes = models.IntegerField("分钟")
    key = models.CharField(max_length=40, unique=True)
    reason = models.CharField("事由", max_length=60)
    made_at = models.DateTimeField("记入时间")

    class Meta:
        verbose_name = verbose_name_plural = "调休台账"
        ordering = ["-day", "-pk"]


class WindowNeed(models.Model):
    """Windows that a half hour needs: from the queue's forecast, or set by a manager, whose word stands."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", db_index=False, verbose_name="营业厅")
    day = models.DateField("营业日")
    slot = models.PositiveSmallIntegerField("半小时", validators=[MaxValueValidator(47)])
    windows = models.PositiveSmallIntegerField("需开窗口", validators=[MaxValueValidator(99)])
    is_peak = models.BooleanField("高峰", default=False)
    source = models.CharField("来源", max_length=10, choices=NeedSource.pairs)

    class Meta:
        verbose_name = verbose_name_plural = "开窗需求"
        constraints = [models.UniqueConstraint(fields=["hall", "day", "slot"], name="one_need_per_half_hour")]
