"""How long somebody will wait behind a line too long to play: by the sum of the work in it. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from queueing.rules.waits import MINUTE, Desk, Habits, Kind, Wait, whole_minutes

HIGH_Z = 1.2816  # standard deviations to the ninth tenth


@dataclass(frozen=True)
class Block:
    """People of one kind who are called one after another."""

    kind: Kind
    count: int


def wait_behind(blocks: Sequence[Block], desks: Sequence[Desk], habits: Habits) -> Wait | None:
    """The work ahead over the windows, in blocks, with the spread of a sum; None when no window serves.

    For lines beyond `LONGEST_LINE`, where which window is free first no longer matters.
    """
    if not desks:
        return None
    per_second = sum(1 / desk.pace for desk in desks)
    at, variance = sum(desk.opens for desk in desks) / len(desks), 0.0
    extra = round(sum(head * rate for head, rate in habits.overtakers))
    for block in [Block(habits.overtaker_kind, extra), *blocks]:
        for count in _portions(block.count):
            absent = habits.absent[min(int(at / MINUTE), len(habits.absent) - 1)]
            staying = math.exp(-habits.leaving * at)
            mean = staying * ((1 - absent) * block.kind.mean + absent * habits.absent_seconds)
            second = staying * (1 - absent) * block.kind.mean**2 * (1 + block.kind.cv**2)
            at += count * mean * habits.day / per_second
            variance += count * max(second - mean**2, 0.0) / per_second**2
    return whole_minutes(at, at + HIGH_Z * math.sqrt(variance + (at * habits.day_cv) ** 2))


def _portions(count: int, most: int = 25) -> list[int]:
    return [most] * (count // most) + ([count % most] if count % most else [])
