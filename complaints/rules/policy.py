"""One version of the limits, as plain data: what a province may change, kept whole with a number of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

from complaints.rules.clocks import NATURAL, Calendar, Working
from complaints.states import Clock, Kind, PauseReason, Tier, Told
from core.errors import Refused

MOST_HOURS = 24 * 90


class BadPolicy(Refused):
    """What is wrong with a set of limits."""

    def __init__(self, message: str) -> None:
        super().__init__("bad_policy", message)


@dataclass(frozen=True)
class Level:
    """When a clock speaks, and to whom: at a share of the limit, or so many minutes after it (negative: before).

    `can_wait` levels are told in the morning when they fall into the night.
    """

    clock: str
    level: int
    to: tuple[str, ...]
    percent: int | None = None
    minutes: int | None = None
    can_wait: bool = False

    @property
    def place(self) -> tuple[bool, int]:
        """Its turn among the levels of a clock: shares of the limit, then minutes."""
        return self.percent is None, self.percent or self.minutes or 0

    @property
    def is_reminder(self) -> bool:
        """Before the limit: nothing is late yet."""
        return self.percent is not None or (self.minutes or 0) < 0


@dataclass(frozen=True)
class Policy:
    """Limits in hours. `working_tiers` are counted on the calendar instead of around the clock (default none)."""

    version: int
    handling: Mapping[str, int]
    reply: int = 48
    book: int = 48
    doubt: int = 72
    suggestion: int = 168
    owner: int = 24
    extension: int = 48
    reopen: int = 4
    verify_days: int = 3
    working_tiers: frozenset[str] = frozenset()
    calendar: Working = field(default_factory=lambda: Working(time(8, 30), time(17, 30)))
    pause_reasons: frozenset[str] = frozenset()
    levels: tuple[Level, ...] = ()

    def counted_on(self, tier: str) -> Calendar:
        return self.calendar if tier in self.working_tiers else NATURAL

    def handling_limit(self, kind: str, tier: str) -> timedelta | None:
        """R-C-5; suggestions and doubts have no handling limit of the hall (R-C-19)."""
        return timedelta(hours=self.handling[tier]) if kind == Kind.COMPLAINT else None

    def reply_limit(self, kind: str) -> timedelta:
        """R-C-7, R-C-19."""
        hours = {Kind.COMPLAINT: self.reply, Kind.VAS_DOUBT: self.doubt, Kind.SUGGESTION: self.suggestion}
        return timedelta(hours=hours[Kind(kind)])

    def levels_of(self, clock: str) -> list[Level]:
        return [one for one in self.levels if one.clock == clock]


FIRST_BODY: dict[str, Any] = {
    "handling_hours": {"vip": 8, "gotone": 24, "other": 48},
    "reply_hours": 48,
    "book_hours": 48,
    "doubt_hours": 72,
    "suggestion_hours": 168,
    "owner_hours": 24,
    "extension_hours": 48,
    "reopen_hours": 4,
    "verify_days": 3,
    "working_tiers": [],
    "calendar": {"opens": "08:30", "closes": "17:30", "off": [], "on": []},
    "pause_reasons": ["customer_papers", "customer_time"],
    "levels": [
        {"clock": "handling", "level": 1, "percent": 50, "to": ["handler"], "can_wait": True},
        {"clock": "handling", "level": 2, "percent": 80, "to": ["hall"]},
        {"clock": "handling", "level": 3, "minutes": 0, "to": ["hall", "team"]},
        {"clock": "handling", "level": 4, "minutes": 240, "to": ["city"]},
        {"clock": "reply", "level": 1, "percent": 80, "to": ["handler"]},
        {"clock": "reply", "level": 2, "minutes": 0, "to": ["hall", "team"]},
        {"clock": "book", "level": 1, "percent": 80, "to": ["hall"], "can_wait": True},
        {"clock": "book", "level": 2, "minutes": 0, "to": ["hall", "team"]},
        {"clock": "answer", "level": 1, "percent": 80, "to": ["team"], "can_wait": True},
        {"clock": "answer", "level": 2, "minutes": 0, "to": ["team", "hall"]},
        {"clock": "promise", "level": 1, "minutes": -30, "to": ["handler"]},
        {"clock": "promise", "level": 2, "minutes": 0, "to": ["handler", "hall"]},
        {"clock": "verify", "level": 1, "minutes": -1440, "to": ["team"], "can_wait": True},
        {"clock": "verify", "level": 2, "minutes": 0, "to": ["team", "hall"]},
        {"clock": "owner", "level": 1, "percent": 80, "to": ["handler"], "can_wait": True},
        {"clock": "owner", "level": 2, "minutes": 0, "to": ["handler"]},
    ],
}


def read(version: int, body: Mapping[str, Any]) -> Policy:
    """A policy from its stored data. Raises BadPolicy when a part is missing or out of range."""
    handling = body.get("handling_hours")
    if not isinstance(handling, Mapping) or set(handling) != set(Tier.values):
        raise BadPolicy("请填写每类客户的处理时限。")
    calendar = body.get("calendar") or {}
    return Policy(
        version=version,
        handling={tier: _hours(hours, "处理时限") for tier, hours in handling.items()},
        reply=_hours(body.get("reply_hours"), "首次答复"),
        book=_hours(body.get("book_hours"), "意见簿"),
        doubt=_hours(body.get("doubt_hours"), "增值业务疑问"),
        suggestion=_hours(body.get("suggestion_hours"), "客户建议"),
        owner=_hours(body.get("owner_hours"), "机主确认"),
        extension=_hours(body.get("extension_hours"), "最多延期"),
        reopen=_hours(body.get("reopen_hours"), "重新处理"),
        verify_days=_days(body.get("verify_days")),
        working_tiers=_known(body.get("working_tiers", ()), Tier.values, "按工作日计算的客户类别"),
        calendar=_calendar(calendar),
        pause_reasons=_known(body.get("pause_reasons", ()), PauseReason.values, "可暂停的原因"),
        levels=_levels(body.get("levels", ())),
    )


def draft(body: Mapping[str, Any]) -> Policy:
    """A version that is about to be made; one that was made before is read as it is.

    Raises BadPolicy also when a higher level, which counts as the graver one everywhere, is not told later.
    """
    policy = read(0, body)
    for clock in Clock.values:
        for before, after in pairwise(sorted(policy.levels_of(clock), key=lambda one: one.level)):
            if before.place >= after.place:
                raise BadPolicy(f"「{Clock(clock).label}」第 {after.level} 级应晚于第 {before.level} 级。")
    return policy


def _hours(value: Any, label: str) -> int:
    if type(value) is not int or not 1 <= value <= MOST_HOURS:
        raise BadPolicy(f"{label}应为 1–{MOST_HOURS} 小时的整数。")
    return value


def _days(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= 30:
        raise BadPolicy("预退查证应为 1–30 天的整数。")
    return value


def _known(values: Iterable[str], allowed: Iterable[str], label: str) -> frozenset[str]:
    found = frozenset(values)
    if not found <= set(allowed):
        raise BadPolicy(f"{label}里有不认识的选项。")
    return found


def _calendar(body: Mapping[str, Any]) -> Working:
    try:
        opens, closes = (time.fromisoformat(body.get(name, "")) for name in ("opens", "closes"))
        off, on = (frozenset(date.fromisoformat(day) for day in body.get(name, ())) for name in ("off", "on"))
    except (TypeError, ValueError) as error:
        raise BadPolicy("工作时间应为 08:30 这样的时刻。") from error
    if not opens < closes:
        raise BadPolicy("工作时间的结束应晚于开始。")
    return Working(opens, closes, off, on)


def _levels(rows: Iterable[Mapping[str, Any]]) -> tuple[Level, ...]:
    found = tuple(_level(row) for row in rows)
    if len({(one.clock, one.level) for one in found}) != len(found):
        raise BadPolicy("同一时限的提醒级别不能重复。")
    for clock in Clock.values:
        if not any(one.clock == clock and one.minutes == 0 for one in found):
            raise BadPolicy(f"「{Clock(clock).label}」至少要有一级在到期时提醒。")
    return found


def _level(row: Mapping[str, Any]) -> Level:
    percent, minutes, level = row.get("percent"), row.get("minutes"), row.get("level")
    if row.get("clock") not in Clock.values or type(level) is not int or not 1 <= level <= 9:
        raise BadPolicy("提醒级别应为 1–9。")
    if (percent is None) == (minutes is None):
        raise BadPolicy("每级提醒填写百分比或分钟,两者选一。")
    if percent is not None and (type(percent) is not int or not 1 <= percent <= 99):
        raise BadPolicy("提醒百分比应为 1–99。")
    if minutes is not None and (type(minutes) is not int or not -10080 <= minutes <= 10080):
        raise BadPolicy("提醒分钟应在前后 7 天以内。")
    to = tuple(row.get("to") or ())
    if not to or not set(to) <= set(Told.values):
        raise BadPolicy("请选择每级提醒通知谁。")
    return Level(row["clock"], level, to, percent, minutes, bool(row.get("can_wait", False)))
