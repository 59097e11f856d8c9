"""R-S-20, R-S-24: what somebody saw, what the person says, what a manager decided."""

from django.db import models
from django.db.models import F, Q

from halls.models import Hall
from staff.models.people import User
from staff.states import Matter, MatterState


class ConductNote(models.Model):
    """Something to be looked into. It is a violation only when a manager has decided so."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="conduct_notes", verbose_name="营业厅")
    person = models.ForeignKey(User, models.PROTECT, related_name="conduct_notes", verbose_name="相关人员")
    matter = models.CharField("事项", max_length=15, choices=Matter.pairs)
    what = models.CharField("情况", max_length=300)
    happened_at = models.DateTimeField("发生时间")
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    noted_at = models.DateTimeField("登记时间")
    state = models.CharField("状态", max_length=10, choices=MatterState.pairs, default=MatterState.NOTED)
    said = models.CharField("本人说明", max_length=300, blank=True)
    said_at = models.DateTimeField("说明时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="认定人")
    decided_at = models.DateTimeField("认定时间", null=True)
    decision = models.CharField("认定意见", max_length=300, blank=True)
    objection = models.CharField("异议", max_length=300, blank=True)
    objected_at = models.DateTimeField("异议时间", null=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    reviewed_at = models.DateTimeField("复核时间", null=True)
    review = models.CharField("复核意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "违规登记"
        ordering = ["-happened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("person")), name="nobody_decides_on_themselves"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("decided_by")), name="a_review_is_somebody_elses"
            ),
        ]
        indexes = [models.Index(fields=["hall", "state"]), models.Index(fields=["person", "happened_at"])]

    def __str__(self) -> str:
        return f"{self.person.name} {self.get_matter_display()}"

    @property
    def is_final(self) -> bool:
        return self.reviewed_at is not None or self.state == MatterState.DISMISSED
