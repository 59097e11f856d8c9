"""The sweep over the floors: raised in time, ended by itself, never flapping, never doubled, never lost."""

import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Parameter
from core.time import SHANGHAI
from halls.models import Hall
from halls.states import QueueMode, Reserved
from messaging.models import Notice
from queueing import actions
from queueing.actions import alert_sweep
from queueing.actions import alerts as acts
from queueing.models import Alert, Ticket, VipArrival, Visit, WindowSession
from queueing.queries import layout
from queueing.queries.floor import floors
from queueing.rules.alerts import Breach
from queueing.states import AlertKind, AlertLevel
from staff.models import User
from tests.factories import make_group, make_hall, make_session, make_ticket, make_user, make_window, open_daily


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def standing() -> list[tuple[str, str]]:
    return sorted(Alert.objects.filter(closed_at=None).values_list("kind", "level"))


def sit(hall: Hall, number: int, at: datetime) -> WindowSession:
    return make_session(hall.windows.get(number=number), make_user(hall=hall), at=at)


def line_up(hall: Hall, count: int, at: datetime, **fields: object) -> list[Ticket]:
    return [make_ticket(hall, taken_at=at, **fields) for _ in range(count)]


@pytest.fixture
def ten() -> datetime:
    """A Wednesday at ten, which is not noon."""
    return datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)


def test_r_q_4_and_5_a_peak_with_a_closed_window_is_yellow(hall: Hall, ten: datetime) -> None:
    sit(hall, 1, ten)
    line_up(hall, 3, ten)
    assert (alert_sweep.watch_floors(ten), standing()) == (0, [])
    line_up(hall, 1, ten)
    assert (alert_sweep.watch_floors(ten), standing()) == (1, [("peak", "yellow")])
    alert = Alert.objects.get()
    assert (alert.facts, alert.opened_at) == ({"waiting": 4, "open": 1, "windows": 2}, ten)
    assert list(Notice.objects.all()) == []


def test_r_q_5_with_all_windows_open_a_peak_asks_for_nothing(hall: Hall, ten: datetime) -> None:
    sit(hall, 1, ten)
    sit(hall, 2, ten)
    line_up(hall, 9, ten)
    assert (alert_sweep.watch_floors(ten), standing()) == (0, [])


def test_r_q_4_a_line_of_three_is_a_peak_without_a_machine(db: None, ten: datetime) -> None:
    hall = make_hall("ZJ06", queue_mode=QueueMode.LINE)
    sit(hall, 1, ten)
    line_up(hall, 3, ten)
    alert_sweep.watch_floors(ten)
    assert standing() == [("peak", "yellow")]


def test_r_q_6_five_per_window_is_red_and_the_manager_hears_once(hall: Hall, wang: User, ten: datetime) -> None:
    sit(hall, 1, ten)
    line_up(hall, 4, ten)
    alert_sweep.watch_floors(ten)
    line_up(hall, 1, ten)
    alert_sweep.watch_floors(ten + seconds(2))
    alert_sweep.watch_floors(ten + seconds(4))
    assert standing() == [("more_windows", "red"), ("peak", "yellow")]
    assert [(notice.user, notice.body) for notice in Notice.objects.all()] == [
        (wang, "平均每个窗口等候 5 位以上,请加开窗口。")
    ]


def test_r_q_6_is_judged_for_windows_that_share_a_line(hall: Hall, ten: datetime) -> None:
    """Five want what only windows 3 and 4 do; the idle windows 1 and 2 are no help."""
    broadband = make_group(hall, "broadband", letter="K", businesses=("broadband",))
    three = make_window(hall, 3, groups=[broadband])
    make_window(hall, 4, groups=[broadband])
    for number in (1, 2, 3):
        sit(hall, number, ten)
    line_up(hall, 5, ten, group=broadband)
    alert_sweep.watch_floors(ten)
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.facts["closed"]) == ("more_windows", str(three.pk), [4])


