from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from halls.models import Hall
from staff.states import GrantableRight, GrantState


class Grant(models.Model):
    """One right beyond the role, for a person at a partner's hall, from a day to a day (both inclusive); it may be
    taken back before its last day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name="人员")
    verb = models.CharField("权限", max_length=30, choices=GrantableRight.pairs)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    reason = models.CharField("原因", max_length=80)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="授权人"
    )
    given_at = models.DateTimeField("授权时间", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="收回人"
    )
    ended_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "合作厅授权"
        ordering = ["-valid_from", "user"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="grant_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_verb_display()}"

    def in_force(self, on: date) -> bool:
        return self.ended_at is None and self.valid_from <= on <= self.valid_to

    def state(self, on: date) -> GrantState:
        if self.ended_at is not None:
            return GrantState.TAKEN_BACK
        if on > self.valid_to:
            return GrantState.OVER
        return GrantState.IN_FORCE if on >= self.valid_from else GrantState.COMING

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": "止期不能早于起期。"})
