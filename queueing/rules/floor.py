"""The floor rules of a hall (RULES.md section 3): decisions about plain values, with dated figures."""

from datetime import datetime, time, timedelta

from core.parameters import register
from core.time import local
from queueing.rules import figures
from queueing.states import AlertLevel

# What the figures are measured by is what the floor is held against: one number for both.
MEAN_WAIT_MINUTES = figures.WAIT_STANDARD
MEAN_WAIT_CALM_SECONDS = register(
    "queueing.mean_wait_calm_seconds", "平均等候低于标准多少才算缓解", default=30, unit="秒", between=(0, 600)
)
VIP_MINUTES = figures.VIP_STANDARD
PEAK_PER_WINDOW = figures.BUSY_PER_WINDOW
PEAK_LINE = figures.BUSY_LINE
PEAK_CALM = register("queueing.peak_calm", "高峰后降几人才算缓解", default=1, unit="人", between=(0, 10))
MORE_PER_WINDOW = register("queueing.more_per_window", "每窗口等候几人须加开", default=5, unit="人", between=(1, 30))
NOON_FROM = register("queueing.noon_from", "午间开始(零点起)", default=690, unit="分钟", between=(600, 840))
NOON_TO = register("queueing.noon_to", "午间结束(零点起)", default=810, unit="分钟", between=(600, 960))
CARE_MINUTES = figures.LONG_WAIT
ZONE_LINE = register("queueing.zone_line", "全球通专区几人须加开", default=3, unit="人", between=(1, 20))
ZONE_SHORT = register("queueing.zone_short", "普通队每窗口几人算短", default=1, unit="人", between=(0, 20))
LINGERING_MINUTES = register(
    "queueing.lingering_minutes", "自助区停留多久须询问", default=3, unit="分钟", between=(1, 30)
)
LINGERING_ENDS_MINUTES = register(
    "queueing.lingering_ends_minutes", "自助区停留多久后不再提醒", default=15, unit="分钟", between=(2, 120)
)
ALERT_CALM_SECONDS = register(
    "queueing.alert_calm_seconds", "缓解多久后提醒结束", default=30, unit="秒", between=(0, 600)
)
SNOOZE_MINUTES = register("queueing.snooze_minutes", "已知悉后多久再提醒", default=15, unit="分钟", between=(1, 120))


def mean_is_long(mean: timedelta, *, minutes: int) -> bool:
    """R-Q-1: the standard is kept at exactly fifteen minutes."""
    return mean > timedelta(minutes=minutes)


def vip_level(declared_at: datetime, now: datetime, *, minutes: int) -> AlertLevel:
    """R-Q-2: a reminder while the time runs, red once it is over."""
    return AlertLevel.RED if now - declared_at > timedelta(minutes=minutes) else AlertLevel.YELLOW


def is_peak(waiting: int, open_windows: int, *, is_line: bool, per_window: int = 3, line: int = 3) -> bool:
    """R-Q-4: more than three per open window with a machine; a line of three without. 忙时 means the same.

    Somebody waiting where nobody serves is a peak in every hall. For a hall with several lines `waiting` is the
    longest.
    """
    if open_windows < 1:
        return waiting > 0
    return waiting >= line if is_line else waiting > per_window * open_windows


def needs_all_windows(*, peak: bool, open_windows: int, windows: int) -> bool:
    """R-Q-5: at a peak no window stays closed."""
    return peak and open_windows < windows


def needs_one_more(waiting: int, open_windows: int, *, closed: int, per_window: int) -> bool:
    """R-Q-6, for windows that share a line: five or more for each, and one of them closed."""
    return closed > 0 and waiting > 0 and waiting >= per_window * open_windows


def least_at_noon(windows: int) -> int:
    """R-Q-7: half of the windows, rounded up."""
    return (windows + 1) // 2


def is_noon(now: datetime, *, begins: int, ends: int) -> bool:
    """Minutes of the day; the first belongs to noon, the last does not."""
    clock: time = local(now).time()
    return begins <= clock.hour * 60 + clock.minute < ends


def care_is_due(waited: timedelta, *, minutes: int) -> bool:
    """R-Q-8: not at thirty minutes, but from the moment after."""
    return waited > timedelta(minutes=minutes)


def zone_needs_window(
    zone_waiting: int, ordinary_waiting: int, ordinary_open: int, *, line: int = 3, short: int = 1
) -> bool:
    """R-Q-15: three wait in the 全球通 zone while ordinary lines have at most one per open window."""
    return ordinary_open > 0 and zone_waiting >= line and ordinary_waiting <= short * ordinary_open


def lingers(since: datetime, now: datetime, *, minutes: int, ends: int) -> bool:
    """R-Q-17: three minutes at the machines without anybody having asked; after a while they have left."""
    return timedelta(minutes=minutes) <= now - since < timedelta(minutes=ends)
