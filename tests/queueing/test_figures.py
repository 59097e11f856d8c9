from datetime import datetime, timedelta

from halls.models import Hall, Window
from queueing.actions import figures as actions
from queueing.queries import figures
from queueing.states import FigureBy
from staff.models import User
from tests.factories import make_session, make_ticket


def test_a_day_is_added_up_once(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    make_session(window, li, at=noon)
    ten = noon + timedelta(minutes=10)
    make_ticket(
        hall, "done", taken_at=noon, called_at=ten, started_at=ten, finished_at=ten + timedelta(minutes=8), clerk=li
    )
    found = figures.today(hall.pk, noon + timedelta(hours=1))
    assert (found.served, found.mean_wait, found.service_seconds, found.open_seconds) == (1, 10.0, 480, 3600)
    flow = figures.flow(hall.pk, noon.date(), noon + timedelta(hours=1))
    assert [(one.slot, one.arrived, one.served, one.mean_open_windows) for one in flow] == [
        (24, 1, 1, 1),
        (25, 0, 0, 1),
    ]
    tomorrow = noon + timedelta(days=1)
    assert [actions.add_up(tomorrow), actions.add_up(tomorrow)] == [1, 0]
    day = noon.date()
    table = figures.table([hall.pk], day, day, FigureBy.CLERK, tomorrow)
    assert (list(table), table[str(li.pk)].busy_seconds) == ([str(li.pk)], 480)
