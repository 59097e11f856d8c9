"""The doors to the screens: who gets in, and that nothing personal or inline is behind them."""

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from halls.authentication import COOKIE
from halls.models import Hall, Window
from halls.states import DeviceKind
from queueing.views import board as screens
from staff.models import User
from tests.factories import make_device, make_hall, make_user

TOKEN = "hkd_" + "a" * 40


def test_anybody_may_open_the_board(client: Client, hall: Hall) -> None:
    answer = client.get("/board/ZJ01/")

    assert answer.status_code == 200
    assert hall.name in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert COOKIE not in answer.cookies


def test_an_unknown_hall_has_no_board(client: Client, hall: Hall) -> None:
    assert client.get("/board/NOSUCH/").status_code == 404


def test_a_hall_without_live_numbers_has_no_board(client: Client, db: Any) -> None:
    make_hall("FIG1", is_live=False)

    assert client.get("/board/FIG1/").status_code == 404


def test_a_board_is_only_read(client: Client, hall: Hall) -> None:
    assert client.post("/board/ZJ01/").status_code == 405


def test_the_board_is_served_while_the_database_is_away(
    client: Client, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A TV switched on during an outage gets the page, which then waits by itself."""

    class Away:
        @staticmethod
        def filter(**wanted: Any) -> None:
            raise OperationalError("the engine is away")

    monkeypatch.setattr(screens.Hall, "objects", Away)
    answer = client.get("/board/ZJ01/")

    assert answer.status_code == 200
    assert 'data-board="/api/v1/halls/ZJ01/board/"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/board/ZJ01/", "/display/{window}/"])
def test_screens_have_no_inline_script_or_style(client: Client, window: Window, li: User, path: str) -> None:
    client.force_login(li)
    answer = client.get(path.format(window=window.pk))
    html = answer.content.decode()

    assert answer.status_code == 200
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_a_stranger_gets_no_window_display(client: Client, window: Window) -> None:
    answer = client.get(f"/display/{window.pk}/")

    assert answer.status_code == 403
    assert "尚未配对" in answer.content.decode()
    assert answer["Refresh"] == "0; url=?again=1"
    assert client.get(f"/display/{window.pk}/?again=1")["Refresh"] == "30"


def test_a_paired_screen_of_the_hall_gets_its_window(client: Client, window: Window) -> None:
    make_device(window.hall, DeviceKind.WINDOW_DISPLAY, token=TOKEN, window=window)
    client.cookies[COOKIE] = TOKEN

    assert client.get(f"/display/{window.pk}/").status_code == 200


def test_a_screen_of_another_hall_does_not(client: Client, window: Window) -> None:
    make_device(make_hall("ZJ02"), DeviceKind.WINDOW_DISPLAY, token=TOKEN)
    client.cookies[COOKIE] = TOKEN

    assert client.get(f"/display/{window.pk}/").status_code == 404


def test_a_person_of_another_hall_does_not(client: Client, window: Window) -> None:
    client.force_login(make_user(hall=make_hall("ZJ02")))

    assert client.get(f"/display/{window.pk}/").status_code == 404


def test_a_window_taken_out_of_use_has_no_display(client: Client, window: Window, li: User) -> None:
    Window.objects.filter(pk=window.pk).update(is_active=False)
    client.force_login(li)

    assert client.get(f"/display/{window.pk}/").status_code == 404
