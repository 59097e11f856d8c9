"""What goes round in the morning, and what comes back from the counters."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from halls.models import Hall
from staff.models.people import User
from staff.rules import suggestions as rules
from staff.states import SuggestionState, SuggestionTopic

if TYPE_CHECKING:
    from staff.access import Rights


class MorningSheet(models.Model):
    """What a hall's morning meeting has on the table: made once a day, kept as it was."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    day = models.DateField("日期")
    content = models.JSONField("内容", default=dict)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "早报"
        ordering = ["-day", "hall"]
        constraints = [models.UniqueConstraint(fields=["hall", "day"], name="one_morning_sheet")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day}"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User) -> "SuggestionQuerySet":
        """One's own, those one answers, and what was adopted in one's halls, so that colleagues see it helps."""
        rights: Rights = user.rights
        if rights.everything:
            return self
        adopted = Q(state=SuggestionState.ADOPTED, hall__in=rights.hall_ids("hall.see"))
        return self.filter(Q(author=user) | Q(hall__in=rights.hall_ids("suggestion.answer")) | adopted)


class Suggestion(models.Model):
    """R-S-18: an idea of somebody who works there, and what became of it."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    author = models.ForeignKey(User, models.PROTECT, related_name="suggestions", verbose_name="提出人")
    topic = models.CharField("类别", max_length=10, choices=SuggestionTopic.pairs)
    title = models.CharField("标题", max_length=40)
    text = models.TextField("内容", max_length=1000)
    made_at = models.DateTimeField("提出时间")
    state = models.CharField("状态", max_length=10, choices=SuggestionState.pairs, default=SuggestionState.NEW)
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)
    pressed_at = models.DateTimeField(null=True, editable=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "员工建议"
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SuggestionState.NEW) | ~Q(answer=""), name="suggestion_is_answered_before_decided"
            ),
        ]
        indexes = [models.Index(fields=["hall", "state"], name="suggestion_by_hall")]

    def __str__(self) -> str:
        return self.title

    def days_open(self, now: datetime) -> int:
        """Whole days without an answer; 0 once answered."""
        return rules.days_open(self.made_at, now) if self.state == SuggestionState.NEW else 0
