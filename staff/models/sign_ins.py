from django.db import models
from django.db.models import Q

from staff.models.people import User
from staff.states import AccessEnd


class SignIn(models.Model):
    """R-S-13: one person's way in from one browser, until it ends. `device` is a random mark kept in that browser."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins", verbose_name="人员")
    session_key = models.CharField(max_length=40)
    device = models.CharField(max_length=32)
    address = models.CharField("网络地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    at = models.DateTimeField("登录时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人")
    end = models.CharField("结束方式", max_length=12, choices=AccessEnd.pairs, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录记录"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session_key"], condition=Q(ended_at=None), name="one_open_sign_in_per_session"
            )
        ]
        indexes = [models.Index(fields=["user", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.user} {self.address}"
