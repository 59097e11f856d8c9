"""集团客户, light: who they are, who looks after them, and the figures that are measured by class."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from halls.models import Hall
from loyalty.models.customers import Customer
from loyalty.states import CorporateGrade

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class CorporateGroup(models.Model):
    """One company; its account manager is told when a member takes a number."""

    name = models.CharField("名称", max_length=60, unique=True)
    grade = models.CharField("类别", max_length=1, choices=CorporateGrade.pairs)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="corporate_groups", verbose_name="服务营业厅")
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="客户经理"
    )
    contact = models.CharField("联系人", max_length=20, blank=True)
    headcount = models.PositiveIntegerField("人数", help_text="企业全部人数")
    joined_on = models.DateField("入网日期")
    left_on = models.DateField("离网日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "集团客户"
        ordering = ["grade", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")), name="corporate_group_left_after_it_joined"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CorporateMember(models.Model):
    """A customer's number belongs to a company, one at a time."""

    group = models.ForeignKey(CorporateGroup, models.CASCADE, related_name="members", verbose_name="集团客户")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships", verbose_name="客户")
    joined_on = models.DateField("加入日期")
    left_on = models.DateField("退出日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "集团成员"
        ordering = ["left_on", "joined_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(left_on=None), name="one_corporate_group_per_customer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.customer}"


class CorporateFigure(models.Model):
    """What was measured of a company in a month; percent, and heads for the churn inside."""

    group = models.ForeignKey(CorporateGroup, models.CASCADE, related_name="figures", verbose_name="集团客户")
    month = models.DateField("月份", help_text="该月 1 日")
    satisfaction = models.DecimalField("满意度(%)", max_digits=4, decimal_places=1, validators=PERCENT)
    awareness = models.DecimalField("客户经理认知率(%)", max_digits=4, decimal_places=1, validators=PERCENT)
    members = models.PositiveIntegerField("月初成员数")
    lost = models.PositiveIntegerField("当月离网成员")
    noted_at = models.DateTimeField("登记时间")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "集团指标"
        ordering = ["-month", "group"]
        constraints = [
            models.UniqueConstraint(fields=["group", "month"], name="one_corporate_figure_per_month"),
            models.CheckConstraint(condition=Q(lost__lte=F("members")), name="lost_members_were_members"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.month:%Y-%m}"
