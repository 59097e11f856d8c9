"""Pure decisions about numbers, order and waits; the figures a province may change are registered here."""

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.parameters import register
from queueing.states import Did, Lane
from queueing.states import TicketState as S

WHY_LENGTH = 80
VIP_LETTER = "V"
GOTONE_LETTER = "G"
VIP_FROM_STAR = 5

RECALL_SECONDS = register("queueing.recall_seconds", "两次叫号最短间隔", default=10, unit="秒", between=(0, 120))
CALLS_BEFORE_NO_SHOW = register("queueing.calls_before_no_show", "过号前叫号次数", default=3, unit="次", between=(1, 9))
NO_SHOW_SECONDS = register("queueing.no_show_seconds", "末次叫号后多久可过号", default=30, unit="秒", between=(0, 300))
REQUEUE_PLACES = register("queueing.requeue_places", "过号补办顺延位数", default=3, unit="位", between=(0, 20))
REQUEUE_TIMES = register("queueing.requeue_times", "过号最多补办次数", default=2, unit="次", between=(0, 9))
HEAD_START_VIP = register("queueing.head_start_vip", "VIP/五星提前", default=30, unit="分钟", between=(0, 120))
HEAD_START_GREEN = register("queueing.head_start_green", "爱心通道提前", default=30, unit="分钟", between=(0, 120))
HEAD_START_GOTONE = register("queueing.head_start_gotone", "全球通提前", default=10, unit="分钟", between=(0, 120))
NEAR_AHEAD = register("queueing.near_ahead", "前面几位时短信提醒", default=2, unit="位", between=(0, 9))
CALL_VALID_MINUTES = register("queueing.call_valid_minutes", "叫号短信有效", default=10, unit="分钟", between=(1, 60))
PHONE_DAYS = register("queueing.phone_days", "号码上手机号保留", default=90, unit="天", between=(1, 730))
UNDO_SECONDS = register("queueing.undo_seconds", "上一步可撤销的时间", default=10, unit="秒", between=(0, 60))
NIGHT_GRACE_MINUTES = register(
    "queueing.night_grace_minutes", "跨零点营业时仍保留的时间", default=120, unit="分钟", between=(10, 600)
)

MOVES: dict[str, frozenset[str]] = {
    S.WAITING: frozenset({S.CALLED, S.CANCELLED, S.CLOSED, S.WAITING, S.HELD}),
    S.CALLED: frozenset({S.CALLED, S.SERVING, S.DONE, S.NO_SHOW, S.HELD, S.WAITING, S.CANCELLED, S.CLOSED}),
    S.SERVING: frozenset({S.DONE, S.HELD, S.WAITING, S.CLOSED}),
    S.HELD: frozenset({S.SERVING, S.WAITING, S.CANCELLED, S.CLOSED}),
    S.NO_SHOW: frozenset({S.WAITING}),
    S.DONE: frozenset(),
    S.CANCELLED: frozenset(),
    S.CLOSED: frozenset(),
}

VERB_FROM: dict[str, frozenset[str]] = {
    Did.CALLED: frozenset({S.WAITING}),
    Did.RECALLED: frozenset({S.CALLED}),
    Did.STARTED: frozenset({S.CALLED}),
    Did.FINISHED: frozenset({S.CALLED, S.SERVING}),
    Did.NO_SHOW: frozenset({S.CALLED}),
    Did.HELD: frozenset({S.CALLED, S.SERVING}),
    Did.RESUMED: frozenset({S.HELD}),
    Did.TRANSFERRED: frozenset({S.WAITING, S.CALLED, S.SERVING, S.HELD}),
    Did.CANCELLED: frozenset({S.WAITING, S.CALLED, S.HELD}),
    Did.REQUEUED: frozenset({S.NO_SHOW}),
    Did.SET_ASIDE: frozenset({S.WAITING}),
    Did.CAME_BACK: frozenset({S.HELD}),
    Did.CHANGED: frozenset({S.WAITING}),
    Did.CARED: frozenset({S.WAITING, S.CALLED, S.SERVING}),
    Did.ADDED: frozenset({S.CALLED, S.SERVING, S.HELD}),
    Did.DROPPED: frozenset({S.CALLED, S.SERVING, S.HELD}),
    Did.NOTED: frozenset({S.CALLED, S.SERVING, S.HELD, S.DONE}),
    Did.CLOSED: frozenset({S.WAITING, S.CALLED, S.SERVING, S.HELD}),
}


