"""The sweep of the clocks: each level of each clock speaks once, within seconds, and never as a storm (R-C-15)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from complaints import live
from complaints.actions.cases import lapse_owner
from complaints.actions.texts_out import ALERT
from complaints.models import Complaint, Deadline
from complaints.queries.people import Recipients
from complaints.queries.policies import VERSIONS
from complaints.rules.policy import Level
from complaints.states import OPEN, Clock
from core import time
from messaging import actions as messages
from messaging.queries import quiet_hours
from messaging.states import MessageKind
from staff.models import User

BATCH = 500
ROUNDS = 40
NAMED = 6


@dataclass(frozen=True)
class Swept:
    fired: int = 0
    told: int = 0


def sweep(now: datetime) -> Swept:
    """Fire what is due, batch by batch; whoever else sweeps at the same time takes other rows.

    Firing, escalating and the messages are one transaction per batch: a kill leaves all of it or nothing.
    """
    fired = told = 0
    for _ in range(ROUNDS):
        done = fire_batch(now)
        fired, told = fired + done.fired, told + done.told
        if done.fired < BATCH:
            break
    return Swept(fired, told + tell_what_waited(now))


@transaction.atomic
def fire_batch(now: datetime, *, limit: int = BATCH) -> Swept:
    """Claim due rows with their cases, so that nobody closes a case while its overdue is told."""
    rows = list(_due(now, limit))
    if not rows:
        return Swept()
    quiet = quiet_hours(time.business_day(now), hall="").covers(now)
    now_rows = [row for row in rows if not (quiet and row.can_wait)]
    Deadline.objects.filter(pk__in=[row.pk for row in rows]).update(fired_at=now)
    Deadline.objects.filter(pk__in=[row.pk for row in now_rows]).update(told_at=now)
    _raise_levels(rows)
    live.clocks_spoke(row.complaint.hall for row in rows)
    told = _tell(now_rows, now)
    for row in rows:
        if row.clock == Clock.OWNER:
            lapse_owner(row.complaint_id, now=now)
    return Swept(len(rows), told)


def _due(now: datetime, limit: int) -> Iterable[Deadline]:
    """Strictly before now: what is done in the very second of the limit is on time."""
    due = Deadline.objects.filter(fired_at=None, ended_at=None, due_at__lt=now)
    due = due.select_for_update(skip_locked=True, of=("self", "complaint"))
    return due.select_related(*JOINED).order_by("due_at")[:limit]


JOINED = ("complaint__hall", "complaint__team", "complaint__handler", "complaint__first_handler", "complaint__category")


def _raise_levels(rows: Iterable[Deadline]) -> None:
    by_level: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.clock == Clock.HANDLING:
            by_level[row.level].append(row.complaint_id)
    for level, cases in by_level.items():
        Complaint.objects.filter(pk__in=cases).update(level=Greatest(F("level"), level))


def _tell(rows: Iterable[Deadline], now: datetime) -> int:
    """One message per person, clock and level, whatever the number of cases."""
    recipients = Recipients(now)
    groups: dict[tuple[int, str], list[Deadline]] = defaultdict(list)
    people: dict[int, User] = {}
    for row in rows:
        if level := _level(row):
            for user in recipients.of(row.complaint, row.to):
                people[user.pk] = user
                groups[user.pk, _word(level)].append(row)
    for (user_id, word), about in groups.items():
        _message(people[user_id], about, word, now)
    return len(groups)


def _message(user: User, rows: list[Deadline], word: str, now: datetime) -> None:
    first = rows[0]
    numbers = [row.complaint.number for row in rows]
    one = first.complaint
    title = f"{one.number} {word}" if len(rows) == 1 else f"{len(rows)} 张投诉单{word}"
    body = one.about if len(rows) == 1 else "、".join(numbers[:NAMED]) + (" 等" if len(numbers) > NAMED else "")
    url = f"/complaints/{one.number}/" if len(rows) == 1 else "/complaints/"
    key = f"sla:{first.pk}"
    messages.alert([user], title=title, body=body, url=url, key=key)
    if first.due_at <= now and not first.can_wait and user.phone:
        messages.send_sms(
            user.phone,
            template=ALERT,
            context={"count": len(rows), "what": word},
            kind=MessageKind.STAFF_ALERT,
            key=f"{key}:{user.pk}",
            hall=one.hall.code,
        )


LIMITS = {
    Clock.HANDLING: "处理时限",
    Clock.REPLY: "首次答复时限",
    Clock.BOOK: "意见簿回访时限",
    Clock.ANSWER: "回单时限",
    Clock.PROMISE: "答应客户的时间",
    Clock.VERIFY: "预退查证时限",
    Clock.OWNER: "机主确认时限",
}
OVER = {
    Clock.HANDLING: "已超处理时限",
    Clock.REPLY: "未按时首次答复",
    Clock.BOOK: "意见簿未按时回访",
    Clock.ANSWER: "未按时回单",
    Clock.PROMISE: "答应客户的时间已过",
    Clock.VERIFY: "预退未按时查证",
    Clock.OWNER: "机主未按时确认",
}


def _level(row: Deadline) -> Level | None:
    """The level a row stands for; None when the case's version does not have it any more."""
    levels = VERSIONS[row.complaint.policy].levels_of(row.clock)
    return next((one for one in levels if one.level == row.level), None)


def _word(level: Level) -> str:
    clock = Clock(level.clock)
    if level.percent is not None:
        return f"{LIMITS[clock]}已用 {level.percent}%"
    if level.is_reminder:
        return f"{LIMITS[clock]}将到"
    return f"{OVER[clock]},已过 {_length(level.minutes)}" if level.minutes else OVER[clock]


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part, count in ((f"{hours} 小时", hours), (f"{rest} 分钟", rest)) if count)


@transaction.atomic
def tell_what_waited(now: datetime) -> int:
    """In the morning, one digest of what could wait; what was settled meanwhile is not told any more."""
    if quiet_hours(time.business_day(now), hall="").covers(now):
        return 0
    rows = Deadline.objects.filter(fired_at__isnull=False, told_at=None)
    waited = list(rows.select_for_update(skip_locked=True, of=("self",)).select_related(*JOINED)[:BATCH])
    if not waited:
        return 0
    Deadline.objects.filter(pk__in=[row.pk for row in waited]).update(told_at=now)
    return _tell([row for row in waited if row.complaint.status in OPEN], now)
