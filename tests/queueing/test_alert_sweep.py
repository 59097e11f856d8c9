"""The sweep over the floors: raised in time, ended by itself, never flapping, never doubled, never lost."""

from datetime import date, datetime

import pytest

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
from staff.models import User
from tests.factories import make_group, make_hall, make_session, make_ticket, make_window
from tests.queueing.alert_rows import line_up, seconds, sit, standing


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
