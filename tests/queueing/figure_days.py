"""What tests of figures share: a day's figures by day, and the adding up of the night after it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from halls.models import Hall
from queueing.actions import figures as actions
from queueing.models import Ticket
from queueing.queries import figures
from queueing.queries.figures import Sums

Served = Callable[..., Ticket]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def of_day(hall: Hall, noon: datetime) -> Sums:
    return figures.today(hall.pk, noon + timedelta(hours=6))


def add_up(noon: datetime) -> int:
    return actions.add_up(noon + timedelta(days=1))