@pytest.mark.parametrize(("clock", "found"), [((11, 29), []), ((11, 30), [("noon", "yellow")]), ((13, 30), [])])
def test_r_q_7_at_noon_half_of_the_windows_work(
    db: None, clock: tuple[int, int], found: list[tuple[str, str]], ten: datetime
) -> None:
    hall = make_hall(windows=5)
    sit(hall, 1, ten)
    sit(hall, 2, ten)
    alert_sweep.watch_floors(ten.replace(hour=clock[0], minute=clock[1]))
    assert standing() == found


def test_r_q_7_three_of_five_are_enough_and_a_paused_one_is_not_open(db: None, noon: datetime) -> None:
    hall = make_hall(windows=5)
    for number in (1, 2, 3):
        sit(hall, number, noon)
    alert_sweep.watch_floors(noon)
    assert standing() == []
    WindowSession.objects.filter(window__number=1).update(paused_at=noon, pause_reason="meal")
    alert_sweep.watch_floors(noon)
    assert standing() == [("noon", "yellow")]


def test_r_q_7_a_hall_that_has_not_begun_today_is_left_in_peace(hall: Hall, noon: datetime) -> None:
    alert_sweep.watch_floors(noon)
    assert standing() == []


def test_r_q_7_the_hours_of_noon_are_a_dated_parameter_of_the_hall(hall: Hall, ten: datetime) -> None:
    Parameter.objects.create(name="queueing.noon_from", scope=hall.code, value=600, valid_from=date(2026, 11, 18))
    make_ticket(hall, "done", taken_at=ten)
    alert_sweep.watch_floors(ten)
    assert standing() == [("noon", "yellow")]


@pytest.mark.parametrize(("waited", "found"), [(1799, []), (1800, []), (1801, [("care", "yellow")])])
def test_r_q_8_care_is_due_per_number(hall: Hall, ten: datetime, waited: int, found: list[tuple[str, str]]) -> None:
    for number in (1, 2):
        sit(hall, number, ten)
    ticket = make_ticket(hall, taken_at=ten - seconds(waited))
    alert_sweep.watch_floors(ten)
    assert standing() == found
    assert list(Alert.objects.values_list("ticket", flat=True)) == [ticket.pk] * len(found)


def test_r_q_8_time_away_from_the_hall_does_not_count(hall: Hall, ten: datetime) -> None:
    sit(hall, 1, ten)
    make_ticket(hall, taken_at=ten - seconds(1801), away_seconds=1)
    alert_sweep.watch_floors(ten)
    assert standing() == []


@pytest.mark.parametrize("change", [{"cared_at": datetime(2026, 11, 18, 2, tzinfo=SHANGHAI)}, {"state": "done"}])
def test_r_q_8_it_ends_at_once_with_care_or_the_call(hall: Hall, ten: datetime, change: dict[str, object]) -> None:
    sit(hall, 1, ten)
    make_ticket(hall, taken_at=ten - seconds(1801))
    alert_sweep.watch_floors(ten)
    Ticket.objects.update(**change)
    alert_sweep.watch_floors(ten + seconds(2))
    assert Alert.objects.get().closed_at == ten + seconds(2)


@pytest.mark.parametrize(("wait", "found"), [(900, []), (901, [("mean_wait", "red")])])
def test_r_q_1_the_mean_wait_of_the_served(hall: Hall, ten: datetime, wait: int, found: list[tuple[str, str]]) -> None:
    make_ticket(hall, "done", taken_at=ten - seconds(wait), called_at=ten)
    make_ticket(hall, "no_show", taken_at=ten - seconds(3600), called_at=ten)
    make_ticket(hall, "done", taken_at=ten - seconds(7200), called_at=ten, is_simulated=True)
    alert_sweep.watch_floors(ten)
    assert standing() == found


