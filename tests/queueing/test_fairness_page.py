"""取号优先: the district changes the order from a day to come, after trying it on a past one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from core.errors import Refused
from core.models import Parameter, SettingChange
from core.time import at, business_day, now
from halls.models import Hall
from queueing.actions.fairness import set_order
from queueing.forms import field_of
from queueing.queries import fairness as reads
from queueing.rules import numbers as rules
from queueing.rules import replay
from queueing.rules.fairness import PRIORITY_RUN
from queueing.rules.replay import NAMES, Day, Desk, Visit
from staff.states import Role
from tests.factories import make_hall, make_user

VALUES = {
    rules.HEAD_START_VIP: 30,
    rules.HEAD_START_GOTONE: 10,
    rules.HEAD_START_GREEN: 30,
    replay.HEAD_START_BOOKED: 30,
    PRIORITY_RUN: 3,
}
MINUTE = 60.0


def visit(number: str, minute: float, kind: str = replay.PLAIN, *, held: float = 10) -> Visit:
    """Somebody who came at a minute of the day and was really called in turn, whatever the turn was."""
    letter = {replay.VIP: "V", replay.GOTONE: "G"}.get(kind, "A")
    at_second = minute * MINUTE
    return Visit(number, at_second, kind, letter, "", 1, called=at_second, held_window=held * MINUTE)


def one_desk(*visits: Visit) -> Day:
    return Day(visits, (Desk(1, frozenset({1}), "", ((0.0, 1000 * MINUTE),)),))


def called(day: Day, **changed: int) -> list[str]:
    values = VALUES | {name: changed[key] for key, name in KEYS.items() if key in changed}
    waiters = replay.Replay(day, values, gap=0.0).play()
    return [one.number for one in sorted(waiters, key=lambda one: one.called or 0)]


KEYS = {"vip": rules.HEAD_START_VIP, "run": PRIORITY_RUN}


def test_a_vip_passes_those_who_came_less_than_the_head_start_before() -> None:
    day = one_desk(visit("A001", 100), visit("A002", 101), visit("V001", 102, replay.VIP))

    assert called(day, vip=30) == ["A001", "V001", "A002"]
    assert called(day, vip=0) == ["A001", "A002", "V001"]


def test_the_cap_lets_an_ordinary_number_through() -> None:
    vips = [visit(f"V00{one}", 102 + one / 10, replay.VIP) for one in range(1, 5)]
    day = one_desk(visit("A001", 100), visit("A002", 101), *vips)

    assert called(day, run=2) == ["A001", "V001", "V002", "A002", "V003", "V004"]
    assert called(day, run=0) == ["A001", "V001", "V002", "V003", "V004", "A002"]


def test_nobody_is_called_while_the_window_is_shut() -> None:
    day = Day((visit("A001", 100),), (Desk(1, frozenset({1}), "", ((120 * MINUTE, 200 * MINUTE),)),))

    assert [one.called for one in replay.Replay(day, VALUES, gap=0.0).play()] == [120 * MINUTE]


def test_waits_are_told_with_the_standard_inclusive() -> None:
    told = replay.waits_of([0.0, 15 * MINUTE, 15 * MINUTE + 1, 60 * MINUTE])

    assert (told.count, told.share, told.p50, told.longest) == (4, 0.5, 15.0, 60.0)


@pytest.fixture
def hall(db: Any) -> Hall:
    return make_hall()


@pytest.fixture
def chief(hall: Hall) -> Any:
    """The district's head of operations."""
    return make_user("90001", Role.DISTRICT, region=hall.region)


def tomorrow() -> date:
    return business_day(now()) + timedelta(days=1)


def test_a_change_holds_from_its_day_and_is_on_record(hall: Hall, chief: Any) -> None:
    set_order(hall, "JK", VALUES | {rules.HEAD_START_VIP: 15}, valid_from=tomorrow(), actor=chief, now=now())

    assert reads.values_on(hall, business_day(now()))[rules.HEAD_START_VIP] == 30
    assert reads.values_on(hall, tomorrow())[rules.HEAD_START_VIP] == 15
    assert [(row.name, row.scope, row.value) for row in reads.planned(hall, business_day(now()))] == [
        (rules.HEAD_START_VIP, "JK", 15)
    ]
    assert list(SettingChange.objects.values_list("actor__staff_no", "before", "after")) == [("90001", "30", "15")]


