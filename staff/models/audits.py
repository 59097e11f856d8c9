"""The next day's audit of handled businesses: what is looked at, what was wrong, who corrects it by when."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from halls.models import BusinessType, Hall
from staff.models.people import User
from staff.states import AuditGround, AuditState, ErrorKind

if TYPE_CHECKING:
    from staff.access import Rights


class AlwaysAudited(models.Model):
    """A business of which every single case is audited, from a day to a day."""

    business = models.ForeignKey(BusinessType, models.PROTECT, related_name="+", verbose_name="业务")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "必查业务"
        ordering = ["business", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.business} {self.valid_from}"


class AuditDay(models.Model):
    """A hall's list of one day was drawn from so many handled businesses."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    day = models.DateField("营业日")
    handled = models.PositiveIntegerField("办理笔数")
    always = models.PositiveIntegerField("必查笔数")
    sampled = models.PositiveIntegerField("抽查笔数")
    share = models.PositiveSmallIntegerField("抽查比例 %")
    drawn_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "稽核日"
        constraints = [models.UniqueConstraint(fields=["hall", "day"], name="one_audit_day")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day}"


class AuditItemQuerySet(models.QuerySet["AuditItem"]):
    def visible_to(self, user: User) -> "AuditItemQuerySet":
        """Those of the halls one audits, and one's own once something was found wrong."""
        rights: Rights = user.rights
        if rights.everything:
            return self
        mine = Q(person=user, state__in=[AuditState.WRONG, AuditState.CORRECTED])
        return self.filter(Q(hall__in=rights.hall_ids("audit.check")) | mine)


class AuditItem(models.Model):
    """One handled business. `source` names it where it was handled, so that it is listed once."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", db_index=False, verbose_name="营业厅")
    day = models.DateField("营业日")
    source = models.CharField(max_length=60, editable=False)
    label = models.CharField("号码", max_length=20)
    business = models.ForeignKey(BusinessType, models.PROTECT, null=True, related_name="+", verbose_name="业务")
    about = models.CharField("办理内容", max_length=40)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    handled_at = models.DateTimeField("办理时间")
    ground = models.CharField("缘由", max_length=8, choices=AuditGround.pairs)
    state = models.CharField("状态", max_length=10, choices=AuditState.pairs, default=AuditState.OPEN)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="稽核人")
    checked_at = models.DateTimeField("稽核时间", null=True)
    error_kind = models.CharField("差错类别", max_length=10, choices=ErrorKind.pairs, blank=True)
    finding = models.CharField("问题", max_length=300, blank=True)
    correct_by = models.DateField("改正期限", null=True)
    corrected_at = models.DateTimeField("改正时间", null=True)
    corrected_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="改正人")
    correction = models.CharField("改正说明", max_length=300, blank=True)

    objects = AuditItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "稽核单"
        ordering = ["-day", "hall", "handled_at"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "source"], name="one_audit_item_per_source"),
            models.CheckConstraint(
                condition=Q(state__in=[AuditState.OPEN, AuditState.PASSED])
                | Q(correct_by__isnull=False) & ~Q(finding="") & ~Q(error_kind=""),
                name="audit_error_is_described",
            ),
        ]
        indexes = [models.Index(fields=["person", "day"], name="audit_by_person")]

    def __str__(self) -> str:
        return f"{self.day} {self.label}"

    def is_late(self, today: date) -> bool:
        return self.state == AuditState.WRONG and self.correct_by is not None and today > self.correct_by
