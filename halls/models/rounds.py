"""Lists that are checked at set times, the rounds made with them, and stains on the way."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from halls import states
from halls.models.places import Hall
from halls.rules.rounds import is_clean_in_time


class CheckList(models.Model):
    """R-H-6, R-H-7, R-H-17: what is looked at. Of one hall, or of all halls (of a type) without a list of their own."""

    kind = models.CharField("种类", max_length=12, choices=states.CheckKind.pairs)
    hall = models.ForeignKey(
        Hall, models.CASCADE, null=True, blank=True, related_name="check_lists", verbose_name="营业厅"
    )
    hall_type = models.CharField("厅型", max_length=20, choices=states.HallType.pairs, blank=True)
    times = ArrayField(models.TimeField(), verbose_name="时间", default=list, blank=True, help_text="只有巡检要填")
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查表"
        ordering = ["kind", "hall", "hall_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "hall", "hall_type"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="one_list_per_kind_and_place",
            )
        ]

    def __str__(self) -> str:
        where = self.hall.name if self.hall else self.get_hall_type_display() or "全部营业厅"
        return f"{self.get_kind_display()}({where})"


class CheckItem(models.Model):
    """One line of a list. A line that was answered once is put out of use, never reworded."""

    list = models.ForeignKey(CheckList, models.CASCADE, related_name="items", verbose_name="检查表")
    text = models.CharField("检查内容", max_length=60)
    wants_photo = models.BooleanField("要拍照", default=False)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查项"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text


class Round(models.Model):
    """One walk through a list, for the moment it was due."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="rounds", verbose_name="营业厅")
    list = models.ForeignKey(CheckList, models.PROTECT, related_name="rounds", verbose_name="检查表")
    kind = models.CharField("种类", max_length=12, choices=states.CheckKind.pairs)
    slot = models.DateTimeField("应检时间")
    started_at = models.DateTimeField("开始时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="检查人")
    finished_at = models.DateTimeField("完成时间", null=True)
    in_time = models.BooleanField("按时", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查"
        ordering = ["-slot", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "kind", "slot"], name="one_round_per_hall_kind_and_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.slot:%m-%d %H:%M}"


class RoundAnswer(models.Model):
    round = models.ForeignKey(Round, models.CASCADE, related_name="answers", verbose_name="检查")
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="+", verbose_name="检查项")
    answer = models.CharField("结果", max_length=8, choices=states.Answer.pairs)
    note = models.CharField("说明", max_length=200, blank=True)
    picture = models.CharField("照片", max_length=80, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="检查人")

    class Meta:
        verbose_name = verbose_name_plural = "检查结果"
        ordering = ["item__order", "item"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="one_answer_per_round_and_item")]

    def __str__(self) -> str:
        return f"{self.item} {self.get_answer_display()}"


class Stain(models.Model):
    """R-H-5: something to be wiped up, and by when; the limit is kept as it was when found."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="stains", verbose_name="营业厅")
    place = models.CharField("位置", max_length=30)
    is_relaxed = models.BooleanField("高峰或雨雪", default=False)
    minutes = models.PositiveSmallIntegerField("限时(分钟)")
    found_at = models.DateTimeField("发现时间")
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发现人")
    cleaned_at = models.DateTimeField("清理时间", null=True)
    cleaned_by = models.CharField("清理人", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "污渍清理"
        ordering = ["-found_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cleaned_at=None) | Q(cleaned_at__gte=F("found_at")), name="stain_cleaned_after_found"
            )
        ]
        indexes = [models.Index(fields=["hall", "-found_at"], name="stains_by_hall_and_time")]

    def __str__(self) -> str:
        return self.place

    @property
    def in_time(self) -> bool | None:
        """None while it is still there."""
        if self.cleaned_at is None:
            return None
        return is_clean_in_time(self.found_at, self.cleaned_at, minutes=self.minutes)
