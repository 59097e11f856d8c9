from django.db import models
from django.db.models import Q

from core.phones import masked_phone
from loyalty.states import Brand, CustomerStatus, Star


class Customer(models.Model):
    """A person with a number. A closed number's row stays; the number may belong to someone else afterwards."""

    phone = models.CharField("手机号", max_length=11)
    name = models.CharField("姓名", max_length=40, blank=True)
    brand = models.CharField("品牌", max_length=10, choices=Brand.pairs)
    star = models.SmallIntegerField("星级", choices=Star.pairs, default=Star.UNRATED)
    is_vip = models.BooleanField("VIP", default=False)
    status = models.CharField("状态", max_length=16, choices=CustomerStatus.pairs, default=CustomerStatus.NORMAL)
    is_real_name = models.BooleanField("已实名", default=True)
    is_personal = models.BooleanField("个人产品", default=True)
    joined_on = models.DateField("入网日期")

    class Meta:
        verbose_name = verbose_name_plural = "客户"
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(status=CustomerStatus.CLOSED),
                name="one_active_customer_per_phone",
            )
        ]

    def __str__(self) -> str:
        return masked_phone(self.phone)

    @property
    def masked(self) -> str:
        return masked_phone(self.phone)
