"""Alerts: how one stands, calms down, is noted, and is raised once by two workers."""

import threading
from collections.abc import Callable
from datetime import datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.time import SHANGHAI
from halls.models import Hall
from messaging.models import Notice
from queueing.actions import alert_sweep
from queueing.actions import alerts as acts
from queueing.models import Alert, Ticket, VipArrival, WindowSession
from queueing.queries.floor import floors
from queueing.rules.alerts import Breach
from queueing.states import AlertKind, AlertLevel
from staff.models import User
from tests.factories import make_hall, make_ticket, make_user, open_daily
from tests.queueing.alert_rows import line_up, seconds, sit, standing


@pytest.fixture
def ten() -> datetime:
    """A Wednesday at ten, which is not noon."""
    return datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)


def test_a_level_must_stay_calm_before_its_alert_ends(hall: Hall, ten: datetime) -> None:
    """3.5 per window would raise nothing, but keeps what stands; under the lower threshold thirty seconds pass."""
    sit(hall, 1, ten)
    tickets = line_up(hall, 4, ten)
    alert_sweep.watch_floors(ten)
    Ticket.objects.filter(pk=tickets[0].pk).update(state="done")
    alert_sweep.watch_floors(ten + seconds(2))
    assert Alert.objects.get().over_since is None
    Ticket.objects.filter(pk=tickets[1].pk).update(state="done")
    alert_sweep.watch_floors(ten + seconds(4))
    assert (Alert.objects.get().over_since, Alert.objects.get().closed_at) == (ten + seconds(4), None)
    alert_sweep.watch_floors(ten + seconds(33))
    assert Alert.objects.get().closed_at is None
    alert_sweep.watch_floors(ten + seconds(34))
    assert Alert.objects.get().closed_at == ten + seconds(34)


def test_what_comes_back_within_the_calm_goes_on_as_the_same_alert(hall: Hall, ten: datetime) -> None:
    sit(hall, 1, ten)
    tickets = line_up(hall, 4, ten)
    alert_sweep.watch_floors(ten)
    Ticket.objects.filter(pk__in=[tickets[0].pk, tickets[1].pk]).update(state="done")
    alert_sweep.watch_floors(ten + seconds(2))
    line_up(hall, 2, ten)
    alert_sweep.watch_floors(ten + seconds(20))
    alert_sweep.watch_floors(ten + seconds(60))
    assert [(alert.opened_at, alert.over_since, alert.closed_at) for alert in Alert.objects.all()] == [
        (ten, None, None)
    ]


def test_nothing_is_raised_outside_opening_hours(hall: Hall, ten: datetime) -> None:
    open_daily(hall, time(8, 30), time(18, 0))
    sit(hall, 1, ten)
    make_ticket(hall, taken_at=ten.replace(hour=17, minute=0))
    line_up(hall, 9, ten.replace(hour=17, minute=50))
    VipArrival.objects.create(hall=hall, declared_at=ten.replace(hour=17))
    alert_sweep.watch_floors(ten.replace(hour=18))
    assert standing() == []
    alert_sweep.watch_floors(ten.replace(hour=17, minute=59, second=59))
    assert {kind for kind, _ in standing()} == {"peak", "more_windows", "care", "vip"}


def test_closing_time_ends_what_stands_but_not_a_call_for_the_manager(hall: Hall, wang: User, ten: datetime) -> None:
    open_daily(hall, time(8, 30), time(18, 0))
    session = sit(hall, 1, ten)
    line_up(hall, 9, ten)
    alert_sweep.watch_floors(ten)
    acts.call_manager(session, ten)
    alert_sweep.watch_floors(ten.replace(hour=18))
    assert standing() == [("manager", "red")]
    WindowSession.objects.update(signed_out_at=ten)
    alert_sweep.watch_floors(ten.replace(hour=18, minute=1))
    assert standing() == []


def test_noted_is_quiet_for_a_quarter_of_an_hour_and_comes_back(hall: Hall, wang: User, ten: datetime) -> None:
    sit(hall, 1, ten)
    line_up(hall, 4, ten)
    alert_sweep.watch_floors(ten)
    acts.note(Alert.objects.get().pk, "nobody_free", actor=wang, now=ten)
    alert_sweep.watch_floors(ten + seconds(899))
    alert = Alert.objects.get()
    assert (alert.is_snoozed(ten + seconds(899)), alert.answer, alert.answered_by) == (True, "noted", wang)
    alert_sweep.watch_floors(ten + seconds(900))
    alert = Alert.objects.get()
    assert (alert.snoozed_until, alert.answer, alert.snooze_reason) == (None, "", "nobody_free")
    assert (alert.answered_at, alert.answered_by) == (ten, wang)


