from django.db import models

from staff.models.people import User
from staff.states import TextSize


class Preference(models.Model):
    """How one person likes the pages; no row = as they come."""

    user = models.OneToOneField(User, models.CASCADE, related_name="preference", verbose_name="人员")
    start_page = models.CharField("登录后打开", max_length=100, blank=True)
    text_size = models.CharField("文字大小", max_length=10, choices=TextSize.pairs, default=TextSize.USUAL)

    class Meta:
        verbose_name = verbose_name_plural = "个人偏好"

    def __str__(self) -> str:
        return f"{self.user}"
