"""What is said of people's month: the sheet, the stars, the competitions, the targets."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from halls.models import Hall, Region
from staff.models.people import User
from staff.rules.performance import POINTS_BY_RANK
from staff.states import AwardKind, MonthSheetState

if TYPE_CHECKING:
    from staff.access import Rights


class MonthSheetQuerySet(models.QuerySet["MonthSheet"]):
    def visible_to(self, user: User) -> "MonthSheetQuerySet":
        """One's own, and those of the halls where one signs them."""
        rights: Rights = user.rights
        if rights.everything:
            return self
        return self.filter(Q(person=user) | Q(hall__in=rights.hall_ids("sheet.sign")))


class MonthSheet(models.Model):
    """A person's month at a hall. `figures` are counted until it is signed; then nothing changes any more."""

    person = models.ForeignKey(User, models.PROTECT, related_name="month_sheets", verbose_name="人员")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    month = models.DateField("月份")
    figures = models.JSONField("数字", default=dict)
    counted_at = models.DateTimeField("统计时间")
    state = models.CharField("状态", max_length=10, choices=MonthSheetState.pairs, default=MonthSheetState.MADE)
    seen_at = models.DateTimeField("本人查看时间", null=True)
    objection = models.CharField("异议", max_length=500, blank=True)
    objected_at = models.DateTimeField("异议时间", null=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签认人")
    signed_at = models.DateTimeField("签认时间", null=True)

    objects = MonthSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人月度单"
        ordering = ["-month", "person"]
        constraints = [
            models.UniqueConstraint(fields=["person", "hall", "month"], name="one_month_sheet"),
            models.CheckConstraint(condition=Q(month__day=1), name="sheet_month_begins_on_the_first"),
            models.CheckConstraint(
                condition=~Q(state=MonthSheetState.SIGNED) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="signed_sheet_names_its_signer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.month:%Y-%m}"

    @property
    def is_signed(self) -> bool:
        return self.state == MonthSheetState.SIGNED


class Award(models.Model):
    """R-S-16: the star of a hall's month, chosen by its manager, with the figures that stood before the manager."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    month = models.DateField("月份")
    kind = models.CharField("称号", max_length=8, choices=AwardKind.pairs)
    person = models.ForeignKey(User, models.PROTECT, related_name="awards", verbose_name="人员")
    reason = models.CharField("评定理由", max_length=200)
    figures = models.JSONField("依据", default=dict)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评定人")
    decided_at = models.DateTimeField("评定时间")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤销人")

    class Meta:
        verbose_name = verbose_name_plural = "月度明星"
        ordering = ["-month", "hall", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "month", "kind"], condition=Q(revoked_at=None), name="one_star_of_a_kind_and_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="award_month_begins_on_the_first"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_kind_display()}"


def points_by_rank() -> list[int]:
    return list(POINTS_BY_RANK)


class Competition(models.Model):
    """R-S-17: a skill competition of a hall, or of all halls of a region. Closed = its results count."""

    title = models.CharField("名称", max_length=40)
    subject = models.CharField("内容", max_length=100)
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="营业厅")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区域")
    held_on = models.DateField("比赛日期")
    points_by_rank = ArrayField(models.PositiveSmallIntegerField(), default=points_by_rank, verbose_name="名次绩效分")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="组织人")
    closed_at = models.DateTimeField("公布时间", null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="公布人")

    class Meta:
        verbose_name = verbose_name_plural = "技能竞赛"
        ordering = ["-held_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hall=None, region__isnull=False) | Q(hall__isnull=False, region=None),
                name="competition_at_a_hall_or_in_a_region",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def where(self) -> Hall | Region:
        place = self.hall or self.region
        assert place is not None
        return place


class CompetitionResult(models.Model):
    """Rank and points stand once the competition is closed."""

    competition = models.ForeignKey(Competition, models.CASCADE, related_name="results", verbose_name="竞赛")
    person = models.ForeignKey(User, models.PROTECT, related_name="competition_results", verbose_name="人员")
    score = models.DecimalField("成绩", max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    rank = models.PositiveSmallIntegerField("名次", null=True)
    points = models.PositiveSmallIntegerField("绩效分", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "竞赛成绩"
        ordering = ["-score", "person"]
        constraints = [
            models.UniqueConstraint(fields=["competition", "person"], name="one_result_per_person"),
            models.CheckConstraint(condition=Q(score__gte=0), name="score_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.score}"


class Target(models.Model):
    """What a city, district, hall or person is to reach in a month. `measure`: `served`, `accepted`, or a business."""

    month = models.DateField("月份")
    measure = models.CharField("指标", max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", verbose_name="区域")
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name="营业厅")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    value = models.PositiveIntegerField("目标值")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="下达人")
    set_at = models.DateTimeField("下达时间")

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["-month", "measure"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="target_month_begins_on_the_first"),
            models.CheckConstraint(
                condition=Q(region__isnull=False, hall=None, person=None) | Q(region=None, hall__isnull=False),
                name="target_of_a_region_a_hall_or_a_person_there",
            ),
            models.UniqueConstraint(
                fields=["month", "measure", "region", "hall", "person"],
                nulls_distinct=False,
                name="one_target_per_place_and_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.measure} {self.value}"
