"""What complaints are sorted by and measured with: categories, teams, limits, wordings of replies."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from complaints.rules import policy as rules


class Team(models.Model):
    """Who a complaint is sent to: 投诉班, 网络部 …, or the hall's own manager.

    Without `answer_hours` the answer is due at the end of the same day. Members answer in the product; for a team
    without members the complaint team writes down what came back, with the outside order's number.
    """

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40)
    answer_hours = models.PositiveSmallIntegerField(
        "回单时限(小时)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text="留空为当日回单",
    )
    is_hall = models.BooleanField("就是本厅店长", default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name="成员")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "处理团队"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """Two levels: what it is about, and more exactly. The upper level says where it usually goes."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级类别"
    )
    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="派往")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "投诉类别"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.parent is not None and (self.parent.parent_id is not None or self.parent_id == self.pk):
            raise ValidationError({"parent": "类别只有两级,请选择一个一级类别。"})


class PolicyVersion(models.Model):
    """One version of the limits (时限规则). Never edited: a change is a new version; the newest is in force."""

    version = models.PositiveIntegerField("版本", unique=True)
    body = models.JSONField("内容")
    note = models.CharField("说明", max_length=200, blank=True)
    made_at = models.DateTimeField("生效时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="修改人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "时限规则版本"
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"第 {self.version} 版"

    @property
    def rules(self) -> rules.Policy:
        return rules.read(self.version, self.body)


class ReplyTemplate(models.Model):
    """A wording that handlers start a reply from."""

    title = models.CharField("名称", max_length=40)
    text = models.TextField("内容", max_length=1000)
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="templates", verbose_name="用于类别"
    )
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "答复模板"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.title
