from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value

from core.phones import masked_phone
from messaging import catalogue, rules
from messaging.states import (
    UNSENT,
    Channel,
    MessageKind,
    MessageState,
    NoticeLevel,
    NoticeTopic,
    kinds,
    levels,
    states,
    topics,
)


class OutboxMessage(models.Model):
    """One text to one phone. Its id goes to the gateway and stays the same however often it is tried.

    `next_attempt_at` is the lease as well: a claim moves it ahead, so a row whose worker died is simply due
    again.
    """

    id = models.UUIDField("编号", primary_key=True, default=uuid4, editable=False)
    key = models.CharField("幂等键", max_length=100, unique=True)
    template = models.CharField("模板", max_length=40)
    kind = models.CharField("类别", max_length=12, choices=kinds)
    urgency = models.PositiveSmallIntegerField(editable=False)
    hall = models.CharField("营业厅", max_length=20, blank=True)
    phone = models.CharField("手机号", max_length=11, blank=True)
    text = models.CharField("内容", max_length=500)
    state = models.CharField("状态", max_length=8, choices=states, default=MessageState.WAITING)
    maybe_sent = models.BooleanField("网关可能已收", default=False)
    attempts = models.PositiveIntegerField("尝试次数", default=0)
    refusals = models.PositiveSmallIntegerField("拒收次数", default=0)
    last_error = models.CharField("最近一次问题", max_length=200, blank=True)
    not_before = models.DateTimeField("最早发送时间")
    next_attempt_at = models.DateTimeField("下次尝试时间")
    created_at = models.DateTimeField("生成时间")
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "短信记录"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["urgency", "next_attempt_at"], condition=Q(state__in=UNSENT), name="outbox_unsent"),
            models.Index(fields=["phone"], condition=Q(kind=MessageKind.GREETING), name="outbox_greetings"),
            BrinIndex(fields=["created_at"], name="outbox_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | (~Q(state=MessageState.SENT) & Q(sent_at=None)),
                name="sent_messages_have_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.masked}"

    @property
    def masked(self) -> str:
        return masked_phone(self.phone)


class MessageTemplate(models.Model):
    """One wording of one text from a day to a day, both inclusive. No row in force: that text is not sent."""

    key = models.CharField("短信", max_length=40)
    text = models.CharField("内容", max_length=300)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True, help_text="含当天,留空为长期有效")

    class Meta:
        verbose_name = verbose_name_plural = "短信模板"
        ordering = ["key", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="template_ends_after_start",
            ),
            ExclusionConstraint(
                name="one_wording_per_text_and_day",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="同一短信的有效期不能重叠,请先修改另一条的失效日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"

    @property
    def kind(self) -> str:
        text = catalogue.find(self.key)
        return text.kind.label if text else ""

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            # Said of the field: that leaves out the overlap check, which fails on such dates in PostgreSQL.
            raise ValidationError({"valid_to": "失效日期不能早于生效日期。"})
        text = catalogue.find(self.key)
        if text is None:
            raise ValidationError({"key": "没有这种短信。"})
        strange = rules.unknown_parts(self.text, text.placeholders)
        if strange:
            usable = "、".join(f"{{{name}}}" for name in text.placeholders)
            raise ValidationError({"text": f"{'、'.join(strange)} 不能识别,可以使用:{usable}。"})


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """A notice is for one person and nobody else, whatever their role."""
        return self.filter(user_id=user.pk)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """What one person should know, kept until read; the bell counts the unread ones."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人")
    key = models.CharField("幂等键", max_length=100)
    level = models.CharField("级别", max_length=8, choices=levels, default=NoticeLevel.INFO)
    topic = models.CharField("事项", max_length=12, choices=topics, default=NoticeTopic.OTHER)
    title = models.CharField("标题", max_length=100)
    body = models.CharField("内容", max_length=500, blank=True)
    url = models.CharField("页面", max_length=200, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "站内通知"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_per_person_and_key")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_newest_first"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeSettings(models.Model):
    """How one person wants to be told; no row = by the bell, about everything.

    `channels`: topic → channels, only where the person has chosen. `digest_sent_on` is the claim of the day's digest.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_settings", verbose_name="人员"
    )
    channels = models.JSONField("通知方式", default=dict)
    quiet_from = models.PositiveSmallIntegerField("短信静默开始", default=22)
    quiet_until = models.PositiveSmallIntegerField("短信静默结束", default=7)
    digest_hour = models.PositiveSmallIntegerField("每日摘要时间", null=True)
    digest_sent_on = models.DateField("最近摘要", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知设置"
        constraints = [
            models.CheckConstraint(condition=Q(quiet_from__lte=23, quiet_until__lte=23), name="quiet_hours_of_a_day"),
            models.CheckConstraint(condition=Q(digest_hour=None) | Q(digest_hour__lte=23), name="digest_within_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user}"

    def chosen(self, topic: str) -> list[str]:
        return list(self.channels.get(topic, rules.USUAL))

    @property
    def quiet(self) -> rules.QuietHours:
        return rules.QuietHours(self.quiet_from, self.quiet_until)

    @property
    def digest_topics(self) -> list[str]:
        return [topic for topic in NoticeTopic.values if Channel.DIGEST in self.chosen(topic)]
