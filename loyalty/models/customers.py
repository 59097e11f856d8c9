from django.db import models
from django.db.models import Q

from core.phones import masked_phone
from halls.models import Region
from loyalty.states import Brand, CustomerStatus, Star


class Customer(models.Model):
    """One owner of a number, from `joined_on` on. A closed number's row stays; the number may belong to someone else
    afterwards, who is another row: nothing of the former owner is found by the number.

    `star` is the star in force now, kept by `rate_stars` and the nightly sweep; its history is `ratings`.
    """

    phone = models.CharField("手机号", max_length=11)
    name = models.CharField("姓名", max_length=40, blank=True)
    brand = models.CharField("品牌", max_length=10, choices=Brand.pairs)
    star = models.SmallIntegerField("星级", choices=Star.pairs, default=Star.UNRATED)
    is_vip = models.BooleanField("VIP", default=False)
    status = models.CharField("状态", max_length=16, choices=CustomerStatus.pairs, default=CustomerStatus.NORMAL)
    is_real_name = models.BooleanField("已实名", default=True)
    is_personal = models.BooleanField("个人产品", default=True)
    is_blacklisted = models.BooleanField("欠费黑名单", default=False)
    bonus_products = models.PositiveSmallIntegerField("加分产品数", default=0, help_text="家庭网、集团网等")
    joined_on = models.DateField("入网日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    city = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="归属地市", db_constraint=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "客户"
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(status=CustomerStatus.CLOSED),
                name="one_active_customer_per_phone",
            ),
        ]
        indexes = [models.Index(fields=["phone", "joined_on"], name="customer_owners")]

    def __str__(self) -> str:
        return masked_phone(self.phone)

    @property
    def masked(self) -> str:
        return masked_phone(self.phone)


class Suspension(models.Model):
    """The number was suspended both ways from a day on (R-L-5, R-L-8)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="suspensions", verbose_name="客户")
    began_on = models.DateField("停机日期")
    for_arrears = models.BooleanField("因欠费", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "停机记录"
        constraints = [models.UniqueConstraint(fields=["customer", "began_on"], name="one_suspension_per_day")]


class BossBalance(models.Model):
    """What BOSS says a customer of a city with `points_source` boss has: shown, never spent here."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="boss_balance")
    points = models.PositiveIntegerField("积分余额")
    usable = models.PositiveIntegerField("可用积分")
    as_of = models.DateTimeField("截至时间")

    class Meta:
        verbose_name = verbose_name_plural = "BOSS 积分余额"
