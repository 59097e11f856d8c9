from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from halls.models import Hall, Window
from queueing import live
from queueing.actions import Actor
from queueing.models import TicketEvent
from queueing.queries import board, layout
from staff.models import User
from tests.factories import make_hall, make_session, make_ticket


def by(rows: list[dict[str, object]], name: str, value: str) -> dict[str, object]:
    return next(row for row in rows if row[name] == value)


def range_of(row: dict[str, object]) -> tuple[object, object]:
    return row["estimated_wait_seconds"], row["estimated_wait_high_seconds"]


def test_a_get_never_bumps_the_version(hall: Hall, noon: datetime) -> None:
    first = board.take_version(hall.pk)
    assert [board.document(hall.pk, noon)["version"] for _ in range(2)] == [first, first]
    assert board.take_version(hall.pk) > first


def test_versions_of_all_halls_grow_together(hall: Hall) -> None:
    other = make_hall("ZJ02")
    versions = [board.take_version(hall_id) for hall_id in (hall.pk, other.pk, hall.pk)]
    assert versions == sorted(set(versions))


def test_windows_tell_their_state(hall: Hall, window: Window, li: User, wang: User, noon: datetime) -> None:
    make_session(window, li)
    make_session(hall.windows.get(number=2), wang, paused_at=noon, pause_reason="meal")
    make_ticket(hall, "serving", window=window)
    rows = board.document(hall.pk, noon)["windows"]
    assert [(row["state"], row["number"], row["pause_reason"]) for row in rows] == [
        ("serving", "A001", ""),
        ("paused", None, "用餐"),
    ]


def test_r_q_9_classes_tell_people_and_minutes(hall: Hall, window: Window, at_window: Actor, noon: datetime) -> None:
    hall.groups.get(code="payment").businesses.update(minutes=Decimal(2))
    for letter, minutes in [("B", 20), ("B", 5), ("V", 1)]:
        taken = noon - timedelta(minutes=minutes)
        order = taken - timedelta(minutes=30 if letter == "V" else 0)
        make_ticket(hall, group=hall.groups.get(code="payment"), letter=letter, taken_at=taken, call_order_at=order)
    document = board.document(hall.pk, noon)
    payment = by(document["waiting"], "class", "B")
    assert (payment["count"], payment["estimated_wait_seconds"], payment["estimated_wait_high_seconds"]) == (
        2,
        420,
        660,
    )
    vip = by(document["waiting"], "class", "V")
    assert (vip["count"], *range_of(vip)) == (1, 120, 300)
    assert by(document["groups"], "code", "payment")["waiting"] == 3


def test_r_q_9_without_a_window_the_wait_is_unknown(hall: Hall, noon: datetime) -> None:
    make_ticket(hall)
    assert {row["estimated_wait_seconds"] for row in board.document(hall.pk, noon)["waiting"]} == {None}


def test_calls_are_newest_first_and_a_recall_is_a_call(hall: Hall, window: Window, noon: datetime) -> None:
    for minutes, number, did, times in [(3, "A001", "called", 1), (2, "A002", "called", 1), (1, "A001", "recalled", 2)]:
        ticket = hall.tickets.filter(number=number).first() or make_ticket(hall)
        TicketEvent.objects.create(
            ticket=ticket, hall=hall, did=did, at=noon - timedelta(minutes=minutes), after="called", window=window,
            detail={"times": times},
        )  # fmt: skip
    calls = board.document(hall.pk, noon)["calls"]
    assert [(call["number"], call["times"]) for call in calls] == [("A001", 2), ("A002", 1), ("A001", 1)]
    assert len({call["id"] for call in calls}) == 3


def test_a_closed_hall_says_so(hall: Hall, noon: datetime) -> None:
    hall.weekly_hours.all().delete()
    document = board.document(hall.pk, noon)
    assert (document["open"], document["issuing"], document["hours"]) == (False, False, None)


def test_r_h_20_near_is_eight_kilometres_on_every_side(db: object, noon: datetime) -> None:
    """One degree of latitude is 111.2 km, at 60° of latitude one of longitude half of that."""
    here = make_hall("ZJ01", latitude=Decimal(60), longitude=Decimal(30))
    for number, (north, east) in enumerate([(7.99, 0), (8.01, 0), (0, -7.99), (0, 8.01), (-5.7, 5.7)]):
        latitude, longitude = Decimal(60 + north / 111.2), Decimal(30 + east / 55.6)
        make_hall(f"ZJ1{number}", latitude=round(latitude, 5), longitude=round(longitude, 5))
    found = layout.of(here.pk, noon).near
    assert [(one.code, one.km) for one in found] == [("ZJ10", 8.0), ("ZJ12", 8.0)]


def test_r_h_20_near_halls_with_their_lines(db: object, noon: datetime) -> None:
    here = make_hall("ZJ01", latitude=Decimal("32.207"), longitude=Decimal("119.452"))
    near = make_hall("ZJ03", latitude=Decimal("32.208"), longitude=Decimal("119.434"))
    make_hall("ZJ05", latitude=Decimal("31.995"), longitude=Decimal("119.578"))
    make_ticket(near)
    rows = board.document(here.pk, noon)["near"]
    assert [(row["code"], row["waiting"], row["km"], row["open"]) for row in rows] == [("ZJ03", 1, 1.7, True)]


@pytest.mark.parametrize("tickets", [1, 30])
def test_the_number_of_queries_does_not_grow(
    hall: Hall, noon: datetime, tickets: int, django_assert_num_queries: object
) -> None:
    for _ in range(tickets):
        make_ticket(hall)
    board.document(hall.pk, noon)
    with django_assert_num_queries(5):  # type: ignore[operator]
        board.document(hall.pk, noon)


def test_publishing_sends_the_document_with_a_new_version(hall: Hall, boards: list[tuple[str, dict[str, int]]]) -> None:
    before = board.version_of(hall.pk)
    live.publish_board(hall.pk)
    ((code, document),) = boards
    assert code == "ZJ01"
    assert document["version"] == board.version_of(hall.pk) > before


def test_r_q_15_a_window_turned_for_now_is_shown_as_such(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    session = make_session(window, li)
    before = board.document(hall.pk, noon)
    session.reserved_now = "gotone"
    session.save()
    turned = board.document(hall.pk, noon)
    assert [row["reserved"] for row in before["windows"]] == ["", ""]
    assert [row["reserved"] for row in turned["windows"]] == ["gotone", ""]
    assert board.digest(turned) != board.digest(before)
