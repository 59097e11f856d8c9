from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from staff.models.people import User
from staff.rules.certificates import Span
from staff.states import CertificateKind


class Certificate(models.Model):
    """R-S-14: a person's certificate, good from its first to its last day unless withdrawn earlier."""

    person = models.ForeignKey(User, models.PROTECT, related_name="certificates", verbose_name="人员")
    kind = models.CharField("种类", max_length=10, choices=CertificateKind.pairs, default=CertificateKind.COUNTER)
    number = models.CharField("证书编号", max_length=40)
    level = models.CharField("等级", max_length=20, blank=True)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期止")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_on = models.DateField("收回日期", null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="收回人")
    withdrawn_why = models.CharField("收回原因", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = ["person", "-valid_to"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_certificate_per_number"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="certificate_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["kind", "valid_to"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def span(self) -> Span:
        """The days on which it counts; from the day of its withdrawal on it does not."""
        last = self.valid_to
        if self.withdrawn_on is not None:
            last = min(last, self.withdrawn_on - timedelta(days=1))
        return Span(self.valid_from, last)

    def is_valid(self, day: date) -> bool:
        return self.span.covers(day)
