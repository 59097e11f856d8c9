"""Business notices: documents with an audience and days of validity that each addressee confirms."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core import time
from halls.models import Hall, Region
from staff.models.people import User
from staff.states import BulletinKind, BulletinState, Role

if TYPE_CHECKING:
    from staff.access import Rights


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def written_for(self, rights: "Rights") -> "BulletinQuerySet":
        """Those that reach a hall or region where this person may write such notices."""
        if rights.everything:
            return self
        near = Q(halls__in=rights.hall_ids("bulletin.write")) | Q(regions__in=rights.region_ids("bulletin.write"))
        return self.filter(Q(pk__in=Bulletin.objects.filter(near).values("pk")))

    def in_force(self, on: date) -> "BulletinQuerySet":
        until = Q(valid_to=None) | Q(valid_to__gte=on)
        return self.filter(until, state=BulletinState.ISSUED, valid_from__lte=on)


class Bulletin(models.Model):
    """Empty `roles` = everybody there. Regions reach the halls below them and those employed in them."""

    kind = models.CharField("类别", max_length=10, choices=BulletinKind.pairs, default=BulletinKind.BUSINESS)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("正文", max_length=4000)
    regions = models.ManyToManyField(Region, related_name="+", blank=True, verbose_name="区域")
    halls = models.ManyToManyField(Hall, related_name="+", blank=True, verbose_name="营业厅")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.pairs), default=list, blank=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=BulletinState.pairs, default=BulletinState.DRAFT)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    issued_at = models.DateTimeField("发布时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "业务通知"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="bulletin_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == BulletinState.DRAFT

    def is_in_force(self, on: date) -> bool:
        within = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return self.state == BulletinState.ISSUED and within

    @property
    def role_words(self) -> list[str]:
        return [str(Role(one).label) for one in self.roles if one in Role.values]

    @property
    def issued_on(self) -> date | None:
        return time.business_day(self.issued_at) if self.issued_at else None


class BulletinConfirmation(models.Model):
    """One person has read one notice and says so."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="confirmations", verbose_name="业务通知")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="确认人")
    at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = verbose_name_plural = "通知确认"
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "person"], name="one_confirmation_per_person")]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.person_id}"
