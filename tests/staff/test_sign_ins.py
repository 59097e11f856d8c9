"""R-S-13: one number, one person. Ways in are listed, a second one is told of, each can be ended."""

import asyncio
import json
from datetime import timedelta

import pytest
import time_machine
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import path
from rest_framework.authtoken.models import Token

from core.consumers import LiveConsumer
from core.errors import Refused
from core.time import business_day, now
from messaging.models import Notice
from staff.actions import employments, sign_ins
from staff.models import SignIn
from staff.queries import sign_ins as queries
from staff.rules import sign_ins as rules
from staff.states import AccessEnd, Role
from tests.factories import PASSWORD, make_hall, make_user

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Windows 电脑 · Chrome"),
        (CHROME + " Edg/140.0", "Windows 电脑 · Edge"),
        (PHONE, "安卓手机或平板 · Chrome"),
        (PHONE + " MicroMessenger/8.0", "安卓手机或平板 · 微信"),
        ("curl/8", "未知设备"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent, words):
    assert rules.device_words(agent) == words


@pytest.mark.parametrize(("minutes", "in_use"), [(14, True), (15, False), (None, False)])
def test_a_screen_is_in_use_until_it_locks(minutes, in_use):
    seen = None if minutes is None else now() - timedelta(minutes=minutes)
    assert rules.is_in_use(seen, now(), idle_minutes=15) == in_use


@pytest.fixture
def hall(db):
    return make_hall(windows=0, groups=False)


@pytest.fixture
def wang(hall):
    return make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


