"""Texts: into the outbox inside a domain transaction, out of it by a sweep. Notices: to a person's bell."""

import logging
import time as clock
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import redis
from django.db import transaction
from django.db.models import Q

from core import redis as core_redis
from core import time
from core.errors import Refused
from core.phones import clean_phone
from messaging import catalogue, gateways, live, queries, rules
from messaging.models import Notice, NoticeSettings, OutboxMessage
from messaging.states import UNSENT, Channel, MessageKind, MessageState, NoticeLevel, NoticeTopic

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than the slowest hand-over: two connections, two answers, 5 s each
ROUND_SECONDS = 10
FAILURES_TO_REST = 3
REST_SECONDS = 10

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Settled:
    """A due message after a look at it: claimed (state `sending`), put off or dropped."""

    message: OutboxMessage
    in_doubt: bool  # an earlier attempt ended without a clear answer


def send_sms(
    phone: str, *, template: str, context: Mapping[str, object], kind: MessageKind, key: str, hall: str = ""
) -> OutboxMessage | None:
    """Put one text into the outbox, in the caller's transaction; the same key twice is one message.

    None when no wording is in force today: that is how a text is switched off.
    Raises Refused("bad_phone"), and KeyError for what the catalogue does not have.
    """
    known = catalogue.find(template)
    if known is None or known.kind != kind or not set(known.placeholders) <= set(context):
        raise KeyError(f"{template} as {kind} with {sorted(context)}")
    now = time.now()
    today = time.business_day(now)
    wording = queries.wording(template, on=today)
    if wording is None:
        log.info("no wording of %s is in force, nothing is sent", template)
        return None
    not_before = rules.earliest(now, kind, queries.quiet_hours(today, hall=hall))
    message, _ = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "kind": kind,
            "urgency": rules.URGENCY[kind],
            "hall": hall,
            "phone": clean_phone(phone),
            "text": rules.render(wording.text, context)[:500],
            "not_before": not_before,
            "next_attempt_at": not_before,
            "created_at": now,
        },
    )
    return message


def deliver_due(now: datetime, *, limit: int = 200) -> int:
    """Hand over what is due, one message at a time, and return how many the gateway took.

    The gateway is called outside every transaction. Ends early when the round has lasted long enough or
    the gateway seems dead; then the next rounds rest, lest waiting for it use up the workers.
    """
    if _resting():
        return 0
    gateway, passing = gateways.chosen(), _clock_from(now)
    taken = failures = 0
    for _ in range(limit):
        moment = passing()
        settled = _settle_next(moment) if moment < now + timedelta(seconds=ROUND_SECONDS) else None
        if settled is None:
            break
        if settled.message.state != MessageState.SENDING:
            continue
        answered = _hand_over(settled, gateway=gateway, passing=passing)
        taken += settled.message.state == MessageState.SENT
        failures = 0 if answered else failures + 1
        if failures == FAILURES_TO_REST:
            _rest()
            break
    return taken


def _clock_from(now: datetime) -> Clock:
    """A clock that starts at `now`: a long round must notice that quiet hours have begun."""
    began = clock.monotonic()
    return lambda: now + timedelta(seconds=clock.monotonic() - began)


@transaction.atomic
def _settle_next(now: datetime) -> Settled | None:
    """Claim the next due message, or decide that it must wait or not go at all (R-S-23).

    A claim says beforehand that the message may have been sent: whoever finds it after a crash asks the
    gateway first.
    """
    message = queries.next_due(now)
    if message is None:
        return None
    settled = Settled(message, in_doubt=message.maybe_sent)
    quiet = queries.quiet_hours(time.business_day(now), hall=message.hall)
    not_before = rules.earliest(now, message.kind, quiet)
    if not_before > now:
        message.state, message.not_before, message.next_attempt_at = (
            MessageState.WAITING,
            not_before,
            not_before,
        )
    elif not settled.in_doubt and _over_cap(message, now):
        message.state, message.last_error = MessageState.DROPPED, "monthly cap"
    else:
        message.state, message.maybe_sent = MessageState.SENDING, True
        message.attempts += 1
        message.next_attempt_at = now + LEASE
    message.save(update_fields=["state", "maybe_sent", "attempts", "not_before", "next_attempt_at", "last_error"])
    return settled


def _over_cap(message: OutboxMessage, now: datetime) -> bool:
    if message.kind not in rules.CAPPED:
        return False
    queries.lock_customer(message.phone)
    cap = queries.greetings_per_month(time.business_day(now))
    return queries.greetings_of_the_month(message, now) >= cap