@pytest.mark.parametrize(
    ("wished", "place", "days", "code"),
    [
        ({rules.HEAD_START_VIP: 15}, "JK", 0, "not_tomorrow"),
        ({rules.HEAD_START_VIP: 121}, "JK", 1, "bad_value"),
        ({rules.HEAD_START_VIP: 15}, "ZJ", 1, "no_such_place"),
        ({}, "JK", 1, "nothing_changed"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    hall: Hall, chief: Any, wished: dict[str, int], place: str, days: int, code: str
) -> None:
    day = business_day(now()) + timedelta(days=days)
    with pytest.raises(Refused) as no:
        set_order(hall, place, VALUES | wished, valid_from=day, actor=chief, now=now())

    assert no.value.code == code
    assert Parameter.objects.count() == 0
    assert SettingChange.objects.count() == 0


def test_a_hall_keeps_its_own_value_when_the_district_changes(hall: Hall) -> None:
    Parameter.objects.create(name=rules.HEAD_START_VIP, scope=hall.code, value=5, valid_from=date(2026, 1, 1))
    would = reads.values_if(hall, "JK", VALUES | {rules.HEAD_START_VIP: 20, PRIORITY_RUN: 1}, tomorrow())

    assert (would[rules.HEAD_START_VIP], would[PRIORITY_RUN]) == (5, 1)


def posted(**changed: Any) -> dict[str, Any]:
    values = {field_of(name): VALUES[name] for name in NAMES}
    day = business_day(now())
    first = {"place": "JK", "valid_from": tomorrow(), "tried_on": day - timedelta(days=1)}
    return {**values, **first, **changed}


def test_trying_shows_both_and_saves_nothing(hall: Hall, chief: Any, client: Client, lived_day: date) -> None:
    client.force_login(chief)
    form = posted(queueing_head_start_vip=0, tried_on=lived_day, **{"try": "1"})
    page = client.post(f"/queueing/fairness/{hall.code}/", form)

    assert page.status_code == 200
    assert [row.name for row in page.context["trial"].rows] == ["普通", "全球通 VIP / 五星", "全部"]
    assert page.context["trial"].passed == (1, 0)
    assert Parameter.objects.count() == 0


def test_saving_writes_what_was_tried(hall: Hall, chief: Any, client: Client) -> None:
    client.force_login(chief)
    answer = client.post(f"/queueing/fairness/{hall.code}/", posted(queueing_head_start_vip=0, save="1"))

    assert answer.status_code == 302
    assert list(Parameter.objects.values_list("name", "value")) == [(rules.HEAD_START_VIP, 0)]


def test_a_hall_looks_and_does_not_change(hall: Hall, client: Client) -> None:
    client.force_login(make_user("01001", Role.HALL_MANAGER, hall))

    assert client.get(f"/queueing/fairness/{hall.code}/").status_code == 200
    assert client.post(f"/queueing/fairness/{hall.code}/", posted(save="1")).status_code == 403
    assert Parameter.objects.count() == 0


def test_strangers_find_nothing(hall: Hall, client: Client) -> None:
    client.force_login(make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05")))
    assert client.get(f"/queueing/fairness/{hall.code}/").status_code == 404

    client.force_login(make_user("01005", Role.CLERK, hall))
    assert client.get(f"/queueing/fairness/{hall.code}/").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [{"queueing_head_start_vip": "many"}, {"tried_on": "2999-01-01"}, {"place": "XX"}, {"valid_from": ""}],
)
def test_bad_input_keeps_what_was_typed(hall: Hall, chief: Any, client: Client, wrong: dict[str, str]) -> None:
    client.force_login(chief)
    page = client.post(f"/queueing/fairness/{hall.code}/", posted(queueing_priority_run=7, save="1", **wrong))

    assert page.status_code == 200
    assert page.context["form"]["queueing_priority_run"].value() == "7"
    assert Parameter.objects.count() == 0


@pytest.fixture
def lived_day(hall: Hall) -> date:
    """Two ordinary numbers and a VIP at one window, three days ago: the VIP passed the second."""
    day = business_day(now()) - timedelta(days=3)
    live_through(hall, day)
    return day


def live_through(hall: Hall, day: date) -> None:
    from datetime import time as clock

    from queueing.models import Ticket, TicketEvent, WindowEvent, WindowSession
    from queueing.states import Did, TicketState, WindowDid

    begins = at(day, clock(9))
    clerk, window = make_user("01004", Role.CLERK, hall), hall.windows.get(number=1)
    ends = begins + timedelta(hours=2)
    session = WindowSession.objects.create(window=window, clerk=clerk, signed_in_at=begins, signed_out_at=ends)
    for did, moment in ((WindowDid.SIGNED_IN, begins), (WindowDid.SIGNED_OUT, ends)):
        WindowEvent.objects.create(session=session, hall=hall, did=did, at=moment, person=clerk)
    group = hall.groups.order_by("order", "code").first()
    for number, taken, call in (("A001", 0, 0), ("A002", 1, 20), ("V001", 2, 10)):
        moments = [begins + timedelta(minutes=one) for one in (taken, call, call + 10)]
        ticket = Ticket.objects.create(
            hall=hall, business_day=day, letter=number[0], number=number, group=group, source="kiosk",
            state=TicketState.DONE, taken_at=moments[0], call_order_at=moments[0], called_at=moments[1],
            started_at=moments[1], finished_at=moments[2], moved_at=moments[2], window=window, clerk=clerk,
        )  # fmt: skip
        steps = ((Did.TAKEN, "", TicketState.WAITING), (Did.CALLED, TicketState.WAITING, TicketState.CALLED),
                 (Did.FINISHED, TicketState.CALLED, TicketState.DONE))  # fmt: skip
        for (did, before, after), moment in zip(steps, moments, strict=True):
            TicketEvent.objects.create(ticket=ticket, hall=hall, did=did, at=moment, before=before, after=after)


def test_the_unchanged_day_is_played_as_it_was(hall: Hall, lived_day: date) -> None:
    tried = reads.trial(hall, lived_day, reads.values_on(hall, lived_day))

    assert tried is not None
    assert tried.error == 0.0
    assert tried.passed == (1, 1)


def test_a_day_without_calls_has_nothing_to_try(hall: Hall) -> None:
    assert reads.trial(hall, date(2026, 1, 1), VALUES) is None