def sign_in(agent=CHROME, address="10.1.0.5", staff_no="01001", client=None):
    client = client or Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    assert client.post("/login/", {"username": staff_no, "password": PASSWORD}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_sign_in_is_on_record_with_device_address_and_time(li):
    client = sign_in()

    row = SignIn.objects.get()
    assert (row.user, row.address, row.agent, row.session_key) == (li, "10.1.0.5", CHROME, client.session.session_key)
    [shown] = queries.open_sign_ins(li, now())
    assert (shown.device, shown.is_in_use) == ("Windows 电脑 · Chrome", True)
    assert Notice.objects.count() == 0


def test_r_s_13_a_second_sign_in_elsewhere_is_shown_to_the_person_and_the_manager(li, wang):
    first = sign_in()
    first.get("/account/")
    second = sign_in(PHONE, "10.1.0.9")

    assert "本工号还在另一处登录:Windows 电脑 · Chrome(10.1.0.5)" in second.get("/account/").content.decode()
    assert [(row.user, row.title) for row in Notice.objects.order_by("user__staff_no")] == [
        (li, "工号在另一台设备登录"),
        (wang, "小李 的工号同时在两处使用"),
    ]
    assert (is_in(first), is_in(second)) == (True, True)


def test_r_s_13_a_locked_screen_elsewhere_is_no_news_for_the_manager(li, wang):
    first = sign_in()
    first.post("/lock/now/")
    sign_in(PHONE)

    assert [row.user for row in Notice.objects.all()] == [li]


def test_the_same_device_again_replaces_its_earlier_sign_in(li):
    client = sign_in()
    old = client.session.session_key
    del client.cookies["sessionid"]
    sign_in(client=client)

    assert [row.end for row in SignIn.objects.order_by("pk")] == [AccessEnd.REPLACED, ""]
    assert Session.objects.filter(session_key=old).count() == 0
    assert Notice.objects.count() == 0


def test_signing_out_ends_the_row(li):
    client = sign_in()
    client.post("/logout/")

    assert SignIn.objects.get().end == AccessEnd.SIGNED_OUT
    assert queries.open_sign_ins(li, now()) == []


def test_r_s_13_a_sign_in_elsewhere_can_be_ended_once(li):
    first, second = sign_in(), sign_in(PHONE)
    row = SignIn.objects.get(session_key=first.session.session_key)

    sign_ins.end(row, actor=li, now=now())

    assert (is_in(first), is_in(second)) == (False, True)
    with pytest.raises(Refused) as no:
        sign_ins.end(row, actor=li, now=now())
    assert no.value.code == "ended_already"


def test_all_others_are_ended_at_once_and_this_one_stays(li):
    mine, others = sign_in(), [sign_in(PHONE), sign_in(PHONE)]

    assert sign_ins.end_others(li, keep=mine.session.session_key, now=now()) == 2
    assert [is_in(client) for client in [mine, *others]] == [True, False, False]


def test_r_s_13_a_new_password_ends_the_other_sign_ins(li):
    mine, other = sign_in(), sign_in(PHONE)
    new = "Another-Horse-7"
    mine.post("/account/password/", {"old": PASSWORD, "new": new, "again": new})

    assert (is_in(mine), is_in(other)) == (True, False)
    assert [shown.row.session_key for shown in queries.open_sign_ins(li, now())] == [mine.session.session_key]
    assert SignIn.objects.exclude(ended_at=None).get().end == AccessEnd.PASSWORD


def test_a_row_whose_session_ran_out_is_not_open_and_is_swept(li):
    client = sign_in()
    with time_machine.travel(now() + timedelta(hours=15), tick=False):
        assert queries.open_sign_ins(li, now()) == []
        assert sign_ins.end_run_out(now()) == 0
    assert SignIn.objects.get().end == AccessEnd.RAN_OUT
    assert client.session.session_key


def test_a_leavers_session_and_token_are_gone_the_same_minute(li, wang):
    client = sign_in()
    api = Client(headers={"Authorization": f"Token {Token.objects.create(user=li).key}"})
    assert api.get("/api/v1/notices/").status_code == 200

    employments.leave(li, why="个人原因", actor=wang, now=now())

    assert is_in(client) is False
    assert api.get("/api/v1/notices/").status_code == 401
    assert (Session.objects.count(), Token.objects.count(), SignIn.objects.get().end) == (0, 0, AccessEnd.LEFT)


@pytest.mark.parametrize(("last", "swept"), [(-1, 1), (0, 0)])
def test_a_temporary_account_ends_by_itself_after_its_last_day(li, last, swept):
    sign_in()
    Token.objects.create(user=li)
    li.employments.update(valid_to=business_day(now()) + timedelta(days=last))

    assert sign_ins.end_run_out(now()) == swept
    assert (Token.objects.count(), SignIn.objects.filter(ended_at=None).count()) == (1 - swept, 1 - swept)


# ---- sockets ---------------------------------------------------------------------------------------------------

routes = URLRouter([path("ws/live/", LiveConsumer.as_asgi())])


class Fake:
    def __init__(self, session_key: str) -> None:
        self.session_key = session_key


@pytest.mark.django_db(transaction=True)
def test_a_leavers_open_socket_is_closed_and_a_colleagues_stays():
    hall = make_hall(windows=0, groups=False)
    li, wang = make_user("01001", Role.CLERK, hall), make_user("01010", Role.HALL_MANAGER, hall)

    async def scene():
        sockets = [WebsocketCommunicator(routes, "/ws/live/") for _ in range(3)]
        for socket, user, key in zip(sockets, (li, li, wang), ("one", "two", "three"), strict=True):
            socket.scope["user"], socket.scope["session"] = user, Fake(key)
            assert (await socket.connect())[0]
        await asyncio.to_thread(apart, lambda: sign_ins._end([row], AccessEnd.BY_PERSON, by=li, now=now()))
        first = await sockets[0].receive_output(5)
        await asyncio.to_thread(apart, lambda: employments.leave(li, why="离职", actor=wang, now=now()))
        second = await sockets[1].receive_output(5)
        await sockets[2].send_to(json.dumps({"subscribe": "hall.ZJ01"}))
        third = json.loads(await sockets[2].receive_from(5))
        await sockets[2].disconnect()
        return first, second, third

    row = SignIn.objects.create(user=li, session_key="one", device="0" * 32, at=now())
    first, second, third = asyncio.run(scene())

    assert (first["type"], first["code"]) == ("websocket.close", 4401)
    assert (second["type"], second["code"]) == ("websocket.close", 4401)
    assert third == {"topic": "hall.ZJ01", "listening": True}


def apart(work):
    """In a thread of its own, which leaves no connection behind."""
    try:
        return work()
    finally:
        connection.close()
