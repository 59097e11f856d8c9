"""Pure decisions about checks at set times, and about stains (R-H-5, R-H-6, R-H-7)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from core.parameters import register
from core.time import at
from halls.rules.places import Hours
from halls.states import Answer, CheckKind, HallType, RoundState

STAIN = register("halls.stain_minutes", "污渍清理(沟通100与品牌店)", default=5, unit="分钟", between=(1, 120))
STAIN_RELAXED = register(
    "halls.stain_minutes_relaxed", "污渍清理,高峰或雨雪(沟通100与品牌店)", default=10, unit="分钟", between=(1, 240)
)
STAIN_OTHER = register("halls.stain_minutes_other", "污渍清理(其他厅)", default=15, unit="分钟", between=(1, 120))
STAIN_OTHER_RELAXED = register(
    "halls.stain_minutes_other_relaxed", "污渍清理,高峰或雨雪(其他厅)", default=20, unit="分钟", between=(1, 240)
)
PATROL_MINUTES = register("halls.patrol_minutes", "巡检可迟多久", default=30, unit="分钟", between=(5, 240))
OPENING_MINUTES = register("halls.opening_minutes", "开门检查提前", default=30, unit="分钟", between=(5, 120))
CLOSING_MINUTES = register("halls.closing_minutes", "关门检查须在关门后", default=60, unit="分钟", between=(5, 240))

BRAND_HALLS = frozenset({HallType.GOUTONG100, HallType.GOTONE_STORE, HallType.MZONE_STORE})


def stain_parameter(hall_type: str, *, relaxed: bool) -> str:
    """R-H-5: which limit holds; relaxed at peak or in rain or snow."""
    if hall_type in BRAND_HALLS:
        return STAIN_RELAXED if relaxed else STAIN
    return STAIN_OTHER_RELAXED if relaxed else STAIN_OTHER


def is_clean_in_time(found_at: datetime, cleaned_at: datetime, *, minutes: int) -> bool:
    """The last moment included."""
    return cleaned_at - found_at <= timedelta(minutes=minutes)


def slots(kind: str, times: Sequence[time], hours: Hours | None, day: date) -> list[datetime]:
    """When a list is due on a day; a closed day asks for nothing, a monthly list is due on its first day.

    The opening check is due at opening, the closing check at closing, a patrol at its times within opening hours.
    """
    if kind == CheckKind.SAFETY:
        return [at(day, time(0))] if day.day == 1 else []
    if hours is None:
        return []
    opens, closes = hours.span(day)
    if kind in {CheckKind.OPENING, CheckKind.CONVENIENCE}:
        return [opens]
    if kind == CheckKind.CLOSING:
        return [closes]
    return [moment for moment in (at(day, one) for one in sorted(times)) if opens <= moment < closes]


def span(kind: str, slot: datetime, *, early: int, late: int) -> tuple[datetime, datetime]:
    """From when a round may be made until when it counts as in time (inclusive), in minutes around its moment.

    A monthly list has its whole month, a convenience check the whole day.
    """
    if kind == CheckKind.SAFETY:
        following = (slot + timedelta(days=32)).replace(day=1)
        return slot, following - timedelta(microseconds=1)
    if kind == CheckKind.CONVENIENCE:
        return slot - timedelta(minutes=early), slot + timedelta(hours=24)
    return slot - timedelta(minutes=early), slot + timedelta(minutes=late)


def round_state(
    opens: datetime, until: datetime, now: datetime, *, started: bool, finished_at: datetime | None
) -> RoundState:
    """R-H-6, R-H-7: done late is done, and told as late where it is counted."""
    if finished_at is not None:
        return RoundState.DONE
    if now > until:
        return RoundState.LATE
    if started:
        return RoundState.RUNNING
    return RoundState.DUE if now >= opens else RoundState.COMING


def unanswered(items: Sequence[int], answered: Sequence[int]) -> list[int]:
    """Items that still need an answer before a round can be signed."""
    known = set(answered)
    return [pk for pk in items if pk not in known]


def needs_note(answer: str, note: str) -> bool:
    """What is wrong has to be said."""
    return answer == Answer.BAD and not note.strip()
