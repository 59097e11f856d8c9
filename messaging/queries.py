from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from core.parameters import number, register
from messaging import rules
from messaging.models import MessageTemplate, Notice, NoticeQuerySet, NoticeSettings, OutboxMessage
from messaging.states import UNSENT, MessageKind, MessageState, NoticeTopic

QUIET_FROM = register(
    "messaging.quiet_from_hour", "短信静默开始(业务通知和问候不发)", default=22, unit="点", between=(0, 23)
)
QUIET_UNTIL = register("messaging.quiet_until_hour", "短信静默结束", default=7, unit="点", between=(0, 23))
GREETINGS = register("messaging.greetings_per_month", "每位客户每月问候短信上限", default=1, unit="条", between=(0, 31))
MAX_REFUSALS = register(
    "messaging.max_attempts", "网关拒收同一条短信后最多尝试次数", default=5, unit="次", between=(1, 20)
)


def quiet_hours(on: date, *, hall: str) -> rules.QuietHours:
    scopes = [hall] if hall else []
    return rules.QuietHours(number(QUIET_FROM, on=on, scopes=scopes), number(QUIET_UNTIL, on=on, scopes=scopes))


def greetings_per_month(on: date) -> int:
    """One number for all halls: a customer is the same person in each of them."""
    return number(GREETINGS, on=on)


def max_refusals(on: date) -> int:
    return number(MAX_REFUSALS, on=on)


def wording(key: str, *, on: date) -> MessageTemplate | None:
    """The wording in force on a day; None when the text is switched off."""
    rows = MessageTemplate.objects.filter(key=key, valid_from__lte=on)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=on)).first()


def next_due(now: datetime) -> OutboxMessage | None:
    """The most urgent message that is due, locked; those that other workers hold are passed over."""
    due = OutboxMessage.objects.filter(state__in=UNSENT, next_attempt_at__lte=now)
    return due.order_by("urgency", "next_attempt_at").select_for_update(skip_locked=True).first()


def lock_customer(phone: str) -> None:
    """Until commit, nobody else decides about a greeting to this phone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"messaging.greeting:{phone}"])


def greetings_of_the_month(message: OutboxMessage, now: datetime) -> int:
    """Other greetings that this customer got, or may have got, in the month of `now`."""
    start, end = rules.month_bounds(now)
    counted = Q(state=MessageState.SENT, sent_at__gte=start, sent_at__lt=end) | Q(state__in=UNSENT, maybe_sent=True)
    others = OutboxMessage.objects.filter(counted, kind=MessageKind.GREETING, phone=message.phone).exclude(
        pk=message.pk
    )
    return others.count()


def unread_count(user: Any) -> int:
    return Notice.objects.visible_to(user).unread().count()


def latest_notices(user: Any, *, count: int = 8) -> list[Notice]:
    return list(Notice.objects.visible_to(user)[:count])


def settings_of(user: Any) -> NoticeSettings:
    """The person's wishes, or the usual ones, not saved."""
    return NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user)


def digest_counts(row: NoticeSettings, now: datetime) -> list[tuple[str, int]]:
    """How much is new since yesterday in the topics of a person's digest, read or not; the digests apart."""
    rows = Notice.objects.filter(user=row.user_id, created_at__gt=now - timedelta(days=1), topic__in=row.digest_topics)
    found = rows.exclude(key__startswith="digest:").order_by().values("topic").annotate(n=Count("pk"))
    counts = {one["topic"]: one["n"] for one in found}
    return [(topic.label, counts[topic]) for topic in NoticeTopic if topic in counts]


def listed(user: Any, *, topic: str = "", only_unread: bool = False, find: str = "") -> NoticeQuerySet:
    """One's own notices, newest first."""
    rows = Notice.objects.visible_to(user)
    if topic:
        rows = rows.filter(topic=topic)
    if only_unread:
        rows = rows.unread()
    return rows.filter(Q(title__icontains=find) | Q(body__icontains=find)) if find else rows


def texts_of(user: Any, notices: Iterable[Notice]) -> dict[int, OutboxMessage]:
    """The SMS that went with notices, by the notice's number."""
    keys = {f"notice:{user.pk}:{one.key}"[:100]: one.pk for one in notices}
    return {keys[message.key]: message for message in OutboxMessage.objects.filter(key__in=keys)}
