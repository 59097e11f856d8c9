"""Places: regions, halls, their windows, hours and business groups, and the machines that stand there."""

from datetime import datetime, time
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from halls import states
from halls.rules import Hours

CODE = RegexValidator(r"^[A-Za-z0-9_-]{1,20}$", "只能用字母、数字、横线和下划线。")


class Region(models.Model):
    code = models.CharField("代码", max_length=20, unique=True, validators=[CODE])
    name = models.CharField("名称", max_length=40)
    level = models.CharField("级别", max_length=10, choices=states.RegionLevel.pairs)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )

    class Meta:
        verbose_name = verbose_name_plural = "区域"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": "上级不能是自己或自己的下级。"})
            above = above.parent


class BusinessType(models.Model):
    """One kind of counter business with its planned handling time."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=30)
    name_en = models.CharField("英文名称", max_length=60, blank=True)
    minutes = models.DecimalField("计划办理分钟", max_digits=4, decimal_places=1, validators=[MinValueValidator(0.5)])
    needs_id = models.BooleanField("需要证件", default=True)
    documents = models.CharField("需带材料", max_length=200, blank=True)
    e_channel = models.CharField("线上或自助办理方式", max_length=200, blank=True)
    without_documents = models.CharField("不带证件的办法", max_length=200, blank=True)
    asks_retention = models.BooleanField("办结时问挽留结果", default=False)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "业务"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Hall(models.Model):
    code = models.CharField("代码", max_length=20, unique=True, validators=[CODE])
    name = models.CharField("名称", max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="halls", verbose_name="所属区县")
    type = models.CharField("类型", max_length=20, choices=states.HallType.pairs)
    location = models.CharField("位置", max_length=10, choices=states.Location.pairs)
    operation = models.CharField("经营方式", max_length=12, choices=states.Operation.pairs)
    counter_count = models.PositiveSmallIntegerField("业务办理窗口数")
    has_rest_area = models.BooleanField("有客户休息区", default=False)
    has_gotone_zone = models.BooleanField("有全球通专区", default=False)
    has_independent_frontage = models.BooleanField("有独立门头", default=True)
    sells_handsets = models.BooleanField("销售手机", default=False)
    queue_mode = models.CharField("排队方式", max_length=10, choices=states.QueueMode.pairs)
    phone = models.CharField("电话", max_length=20, blank=True)
    address = models.CharField("地址", max_length=100, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=8, decimal_places=5, null=True, blank=True)
    stop_issuing_minutes = models.PositiveSmallIntegerField(
        "停止取号", default=0, validators=[MaxValueValidator(240)], help_text="打烊前多少分钟停止取号"
    )
    waiting_capacity = models.PositiveSmallIntegerField("等候上限", null=True, blank=True, help_text="留空为不限")
    is_live = models.BooleanField("使用叫号", default=True, help_text="不勾选则只有统计数字")

    class Meta:
        verbose_name = verbose_name_plural = "营业厅"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_line(self) -> bool:
        return self.queue_mode == states.QueueMode.LINE


class OpeningHours(models.Model):
    """One weekday's hours. 00:00 as closing time means midnight at the day's end."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="weekly_hours", verbose_name="营业厅")
    weekday = models.PositiveSmallIntegerField("星期", choices=states.Weekday.pairs)
    opens = models.TimeField("开门")
    closes = models.TimeField("关门", help_text="00:00 表示当天 24:00")

    class Meta:
        verbose_name = verbose_name_plural = "营业时间"
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "weekday"], name="one_row_per_hall_and_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=time(0)), name="weekday_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.hours.text}"

    @property
    def hours(self) -> Hours:
        return Hours(self.opens, self.closes)


