from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from halls.models import Hall
from halls.states import HallType
from inspections.models.visits import Finding, Visit
from inspections.states import ActionDid, ActionState, AppealState, BonusState


class MonthResult(models.Model):
    """月度得分: mean of the month's visits, place inside the class, bonus on top (R-I-8, R-I-9)."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="inspection_months", verbose_name="营业厅")
    month = models.DateField("月份")
    hall_type = models.CharField("类型", max_length=20, choices=HallType.pairs)
    visits = models.PositiveSmallIntegerField("检查次数")
    score = models.DecimalField("基础得分", max_digits=5, decimal_places=2)
    spread = models.DecimalField("离散", max_digits=5, decimal_places=2, null=True)
    lowest = models.PositiveSmallIntegerField("最低分")
    is_vetoed = models.BooleanField("有一票否决", default=False)
    rank = models.PositiveSmallIntegerField("同类排名", null=True)
    bonus = models.PositiveSmallIntegerField("加分", default=0)
    reckoned_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "月度得分"
        ordering = ["-month", "hall_type", "rank", "hall"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "month"], name="one_result_per_hall_and_month"),
            models.CheckConstraint(condition=Q(bonus__lte=2), name="bonus_at_most_two"),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.month:%Y-%m}"

    @property
    def total(self) -> object:
        """With the bonus; up to 102."""
        return self.score + self.bonus


class Bonus(models.Model):
    """加分: a hall's nomination and what the district said (R-I-8)."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    month = models.DateField("月份")
    criteria = ArrayField(models.CharField(max_length=5), verbose_name="符合的条件")
    innovation = models.TextField("创新或亮点", max_length=500)
    is_region_wide = models.BooleanField("已在全区推广", default=False)
    state = models.CharField("状态", max_length=10, choices=BonusState.pairs, default=BonusState.NOMINATED)
    points = models.PositiveSmallIntegerField("加分", default=0)
    nominated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申报人")
    nominated_at = models.DateTimeField("申报时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True)
    answer = models.CharField("审批意见", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "加分申报"
        ordering = ["-month", "hall"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "month"],
                condition=~Q(state=BonusState.DECLINED),
                name="one_bonus_per_hall_and_month",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.month:%Y-%m}"


class CorrectiveAction(models.Model):
    """整改: opened by every deduction (R-I-10), with an owner and a day."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="action", verbose_name="扣分")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="corrective_actions", verbose_name="营业厅")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="责任人"
    )
    state = models.CharField("状态", max_length=10, choices=ActionState.pairs, default=ActionState.OPEN)
    due_on = models.DateField("期限")
    opened_at = models.DateTimeField("开立时间")
    closed_at = models.DateTimeField("完成时间", null=True)
    proof = models.CharField("整改说明", max_length=500, blank=True)
    proof_photo = models.CharField("整改照片", max_length=80, blank=True)
    escalated_at = models.DateTimeField("超期上报时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["hall", "state", "due_on"], name="action_by_hall"),
            models.Index(fields=["due_on"], condition=Q(state=ActionState.OPEN), name="action_open"),
        ]

    def __str__(self) -> str:
        return f"{self.hall} {self.finding}"


class ActionEvent(models.Model):
    action = models.ForeignKey(CorrectiveAction, models.PROTECT, related_name="events", verbose_name="整改")
    did = models.CharField("动作", max_length=10, choices=ActionDid.pairs)
    at = models.DateTimeField("时间")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_did_display()} {self.at}"


class Appeal(models.Model):
    """申诉: a hall disputes deductions of one visit; the decision may issue the score anew (R-I-12)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="appeals", verbose_name="检查")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    findings = models.ManyToManyField(Finding, related_name="appeals", verbose_name="申诉的扣分")
    granted = models.ManyToManyField(Finding, related_name="+", verbose_name="成立的扣分")
    reason = models.TextField("理由", max_length=1000)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申诉人")
    raised_at = models.DateTimeField("申诉时间")
    state = models.CharField("状态", max_length=10, choices=AppealState.pairs, default=AppealState.OPEN)
    score_before = models.PositiveSmallIntegerField("原得分")
    score_after = models.PositiveSmallIntegerField("处理后得分", null=True)
    answer = models.TextField("处理意见", max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人"
    )
    decided_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "申诉"
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(state=AppealState.OPEN), name="one_open_appeal_per_visit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit}"
