"""The cockpit: who may see it, what it says, and how much it asks the database."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.time import SHANGHAI
from halls.models import Hall
from overview.queries import cockpit as queries
from queueing.actions import alert_sweep
from queueing.models import Alert, FloorPost, HalfHourForecast, VipArrival
from queueing.queries import figures, layout
from staff.models import User
from tests.factories import make_hall, make_owner, make_region, make_session, make_ticket, make_user

TEN = datetime(2026, 11, 18, 10, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with time_machine.travel(TEN, tick=False):
        layout.forget()
        yield


@pytest.fixture
def hall(db: Any) -> Hall:
    return make_hall(windows=3)


@pytest.fixture
def wang(hall: Hall) -> User:
    return make_user("01900", "duty_manager", hall, name="王芳")


@pytest.fixture
def page(client: Client, wang: User) -> Client:
    client.force_login(wang)
    return client


def test_a_manager_of_one_hall_comes_straight_to_it(page: Client) -> None:
    assert page.get("/overview/").url == "/overview/halls/ZJ01/"
    assert page.get("/overview/halls/ZJ01/").status_code == 200


def test_a_manager_of_several_sees_first_what_needs_a_hand(client: Client, hall: Hall) -> None:
    busy = make_hall("ZJ02", windows=2)
    make_session(busy.windows.get(number=1), make_user(hall=busy), at=TEN)
    for _ in range(5):
        make_ticket(busy, taken_at=TEN)
    alert_sweep.watch_floors(TEN)
    client.force_login(make_user("90001", "district", region=make_region()))
    lines = client.get("/overview/").context["lines"]
    assert [(line.hall.code, line.red, line.yellow, line.waiting) for line in lines] == [
        ("ZJ02", 1, 1, 5),
        ("ZJ01", 0, 0, 0),
    ]


@pytest.mark.parametrize("path", ["/overview/halls/ZJ01/", "/overview/halls/ZJ01/now/", "/overview/halls/ZJ01/day/"])
def test_a_stranger_gets_404_and_a_colleague_without_the_right_403(client: Client, hall: Hall, path: str) -> None:
    client.force_login(make_user("01001", "clerk", hall))
    assert client.get(path).status_code == 403
    client.force_login(make_user("02900", "duty_manager", make_hall("ZJ02")))
    assert client.get(path).status_code == 404
    client.logout()
    assert client.get(path).url == f"/login/?next={path}"


def test_a_clerk_has_no_overview(client: Client, hall: Hall) -> None:
    client.force_login(make_user("01001", "clerk", hall))
    assert client.get("/overview/").status_code == 403


def test_it_tells_who_sits_where_and_whom_they_serve(page: Client, hall: Hall) -> None:
    li, zhou, chen = (make_user(hall=hall, name=name) for name in ("李敏", "周敏", "陈静"))
    make_session(hall.windows.get(number=1), li, at=TEN)
    away = make_session(hall.windows.get(number=2), zhou, at=TEN)
    away.paused_at, away.pause_reason = TEN, "meal"
    away.back_at = TEN + timedelta(minutes=40)
    away.save()
    make_ticket(hall, "serving", taken_at=TEN - timedelta(minutes=4), window=hall.windows.get(number=1), clerk=li)
    FloorPost.objects.create(hall=hall, person=chen, place="引导台", since=TEN)
    facts = page.get("/overview/halls/ZJ01/now/").context
    told = [(one.facts.number, one.words, one.clerk, one.number, one.minutes, one.pause) for one in facts["windows"]]
    assert told == [
        (1, "办理中", "李敏", "A001", 4, ""),
        (2, "暂停服务", "周敏", "", 0, "用餐"),
        (3, "未开", "", "", 0, ""),
    ]
    assert (facts["working"], facts["all_windows"], [post.person.name for post in facts["posts"]]) == (1, 3, ["陈静"])


def test_the_figures_are_those_of_today(page: Client, hall: Hall, wang: User) -> None:
    for wait in (10, 20):
        taken = TEN - timedelta(minutes=wait + 5)
        make_ticket(hall, "done", taken_at=taken, called_at=taken + timedelta(minutes=wait), finished_at=TEN, rating=5)
    VipArrival.objects.create(hall=hall, declared_at=TEN - timedelta(minutes=9), received_at=TEN, received_by=wang)
    facts = page.get("/overview/halls/ZJ01/day/").context
    today = facts["today"]
    assert (today.mean_wait, facts["percent_within"], facts["over"], facts["is_long"]) == (15.0, 50, 1, False)
    assert (today.vips, today.vips_met, facts["mean_rating"], today.ratings) == (1, 0, 5.0, 2)


def test_the_chart_runs_from_the_first_to_the_last_half_hour(hall: Hall) -> None:
    rows = [(18, 6.0, 2), (19, 8.0, 2), (20, 9.5, 3), (21, 5.0, 2), (30, 0.2, 1)]
    for slot, arrivals, windows in rows:
        HalfHourForecast.objects.create(
            hall=hall, day=TEN.date(), slot=slot, arrivals=arrivals, minutes=8, windows=windows, made_at=TEN
        )
    make_ticket(hall, taken_at=TEN - timedelta(minutes=5))
    drawn = queries.chart(hall, TEN.date(), figures.flow(hall.pk, TEN.date(), TEN), TEN)
    assert drawn["slots"] == ["09:00", "09:30", "10:00", "10:30"]
    assert (drawn["arrived"], drawn["forecast"]) == ([0, 0, 1, None], [6.0, 8.0, 9.5, 5.0])
    assert (drawn["needed"], drawn["now"]) == ([2, 2, 3, 2], 2.333)


def test_a_hall_without_any_day_yet_shows_no_numbers_it_does_not_have(page: Client, hall: Hall) -> None:
    text = page.get("/overview/halls/ZJ01/").content.decode()
    assert queries.chart(hall, TEN.date(), figures.flow(hall.pk, TEN.date(), TEN), TEN)["slots"] == []
    assert ("当前没有需要处理的现场提醒" in text, "今天还没有 VIP" in text, "暂无预测" in text) == (True, True, True)


def test_an_alert_is_answered_on_the_page_and_shown_so(page: Client, hall: Hall, wang: User) -> None:
    make_session(hall.windows.get(number=1), make_user(hall=hall), at=TEN)
    for _ in range(5):
        make_ticket(hall, taken_at=TEN)
    alert_sweep.watch_floors(TEN)
    card = page.get("/overview/halls/ZJ01/").context["alerts"].cards[0]
    assert (card.text, card.windows) == ("平均每个窗口等候 5 位以上,请加开窗口。", ["2 号", "3 号"])
    answer = page.post(f"/alerts/{card.alert.pk}/handling/", headers={"HX-Request": "true"})
    assert "王芳 处理中" in answer.content.decode()
    alert = Alert.objects.get(pk=card.alert.pk)
    assert (alert.answer, alert.handled_by, alert.answered_at) == ("handling", wang, TEN)


def test_more_windows_ask_no_more_questions(client: Client, hall: Hall) -> None:
    client.force_login(make_owner())
    make_session(hall.windows.get(number=1), make_user(hall=hall), at=TEN)
    other = make_hall("ZJ02", windows=8)
    for window in other.windows.all():
        make_session(window, make_user(hall=other), at=TEN)
        make_ticket(other, taken_at=TEN)
    client.get("/overview/halls/ZJ01/")
    counts = []
    for code in ("ZJ01", "ZJ02"):
        layout.forget()
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/overview/halls/{code}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
