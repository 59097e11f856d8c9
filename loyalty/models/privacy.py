"""Looks at customers' data and what was done with their consent: rows that are written once and never changed."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from halls.models import BusinessType, Hall
from loyalty.models.customers import Customer
from loyalty.rules.privacy import NOTE_LENGTH, REFERENCE_LENGTH
from loyalty.states import DisclosedItem, Evidence, LookKind, Oddity, RevealReason, Verdict


class LookQuerySet(models.QuerySet["Look"]):
    def visible_to(self, user: Any) -> "LookQuerySet":
        """Looks made at the halls whose log this person reviews; those of nobody's hall for who reviews all."""
        here = Q(hall_id__in=user.hall_ids("access_log.review"))
        return self.filter(here | Q(hall=None)) if user.may("settings.change") else self.filter(here)


class Look(models.Model):
    """号码查看记录: somebody looked at, gave away or exported what belongs to a customer. Append-only (a trigger)."""

    kind = models.CharField("类别", max_length=10, choices=LookKind.pairs)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="looks", verbose_name="查看人")
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name="营业厅")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="looks", verbose_name="客户")
    at = models.DateTimeField("时间")
    reason = models.CharField("原因", max_length=10, choices=RevealReason.pairs, blank=True)
    note = models.CharField("说明", max_length=NOTE_LENGTH, blank=True)
    ground = models.CharField("依据", max_length=80, blank=True)
    odd = ArrayField(models.CharField(max_length=10, choices=Oddity.pairs), default=list, verbose_name="异常")
    rows = models.PositiveIntegerField("条数", default=1)

    objects = LookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "号码查看记录"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["hall", "-at"], name="looks_of_a_hall"),
            models.Index(fields=["person", "-at"], name="looks_of_a_person"),
            models.Index(fields=["customer", "-at"], name="looks_at_a_customer"),
            models.Index(fields=["-at"], condition=~Q(odd=[]), name="looks_that_are_odd"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def oddities(self) -> list[Oddity]:
        return [Oddity(word) for word in self.odd]


class LookReview(models.Model):
    """What the manager found when reviewing a look; one per look, by somebody else. Append-only."""

    look = models.OneToOneField(Look, models.PROTECT, related_name="review", verbose_name="查看记录")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审核人")
    at = models.DateTimeField("审核时间")
    verdict = models.CharField("结论", max_length=6, choices=Verdict.pairs)
    note = models.CharField("说明", max_length=NOTE_LENGTH, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "查看审核"

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.at:%Y-%m-%d %H:%M}"


class Disclosure(models.Model):
    """R-C-21: data asked for by an authority: a letter, and two persons of ours who both say yes."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="disclosures", verbose_name="客户")
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name="营业厅")
    authority = models.CharField("来函单位", max_length=REFERENCE_LENGTH)
    letter_no = models.CharField("公函编号", max_length=REFERENCE_LENGTH)
    purpose = models.CharField("用途", max_length=REFERENCE_LENGTH)
    items = ArrayField(models.CharField(max_length=10, choices=DisclosedItem.pairs), verbose_name="提供内容")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    asked_at = models.DateTimeField("登记时间")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "依法提供"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("asked_by"))),
                name="disclosure_needs_two_persons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.letter_no}"

    @property
    def item_words(self) -> str:
        return "、".join(str(DisclosedItem(item).label) for item in self.items)


class ServiceChange(models.Model):
    """R-S-24: a service was opened, changed or closed, and this is what proves the customer's consent. Append-only."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="service_changes", verbose_name="客户")
    business = models.ForeignKey(BusinessType, models.PROTECT, related_name="+", verbose_name="业务")
    evidence = models.CharField("确认方式", max_length=8, choices=Evidence.pairs)
    reference = models.CharField("凭证编号", max_length=REFERENCE_LENGTH)
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name="营业厅")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "业务变更凭证"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "-at"], name="changes_of_a_customer")]

    def __str__(self) -> str:
        return f"{self.business} {self.reference}"
