"""Halls for tests of alerts: who sits, who waits, what stands."""

from datetime import datetime, timedelta

from halls.models import Hall
from queueing.models import Alert, Ticket, WindowSession
from tests.factories import make_session, make_ticket, make_user


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def standing() -> list[tuple[str, str]]:
    return sorted(Alert.objects.filter(closed_at=None).values_list("kind", "level"))


def sit(hall: Hall, number: int, at: datetime) -> WindowSession:
    return make_session(hall.windows.get(number=number), make_user(hall=hall), at=at)


def line_up(hall: Hall, count: int, at: datetime, **fields: object) -> list[Ticket]:
    return [make_ticket(hall, taken_at=at, **fields) for _ in range(count)]
