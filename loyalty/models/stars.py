"""Stars: the dated data of the rating, what was given to whom and why."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from loyalty.models.customers import Customer
from loyalty.states import RatingKind, RatingReason, RunState, Star


class StarMultiplier(models.Model):
    """R-L-4: how many times a star's bills count, from a day on. A row that has begun is never changed."""

    star = models.SmallIntegerField("星级", choices=Star.pairs, validators=[MinValueValidator(Star.ONE)])
    hundredths = models.PositiveSmallIntegerField(
        "倍数(百分之一)", validators=[MaxValueValidator(10_000)], help_text="150 表示 1.5 倍"
    )
    valid_from = models.DateField("生效日期")

    class Meta:
        verbose_name = verbose_name_plural = "回馈倍数"
        ordering = ["star", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["star", "valid_from"], name="one_multiplier_per_star_and_day"),
            models.CheckConstraint(
                condition=Q(star__gte=Star.ONE, star__lte=Star.FIVE_DIAMOND), name="multiplier_of_a_star"
            ),
        ]

    def __str__(self) -> str:
        return f"{Star(self.star).label} ×{self.multiplier.normalize():f} {self.valid_from}"

    @property
    def multiplier(self) -> Decimal:
        return Decimal(self.hundredths) / 100


class StarBand(models.Model):
    """R-L-6: the lowest score of a star, inclusive, from a day on. A star ends where the next one begins."""

    star = models.SmallIntegerField("星级", choices=Star.pairs, validators=[MinValueValidator(Star.ONE)])
    low = models.PositiveIntegerField("最低得分")
    valid_from = models.DateField("生效日期")

    class Meta:
        verbose_name = verbose_name_plural = "星级分数线"
        ordering = ["star", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["star", "valid_from"], name="one_band_per_star_and_day"),
            models.CheckConstraint(condition=Q(star__gte=Star.ONE, star__lte=Star.FIVE_DIAMOND), name="band_of_a_star"),
        ]

    def __str__(self) -> str:
        return f"{Star(self.star).label} ≥ {self.low} {self.valid_from}"


class StarRating(models.Model):
    """One rating: the star from a day to a day, both inclusive; periods of a customer never overlap.

    `parts` keeps what the score was made of: points as `bill, age, bonus, penalty`, the facts behind them
    as `bills_fen, months, suspensions`, and for a capped star `by_score`.
    No period on a day means 未评级 on that day.
    """

    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="ratings", db_constraint=False, db_index=False, verbose_name="客户"
    )
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期")
    star = models.SmallIntegerField("星级", choices=Star.pairs)
    score = models.IntegerField("得分", null=True)
    parts = models.JSONField("得分明细", default=dict)
    kind = models.CharField("类别", max_length=8, choices=RatingKind.pairs)
    reason = models.CharField("依据", max_length=14, choices=RatingReason.pairs)
    rated_at = models.DateTimeField("评定时间")
    told_at = models.DateTimeField("短信通知时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "星级评定"
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "valid_from"], name="one_rating_per_customer_and_day"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="rating_ends_after_it_begins"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at=None), name="rating_untold"),
            models.Index(fields=["valid_from"], name="rating_by_begin"),
        ]

    def __str__(self) -> str:
        return f"{Star(self.star).label} {self.valid_from} – {self.valid_to}"


class RatingRun(models.Model):
    """One month's rating. `counts`: stars after it, and how many rose, fell, stayed, first."""

    month = models.DateField("月份", unique=True)
    effective_on = models.DateField("生效日期")
    state = models.CharField("状态", max_length=8, choices=RunState.pairs)
    counts = models.JSONField("结果", default=dict)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "星级评定批次"
        ordering = ["-month"]
