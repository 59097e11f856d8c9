"""Marketing: campaigns with what they brought, and events outside the hall."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from halls import states
from halls.models.places import Hall


class Campaign(models.Model):
    """营销案: what is offered to whom, where and how long; `channels` are those besides the hall (R-H-14)."""

    name = models.CharField("名称", max_length=40)
    offer = models.CharField("内容", max_length=200)
    audience = models.CharField("目标客户", max_length=100)
    halls = models.ManyToManyField(Hall, related_name="campaigns", verbose_name="营业厅")
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    target = models.PositiveIntegerField("目标客户数", validators=[MinValueValidator(1), MaxValueValidator(9_999_999)])
    uptake = models.DecimalField(
        "预计办理率(%)",
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    minutes = models.DecimalField(
        "每笔分钟", max_digits=4, decimal_places=1, validators=[MinValueValidator(0.5), MaxValueValidator(120)]
    )
    channels = ArrayField(
        models.CharField(max_length=10, choices=states.CampaignChannel.pairs), verbose_name="厅外渠道", default=list
    )
    made_at = models.DateTimeField("登记时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    ended_at = models.DateTimeField("提前结束", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="结束人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "营销活动"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel_names(self) -> str:
        return "、".join(str(states.CampaignChannel(one).label) for one in self.channels)


class CampaignDay(models.Model):
    """What one hall did for a campaign on one day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="days", verbose_name="营销活动")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    day = models.DateField("日期")
    offered = models.PositiveIntegerField("推荐人数")
    accepted = models.PositiveIntegerField("办理数")
    noted_at = models.DateTimeField("登记时间")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "营销活动日报"
        ordering = ["-day", "hall"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "hall", "day"], name="one_campaign_day_per_hall"),
            models.CheckConstraint(condition=Q(accepted__lte=F("offered")), name="accepted_were_offered"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.day}"


class Outing(models.Model):
    """流动营业厅, 主动营销: people of a hall go out; afterwards what came of it."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="outings", verbose_name="营业厅")
    kind = models.CharField("类别", max_length=10, choices=states.OutingKind.pairs)
    title = models.CharField("主题", max_length=40)
    place = models.CharField("地点", max_length=60)
    begins_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="参加人员")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="outings", verbose_name="营销活动"
    )
    state = models.CharField(
        "状态", max_length=10, choices=states.OutingState.pairs, default=states.OutingState.PLANNED
    )
    planned_at = models.DateTimeField("登记时间")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    reached = models.PositiveIntegerField("接待人数", null=True)
    handled = models.PositiveIntegerField("办理数", null=True)
    leads = models.PositiveIntegerField("意向客户", null=True)
    result = models.CharField("小结", max_length=300, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办结人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "外出活动"
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="outing_ends_after_it_begins")
        ]
        indexes = [models.Index(fields=["hall", "begins_at"], name="outings_by_hall_and_time")]

    def __str__(self) -> str:
        return self.title
