"""What stands in a hall, what it must have, and what is broken."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core import time
from halls import states
from halls.models.places import CODE, Hall, Window


class Requirement(models.Model):
    """R-H-2, R-H-3: what halls must have, from a day to a day; an empty type or location means every one."""

    needed = models.CharField("要求", max_length=12, choices=states.Needed.pairs)
    hall_type = models.CharField("厅型", max_length=20, choices=states.HallType.pairs, blank=True)
    location = models.CharField("位置", max_length=10, choices=states.Location.pairs, blank=True)
    codes = ArrayField(models.CharField(max_length=20), verbose_name="项目")
    at_least = models.PositiveSmallIntegerField("至少几项", validators=[MinValueValidator(1)])
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "设施要求"
        ordering = ["needed", "hall_type", "location"]

    def __str__(self) -> str:
        return f"{self.get_needed_display()} 至少 {self.at_least} 项"


class HallZone(models.Model):
    """A functional area that a hall has."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="zones", verbose_name="营业厅")
    zone = models.CharField("功能区", max_length=20, choices=states.Zone.pairs)

    class Meta:
        verbose_name = verbose_name_plural = "功能区"
        ordering = ["zone"]
        constraints = [models.UniqueConstraint(fields=["hall", "zone"], name="one_row_per_hall_and_zone")]

    def __str__(self) -> str:
        return self.get_zone_display()


class EquipmentKind(models.Model):
    code = models.CharField("代码", max_length=20, unique=True, validators=[CODE])
    name = models.CharField("名称", max_length=20)
    stops = models.CharField("故障时", max_length=10, choices=states.Stops.pairs, default=states.Stops.NOTHING)
    service = models.CharField("自助服务", max_length=20, choices=states.SelfService.pairs, blank=True)
    symptoms = ArrayField(models.CharField(max_length=20), verbose_name="常见故障", default=list, blank=True)
    says = models.CharField(
        "大屏说明", max_length=60, blank=True, help_text="故障期间大屏上的一句话,如:交费机维修中,请到窗口或手机办理"
    )
    order = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "设备类别"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Equipment(models.Model):
    """One piece of equipment. `expires_on` is for what has a date of its own, such as an extinguisher or a seal."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="equipment", verbose_name="营业厅")
    kind = models.ForeignKey(EquipmentKind, models.PROTECT, related_name="+", verbose_name="类别")
    name = models.CharField("名称", max_length=30)
    place = models.CharField("位置", max_length=30, blank=True)
    window = models.ForeignKey(
        Window, models.PROTECT, null=True, blank=True, related_name="equipment", verbose_name="窗口"
    )
    supplier = models.CharField("维保单位", max_length=40, blank=True)
    supplier_phone = models.CharField("维保电话", max_length=20, blank=True)
    installed_on = models.DateField("启用日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    removed_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "设备"
        ordering = ["hall", "kind__order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "name"], condition=Q(removed_at=None), name="one_equipment_per_hall_and_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Fault(models.Model):
    """R-H-4. `state` follows from the events; both deadlines are fixed when the fault is found."""

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="faults", verbose_name="设备")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="faults", verbose_name="营业厅")
    symptom = models.CharField("现象", max_length=60)
    state = models.CharField("状态", max_length=10, choices=states.FaultState.pairs)
    found_at = models.DateTimeField("发现时间")
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发现人")
    report_due = models.DateTimeField("报修期限")
    fix_due = models.DateTimeField("修复期限", help_text="不含此刻")
    reported_at = models.DateTimeField("报修时间", null=True)
    plan = models.CharField("维修计划", max_length=200, blank=True)
    planned_on = models.DateField("计划修好", null=True)
    fixed_at = models.DateTimeField("修复时间", null=True)
    cost = models.DecimalField("费用(元)", max_digits=10, decimal_places=2, null=True)
    late_told_at = models.DateTimeField("超期提醒时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "故障"
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment"], condition=~Q(state=states.FaultState.FIXED), name="one_open_fault_per_equipment"
            ),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="fault_cost_not_negative"),
            models.CheckConstraint(condition=Q(fix_due__gt=F("found_at")), name="fault_due_after_found"),
        ]
        indexes = [
            models.Index(fields=["hall"], condition=~Q(state=states.FaultState.FIXED), name="open_faults_by_hall"),
            models.Index(fields=["hall", "-found_at"], name="faults_by_hall_and_time"),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} {self.symptom}"

    @property
    def last_day(self) -> date:
        """The day by whose end it has to work again."""
        return time.business_day(self.fix_due) - timedelta(days=1)

    @property
    def is_open(self) -> bool:
        return self.state != states.FaultState.FIXED


class FaultEvent(models.Model):
    """Append-only: what was done about a fault."""

    fault = models.ForeignKey(Fault, models.CASCADE, related_name="events", verbose_name="故障")
    did = models.CharField("动作", max_length=10, choices=states.FaultDid.pairs)
    at = models.DateTimeField("时间")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="人员")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "故障记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_did_display()
