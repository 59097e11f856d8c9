from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, Value

from core import time
from halls.models import Hall, Region
from staff.rules.employments import Days
from staff.states import JobKind, Role

if TYPE_CHECKING:
    from staff.access import Rights


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: "User") -> "UserQuerySet":
        """Oneself, and those who have not left a hall or region where the actor may look at people; who manages
        people there still sees those who have no job anywhere any more."""
        rights = actor.rights
        if rights.everything:
            return self
        jobs = Employment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=time.business_day(time.now())))
        near = Q(hall__in=rights.hall_ids("staff.see")) | Q(region__in=rights.region_ids("staff.see"))
        ours = Q(hall__in=rights.hall_ids("staff.manage")) | Q(region__in=rights.region_ids("staff.manage"))
        gone = Q(pk__in=Employment.objects.filter(ours).values("user")) & (
            Q(is_active=False) | ~Exists(jobs.filter(user=OuterRef("pk")))
        )
        return self.filter(Q(pk__in=jobs.filter(near).values("user")) | Q(pk=actor.pk) | gone)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, staff_no: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(staff_no=staff_no, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, staff_no: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(staff_no, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a 工号 of their own (R-S-13). What they may do follows from their employments."""

    staff_no = models.CharField(
        "工号",
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9]{3,20}$", "工号为 3–20 位字母或数字。")],
    )
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机号", max_length=11, blank=True)
    is_active = models.BooleanField("在职", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, editable=False)
    joined_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["staff_no"]

    def __str__(self) -> str:
        return f"{self.name} {self.staff_no}"

    @property
    def password_set_at(self) -> datetime:
        return self.password_changed_at or self.joined_at

    def get_short_name(self) -> str:
        return self.name

    @property
    def rights(self) -> "Rights":
        """What this person may do today; read once per request object."""
        from staff import access

        if not hasattr(self, "_rights"):
            self._rights = access.rights_of(self)
        return self._rights

    def may(self, verb: str, hall: Hall | None = None) -> bool:
        return self.rights.may(verb, hall)

    def hall_ids(self, verb: str) -> set[int]:
        return self.rights.hall_ids(verb)

    @property
    def is_staff(self) -> bool:
        """Whether the settings pages (Django's admin) open for this person."""
        return self.may("settings.change")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and (self.is_superuser or self.may("settings.change"))

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(app_label)


TWICE = "同一人在同一处的同一岗位,起止日期不能重叠。"
_DAYS = Func("valid_from", "valid_to", Value("[]"), function="daterange", output_field=DateRangeField())


class Employment(models.Model):
    """A role at a hall or in a region, from a day to a day (both inclusive; no end = still so).

    Trainees learn at a window beside certified colleagues (R-S-14); students and temporary hands have a last day.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="employments", verbose_name="人员")
    role = models.CharField("岗位", max_length=20, choices=Role.pairs)
    hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="employments", verbose_name="营业厅"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="employments", verbose_name="区域"
    )
    kind = models.CharField("用工", max_length=10, choices=JobKind.pairs, default=JobKind.REGULAR)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["user", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hall=None, region__isnull=False) | Q(hall__isnull=False, region=None),
                name="employment_at_a_hall_or_in_a_region",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="employment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kind=JobKind.REGULAR) | Q(valid_to__isnull=False), name="irregular_employment_has_an_end"
            ),
            ExclusionConstraint(
                name="jobs_at_a_hall_do_not_overlap",
                expressions=[("user", "="), ("role", "="), ("hall", "="), (_DAYS, "&&")],
                condition=Q(hall__isnull=False),
                violation_error_message=TWICE,
            ),
            ExclusionConstraint(
                name="jobs_in_a_region_do_not_overlap",
                expressions=[("user", "="), ("role", "="), ("region", "="), (_DAYS, "&&")],
                condition=Q(region__isnull=False),
                violation_error_message=TWICE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.hall or self.region}"

    @property
    def days(self) -> Days:
        return Days(self.valid_from, self.valid_to)

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def clean(self) -> None:
        if (self.hall is None) == (self.region is None):
            raise ValidationError("请选择营业厅或区域,两者选一。")
        if self.kind != JobKind.REGULAR and self.valid_to is None:
            raise ValidationError({"valid_to": f"{self.get_kind_display()}岗位须填写最后一天。"})
        if not self.user_id:  # the settings page asks before it has saved a new person
            return
        if self.twin() is not None:
            raise ValidationError(TWICE)

    def twin(self) -> "Employment | None":
        """Another job of the same person, role and place on some of the same days."""
        same = Employment.objects.filter(user=self.user_id, role=self.role, hall=self.hall, region=self.region)
        return next((other for other in same.exclude(pk=self.pk) if self.days.overlaps(other.days)), None)
