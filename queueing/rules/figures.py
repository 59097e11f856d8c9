"""What the figures are measured by: standards as parameters, the histogram of waits, and what is read from both."""

import math
from collections.abc import Iterable, Sequence

from core.parameters import register

SLOT_MINUTES = 30
SLOTS = 24 * 60 // SLOT_MINUTES

WAIT_STANDARD = register("figures.wait_standard", "等候达标", default=15, unit="分钟", between=(1, 120))  # R-Q-1
LONG_WAIT = register("figures.long_wait", "长时间等候", default=30, unit="分钟", between=(5, 240))  # R-Q-8
VIP_STANDARD = register("figures.vip_standard", "VIP 接待达标", default=5, unit="分钟", between=(1, 60))  # R-Q-2
BUSY_PER_WINDOW = register(
    "figures.busy_per_window", "忙时:每窗口等候超过", default=3, unit="人", between=(1, 50)
)  # R-Q-4
BUSY_LINE = register("figures.busy_line", "一米线忙时:排队达到", default=3, unit="人", between=(1, 50))

# R-Q-3: the table (metric, brand, busy or idle) → minutes, inclusive. The second metric takes the same limits.
LIMITS: dict[tuple[str, str, str], str] = {
    (metric, brand, load): register(
        f"figures.{metric}_{load}_{brand}", f"{words}:{label}", default=minutes, unit="分钟", between=(1, 240)
    )
    for metric, words in (("service", "办理时长达标"), ("wait", "等候时长达标(第二口径)"))
    for brand, load, label, minutes in (
        ("gotone", "idle", "闲时全球通", 10),
        ("other", "idle", "闲时其他品牌", 15),
        ("any", "busy", "忙时各品牌", 10),
    )
}

FINE, MIDDLE, COARSE = 30, 60, 120  # minutes up to which waits are kept by 1, 2 and 10 minutes
BUCKETS = FINE + (MIDDLE - FINE) // 2 + (COARSE - MIDDLE) // 10 + 1


def limit_name(metric: str, *, is_gotone: bool, is_busy: bool) -> str:
    """Which standard of R-Q-3 a number is held to."""
    if is_busy:
        return LIMITS[metric, "any", "busy"]
    return LIMITS[metric, "gotone" if is_gotone else "other", "idle"]


def is_within(seconds: int, minutes: int) -> bool:
    """All standards are inclusive."""
    return seconds <= minutes * 60


def bucket(seconds: int) -> int:
    """Where a wait is counted, from 1. Buckets end inclusively, as standards do."""
    minute = max(math.ceil(seconds / 60), 1)
    if minute <= FINE:
        return minute
    if minute <= MIDDLE:
        return FINE + math.ceil((minute - FINE) / 2)
    if minute <= COARSE:
        return FINE + (MIDDLE - FINE) // 2 + math.ceil((minute - MIDDLE) / 10)
    return BUCKETS


def bounds(number: int) -> tuple[float, float]:
    """The minutes of a bucket: more than the first, at most the second."""
    if number <= FINE:
        return number - 1, number
    number -= FINE
    steps = (MIDDLE - FINE) // 2
    if number <= steps:
        return FINE + 2 * (number - 1), FINE + 2 * number
    number -= steps
    if number <= (COARSE - MIDDLE) // 10:
        return MIDDLE + 10 * (number - 1), MIDDLE + 10 * number
    return COARSE, 2 * COARSE


def percentile(counts: Sequence[int], share: float) -> float | None:
    """Minutes below which a share of the waits lies, straight inside a bucket; None without waits."""
    whole = sum(counts)
    if whole == 0:
        return None
    wanted, below = share * whole, 0
    for number, count in enumerate(counts, 1):
        if count and below + count >= wanted:
            low, high = bounds(number)
            return low + (high - low) * max(wanted - below, 0) / count
        below += count
    return bounds(BUCKETS)[1]


def rate(part: float, whole: float) -> float | None:
    """A share of 0 … 1; None when there is nothing to divide by."""
    return part / whole if whole else None


def added(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Two histograms as one; an empty one counts as zeros."""
    if not one or not other:
        return list(one or other)
    return [a + b for a, b in zip(one, other, strict=True)]


def slots_of(minutes: Iterable[int]) -> list[int]:
    """The half hours that minutes of the day fall into."""
    return [minute // SLOT_MINUTES for minute in minutes]
