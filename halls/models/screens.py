"""What a hall tells its visitors: materials with their days, and sentences spoken in the lobby."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from halls import states
from halls.models.places import Hall, Region


class Material(models.Model):
    """R-H-8: a poster, tip or notice of one hall, or of every hall of a region, good from its first to its last day.

    It is on the lobby TV when `on_tv`; who takes it down from its place is `keeper`.
    """

    hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="materials", verbose_name="营业厅"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="materials", verbose_name="区域"
    )
    kind = models.CharField("类别", max_length=10, choices=states.MaterialKind.pairs)
    carrier = models.CharField(
        "载体",
        max_length=10,
        choices=states.Carrier.pairs,
        default=states.Carrier.SCREEN,
        help_text="大屏以外的都要按期撤下",
    )
    title = models.CharField("标题", max_length=24)
    text = models.CharField("文字", max_length=120, blank=True)
    image = models.CharField("图片", max_length=80, blank=True, help_text="按内容命名,存放在 media/materials")
    place = models.CharField("位置", max_length=40, blank=True)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="负责撤下"
    )
    valid_from = models.DateField("开始日期")
    valid_to = models.DateField("最后一天")
    on_tv = models.BooleanField("上大屏", default=True)
    seconds = models.PositiveSmallIntegerField(
        "停留秒数", default=12, validators=[MinValueValidator(6), MaxValueValidator(60)]
    )
    order = models.PositiveIntegerField("顺序", default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制作人")
    made_at = models.DateTimeField("制作时间")
    retired_at = models.DateTimeField("撤下时间", null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "宣传物料"
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hall__isnull=False, region__isnull=True) | Q(hall__isnull=True, region__isnull=False),
                name="material_of_one_hall_or_region",
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="material_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}「{self.title}」"

    @property
    def heading(self) -> str:
        return states.MaterialKind(self.kind).heading

    @property
    def hall_code(self) -> str:
        """Empty for one that a whole region shows."""
        return self.hall.code if self.hall else ""

    @property
    def where(self) -> str:
        return self.hall.name if self.hall else f"{self.region}全部营业厅"


class TakenDown(models.Model):
    """R-H-8: a material came down from its place in one hall; what a whole region hangs comes down hall by hall."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="taken_down", verbose_name="物料")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="营业厅")
    at = models.DateTimeField("撤下时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="撤下人", db_index=False
    )
    picture = models.CharField("照片", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "物料撤下"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["material", "hall"], name="one_taking_down_per_material_and_hall")
        ]

    def __str__(self) -> str:
        return f"{self.material} {self.at:%m-%d}"


class BroadcastTemplate(models.Model):
    """A sentence to be spoken in the lobby; what is to be filled in stands in braces: 「本厅 {时间} 停止取号」."""

    text = models.CharField("文字", max_length=60, unique=True, help_text="要填的内容写在大括号里,如 {时间}")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "广播用语"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text


class Broadcast(models.Model):
    """One sentence sent once to the TVs of a hall. Append-only: who said what, when."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="broadcasts", verbose_name="营业厅")
    template = models.ForeignKey(
        BroadcastTemplate, models.SET_NULL, null=True, related_name="+", verbose_name="广播用语", db_index=False
    )
    text = models.CharField("文字", max_length=80)
    said_at = models.DateTimeField("时间")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="广播人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "广播记录"
        ordering = ["-said_at", "-id"]
        indexes = [models.Index(fields=["hall", "said_at"], name="broadcast_by_hall_and_time")]

    def __str__(self) -> str:
        return self.text
