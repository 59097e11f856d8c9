"""Numbers and what happened to them. Rows and facts about one row; nothing here touches another table."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.phones import masked_phone
from halls.models import BusinessGroup, BusinessType, Device, Hall, Window
from loyalty.models import Customer
from loyalty.states import Star
from queueing.rules import numbers as rules
from queueing.states import ACTIVE, AT_WINDOW, Did, EndMark, HoldKind, Lane, Retention, Source, TicketState


class TicketCounter(models.Model):
    """The last serial given for a letter on a hall's day."""

    hall = models.ForeignKey(Hall, models.CASCADE)
    day = models.DateField()
    letter = models.CharField(max_length=1)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "day", "letter"], name="one_counter_per_letter_and_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.letter} {self.last}"


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: Any) -> "TicketQuerySet":
        """Tickets of the halls that this person or device may see."""
        return self.filter(hall_id__in=user.hall_ids("hall.see"))

    def active(self) -> "TicketQuerySet":
        return self.filter(state__in=ACTIVE)


class Ticket(models.Model):
    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="tickets", verbose_name="营业厅")
    business_day = models.DateField("营业日")
    letter = models.CharField("字母", max_length=1)
    number = models.CharField("号码", max_length=8)
    group = models.ForeignKey(BusinessGroup, models.PROTECT, related_name="tickets", verbose_name="取号分组")
    business = models.ForeignKey(
        BusinessType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="业务"
    )
    lane = models.CharField("通道", max_length=8, choices=Lane.pairs, blank=True)
    phone = models.CharField("手机号", max_length=11, blank=True)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="客户"
    )
    star = models.SmallIntegerField("星级", choices=Star.pairs, null=True, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source.pairs)
    is_simulated = models.BooleanField("演示", default=False)
    is_estimated = models.BooleanField("估计值", default=False)

    state = models.CharField("状态", max_length=10, choices=TicketState.pairs, default=TicketState.WAITING)
    taken_at = models.DateTimeField("取号时间")
    call_order_at = models.DateTimeField("排队时间")
    first_called_at = models.DateTimeField("首次叫号", null=True)
    called_at = models.DateTimeField("最近叫号", null=True)
    started_at = models.DateTimeField("开始办理", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    moved_at = models.DateTimeField("最近变动")
    calls = models.PositiveSmallIntegerField("叫号次数", default=0)
    requeues = models.PositiveSmallIntegerField("补办次数", default=0)

    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="窗口")
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="营业员"
    )
    directed_window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="指定窗口")
    directed_clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="指定营业员"
    )
    held_kind = models.CharField("暂挂原因", max_length=12, choices=HoldKind.pairs, blank=True)
    held_at = models.DateTimeField("暂挂时间", null=True)
    held_seconds = models.PositiveIntegerField("累计暂挂秒数", default=0)
    away_seconds = models.PositiveIntegerField("叫号前离开秒数", default=0)
    why = models.CharField("为何先叫", max_length=80, blank=True)
    ahead_when_taken = models.PositiveSmallIntegerField("取号时前面人数", default=0)
    promised_seconds = models.PositiveIntegerField("取号时预计秒数", null=True)
    promised_high_seconds = models.PositiveIntegerField("取号时预计上限秒数", null=True)
    near_told_at = models.DateTimeField(null=True, editable=False)
    end_mark = models.CharField("结束标记", max_length=10, choices=EndMark.pairs, blank=True)
    rating = models.PositiveSmallIntegerField("评价", null=True)
    rated_at = models.DateTimeField("评价时间", null=True)
    cared_at = models.DateTimeField("关怀时间", null=True)
    cared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="关怀人",
        db_index=False,
    )
    told_online = models.BooleanField("已告知线上可办", default=False)
    recommended = models.CharField("已推荐", max_length=40, blank=True)
    recommended_accepted = models.BooleanField("推荐被接受", null=True)
    retention = models.CharField("挽留结果", max_length=10, choices=Retention.pairs, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "号码记录"
        ordering = ["-taken_at"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "business_day", "number"], name="one_number_per_hall_and_day"),
            models.UniqueConstraint(fields=["window"], condition=Q(state__in=AT_WINDOW), name="one_ticket_at_a_window"),
            models.UniqueConstraint(fields=["clerk"], condition=Q(state__in=AT_WINDOW), name="one_ticket_per_clerk"),
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(state__in=ACTIVE) & ~Q(phone=""),
                name="one_active_ticket_per_phone",
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "call_order_at"], condition=Q(state="waiting"), name="ticket_calling_order"),
            models.Index(fields=["hall"], condition=Q(state__in=ACTIVE), name="ticket_active"),
            models.Index(fields=["hall", "called_at"], name="ticket_latest_calls"),
            models.Index(fields=["hall", "business_day"], name="ticket_by_day"),
            models.Index(fields=["clerk", "business_day"], name="ticket_by_clerk_and_day"),
            models.Index(fields=["taken_at"], condition=~Q(phone=""), name="ticket_with_phone"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_green(self) -> bool:
        return self.lane == Lane.GREEN

    @property
    def is_vip(self) -> bool:
        return self.letter == rules.VIP_LETTER

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone) if self.phone else ""

    @property
    def about(self) -> str:
        """What the customer came for, as exactly as known."""
        return self.business.name if self.business else self.group.name

    @property
    def has_head_start(self) -> bool:
        """Whether it may pass numbers that were taken before it."""
        return self.call_order_at < self.taken_at

    def waited(self, now: datetime) -> timedelta:
        """From taking the number to the call that was answered (R-Q-1), without what was no waiting before that call:
        away for papers, gone after a missed call, or served at the window that sent it on."""
        in_line = self.called_at is None or self.window_id is None  # an earlier call does not end a later wait
        until = (self.finished_at or now) if in_line else self.called_at
        return (until or now) - self.taken_at - timedelta(seconds=self.away_seconds)

    def served_for(self, now: datetime) -> timedelta:
        """Handling time so far, without what it was held. A forgotten start counts from the call."""
        began = self.started_at or self.called_at
        if began is None or self.window_id is None:  # back in a line, whatever was before
            return timedelta(0)
        held = timedelta(seconds=self.held_seconds)
        return (self.finished_at or self.held_at or now) - began - held


class TicketBusiness(models.Model):
    """One more business done under a number (R-H-15, 一台清); the first one stands on the number itself."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="more_businesses")
    business = models.ForeignKey(BusinessType, models.PROTECT, related_name="+", verbose_name="业务")
    added_at = models.DateTimeField("加办时间")

    class Meta:
        verbose_name = verbose_name_plural = "加办业务"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "business"], name="one_row_per_ticket_and_business")]

    def __str__(self) -> str:
        return f"{self.ticket} {self.business}"


class TicketEvent(models.Model):
    """One move of a number: who, where, when. Append-only."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", db_index=False)
    did = models.CharField(max_length=12, choices=Did.pairs)
    at = models.DateTimeField()
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+", db_index=False)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "号码经过"
        ordering = ["id"]
        indexes = [models.Index(fields=["hall", "at"], name="ticket_event_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.get_did_display()}"
