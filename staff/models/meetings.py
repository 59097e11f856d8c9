"""R-S-19: the meeting before the doors open."""

from django.db import models
from django.db.models import Q

from halls.models import Hall
from staff.models.people import User
from staff.states import MeetingKind


class Meeting(models.Model):
    hall = models.ForeignKey(Hall, models.CASCADE, related_name="meetings", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=10, choices=MeetingKind.pairs)
    day = models.DateField("日期")
    begins = models.TimeField("开始")
    minutes = models.PositiveSmallIntegerField("时长", help_text="分钟")
    host = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="主持人")
    topics = models.TextField("内容", help_text="一行一条")
    question = models.CharField("小测题", max_length=200, blank=True)
    answer = models.CharField("答案要点", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "晨会"
        ordering = ["-day", "-begins"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "begins"], name="one_meeting_per_hall_and_time"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="a_meeting_lasts_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"

    @property
    def topic_list(self) -> list[str]:
        return [line for line in self.topics.splitlines() if line.strip()]


class MeetingPerson(models.Model):
    """Somebody who was there; `is_right` is the answer to the quiz, None = not asked."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="people")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="人员")
    is_right = models.BooleanField("答对", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "晨会人员"
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="one_seat_per_meeting_and_person")]

    def __str__(self) -> str:
        return str(self.person)
