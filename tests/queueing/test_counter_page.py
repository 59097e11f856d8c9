"""The clerk's page: what it shows and what its doors let through."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.time import now
from halls.models import Hall, Window
from queueing.actions import Actor, call_next
from queueing.models import Alert, Offer, Ticket, TicketBusiness, WindowSession
from queueing.queries import counter as reads
from queueing.queries import my_day
from staff.models import User
from tests.factories import make_business, make_customer, make_hall, make_session, make_ticket, make_user


@pytest.fixture
def session(window: Window, li: User) -> WindowSession:
    return make_session(window, li)


@pytest.fixture
def page(client: Client, li: User, session: WindowSession) -> Client:
    client.force_login(li)
    return client


def post(page: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    return page.post(f"/counter/{path}", data or {}, headers={"HX-Request": "true"})


def serving(hall: Hall, **fields: Any) -> Ticket:
    fields.setdefault("business", make_business("sim_replace"))
    return make_ticket(hall, "serving", **fields)


def test_a_business_is_added_and_dropped_with_one_key_each(page: Client, hall: Hall) -> None:
    ticket = serving(hall)
    added = post(page, f"tickets/{ticket.pk}/add-business/", {"business": "payment"})
    assert (added.status_code, ticket.more_businesses.count()) == (200, 1)
    assert added.content.decode().count('class="doing"') == 2

    dropped = post(page, f"tickets/{ticket.pk}/drop-business/", {"business": "payment"})
    assert (dropped.status_code, ticket.more_businesses.count()) == (200, 0)


@pytest.mark.parametrize("verb", ["add-business", "drop-business", "note", "hold", "transfer"])
@pytest.mark.parametrize("value", ["", "\x00", "很" * 3000, "9" * 400, "clerk:\x00", "window:" + "9" * 400])
def test_rubbish_is_refused_and_changes_nothing(page: Client, hall: Hall, verb: str, value: str) -> None:
    ticket = serving(hall)
    data = dict.fromkeys(("business", "offer", "retention", "kind", "to", "place"), value)
    if verb == "note":
        data["offer"] = value or "无"
    answer = post(page, f"tickets/{ticket.pk}/{verb}/", data)
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.state, ticket.events.count()) == (409, "serving", 0)


def test_a_number_is_chosen_with_a_usual_reason_or_words(page: Client, hall: Hall) -> None:
    make_ticket(hall)
    chosen = make_ticket(hall)
    answer = post(page, "call-chosen/", {"ticket": chosen.pk, "reason": "客户赶时间", "words": "13 点的火车"})
    chosen.refresh_from_db()
    assert (answer.status_code, chosen.state) == (200, "called")
    assert chosen.events.get().detail["reason"] == "13 点的火车"


@pytest.mark.parametrize("number", ["", "rubbish", "\x00", "0" * 3000, "1af7d9a6-0000-4000-8000-000000000000"])
def test_a_number_that_is_none_is_not_called(page: Client, hall: Hall, number: str) -> None:
    waiting = make_ticket(hall)
    answer = post(page, "call-chosen/", {"ticket": number, "reason": "客户赶时间"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_number")
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_a_number_of_another_hall_cannot_be_chosen(page: Client, zhao: User) -> None:
    elsewhere = make_ticket(Hall.objects.get(code="ZJ02"))
    answer = post(page, "call-chosen/", {"ticket": elsewhere.pk, "reason": "客户赶时间"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_number")


def test_undo_is_offered_for_ten_seconds_with_a_countdown(page: Client, hall: Hall) -> None:
    ticket = make_ticket(hall)
    called = post(page, "call/").content.decode()
    assert called.count('data-key="z"') == 1

    undone = post(page, "undo/")
    ticket.refresh_from_db()
    assert (undone.status_code, ticket.state) == (200, "waiting")
    assert undone.content.decode().count('data-key="z"') == 0


def test_the_manager_is_called_once_and_the_answer_shows(page: Client, hall: Hall, wang: User) -> None:
    assert "已请值班经理过来" in post(page, "manager/").content.decode()
    post(page, "manager/")
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject) == ("manager", str(hall.windows.get(number=1).pk))

    Alert.objects.update(answered_at=now(), answered_by=wang, answer="handling")
    assert "王芳 已应答,正在过来" in page.get("/counter/panel/").content.decode()


def test_a_meal_is_paused_with_its_return(page: Client, session: WindowSession) -> None:
    answer = post(page, "pause/", {"reason": "meal", "minutes": "45"})
    session.refresh_from_db()
    assert session.paused_at is not None
    assert (answer.status_code, session.back_at) == (200, session.paused_at + timedelta(minutes=45))


@pytest.mark.parametrize("minutes", ["0", "241", "999999999"])
def test_an_impossible_return_is_refused(page: Client, session: WindowSession, minutes: str) -> None:
    answer = post(page, "pause/", {"reason": "meal", "minutes": minutes})
    session.refresh_from_db()
    assert (answer.status_code, answer.json()["code"], session.paused_at) == (409, "bad_minutes", None)


def test_r_q_13_leaving_at_a_peak_is_asked_about_and_possible(page: Client, hall: Hall, session: WindowSession) -> None:
    for _ in range(3):
        make_ticket(hall)
    assert page.get("/counter/panel/").content.decode().count("不安排交接班") == 0
    make_ticket(hall)
    assert page.get("/counter/panel/").content.decode().count("不安排交接班") == 1

    answer = post(page, "sign-out/", {"reason": "接孩子"})
    session.refresh_from_db()
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/counter/")
    assert session.events.get(did="signed_out").reason == "接孩子"


def test_r_q_14_the_key_to_recommend_is_gone_at_a_peak(page: Client, hall: Hall) -> None:
    Offer.objects.create(name="宽带")
    serving(hall)
    assert page.get("/counter/panel/").content.decode().count("已推荐") == 1
    for _ in range(4):
        make_ticket(hall)
    assert page.get("/counter/panel/").content.decode().count("已推荐") == 0


def test_a_note_key_goes_round(page: Client, hall: Hall) -> None:
    Offer.objects.create(name="宽带")
    ticket = serving(hall)
    rounds = []
    for data in ({"offer": "宽带", "accepted": ""}, {"offer": "宽带", "accepted": "1"}, {"offer": ""}):
        post(page, f"tickets/{ticket.pk}/note/", data)
        ticket.refresh_from_db()
        rounds.append((ticket.recommended, ticket.recommended_accepted))
    assert rounds == [("宽带", False), ("宽带", True), ("", None)]


def test_the_last_customer_can_be_noted_after_the_end(
    page: Client, hall: Hall, li: User, session: WindowSession
) -> None:
    business = make_business("detail_print", e_channel="自助机")
    ticket = make_ticket(hall, "done", taken_at=now() - timedelta(minutes=9), business=business)
    assert reads.panel(session, now())["notes"]["ticket"] == ticket
    assert reads.panel(session, now() + timedelta(minutes=2))["notes"] is None


def test_the_third_visit_in_a_week_is_shown(page: Client, hall: Hall, session: WindowSession) -> None:
    customer = make_customer()
    for days in (2, 6, 7):
        make_ticket(hall, "done", waited=timedelta(days=days), customer=customer, business=make_business("payment"))
    serving(hall, customer=customer)
    repeat = reads.panel(session, now())["repeat"]
    assert (repeat.number, [visit.about for visit in repeat.visits]) == (3, ["业务 payment", "业务 payment"])
    assert "7 天内第 3 次来" in page.get("/counter/panel/").content.decode()


def test_two_visits_in_a_week_are_nothing_special(hall: Hall, session: WindowSession) -> None:
    customer = make_customer()
    for days in (2, 7):
        make_ticket(hall, "done", waited=timedelta(days=days), customer=customer)
    serving(hall, customer=customer)
    assert reads.panel(session, now())["repeat"] is None


def test_today_counts_a_number_once_and_leaves_held_time_out(hall: Hall, li: User, session: WindowSession) -> None:
    taken = now() - timedelta(seconds=1)
    for minutes, held in ((10, 240), (4, 0)):
        done = make_ticket(hall, "done", taken_at=taken, held_seconds=held)
        Ticket.objects.filter(pk=done.pk).update(finished_at=taken + timedelta(minutes=minutes))
    TicketBusiness.objects.create(ticket=done, business=make_business("points"), added_at=taken)
    facts = reads.today(li, now())
    assert (facts["served"], facts["businesses"], facts["mean"], facts["rating"]) == (2, 3, "5:00", "—")


def test_a_long_hold_stands_out(hall: Hall, li: User, session: WindowSession) -> None:
    held = make_ticket(hall, "held", clerk=li, held_kind="away")
    start = held.held_at
    assert start is not None
    rows = [reads.panel(session, start + timedelta(minutes=30, seconds=more))["held"][0] for more in (0, 1)]
    assert [(row["minutes"], row["is_long"]) for row in rows] == [(30, False), (30, True)]


def test_my_day_lists_what_i_did(page: Client, hall: Hall, li: User, session: WindowSession) -> None:
    taken = now()
    ticket = make_ticket(hall, "done", taken_at=taken, business=make_business("payment"), rating=5)
    TicketBusiness.objects.create(ticket=ticket, business=make_business("points"), added_at=taken)
    Ticket.objects.filter(pk=ticket.pk).update(finished_at=taken + timedelta(minutes=6), held_seconds=60)
    make_ticket(hall, "no_show", clerk=li)
    shown = my_day.day(li, now() + timedelta(minutes=7))
    today = shown["columns"][0]
    assert (today.served, today.handling_minutes, today.rating, today.no_show_share) == (1, 5, 5, 0.5)
    assert [(row["ticket"].number, row["more"], row["handled"]) for row in shown["numbers"]] == [
        ("A001", ["业务 points"], "5:00"),
        ("A002", [], ""),
    ]
    assert page.get("/counter/my-day/").status_code == 200


def test_my_day_is_for_those_who_serve(client: Client, hall: Hall) -> None:
    client.force_login(make_user("01777", "greeter", hall))
    assert client.get("/counter/my-day/").status_code == 403
    other = make_hall("ZJ03")
    client.force_login(make_user("03001", "clerk", other))
    assert client.get("/counter/my-day/").status_code == 200


def test_the_panel_asks_as_much_for_three_as_for_one(page: Client, hall: Hall) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_ticket(hall)
        page.get("/counter/panel/")
        with CaptureQueriesContext(connection) as asked:
            page.get("/counter/panel/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_first_of_the_list_is_who_is_called_when_the_cap_is_full(
    page: Client, hall: Hall, window: Window, li: User, session: WindowSession
) -> None:
    moment = now()
    for letter, minutes, start in [("V", 3, 30), ("V", 2, 30), ("A", 14, 0)]:
        taken = moment - timedelta(minutes=minutes)
        make_ticket(hall, letter=letter, taken_at=taken, call_order_at=taken - timedelta(minutes=start))
    WindowSession.objects.filter(pk=session.pk).update(priority_run=3)
    session.refresh_from_db()
    listed = [row["ticket"].number for row in reads.panel(session, moment)["queue"]]
    assert listed == ["A001", "V001", "V002"]
    called = call_next(window, actor=Actor(person=li), now=moment)
    assert called is not None and called.number == listed[0]


def test_r_q_15_a_turned_window_lists_only_whom_it_calls_and_says_so(
    page: Client, hall: Hall, session: WindowSession
) -> None:
    for letter in ("A", "G"):
        make_ticket(hall, letter=letter, taken_at=now() - timedelta(minutes=5))
    plain = page.get("/counter/panel/").content.decode()
    assert ("全球通专席" in plain, plain.count("data-choose=") - plain.count('data-choose=""')) == (False, 2)
    WindowSession.objects.filter(pk=session.pk).update(reserved_now="gotone")
    turned = page.get("/counter/panel/").content.decode()
    assert "临时改为全球通专席" in turned
    assert '<em class="mark">全球通专席</em></h2>' in turned
    assert [row["ticket"].number for row in panel_of(session)["queue"]] == ["G001"]
    assert panel_of(session)["waiting_count"] == 1


def test_a_line_longer_than_is_ordered_is_still_counted_whole(
    hall: Hall, session: WindowSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads.reads, "LINE_MOST", 2)
    for _ in range(3):
        make_ticket(hall, taken_at=now() - timedelta(minutes=5))
    assert panel_of(session)["waiting_count"] == 3


def panel_of(session: WindowSession) -> dict[str, Any]:
    session.refresh_from_db()
    return reads.panel(session, now())