def _hand_over(settled: Settled, *, gateway: gateways.Gateway, passing: Clock) -> bool:
    """Give a claimed message to the gateway and note what became of it. False when nobody answered."""
    message, in_doubt = settled.message, settled.in_doubt
    try:
        if not (in_doubt and gateway.known(message.pk)):
            in_doubt = False
            gateway.send(message.pk, phone=message.phone, text=message.text)
    except gateways.Rejected as error:
        _refused(message, str(error), passing())
        return True
    except (gateways.Unanswered, gateways.Unreachable) as error:
        in_doubt = in_doubt or isinstance(error, gateways.Unanswered)
        _postpone(message, str(error), passing(), maybe_sent=in_doubt)
        return False
    _sent(message, passing())
    return True


def _sent(message: OutboxMessage, now: datetime) -> None:
    """True whoever holds the claim by now: the gateway has it."""
    message.state = MessageState.SENT
    rows = OutboxMessage.objects.filter(pk=message.pk, sent_at=None)
    rows.update(state=MessageState.SENT, sent_at=now, maybe_sent=False, last_error="")


def _postpone(message: OutboxMessage, error: str, now: datetime, *, maybe_sent: bool) -> None:
    """A silent gateway delays only, however long it takes."""
    log.warning("sms %s waits, attempt %s: %s", message.pk, message.attempts, error)
    _release(
        message,
        state=MessageState.WAITING,
        maybe_sent=maybe_sent,
        last_error=error[:200],
        next_attempt_at=rules.retry_at(now, message.attempts),
    )


def _refused(message: OutboxMessage, error: str, now: datetime) -> None:
    """The gateway said no to this message; after some tries it is left for a person to look at."""
    refusals = message.refusals + 1
    final = refusals >= queries.max_refusals(time.business_day(now))
    log.warning("sms %s was rejected, %s time(s): %s", message.pk, refusals, error)
    _release(
        message,
        state=MessageState.FAILED if final else MessageState.WAITING,
        maybe_sent=False,
        refusals=refusals,
        last_error=error[:200],
        next_attempt_at=rules.retry_at(now, message.attempts),
    )


def _release(message: OutboxMessage, **changes: Any) -> None:
    """Give a claim back, unless the lease ran out and another worker has claimed it since."""
    message.state = changes["state"]
    held = OutboxMessage.objects.filter(pk=message.pk, state=MessageState.SENDING, attempts=message.attempts)
    held.update(**changes)


def _resting() -> bool:
    try:
        return bool(core_redis.client().exists(core_redis.key("sms", "rest")))
    except redis.RedisError:
        return False


def _rest() -> None:
    log.warning("the sms gateway does not answer, next try in %s s", REST_SECONDS)
    try:
        core_redis.client().set(core_redis.key("sms", "rest"), 1, ex=REST_SECONDS)
    except redis.RedisError as error:
        log.warning("the rest could not be noted: %s", error)


def send_again(message_ids: Iterable[UUID]) -> int:
    """Put rejected messages back into the outbox, with their old ids."""
    failed = OutboxMessage.objects.filter(pk__in=list(message_ids), state=MessageState.FAILED)
    return failed.update(state=MessageState.WAITING, refusals=0, next_attempt_at=time.now())


def erase_phones(before: datetime) -> int:
    """Forget whom finished messages went to; the texts and times stay for the figures."""
    old = OutboxMessage.objects.filter(created_at__lt=before).exclude(phone="").exclude(state__in=UNSENT)
    return old.update(phone="")


def notify(users: Iterable[Any], *, title: str, body: str = "", url: str = "", key: str) -> None:
    """Tell people something, once per person and key."""
    _tell(users, Notice(level=NoticeLevel.INFO, title=title, body=body, url=url, key=key))


def alert(users: Iterable[Any], *, title: str, body: str = "", url: str = "", key: str) -> None:
    """As notify, for what needs a hand now; it is shown with a mark."""
    _tell(users, Notice(level=NoticeLevel.ALERT, title=title, body=body, url=url, key=key))


