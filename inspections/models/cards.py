from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import BusinessType
from inspections.rules import cards as rules
from inspections.states import CardState


class Scorecard(models.Model):
    """评分表: what its versions have in common."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40)
    is_ranked = models.BooleanField("计入月度排名", default=False)
    is_patrol = models.BooleanField("用于值班巡视", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "评分表"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CardVersion(models.Model):
    """One version of a card. A published one never changes again (a trigger sees to it); visits keep theirs."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="versions", verbose_name="评分表")
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=CardState.pairs, default=CardState.DRAFT)
    content = models.JSONField("内容")
    note = models.CharField("修订说明", max_length=200, blank=True)
    edited_at = models.DateTimeField("修改时间", null=True)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发布人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "评分表版本"
        ordering = ["card", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="one_card_version_per_number"),
            models.UniqueConstraint(fields=["card"], condition=Q(state=CardState.DRAFT), name="one_draft_per_card"),
            models.CheckConstraint(
                condition=Q(state=CardState.DRAFT) | Q(published_at__isnull=False), name="published_card_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} 第 {self.number} 版"

    @property
    def facts(self) -> rules.Card:
        return rules.read(self.content)


class Question(models.Model):
    """题库: one question about a business with its key points and what missing each costs (AMB-07)."""

    business = models.ForeignKey(BusinessType, models.PROTECT, related_name="+", verbose_name="业务")
    text = models.CharField("问题", max_length=200)
    points = models.JSONField("要点", help_text="[{text, price}],价格 3、4 或 5 分")
    valid_from = models.DateField("起用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "业务题库"
        ordering = ["business", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="question_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.text

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class AskedQuestion(models.Model):
    """Drawn for a visit, so that the hall does not get it again for months."""

    visit = models.ForeignKey("Visit", models.CASCADE, related_name="asked", verbose_name="检查")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", verbose_name="问题")
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "抽到的题"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["visit", "question"], name="question_once_per_visit")]

    def __str__(self) -> str:
        return str(self.question)