def test_what_gets_worse_is_loud_again(hall: Hall, wang: User, ten: datetime) -> None:
    VipArrival.objects.create(hall=hall, declared_at=ten)
    alert_sweep.watch_floors(ten)
    acts.note(Alert.objects.get().pk, "in_hand", actor=wang, now=ten)
    alert_sweep.watch_floors(ten + seconds(301))
    assert (standing(), Alert.objects.get().snoozed_until) == ([("vip", "red")], None)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_before_the_notice_leaves_no_alert_either(
    ten: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not committed is found again by the next sweep, and told once."""
    hall = make_hall()
    make_user("01900", "duty_manager", hall)
    sit(hall, 1, ten)
    line_up(hall, 5, ten)
    with monkeypatch.context() as dying:
        dying.setattr(acts, "tell_managers", _die)
        with pytest.raises(ZeroDivisionError):
            alert_sweep.watch_floors(ten)
    assert (Alert.objects.count(), Notice.objects.count()) == (0, 0)
    alert_sweep.watch_floors(ten + seconds(2))
    assert (len(standing()), Notice.objects.count()) == (2, 1)


def _die(alert: Alert, now: datetime) -> None:
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_two_workers_raise_one_alert_and_one_notice(ten: datetime) -> None:
    hall = make_hall()
    make_user("01900", "duty_manager", hall)
    sit(hall, 1, ten)
    line_up(hall, 5, ten)
    _at_once(lambda: alert_sweep.watch_floors(ten))
    assert (standing(), Notice.objects.count()) == ([("more_windows", "red"), ("peak", "yellow")], 1)


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_a_second_open_alert(ten: datetime) -> None:
    """Even without the sweep's lock: a clerk's key and a sweep may meet."""
    hall = make_hall()
    make_user("01900", "duty_manager", hall)
    at = iter([ten, ten + seconds(1), ten + seconds(2), ten + seconds(3)])
    breach = Breach(AlertKind.MORE_WINDOWS, AlertLevel.RED, "1", {"waiting": 5, "open": 1, "per_window": 5})
    raised = _at_once(lambda: acts.raise_alert(hall, breach, next(at)))
    assert (sum(one is not None for one in raised), Alert.objects.count(), Notice.objects.count()) == (1, 1, 1)


def _at_once(act: Callable[[], object], times: int = 4) -> list[object]:
    gate = threading.Barrier(times)
    answers: list[object] = []

    def run() -> None:
        try:
            gate.wait()
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == times
    return answers


def test_many_halls_cost_as_many_questions_as_two(hall: Hall, ten: datetime) -> None:
    sit(hall, 1, ten)
    make_hall("ZJ02")
    floors(ten)  # parameters are read once in a while
    with CaptureQueriesContext(connection) as few:
        floors(ten)
    for number in range(3, 13):
        line_up(make_hall(f"ZJ{number:02d}"), 2, ten)
    with CaptureQueriesContext(connection) as many:
        assert len(floors(ten)) == 12
    assert len(many) == len(few)


def test_a_dead_write_in_one_hall_leaves_the_halls_after_it_their_alerts(
    hall: Hall, ten: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_hall("ZJ09")
    for one in (hall, other):
        sit(one, 1, ten)
        line_up(one, 4, ten)
    write, dead = alert_sweep.raise_alert, floors(ten)[0].hall_id

    def die(where: Hall, breach: Breach, now: datetime) -> Alert | None:
        fresh = write(where, breach, now)
        if where.pk == dead:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return fresh

    monkeypatch.setattr(alert_sweep, "raise_alert", die)
    assert alert_sweep.watch_floors(ten) == 1
    assert list(Alert.objects.values_list("hall", flat=True)) == [({hall.pk, other.pk} - {dead}).pop()]
    assert f"the floor of hall {dead} could not be followed" in caplog.text
    monkeypatch.undo()
    assert alert_sweep.watch_floors(ten + seconds(2)) == 1
    assert set(Alert.objects.values_list("hall", flat=True)) == {hall.pk, other.pk}
