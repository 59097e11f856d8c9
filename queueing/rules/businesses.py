"""Pure decisions about several businesses on one number (R-H-15, 一台清)."""

from collections.abc import Sequence
from decimal import Decimal


def shares(seconds: int, minutes: Sequence[Decimal]) -> list[int]:
    """Split a handling time over its businesses by their planned minutes; the parts add up to the whole.

    Nobody clicks when one business ends and the next begins, so the plan's proportions stand for it. What rounding
    leaves over goes, a second each, to the largest remainders; equal ones in the order of the businesses.
    """
    whole = sum(minutes, Decimal(0))
    if not minutes or whole <= 0:
        return [seconds] if len(minutes) == 1 else _even(seconds, len(minutes))
    exact = [Decimal(seconds) * part / whole for part in minutes]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in by_remainder[: seconds - sum(parts)]:
        parts[at] += 1
    return parts


def _even(seconds: int, count: int) -> list[int]:
    return [seconds // count + (at < seconds % count) for at in range(count)]
