"""A complaint, what happened to it, and the moments at which somebody must hear of it."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from complaints.models.catalogue import Category, Team
from complaints.states import (
    OPEN,
    Clock,
    Did,
    Flag,
    Identity,
    Kind,
    LateReason,
    Outcome,
    Satisfied,
    Source,
    Status,
    Tier,
)
from core.phones import masked_phone
from halls.models import Hall, Window
from loyalty.models import Customer
from loyalty.states import Brand, Star
from queueing.models import Ticket


class CaseCounter(models.Model):
    """The last serial of a hall's day, for one prefix."""

    hall = models.ForeignKey(Hall, models.CASCADE)
    day = models.DateField()
    kind = models.CharField(max_length=12)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "kind"], name="one_counter_per_hall_day_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.last}"


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: Any) -> "ComplaintQuerySet":
        """Of the halls whose desk the person sees; and one's own, wherever one works now."""
        halls = user.hall_ids("complaint.see")
        mine = (
            Q(first_handler=user)
            | Q(handler=user)
            | Q(pk__in=Complaint.helpers.through.objects.filter(user=user).values("complaint"))
        )
        return self.filter(Q(hall_id__in=halls) | mine)

    def open(self) -> "ComplaintQuerySet":
        return self.filter(status__in=OPEN)


class Complaint(models.Model):
    """What was said and by whom, and, materialised from its events, where it stands (`complaints.rules.fold`)."""

    token = models.UUIDField("客户链接", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("单号", max_length=40, unique=True)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="complaints", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=12, choices=Kind.pairs, default=Kind.COMPLAINT)
    source = models.CharField("来源", max_length=14, choices=Source.pairs)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="类别"
    )
    content = models.TextField("内容", blank=True)
    wish = models.TextField("客户诉求", blank=True)

    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="complaints", verbose_name="客户"
    )
    phone = models.CharField("手机号", max_length=11, blank=True)
    person_name = models.CharField("联系人", max_length=40, blank=True)
    brand = models.CharField("品牌", max_length=10, choices=Brand.pairs, blank=True)
    star = models.SmallIntegerField("星级", choices=Star.pairs, null=True, blank=True)
    is_vip = models.BooleanField("VIP", default=False)
    identity = models.CharField("身份核对", max_length=10, choices=Identity.pairs, default=Identity.UNCHECKED)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, blank=True, related_name="complaints", verbose_name="号码"
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="涉及营业员"
    )
    window = models.ForeignKey(
        Window, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="窗口", db_index=False
    )
    written_at = models.DateTimeField("意见簿书写时间", null=True, blank=True)

    first_handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="首问责任人"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人"
    )
    helpers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name="协办人")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="派往")
    outside_no = models.CharField("外部工单号", max_length=60, blank=True)
    flag = models.CharField("外部关注", max_length=10, choices=Flag.pairs, blank=True)
    solved_on_spot = models.BooleanField("现场解决", default=False)
    outcome = models.CharField("处理结果", max_length=10, choices=Outcome.pairs, blank=True)
    satisfied = models.CharField("回访满意度", max_length=10, choices=Satisfied.pairs, blank=True)
    late_reason = models.CharField("超时原因", max_length=12, choices=LateReason.pairs, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="并入"
    )
    is_simulated = models.BooleanField("演示", default=False)

    # ---- materialised from the events ----
    status = models.CharField("状态", max_length=10, choices=Status.pairs, default=Status.LOGGED)
    tier = models.CharField("客户类别", max_length=6, choices=Tier.pairs, blank=True)
    policy = models.PositiveIntegerField("时限规则版本", default=0)
    logged_at = models.DateTimeField("登记时间")
    accepted_at = models.DateTimeField("受理时间", null=True)
    clock_from = models.DateTimeField("起算时间", null=True)
    first_replied_at = models.DateTimeField("首次答复", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    paused_at = models.DateTimeField("暂停自", null=True)
    handling_due_at = models.DateTimeField("处理到期", null=True)
    reply_due_at = models.DateTimeField("首次答复到期", null=True)
    next_due_at = models.DateTimeField("下一个到期", null=True)
    consumed_seconds = models.PositiveIntegerField("已用处理秒数", default=0)
    handling_late = models.BooleanField("处理超时", default=False)
    reply_late = models.BooleanField("首次答复超时", default=False)
    reopened = models.PositiveSmallIntegerField("重新处理次数", default=0)
    contacts = models.PositiveSmallIntegerField("答复次数", default=0)
    level = models.PositiveSmallIntegerField("升级级别", default=0)
    last_seq = models.PositiveIntegerField("事件数", default=0)
    last_hash = models.CharField("末次校验", max_length=64, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "投诉单"
        ordering = ["-logged_at"]
        indexes = [
            models.Index(fields=["next_due_at", "id"], condition=Q(status__in=OPEN), name="complaint_open_by_due"),
            models.Index(fields=["hall", "next_due_at"], condition=Q(status__in=OPEN), name="complaint_open_of_hall"),
            models.Index(fields=["hall"], condition=Q(status=Status.FOLLOW_UP), name="complaint_to_follow_up"),
            models.Index(fields=["hall", "-logged_at"], name="complaint_by_hall_and_time"),
            models.Index(fields=["-logged_at"], name="complaint_by_time"),
            models.Index(fields=["phone", "-logged_at"], condition=~Q(phone=""), name="complaint_by_phone"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def masked(self) -> str:
        return masked_phone(self.phone) if self.phone else ""

    @property
    def tail(self) -> str:
        """The last four digits, as texts to customers name a case."""
        return self.number[-4:]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_late(self) -> bool:
        return self.handling_late or self.reply_late

    @property
    def about(self) -> str:
        """The category, or the first words."""
        return self.category.name if self.category else (self.content[:24] or "待补充内容")

    def left(self, now: datetime) -> timedelta | None:
        """Until the next thing the customer must have; negative when it is late."""
        return self.next_due_at - now if self.next_due_at else None


class ComplaintEvent(models.Model):
    """One thing that happened, for ever: a trigger refuses every change, a chain of hashes would show it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    did = models.CharField("事项", max_length=20, choices=Did.pairs)
    at = models.DateTimeField("时间")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="人员", db_index=False
    )
    data = models.JSONField("内容", default=dict)
    before = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "投诉经过"
        ordering = ["complaint", "seq"]
        constraints = [models.UniqueConstraint(fields=["complaint", "seq"], name="one_event_per_complaint_and_place")]

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M} {self.get_did_display()}"


class Deadline(models.Model):
    """A moment at which a level of a clock speaks, once: `fired_at`. What was settled before has `ended_at`.

    A paused clock ends its rows and takes them up again; a row that fired is never touched.
    """

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="deadlines")
    clock = models.CharField("时限", max_length=10, choices=Clock.pairs)
    subject = models.PositiveIntegerField(default=0)
    level = models.PositiveSmallIntegerField("级别")
    cycle = models.PositiveSmallIntegerField("轮次", default=1)
    due_at = models.DateTimeField("时间")
    to = ArrayField(models.CharField(max_length=10), default=list, verbose_name="通知")
    can_wait = models.BooleanField("夜间可缓", default=False)
    fired_at = models.DateTimeField("提醒时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    told_at = models.DateTimeField("通知时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "时限提醒"
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "clock", "subject", "level", "cycle"], name="one_row_per_level_and_cycle"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(fired_at=None, ended_at=None), name="deadline_unfired"),
            models.Index(
                fields=["fired_at"], condition=Q(fired_at__isnull=False, told_at=None), name="deadline_untold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.level} 级"