def can_do(did: str, state: str) -> bool:
    """Whether a verb may be said of a number in this state."""
    return state in VERB_FROM[did]


def letter_for(group_letter: str, *, is_vip: bool, star: int | None, is_gotone: bool) -> str:
    """VIP or five stars → V; else 全球通 → G; else the letter of the business group."""
    if is_vip or (star is not None and star >= VIP_FROM_STAR):
        return VIP_LETTER
    return GOTONE_LETTER if is_gotone else group_letter


def number_text(letter: str, serial: int) -> str:
    """`A001` … `A999`, then `A1000`."""
    return f"{letter}{serial:03d}"


def head_start_name(letter: str, lane: str) -> str | None:
    """Which head start a number gets; the better one when both apply are equal by default."""
    if lane == Lane.GREEN:
        return HEAD_START_GREEN
    return {VIP_LETTER: HEAD_START_VIP, GOTONE_LETTER: HEAD_START_GOTONE}.get(letter)


def next_call_at(called_at: datetime, *, seconds: int) -> datetime:
    """The first moment at which a number may be called again."""
    return called_at + timedelta(seconds=seconds)


def no_show_at(called_at: datetime, calls: int, *, calls_needed: int, seconds: int) -> datetime | None:
    """From when the counter offers 过号 (R-Q-10); None while more calls are needed first."""
    return called_at + timedelta(seconds=seconds) if calls >= calls_needed else None


def expected_wait_seconds(work_minutes: Decimal, open_windows: int) -> int | None:
    """R-Q-9: the work ahead over the open windows, rounded up to whole minutes, in seconds.

    None when no window is open, never 0. Decimal: a binary fraction rounds some amounts up once too often.
    """
    if open_windows < 1:
        return None
    minutes = math.ceil(Decimal(work_minutes) / open_windows)
    return max(minutes, 1) * 60


def order_after(waiting: Iterable[datetime], places: int, now: datetime) -> datetime:
    """The calling order of a late comer who goes behind the first `places` waiting ones (R-Q-10)."""
    ahead = sorted(waiting)[:places]
    return ahead[-1] + timedelta(microseconds=1) if len(ahead) == places and ahead else now


def order_in_front(waiting: Iterable[datetime], now: datetime) -> datetime:
    """A calling order before everybody who waits."""
    first = min(waiting, default=None)
    return now if first is None else min(first, now) - timedelta(microseconds=1)


def is_left_over(
    day: date, moved_at: datetime, *, today: date, now: datetime, open_now: bool, grace: timedelta
) -> bool:
    """Whether a number or session of an earlier day is to be closed.

    In a hall that is open across midnight what moved within `grace` goes on.
    """
    return day < today and (not open_now or now - moved_at >= grace)


def why_chosen(number: str, reason: str) -> str:
    """A call out of turn, in as many characters as the row keeps; the event has the whole reason."""
    return f"叫 {number}:指定叫号,{reason}"[:WHY_LENGTH]


def why_next(letter: str, lane: str, *, directed: bool, waited: timedelta, number: str) -> str:
    """One sentence a clerk understands: why this number and no other."""
    minutes = int(waited.total_seconds() // 60)
    if directed:
        reason = "指定在本窗口办理"
    elif lane == Lane.GREEN:
        reason = "爱心通道优先"
    elif letter == VIP_LETTER:
        reason = "全球通 VIP 优先"
    elif letter == GOTONE_LETTER:
        reason = "全球通优先"
    else:
        reason = "先到先办"
    return f"叫 {number}:{reason},已等候 {minutes} 分钟"


def why_turn(number: str, *, waited: timedelta) -> str:
    """The same for a number that the cap on priority puts before those with a head start."""
    return f"叫 {number}:轮到普通号,已等候 {int(waited.total_seconds() // 60)} 分钟"
