"""When a text may go, how often it is tried, and what a wording may contain."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.time import SHANGHAI, at, local
from messaging.states import Channel, MessageKind, NoticeLevel, NoticeTopic

HELD_AT_NIGHT = frozenset({MessageKind.NOTICE, MessageKind.GREETING})
CAPPED = frozenset({MessageKind.GREETING})  # R-S-23: per customer and month; what the customer waits for is not counted
URGENCY = {
    MessageKind.CODE: 0,
    MessageKind.CALL: 0,
    MessageKind.STAFF_ALERT: 1,
    MessageKind.NOTICE: 2,
    MessageKind.GREETING: 3,
}

FIRST_RETRY = timedelta(seconds=5)
LONGEST_WAIT = timedelta(seconds=60)
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class QuietHours:
    """From one full hour to another, over midnight or not; the same hour twice means never."""

    from_hour: int
    until_hour: int

    def covers(self, moment: datetime) -> bool:
        hour = local(moment).hour
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour

    def end(self, moment: datetime) -> datetime:
        """The first moment after a quiet one at which texts may go again."""
        today = at(local(moment).date(), time(self.until_hour))
        return today if moment < today else at(local(moment).date() + timedelta(days=1), time(self.until_hour))


def earliest(moment: datetime, kind: str, quiet: QuietHours) -> datetime:
    """R-S-23: notices and greetings wait for the morning, everything else goes at once."""
    return quiet.end(moment) if kind in HELD_AT_NIGHT and quiet.covers(moment) else moment


def month_bounds(moment: datetime) -> tuple[datetime, datetime]:
    """First moment of the Shanghai month and of the next one."""
    start = local(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (start + timedelta(days=32)).replace(day=1)
    return start.astimezone(SHANGHAI), following.astimezone(SHANGHAI)


def retry_at(now: datetime, attempts: int) -> datetime:
    """5, 10, 20, 40, then 60 seconds: a gateway that comes back is noticed within a minute."""
    return now + min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_WAIT)


def render(text: str, context: Mapping[str, object]) -> str:
    """Fill a wording. Not str.format: `{x.y}` in a wording must never reach into an object."""
    return PLACEHOLDER.sub(lambda found: " ".join(str(context[found[1]]).split()), text)


def unknown_parts(text: str, known: Collection[str]) -> list[str]:
    """Placeholders that would not be filled, and braces that belong to none."""
    strange = [f"{{{name}}}" for name in PLACEHOLDER.findall(text) if name not in known]
    rest = PLACEHOLDER.sub("", text)
    return strange + re.findall(r"\{[^{}]*\}|[{}]", rest)


def is_own_path(url: str) -> bool:
    """A page of this product, never another site."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()


# Notices: what they are about, and how a person wants to be told

T = NoticeTopic
_HEADS = {
    T.SHIFTS: "change leave roster holiday trainee_alone",
    T.MONEY: "difference handover handover-difference relief-late slip-back closing-overdue audit",
    T.QUEUE: "alert support call-back untold corporate",
    T.COMPLAINTS: "sla complaint complaint-back complaint-dispatch complaint-from-rating complaints-check"
    " complaints-closing complaints-evening",
    T.INSPECTIONS: "inspections appeal",
    T.HALL: "fault round device system-down system-up outing",
    T.PEOPLE: "bulletin certificate award competition sheet suggestion conduct duty course",
    T.PRIVACY: "look letter grant",
    T.REPORTS: "overview digest",
    T.ACCOUNT: "sign_in",
}
TOPICS = {head: topic for topic, heads in _HEADS.items() for head in heads.split()}
HEAD = re.compile(r"[a-z_-]+")
FIXED = frozenset({NoticeTopic.ACCOUNT})  # always by the bell: somebody else may be using one's number
USUAL = (Channel.BELL,)


def topic_of(key: str) -> NoticeTopic:
    """What a notice is about, by the first word of its key."""
    found = HEAD.match(key)
    return TOPICS.get(found[0], T.OTHER) if found else T.OTHER


def rings(level: str, topic: str, chosen: Collection[str]) -> bool:
    """Whether a notice stands unread at the bell. What needs a hand now always does: duties are not switched off."""
    return level == NoticeLevel.ALERT or topic in FIXED or Channel.BELL in chosen


def text_at(moment: datetime, level: str, quiet: QuietHours) -> datetime:
    """When its SMS may go: a duty's at once, anything else after the person's own quiet hours."""
    return moment if level == NoticeLevel.ALERT or not quiet.covers(moment) else quiet.end(moment)


def digest_due(moment: datetime, hour: int | None, sent_on: date | None) -> bool:
    """Once a day, from a full hour of the person's choice on."""
    today = local(moment)
    return hour is not None and today.hour >= hour and (sent_on is None or sent_on < today.date())
