from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from queueing import actions
from queueing.actions import Actor
from queueing.models import Ticket, WindowEvent, WindowSession
from queueing.queries import board
from queueing.states import WindowDid
from staff.models import User
from tests.factories import make_session, make_ticket, make_user, make_window


def test_signing_in_opens_the_window_once(window: Window, li: User, noon: datetime) -> None:
    first = actions.sign_in(window, clerk=li, now=noon)
    assert actions.sign_in(window, clerk=li, now=noon + timedelta(minutes=5)) == first
    assert [event.did for event in WindowEvent.objects.all()] == [WindowDid.SIGNED_IN]


def test_a_window_has_one_clerk_and_a_clerk_one_window(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    actions.sign_in(window, clerk=li, now=noon)
    with pytest.raises(Refused) as no:
        actions.sign_in(window, clerk=make_user(hall=hall), now=noon)
    assert (no.value.code, no.value.message) == (
        "window_taken",
        "1 号窗口由李敏使用中。如需换人,请对方先签出或联系值班经理。",
    )
    with pytest.raises(Refused) as no:
        actions.sign_in(hall.windows.get(number=2), clerk=li, now=noon)
    assert no.value.code == "signed_in_elsewhere"
    assert WindowSession.objects.count() == 1


def test_a_window_out_of_use_is_refused(window: Window, li: User, noon: datetime) -> None:
    Window.objects.update(is_active=False)
    window.refresh_from_db()
    with pytest.raises(Refused) as no:
        actions.sign_in(window, clerk=li, now=noon)
    assert no.value.code == "window_closed"


@pytest.mark.parametrize("act", ["pause", "sign_out"])
def test_r_s_12_nobody_is_left_standing(
    hall: Hall, window: Window, at_window: Actor, li: User, noon: datetime, act: str
) -> None:
    def go() -> WindowSession:
        if act == "pause":
            return actions.pause(window, "meal", clerk=li, now=noon)
        return actions.sign_out(window, clerk=li, now=noon)

    current = make_ticket(hall, "serving", window=window)
    with pytest.raises(Refused) as no:
        go()
    assert no.value.code == "window_busy"
    Ticket.objects.filter(pk=current.pk).update(state="held")
    directed = make_ticket(hall, directed_window=window)
    with pytest.raises(Refused) as no:
        go()
    assert no.value.code == "customers_bound"
    assert no.value.message.startswith("还有 2 位客户指定在本窗口办理")
    Ticket.objects.filter(pk__in=[current.pk, directed.pk]).update(state="cancelled")
    assert go() == WindowSession.objects.get()


def test_r_s_12_the_duty_manager_may_override(
    hall: Hall, window: Window, at_window: Actor, wang: User, noon: datetime
) -> None:
    directed = make_ticket(hall, directed_window=window)
    session = actions.pause_anyway(window, "fault", manager=wang, now=noon)
    directed.refresh_from_db()
    assert (session.is_paused, directed.directed_window, directed.state) == (True, None, "waiting")
    event = WindowEvent.objects.get(did=WindowDid.PAUSED)
    assert (event.person, event.reason) == (wang, "fault")


def test_pausing_and_coming_back_leave_two_events(window: Window, at_window: Actor, li: User, noon: datetime) -> None:
    actions.pause(window, "meal", clerk=li, now=noon)
    actions.pause(window, "ask", clerk=li, now=noon)
    actions.resume_window(window, clerk=li, now=noon + timedelta(minutes=40))
    dids = list(WindowEvent.objects.filter(did__in=("paused", "resumed")).values_list("did", "reason"))
    assert dids == [("paused", "meal"), ("resumed", "")]


def test_someone_elses_window_is_not_mine_to_pause(
    window: Window, at_window: Actor, hall: Hall, noon: datetime
) -> None:
    stranger = make_user(hall=hall)
    for act in (
        lambda: actions.pause(window, "meal", clerk=stranger, now=noon),
        lambda: actions.resume_window(window, clerk=stranger, now=noon),
        lambda: actions.sign_out(window, clerk=stranger, now=noon),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "not_yours"


def test_the_duty_manager_closes_a_window_left_open(
    hall: Hall, window: Window, at_window: Actor, wang: User, noon: datetime
) -> None:
    serving = make_ticket(hall, "serving", window=window)
    with pytest.raises(Refused) as no:
        actions.sign_out_for(window, manager=wang, reason="忘记签出", now=noon)
    assert no.value.code == "window_busy"
    Ticket.objects.filter(pk=serving.pk).update(state="done")
    session = actions.sign_out_for(window, manager=wang, reason="忘记签出", now=noon)
    assert (session.signed_out_at, session.end_mark) == (noon, "manager")


def test_a_window_is_free_again_after_signing_out(window: Window, li: User, noon: datetime) -> None:
    make_session(window, li)
    actions.sign_out(window, clerk=li, now=noon)
    with pytest.raises(Refused) as no:
        actions.sign_out(window, clerk=li, now=noon)
    assert no.value.code == "not_signed_in"


def test_a_meal_says_when_the_clerk_is_back(window: Window, at_window: Actor, li: User, noon: datetime) -> None:
    session = actions.pause(window, "meal", clerk=li, now=noon, minutes=45)
    assert session.back_at == noon + timedelta(minutes=45)
    shown = board.document(window.hall_id, noon)["windows"][0]
    assert (shown["pause_reason"], shown["back_at"]) == ("用餐", "2026-11-18T12:45:00+08:00")

    actions.resume_window(window, clerk=li, now=noon + timedelta(minutes=40))
    assert WindowSession.objects.get().back_at is None
    assert board.document(window.hall_id, noon)["windows"][0]["back_at"] is None


@pytest.mark.parametrize("minutes", [0, -5, 241, 10**12])
def test_an_impossible_return_is_refused(
    window: Window, at_window: Actor, li: User, noon: datetime, minutes: int
) -> None:
    with pytest.raises(Refused) as no:
        actions.pause(window, "meal", clerk=li, now=noon, minutes=minutes)
    assert no.value.code == "bad_minutes"
    assert WindowSession.objects.get().paused_at is None


def test_r_q_18_a_window_without_a_seat_works_and_is_marked(hall: Hall, li: User, noon: datetime) -> None:
    mobile = make_window(hall, 9, is_mobile=True)
    make_ticket(hall, taken_at=noon)
    actions.sign_in(mobile, clerk=li, now=noon)
    called = actions.call_next(mobile, actor=Actor(person=li), now=noon)

    assert called is not None
    assert called.window == mobile
    shown = board.document(hall.pk, noon)["windows"]
    assert [(row["window_number"], row["mobile"]) for row in shown] == [(1, False), (2, False), (9, True)]


def test_the_reason_for_leaving_is_kept(window: Window, at_window: Actor, li: User, noon: datetime) -> None:
    actions.sign_out(window, clerk=li, now=noon, reason=" 接孩子\x00 " + "很" * 3000)
    assert len(WindowEvent.objects.get(did="signed_out").reason) == 80
