"""Questions about a customer that only the apps above can answer; they register in their `AppConfig.ready()`.

Answers are read-only. A question nobody answers has an empty answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from loyalty.rules.privacy import Ground


@dataclass(frozen=True)
class Visit:
    """One time a customer was at a hall."""

    day: date
    about: str
    hall: str
    state: str
    minutes_waited: int | None = None


Grounds = Callable[[int, Any, datetime], Iterable[Ground]]
Visits = Callable[[int, int], Iterable[Visit]]

_grounds: list[Grounds] = []
_visits: list[Visits] = []


def answer_reveal_grounds(answer: Grounds) -> None:
    if answer not in _grounds:
        _grounds.append(answer)


def answer_visits(answer: Visits) -> None:
    if answer not in _visits:
        _visits.append(answer)


def reveal_grounds(customer_id: int, person: Any, now: datetime) -> list[Ground]:
    """Open numbers and complaints of a customer that this person has to do with at this moment."""
    return [ground for answer in _grounds for ground in answer(customer_id, person, now)]


def visits(customer_id: int, *, most: int) -> list[Visit]:
    """The last visits to any hall, newest first."""
    found = [visit for answer in _visits for visit in answer(customer_id, most)]
    return sorted(found, key=lambda visit: visit.day, reverse=True)[:most]
