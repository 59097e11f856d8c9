"""Questions that only the apps above can answer. They register read-only answers in their `AppConfig.ready()`.

Nothing here changes anything, and a question without an answer has an empty one: a hall without the queue still hands
its shifts over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from halls.models import Hall
from staff.models import User


@dataclass(frozen=True)
class OpenItem:
    """Something unfinished that a shift leaves behind (R-S-5). `key` names it once and for all, e.g. `ticket:…`."""

    key: str
    kind: str
    title: str
    detail: str = ""
    url: str = ""


OpenWork = Callable[[Hall, User, datetime], list[OpenItem]]
Peak = Callable[[Hall, datetime], bool]

_open_work: list[OpenWork] = []
_peak: list[Peak] = []


def answer_open_work(answer: OpenWork) -> None:
    if answer not in _open_work:
        _open_work.append(answer)


def answer_is_peak(answer: Peak) -> None:
    if answer not in _peak:
        _peak.append(answer)


def open_work(hall: Hall, person: User, now: datetime) -> list[OpenItem]:
    """What a person would leave open in a hall: numbers on hold, complaints, tasks; from every app that knows any."""
    return [item for answer in _open_work for item in answer(hall, person, now)]


def is_peak(hall: Hall, now: datetime) -> bool:
    """Whether the hall is at its peak at this moment (R-Q-4); False when nobody counts."""
    return any(answer(hall, now) for answer in _peak)
