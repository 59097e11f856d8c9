"""What a clerk answers: one article per matter, every version kept."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from halls.models import BusinessType
from staff.models.people import User


class Article(models.Model):
    """Found by title, other names and the pinyin of both; `initials` and `sounds` are made from them when saved."""

    business = models.ForeignKey(
        BusinessType, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name="业务"
    )
    title = models.CharField("标题", max_length=40, unique=True)
    aliases = models.CharField("别名", max_length=120, blank=True, help_text="客户和同事还会怎么叫它,用空格分开")
    initials = models.CharField(max_length=200, editable=False)
    sounds = models.CharField(max_length=800, editable=False)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "知识条目"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(models.Model):
    """What held from a day on. The version in force is the newest whose days contain today."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions", verbose_name="知识条目")
    number = models.PositiveIntegerField("版本")
    conditions = models.TextField("办理条件", max_length=1000)
    fee = models.CharField("资费", max_length=200, blank=True)
    documents = models.CharField("所需材料", max_length=300, blank=True)
    answer = models.TextField("标准答复", max_length=1500)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    note = models.CharField("修改说明", max_length=100, blank=True)
    edited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="修改人")
    edited_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "知识版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="version_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
