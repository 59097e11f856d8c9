"""Questions that only the apps above can answer. They register read-only answers in their `AppConfig.ready()`.

Nothing here changes anything, and a question without an answer has an empty one: a hall without the queue still hands
its shifts over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

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


@dataclass
class ServiceFigures:
    """What was counted over some days, by name. A name that no app counts is missing: unknown is not zero.

    `halls` by hall, `people` by hall and person. Names in use: `issued, served, answered, wait_seconds, wait_within,
    long_waits, service_seconds, no_shows, ratings, rating_sum, low_ratings, offered, accepted, complaints`, and
    `business:<code>` for handled businesses.
    """

    halls: dict[int, dict[str, int]] = field(default_factory=dict)
    people: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)

    def add(self, other: "ServiceFigures") -> None:
        for hall, counts in other.halls.items():
            _sum(self.halls.setdefault(hall, {}), counts)
        for key, counts in other.people.items():
            _sum(self.people.setdefault(key, {}), counts)


def _sum(into: dict[str, int], counts: dict[str, int]) -> None:
    for name, count in counts.items():
        into[name] = into.get(name, 0) + count


CountService = Callable[[Sequence[int], date, date, datetime], ServiceFigures]

_counters: list[CountService] = []


def answer_service_figures(count: CountService) -> None:
    """An app says how it counts: halls, first and last day, now. Answers of several apps are added up by name."""
    if count not in _counters:
        _counters.append(count)


def service_figures(hall_ids: Sequence[int], since: date, until: date, now: datetime) -> ServiceFigures:
    """`staff.service_figures`: what the higher apps counted for halls and their people, both days included."""
    found = ServiceFigures()
    for count in _counters:
        found.add(count(hall_ids, since, until, now))
    return found
