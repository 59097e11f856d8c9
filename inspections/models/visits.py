import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall, Region
from inspections.models.cards import CardVersion
from inspections.states import LOCKED_STATES, OPEN_STATES, SHOWN_STATES, VisitKind, VisitState

if TYPE_CHECKING:
    from staff.models import User


class Plan(models.Model):
    """检查计划: one drawing of a month's visits for a district."""

    month = models.DateField("月份", help_text="当月 1 日")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区域")
    seed = models.CharField("抽取种子", max_length=40)
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="生成人")

    class Meta:
        verbose_name = verbose_name_plural = "检查计划"
        ordering = ["-month", "region"]
        constraints = [models.UniqueConstraint(fields=["month", "region"], name="one_plan_per_month_and_region")]

    def __str__(self) -> str:
        return f"{self.region} {self.month:%Y-%m}"


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: "User") -> "VisitQuerySet":
        """One's own; those that are over in halls where one may see results; planned ones where one may plan.

        A second auditor of a double visit does not see the first one's before having handed in the own.
        """
        over = Q(state__in=SHOWN_STATES, hall__in=user.hall_ids("inspection.see"))
        planned = Q(hall__in=user.hall_ids("inspection.plan"))
        waiting = Visit.objects.filter(auditor=user, state__in=OPEN_STATES)
        hidden = Q(pk__in=waiting.exclude(second_of=None).values("second_of")) | Q(second_of__in=waiting)
        return self.filter(over | planned | Q(auditor=user)).exclude(hidden & ~Q(auditor=user))

    def over(self) -> "VisitQuerySet":
        return self.filter(state__in=SHOWN_STATES)

    def ranked(self) -> "VisitQuerySet":
        """Those that make the month: audits by the ranked card, second visits for calibration left out."""
        return self.over().filter(
            kind__in=(VisitKind.OPEN, VisitKind.MYSTERY), second_of=None, version__card__is_ranked=True
        )


class Visit(models.Model):
    """检查: one hall, one auditor, one version of a card. What it says is `sheet`, the fold of its operations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="inspections", verbose_name="营业厅")
    version = models.ForeignKey(CardVersion, models.PROTECT, related_name="visits", verbose_name="评分表版本")
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspections", verbose_name="检查人"
    )
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="计划")
    second_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="second", verbose_name="双盲复查"
    )
    kind = models.CharField("方式", max_length=12, choices=VisitKind.pairs)
    state = models.CharField("状态", max_length=12, choices=VisitState.pairs, default=VisitState.PLANNED)
    planned_on = models.DateField("计划日期")
    hall_snapshot = models.JSONField("当时的营业厅情况")
    sheet = models.JSONField("记录", default=dict)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    first_score = models.PositiveSmallIntegerField("申诉前得分", null=True, blank=True)
    is_vetoed = models.BooleanField("一票否决", default=False)
    breakdown = models.JSONField("计算过程", null=True, blank=True)
    distance = models.PositiveIntegerField("开始时离营业厅多少米", null=True, blank=True)

    objects: ClassVar[VisitQuerySet] = VisitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "检查"
        ordering = ["-planned_on", "hall"]
        indexes = [
            models.Index(fields=["hall", "planned_on"], name="visit_by_hall_and_day"),
            models.Index(fields=["auditor", "state"], name="visit_of_auditor"),
            models.Index(fields=["submitted_at"], name="visit_by_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.planned_on:%m-%d} {self.get_kind_display()}"

    @property
    def is_locked(self) -> bool:
        return self.state in LOCKED_STATES

    @property
    def is_over(self) -> bool:
        return self.state in SHOWN_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Tablet(models.Model):
    """A browser's own store of operations. Its first user is its only one: another account's replay is refused."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="使用人")
    first_seen_at = models.DateTimeField("首次同步")

    class Meta:
        verbose_name = verbose_name_plural = "检查平板"

    def __str__(self) -> str:
        return str(self.id)


class Operation(models.Model):
    """One tap, as the tablet told it; never changed (a trigger sees to it). `refused` names why it was not taken in."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="operations", verbose_name="检查")
    tablet = models.ForeignKey(Tablet, models.PROTECT, related_name="operations", verbose_name="平板")
    counter = models.BigIntegerField("序号")
    clock = models.BigIntegerField("逻辑时钟")
    key = models.CharField("项", max_length=100)
    value = models.JSONField("值", null=True)
    said_at = models.CharField("平板时间", max_length=40, blank=True)
    received_at = models.DateTimeField("收到时间")
    refused = models.CharField("未采纳原因", max_length=30, blank=True)
    message = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查操作"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tablet", "counter"], name="operation_once")]

    def __str__(self) -> str:
        return f"{self.counter} {self.key}"


class Photo(models.Model):
    """照片: announced by an operation, then uploaded in parts; `completed_at` once its bytes are whole and checked."""

    id = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", verbose_name="检查")
    item = models.CharField("检查项", max_length=20, blank=True)
    sha256 = models.CharField("校验值", max_length=64)
    size = models.PositiveIntegerField("字节")
    taken_at = models.CharField("拍摄时间", max_length=40, blank=True)
    place = models.JSONField("拍摄地点", null=True, blank=True)
    extension = models.CharField(max_length=4, blank=True)
    announced_at = models.DateTimeField("登记时间")
    completed_at = models.DateTimeField("收齐时间", null=True, blank=True)
    is_removed = models.BooleanField("已删除", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "检查照片"
        ordering = ["announced_at", "id"]
        indexes = [
            models.Index(fields=["visit"], condition=Q(completed_at=None, is_removed=False), name="photo_missing")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Finding(models.Model):
    """扣分: what a submitted visit deducts for. Withdrawn when an appeal is granted, never deleted."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings", verbose_name="检查")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", db_index=False, verbose_name="营业厅")
    item = models.CharField("检查项", max_length=20)
    name = models.CharField("名称", max_length=40)
    entry = models.CharField("记录编号", max_length=80, blank=True)
    points = models.PositiveSmallIntegerField("应扣分")
    note = models.CharField("备注", max_length=500, blank=True)
    person = models.CharField("人员", max_length=40, blank=True)
    window = models.PositiveSmallIntegerField("窗口", null=True, blank=True)
    fixed_on_spot = models.BooleanField("现场已改", default=False)
    found_on = models.DateField("日期")
    withdrawn_at = models.DateTimeField("申诉撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "扣分"
        ordering = ["visit", "id"]
        indexes = [models.Index(fields=["hall", "item", "found_on"], name="finding_by_item")]
        constraints = [models.UniqueConstraint(fields=["visit", "item", "entry"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.name}"