@transaction.atomic
def _tell(users: Iterable[Any], draft: Notice) -> None:
    """One row for each person who has not been told, at the bell or beside it, and by SMS for who wants that."""
    if draft.url and not rules.is_own_path(draft.url):
        raise ValueError(f"a notice leads to a page of this product, not to {draft.url!r}")
    people = {user.pk: user for user in users}
    told = set(Notice.objects.filter(key=draft.key, user__in=people).values_list("user_id", flat=True))
    fresh = sorted(people.keys() - told)
    wishes = NoticeSettings.objects.in_bulk(fresh, field_name="user_id") if fresh else {}
    now, topic = time.now(), rules.topic_of(draft.key)
    rows = [
        Notice(
            user_id=pk,
            key=draft.key,
            level=draft.level,
            topic=topic,
            title=draft.title[:100],
            body=draft.body[:500],
            url=draft.url,
            created_at=now,
            read_at=None if rules.rings(draft.level, topic, _chosen(wishes.get(pk), topic)) else now,
        )
        for pk in fresh
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    for pk in fresh:
        if Channel.SMS in _chosen(wishes.get(pk), topic):
            _text(people[pk], draft, wishes[pk].quiet, now)
        live.notices_changed(pk)


def _chosen(wish: NoticeSettings | None, topic: str) -> Collection[str]:
    return wish.chosen(topic) if wish else rules.USUAL


def _text(person: Any, draft: Notice, quiet: rules.QuietHours, now: datetime) -> None:
    """The same by SMS. What is no duty waits for the end of the person's own quiet hours."""
    if not person.phone:
        return
    is_duty = draft.level == NoticeLevel.ALERT
    message = send_sms(
        person.phone,
        template="staff_alert" if is_duty else "staff_notice",
        context={"title": draft.title},
        kind=MessageKind.STAFF_ALERT if is_duty else MessageKind.NOTICE,
        key=f"notice:{person.pk}:{draft.key}"[:100],
    )
    _hold(message, rules.text_at(now, draft.level, quiet))


def _hold(message: OutboxMessage | None, until: datetime) -> None:
    if message is not None and message.state == MessageState.WAITING and message.not_before < until:
        message.not_before = message.next_attempt_at = until
        message.save(update_fields=["not_before", "next_attempt_at"])


@dataclass(frozen=True)
class Wish:
    """How somebody wants to be told; `digest_hour` None = no digest."""

    channels: Mapping[str, Iterable[str]]
    quiet_from: int
    quiet_until: int
    digest_hour: int | None


@transaction.atomic
def set_wishes(person: Any, wish: Wish, *, now: datetime) -> NoticeSettings:
    """Raises Refused: bad_hour, no_phone (an SMS without a number), digest_hour_missing."""
    hours = [wish.quiet_from, wish.quiet_until, wish.digest_hour or 0]
    if not all(0 <= hour <= 23 for hour in hours):
        raise Refused("bad_hour", "时间应为 0–23 点。")
    channels = {
        topic: [one for one in Channel.values if one in set(wish.channels.get(topic, ()))]
        for topic in NoticeTopic.values
    }
    if not person.phone and any(Channel.SMS in one for one in channels.values()):
        raise Refused("no_phone", "还没有登记手机号,不能用短信。请联系店长登记。")
    if wish.digest_hour is None and any(Channel.DIGEST in one for one in channels.values()):
        raise Refused("digest_hour_missing", "请选择每日摘要的时间。")
    row, made = NoticeSettings.objects.select_for_update().get_or_create(user=person)
    if made or row.digest_hour != wish.digest_hour:
        today = time.local(now)
        passed = wish.digest_hour is not None and today.hour >= wish.digest_hour
        row.digest_sent_on = today.date() if passed else None  # the first digest comes at the next such hour
    row.channels, row.digest_hour = channels, wish.digest_hour
    row.quiet_from, row.quiet_until = wish.quiet_from, wish.quiet_until
    row.save()
    return row


def send_digests(now: datetime) -> int:
    """Sweep: whose hour has come gets one summary of what is new and unread, once a day. Returns how many."""
    today, hour = time.business_day(now), time.local(now).hour
    rows = NoticeSettings.objects.filter(digest_hour__lte=hour, user__is_active=True)
    rows = rows.filter(Q(digest_sent_on=None) | Q(digest_sent_on__lt=today))
    return sum(_digest(pk, now) for pk in rows.values_list("pk", flat=True))


@transaction.atomic
def _digest(settings_id: int, now: datetime) -> bool:
    row = NoticeSettings.objects.select_for_update(of=("self",)).select_related("user").get(pk=settings_id)
    if not rules.digest_due(now, row.digest_hour, row.digest_sent_on):
        return False
    row.digest_sent_on = time.business_day(now)
    row.save(update_fields=["digest_sent_on"])
    counts = queries.digest_counts(row, now)
    if not counts:
        return False
    words = "、".join(f"{label} {count} 条" for label, count in counts)
    total = sum(count for _, count in counts)
    key = f"digest:{row.digest_sent_on}"
    notify([row.user], title=f"过去一天有 {total} 条新通知", body=words, url="/notices/", key=key)
    if row.user.phone:
        message = send_sms(
            row.user.phone,
            template="staff_digest",
            context={"count": total, "topics": words},
            kind=MessageKind.NOTICE,
            key=f"{key}:{row.user.pk}",
        )
        _hold(message, rules.text_at(now, NoticeLevel.INFO, row.quiet))
    return True


@transaction.atomic
def mark_read(user: Any, *, ids: Iterable[int]) -> int:
    return _mark(user, Notice.objects.filter(pk__in=list(ids)))


@transaction.atomic
def mark_all_read(user: Any) -> int:
    return _mark(user, Notice.objects.all())


def _mark(user: Any, notices: Any) -> int:
    """Only one's own; the other open pages of the same person are told."""
    changed: int = notices.visible_to(user).unread().update(read_at=time.now())
    if changed:
        live.notices_changed(user.pk)
    return changed
