"""What waits for a decision: how it is told, when it is due, in which order it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from uuid import UUID

from core import time
from core.parameters import register
from overview.states import AskKind

DAYS = register("overview.approval_days", "待审批事项几天内处理", default=2, unit="天", between=(0, 30))
WORDS_LENGTH = 100
MIDNIGHT = clock(0)


@dataclass(frozen=True)
class Buttons:
    """What the two buttons say; an empty one is not there. Refusing always needs a word."""

    agree: str = "同意"
    refuse: str = "退回"
    agree_needs_words: bool = False


ELSEWHERE = Buttons("", "")  # decided on a page of its own, which shows more than a card can


@dataclass(frozen=True)
class Ask:
    """One thing that waits: what, who asked, where, since when, until when, and the arithmetic that matters."""

    kind: str
    label: str
    pk: int | UUID
    title: str
    who: str
    place: str
    since: datetime
    due: datetime
    facts: tuple[str, ...]
    url: str
    buttons: Buttons

    def is_late(self, now: datetime) -> bool:
        return self.due < now

    def is_soon(self, now: datetime) -> bool:
        return not self.is_late(now) and time.business_day(self.due) <= time.business_day(now)

    @property
    def due_words(self) -> str:
        """A due moment at midnight is the end of a day, and is told as that day."""
        at = time.local(self.due)
        if at.time() == MIDNIGHT:
            day = at.date() - timedelta(days=1)
            return f"{day.month} 月 {day.day} 日内"
        return f"{at.month} 月 {at.day} 日 {at:%H:%M}"

    def since_words(self, now: datetime) -> str:
        return ago(now - self.since)

    @property
    def is_decided_here(self) -> bool:
        return bool(self.buttons.agree)


def ordered(asks: Iterable[Ask]) -> list[Ask]:
    """Somebody who can't leave their post stands first, then what is due first; of equals what waits longest."""
    return sorted(asks, key=lambda one: (one.kind != AskKind.CONSENT, one.due, one.since, one.kind, one.pk))


def ago(span: timedelta) -> str:
    """In the largest unit that fits: 刚刚, 25 分钟前, 3 小时前, 9 天前."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 24 * 60 else f"{minutes // (24 * 60)} 天前"


def end_of_day(since: datetime, *, days: int) -> datetime:
    """The end (exclusive) of the n-th day after the asking; 0 = the same day."""
    return time.day_bounds(time.business_day(since) + timedelta(days=days))[1]


def yuan(amount: Decimal) -> str:
    return f"{amount:.2f} 元"


def difference(book: Decimal, found: Decimal, *, unit: str = "") -> str:
    """账面 640.00,实点 620.00,少 20.00: the sum that a difference comes from."""
    delta = found - book
    end = f" {unit}" if unit else ""
    return f"账面 {book:.2f},实点 {found:.2f},{'多' if delta > 0 else '少'} {abs(delta):.2f}{end}"


def total(parts: Iterable[tuple[str, Decimal]]) -> str:
    """现金 300.00 + POS 20.00 = 320.00 元; what is zero is left out."""
    there = [(name, amount) for name, amount in parts if amount]
    if not there:
        return "合计 0.00 元"
    whole = sum((amount for _, amount in there), Decimal(0))
    return " + ".join(f"{name} {amount:.2f}" for name, amount in there) + f" = {whole:.2f} 元"


def refund(charged: Decimal, overcharge: Decimal, whole: Decimal, *, in_halves: bool) -> str:
    """R-C-10 … 13, as the complaint desk says it."""
    double = whole != overcharge
    text = f"实收 {yuan(charged)},多收 {yuan(overcharge)},"
    text += f"双倍返还共 {yuan(whole)}" if double else f"退还 {yuan(whole)}"
    return text + (f":先退 {yuan(overcharge)},查证后再退 {yuan(whole - overcharge)}" if in_halves and double else "")