def test_r_q_2_a_vip_turns_red_after_five_minutes_and_is_told_then(hall: Hall, wang: User, ten: datetime) -> None:
    vip = VipArrival.objects.create(hall=hall, declared_at=ten)
    alert_sweep.watch_floors(ten)
    alert_sweep.watch_floors(ten + seconds(300))
    assert (standing(), Notice.objects.count()) == ([("vip", "yellow")], 0)
    alert_sweep.watch_floors(ten + seconds(301))
    alert_sweep.watch_floors(ten + seconds(303))
    assert (standing(), Notice.objects.count()) == ([("vip", "red")], 1)
    VipArrival.objects.filter(pk=vip.pk).update(received_at=ten + seconds(310))
    alert_sweep.watch_floors(ten + seconds(311))
    assert standing() == []


def test_r_q_13_a_window_left_at_the_peak_stands_until_it_works_again(hall: Hall, li: User, ten: datetime) -> None:
    session = make_session(hall.windows.get(number=1), li, at=ten)
    line_up(hall, 4, ten)
    acts.note_handover(session, now=ten)
    WindowSession.objects.update(signed_out_at=ten)
    alert_sweep.watch_floors(ten)
    assert ("handover", "yellow") in standing()
    sit(hall, 1, ten)
    alert_sweep.watch_floors(ten + seconds(2))
    alert_sweep.watch_floors(ten + seconds(32))
    assert Alert.objects.get(kind="handover").closed_at == ten + seconds(32)


@pytest.fixture
def zone(hall: Hall, ten: datetime) -> Hall:
    """Window 4 is the zone's; two wait for it, and two for the three ordinary windows."""
    make_window(hall, 3)
    make_window(hall, 4, reserved=Reserved.GOTONE)
    for number in (1, 2, 3, 4):
        sit(hall, number, ten)
    line_up(hall, 2, ten)
    line_up(hall, 2, ten, letter="G")
    return hall


def test_r_q_15_three_in_the_zone_and_short_ordinary_lines(zone: Hall, ten: datetime) -> None:
    alert_sweep.watch_floors(ten)
    assert standing() == []
    line_up(zone, 1, ten, letter="V")
    alert_sweep.watch_floors(ten)
    assert standing() == [("zone", "red")]


def test_r_q_15_long_ordinary_lines_keep_their_windows(zone: Hall, ten: datetime) -> None:
    line_up(zone, 1, ten, letter="V")
    line_up(zone, 2, ten)
    alert_sweep.watch_floors(ten)
    assert standing() == []


def test_r_q_15_a_turned_window_takes_the_zone_first_until_the_alert_ends(
    zone: Hall, wang: User, ten: datetime
) -> None:
    line_up(zone, 1, ten, letter="G")
    alert_sweep.watch_floors(ten)
    window = zone.windows.get(number=1)
    acts.turn_window(Alert.objects.get().pk, window.pk, actor=wang, now=ten)
    layout.forget()
    clerk = window.sessions.get().clerk
    called = actions.call_next(window, actor=actions.Actor(person=clerk), now=ten)
    assert called is not None and called.number == "G001"
    Ticket.objects.filter(letter="G").update(state="done")
    alert_sweep.watch_floors(ten + seconds(2))
    alert_sweep.watch_floors(ten + seconds(32))
    assert (standing(), set(WindowSession.objects.values_list("reserved_now", flat=True))) == ([], {""})


@pytest.mark.parametrize(
    ("after", "found"), [(179, []), (180, [("lingering", "yellow")]), (899, [("lingering", "yellow")]), (900, [])]
)
def test_r_q_17_a_visitor_sent_to_the_machines_is_asked_after_three_minutes(
    hall: Hall, li: User, ten: datetime, after: int, found: list[tuple[str, str]]
) -> None:
    Visit.objects.create(hall=hall, at=ten, outcome="self_service", person=li)
    Visit.objects.create(hall=hall, at=ten, outcome="answered", person=li)
    Visit.objects.create(hall=hall, at=ten, outcome="self_service", person=li, undone_at=ten)
    alert_sweep.watch_floors(ten + seconds(after))
    assert standing() == found


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
