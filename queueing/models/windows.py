"""Windows at work, and the newest board of a hall."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall, Window
from halls.states import Reserved
from queueing.states import EndMark, PauseReason, WindowDid


class WindowSession(models.Model):
    """One clerk at one window from signing in to signing out."""

    window = models.ForeignKey(Window, models.PROTECT, related_name="sessions", verbose_name="窗口")
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="window_sessions", verbose_name="营业员"
    )
    signed_in_at = models.DateTimeField("签入时间")
    signed_out_at = models.DateTimeField("签出时间", null=True)
    paused_at = models.DateTimeField("暂停时间", null=True)
    pause_reason = models.CharField("暂停原因", max_length=10, choices=PauseReason.pairs, blank=True)
    back_at = models.DateTimeField("预计回来", null=True)
    priority_run = models.PositiveSmallIntegerField("连续优先叫号数", default=0)
    reserved_now = models.CharField("临时专席", max_length=10, choices=Reserved.pairs, blank=True)
    end_mark = models.CharField("结束标记", max_length=10, choices=EndMark.pairs, blank=True)
    is_simulated = models.BooleanField("演示", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "窗口使用记录"
        ordering = ["-signed_in_at"]
        constraints = [
            models.UniqueConstraint(fields=["window"], condition=Q(signed_out_at=None), name="one_clerk_at_a_window"),
            models.UniqueConstraint(fields=["clerk"], condition=Q(signed_out_at=None), name="one_window_per_clerk"),
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.clerk}"

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class WindowEvent(models.Model):
    """Opening, closing and pausing of windows, with times: what R-Q-4…7 and R-Q-20 are computed from."""

    session = models.ForeignKey(WindowSession, models.PROTECT, related_name="events")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", db_index=False)
    did = models.CharField(max_length=14, choices=WindowDid.pairs)
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "窗口经过"
        ordering = ["id"]
        indexes = [models.Index(fields=["hall", "at"], name="window_event_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.get_did_display()}"


class HallBoard(models.Model):
    """The newest version of a hall's board document."""

    hall = models.OneToOneField(Hall, models.CASCADE, primary_key=True, related_name="board")
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.hall_id} v{self.version}"
