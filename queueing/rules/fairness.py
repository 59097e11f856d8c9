"""Who is next, when head starts and the cap on them are both obeyed. Pure.

A number's place is `call_order_at`, its taking time less its head start. Whoever was taken earlier than that place and
still is called later has been passed. After `cap` calls past somebody with none without a head start between them, one
of the passed, the longest waiting, is called (DESIGN section 3: priority can't shut out the rest).
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from core.parameters import register
from halls.states import Reserved
from queueing.rules.numbers import GOTONE_LETTER, VIP_LETTER
from queueing.states import Lane

PRIORITY_RUN = register("queueing.priority_run", "连续优先叫号上限(0 为不限)", default=3, unit="个", between=(0, 20))


class Queued(Protocol):
    """What the order needs to know of a number; rows have it, and so have the stand-ins of simulations."""

    @property
    def call_order_at(self) -> Any: ...
    @property
    def taken_at(self) -> Any: ...
    @property
    def number(self) -> str: ...


One = TypeVar("One", bound=Queued)


def has_head_start(one: Queued) -> bool:
    return bool(one.call_order_at < one.taken_at)


def place(one: Queued) -> tuple[Any, str]:
    return one.call_order_at, one.number


def passes(first: Queued, longest: Queued | None) -> bool:
    """Whether calling `first` now goes past `longest`, the longest waiting of those without a head start."""
    return longest is not None and bool(goes_past(first.call_order_at, first.taken_at, longest.call_order_at))


def goes_past(order: Any, taken: Any, longest: Any) -> Any:
    """The same of bare places and times, or of whole columns of them."""
    return (order < taken) & (longest < taken)


def is_full(run: Any, cap: int) -> Any:
    """Whether a window, or each of a column of them, has called as many in a row past others as it may."""
    return 0 < cap <= run


def run_after(run: int, one: Queued, *, passed: bool) -> int:
    """The run after a call. Only a call without a head start ends it: a VIP who passes nobody between others who do
    would begin it anew, again and again."""
    return int(next_run(run, has_head_start(one), passed))


def next_run(run: Any, head_start: Any, passed: Any) -> Any:
    """The same of whole columns."""
    return (run + passed) * head_start


def next_of(waiting: Iterable[One], *, run: int, cap: int) -> One | None:
    """Whom a window without reservation calls next."""
    line = list(waiting)
    first = min(line, key=place, default=None)
    longest = min((one for one in line if not has_head_start(one)), key=place, default=None)
    if first is not None and longest is not None and is_full(run, cap) and passes(first, longest):
        return longest
    return first


def calling_order(
    waiting: Iterable[One], *, run: int = 0, cap: int = 0, prefers: Callable[[One], bool] | None = None
) -> list[One]:
    """Everybody who waits, in the order in which one window would call them if nobody else came.

    `prefers` is that of a reserved window: its own customers first, and no cap.
    """
    line = sorted(waiting, key=place)
    if prefers is not None:
        return sorted(line, key=lambda one: not prefers(one))
    early = deque(one for one in line if has_head_start(one))
    plain = deque(one for one in line if not has_head_start(one))
    order: list[One] = []
    while early:
        passed = passes(early[0], plain[0] if plain else None)
        if plain and (place(plain[0]) < place(early[0]) or (passed and is_full(run, cap))):
            order.append(plain.popleft())
            run = 0
        else:
            order.append(early.popleft())
            run = run_after(run, order[-1], passed=passed)
    return order + list(plain)


def is_preferred(reserved: str, letter: str, lane: str) -> bool:
    """Whether a window reserved for somebody takes this number before the others."""
    if reserved == Reserved.VIP:
        return letter == VIP_LETTER
    if reserved == Reserved.GOTONE:
        return letter in (VIP_LETTER, GOTONE_LETTER)
    return reserved == Reserved.GREEN and lane == Lane.GREEN
