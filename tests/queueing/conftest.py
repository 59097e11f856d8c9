from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from core import time
from halls.models import Hall, Window
from queueing import actions
from queueing.models import Ticket
from queueing.queries import layout
from staff.models import User
from tests.factories import make_hall, make_session, make_ticket, make_user
from tests.queueing.figure_days import Served, minutes


@pytest.fixture(autouse=True)
def fresh_layouts() -> Iterator[None]:
    layout.forget()
    yield
    layout.forget()


@pytest.fixture
def noon() -> datetime:
    """A quiet Wednesday noon in Shanghai."""
    return datetime(2026, 11, 18, 12, 0, tzinfo=time.SHANGHAI)


@pytest.fixture
def hall(db: Any) -> Hall:
    return make_hall()


@pytest.fixture
def window(hall: Hall) -> Window:
    return hall.windows.get(number=1)


@pytest.fixture
def li(hall: Hall) -> User:
    """小李, a clerk of the hall."""
    return make_user("01001", "clerk", hall, name="李敏")


@pytest.fixture
def wang(hall: Hall) -> User:
    """王经理, today's duty manager."""
    return make_user("01900", "duty_manager", hall, name="王芳")


@pytest.fixture
def zhao(db: Any) -> User:
    """赵, a clerk of another hall."""
    return make_user("02001", "clerk", make_hall("ZJ02"), name="赵强")


@pytest.fixture
def at_window(window: Window, li: User) -> actions.Actor:
    """小李 sits at window 1."""
    make_session(window, li)
    return actions.Actor(person=li)


@pytest.fixture
def served(hall: Hall, noon: datetime, li: User) -> Served:
    """A number taken at noon and done: `waited` and `took` in minutes."""

    def make(waited: float = 5, took: float = 8, *, at: datetime | None = None, **fields: Any) -> Ticket:
        taken_at = at or noon
        called_at = taken_at + minutes(waited)
        times = {"first_called_at": called_at, "called_at": called_at, "started_at": called_at}
        finished_at = called_at + minutes(took)
        return make_ticket(
            hall, "done", taken_at=taken_at, **{"clerk": li, "finished_at": finished_at, **times, **fields}
        )

    return make
