"""What clerks recommend once the need is met; a short list that a province edits."""

from django.db import models


class Offer(models.Model):
    name = models.CharField("名称", max_length=20, unique=True, help_text="窗口上的一个按钮,越短越好")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "推荐项"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name