class HoursException(models.Model):
    """A dated exception (R-H-9): closed, or other hours than the weekday's."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="hours_exceptions", verbose_name="营业厅")
    day = models.DateField("日期")
    is_closed = models.BooleanField("全天停业", default=False)
    opens = models.TimeField("开门", null=True, blank=True)
    closes = models.TimeField("关门", null=True, blank=True, help_text="00:00 表示当天 24:00")
    reason = models.CharField("原因", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "营业时间例外"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "day"], name="one_exception_per_hall_and_day"),
            models.CheckConstraint(
                condition=Q(is_closed=True) | Q(closes__gt=F("opens")) | Q(opens__isnull=False, closes=time(0)),
                name="exception_is_closed_or_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hours.text if self.hours else '停业'}"

    @property
    def hours(self) -> Hours | None:
        if self.is_closed or self.opens is None or self.closes is None:
            return None
        return Hours(self.opens, self.closes)


class BusinessGroup(models.Model):
    """取号分组: what a kiosk shows; at most eight a hall. Its letter names the numbers."""

    MOST = 8

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="groups", verbose_name="营业厅")
    code = models.SlugField("代码", max_length=30)
    name = models.CharField("名称", max_length=20)
    name_en = models.CharField("英文名称", max_length=60, blank=True)
    hint = models.CharField("提示", max_length=60, blank=True)
    hint_en = models.CharField("英文提示", max_length=120, blank=True)
    letter = models.CharField(
        "号码字母",
        max_length=1,
        validators=[RegexValidator(r"^[A-FH-UW-Z]$", "用 A–Z 中除 G、V 外的一个大写字母。")],
    )
    businesses = models.ManyToManyField(BusinessType, related_name="groups", verbose_name="包含业务")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "取号分组"
        ordering = ["hall", "order", "code"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_group_per_hall_and_code")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not self.hall_id:  # not chosen yet: the form says that itself
            return
        others = BusinessGroup.objects.filter(hall=self.hall_id, is_active=True).exclude(pk=self.pk)
        if self.is_active and others.count() >= self.MOST:
            raise ValidationError(f"一个营业厅最多 {self.MOST} 个取号分组。")


class Window(models.Model):
    hall = models.ForeignKey(Hall, models.CASCADE, related_name="windows", verbose_name="营业厅")
    number = models.PositiveSmallIntegerField("窗口号", validators=[MinValueValidator(1), MaxValueValidator(99)])
    name = models.CharField("名称", max_length=20, blank=True, help_text="如:综合业务")
    reserved = models.CharField("优先对象", max_length=10, choices=states.Reserved.pairs, blank=True)
    zone = models.CharField("区域", max_length=20, blank=True, help_text="同一区域的大屏用同一个声音叫号")
    is_mobile = models.BooleanField("移动收费", default=False, help_text="没有座位,高峰时在等候区办理")
    groups = models.ManyToManyField(BusinessGroup, related_name="windows", verbose_name="可办分组", blank=True)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "窗口"
        ordering = ["hall", "number"]
        constraints = [models.UniqueConstraint(fields=["hall", "number"], name="one_window_per_hall_and_number")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.number} 号窗口"


class CalendarDay(models.Model):
    """A holiday or a make-up workday; days without a row are what their weekday says."""

    day = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=10, choices=states.CalendarKind.pairs)
    name = models.CharField("名称", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "节假日与调休"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Device(models.Model):
    """A machine of a hall with a token of its own, good for nothing but its work."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="devices", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=20, choices=states.DeviceKind.pairs)
    name = models.CharField("名称", max_length=40)
    window = models.ForeignKey(
        Window, models.CASCADE, null=True, blank=True, related_name="devices", verbose_name="所属窗口"
    )
    zone = models.CharField("区域", max_length=20, blank=True)
    token_hash = models.CharField("令牌", max_length=64, blank=True, editable=False, db_index=True)
    paired_at = models.DateTimeField("配对时间", null=True, editable=False)
    expires_at = models.DateTimeField("令牌到期", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    last_seen_at = models.DateTimeField("最近在线", null=True, editable=False)
    paper_out = models.BooleanField("缺纸", default=False, editable=False)
    silence_noticed_at = models.DateTimeField(null=True, editable=False)
    paper_noticed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "设备"
        ordering = ["hall", "kind", "name"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def clean(self) -> None:
        if self.window is not None and self.window.hall_id != self.hall_id:
            raise ValidationError({"window": "请选择本营业厅的窗口。"})
        if self.kind in states.AT_A_WINDOW and self.window is None:
            raise ValidationError({"window": f"{self.get_kind_display()}须指定所属窗口。"})

    is_authenticated = True
    is_anonymous = False
    is_active = True

    def is_valid(self, now: datetime) -> bool:
        """Whether its token opens anything."""
        in_time = self.expires_at is None or now < self.expires_at
        return bool(self.token_hash) and self.revoked_at is None and in_time

    @property
    def heard_at(self) -> datetime | None:
        """The last sign of life; pairing is the first one."""
        return max(filter(None, [self.last_seen_at, self.paired_at]), default=None)

    @property
    def home(self) -> str:
        """The page this machine shows; empty for one without a screen."""
        pages = {
            states.DeviceKind.KIOSK: f"/kiosk/{self.hall.code}/",
            states.DeviceKind.TV: f"/board/{self.hall.code}/"
            + (f"?{urlencode({'zone': self.zone})}" if self.zone else ""),
            states.DeviceKind.WINDOW_DISPLAY: f"/display/{self.window_id}/",
            states.DeviceKind.PAD: "/lobby/",
            states.DeviceKind.RATER: f"/rate/{self.window_id}/",
        }
        return pages.get(states.DeviceKind(self.kind), "")

    def may(self, verb: str, hall: Hall | None = None) -> bool:
        """What a machine may do, in its own hall only."""
        return verb in DEVICE_VERBS[self.kind] and (hall is None or hall.pk == self.hall_id)

    def hall_ids(self, verb: str) -> set[int]:
        return {self.hall_id} if self.may(verb) else set()


DEVICE_VERBS: dict[str, frozenset[str]] = {
    states.DeviceKind.KIOSK: frozenset({"hall.see", "queue.issue"}),
    states.DeviceKind.PAD: frozenset({"hall.see", "queue.issue"}),
    states.DeviceKind.TV: frozenset({"hall.see"}),
    states.DeviceKind.WINDOW_DISPLAY: frozenset({"hall.see"}),
    states.DeviceKind.RATER: frozenset({"hall.see", "queue.rate"}),
    states.DeviceKind.CALLER: frozenset({"hall.see", "queue.call"}),
}


class PairingCode(models.Model):
    """Six digits shown to a manager, typed at the device within minutes, good for one device once."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="codes")
    code = models.CharField(max_length=6, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.device} {self.expires_at}"
