"""Passwords: changed by oneself, worn out, reset by a manager; tokens."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from rest_framework.authtoken.models import Token

from core.models import SettingChange
from staff.models import User
from staff.states import Role
from tests.factories import PASSWORD, employ, make_hall, make_user
from tests.staff.session_rows import NOON, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall(windows=0)


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


# ---- passwords -------------------------------------------------------------------------------------------------

NEW = "Another-Horse-7"


def change(client, old=PASSWORD, new=NEW, again=None, **more):
    return client.post("/account/password/", {"old": old, "new": new, "again": again or new, **more})


def test_a_changed_password_keeps_the_session_and_goes_on_record(client, li):
    client.force_login(li)

    assert change(client, next="/account/")["Location"] == "/account/"
    assert is_signed_in(client)
    li.refresh_from_db()
    assert li.check_password(NEW)
    row = SettingChange.objects.get()
    assert (row.actor, row.field, row.after) == (li, "密码", "(本人修改)")
    assert NEW not in row.before + row.after


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"old": "wrong"}, "old"),
        ({"new": "short-1"}, "new"),
        ({"new": "8462951730248"}, "new"),
        ({"new": "password1234"}, "new"),
        ({"new": PASSWORD}, "new"),
        ({"again": "Something-Else-1"}, "again"),
        ({"new": "x" * 5000}, "new"),
    ],
)
def test_a_bad_new_password_changes_nothing(client, li, fields, field):
    client.force_login(li)
    response = change(client, **fields)

    assert list(response.context["form"].errors) == [field] or field in response.context["form"].errors
    li.refresh_from_db()
    assert li.check_password(PASSWORD)
    assert SettingChange.objects.count() == 0


def test_an_open_screen_is_no_place_to_guess_the_password(client, li):
    client.force_login(li)
    for _ in range(5):
        change(client, old="wrong")

    assert change(client).context["form"].errors["old"] == ["尝试次数过多,请 15 分钟后再试。"]


def test_a_temporary_password_opens_nothing_but_the_page_to_change_it(client, li):
    User.objects.update(must_change_password=True)
    client.force_login(li)

    assert client.get("/account/")["Location"] == "/account/password/?next=%2Faccount%2F"
    assert client.get("/pair/").status_code == 200
    assert client.get("/account/password/").status_code == 200
    assert change(client, next="/account/")["Location"] == "/account/"
    assert is_signed_in(client)


@pytest.mark.parametrize(("days", "seconds", "forced"), [(90, -1, False), (90, 0, True)])
def test_a_password_is_worn_out_after_ninety_days(client, li, days, seconds, forced):
    with time_machine.travel(NOON, tick=False):
        set_at = NOON - timedelta(days=days, seconds=seconds)
        User.objects.update(password_changed_at=set_at)
        client.force_login(li)

        assert client.get("/account/").status_code == (302 if forced else 200)


# ---- tokens ----------------------------------------------------------------------------------------------------


def ask_token(client, body):
    return client.post("/api/v1/auth/token/", body, content_type="application/json")


def test_a_token_says_who_one_is(client, li, hall):
    answer = ask_token(client, {"username": "01001", "password": PASSWORD})

    assert answer.status_code == 200
    body = answer.json()
    assert body == {
        "token": Token.objects.get().key,
        "staff_no": "01001",
        "name": "小李",
        "jobs": [{"role": "clerk", "role_label": "营业员", "hall": hall.code, "region": None}],
    }
    again = ask_token(client, {"username": "01001", "password": PASSWORD}).json()
    assert again["token"] == body["token"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"username": "01001"}, 400),
        ({"username": ["01001"], "password": {}}, 400),
        ({"username": "x" * 5000, "password": "y"}, 400),
        ({"username": "01001\x00", "password": "y"}, 400),
        ([1, 2], 400),
        ({"username": "01001", "password": "wrong"}, 401),
        ({"username": "nobody", "password": "wrong"}, 401),
    ],
)
def test_a_bad_request_for_a_token_is_refused(client, li, body, status):
    assert ask_token(client, body).status_code == status
    assert Token.objects.count() == 0


def test_the_fifth_wrong_password_for_a_token_is_429(client, li):
    for _ in range(4):
        assert ask_token(client, {"username": "01001", "password": "wrong"}).status_code == 401
    locked = ask_token(client, {"username": "01001", "password": "wrong"})

    assert (locked.status_code, locked.json()["code"]) == (429, "locked_out")
    assert ask_token(client, {"username": "01001", "password": PASSWORD}).status_code == 429


def test_a_temporary_password_gives_no_token(client, li):
    User.objects.update(must_change_password=True)
    answer = ask_token(client, {"username": "01001", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (409, "must_change_password")
    assert Token.objects.count() == 0


def test_a_renewed_token_is_shown_once_and_ends_the_old_one(client, li):
    old = Token.objects.create(user=li).key
    client.force_login(li)

    shown = client.post("/account/token/").content.decode()

    new = Token.objects.get().key
    assert new != old
    assert new in shown
    assert new not in client.get("/account/").content.decode()
    assert Client(headers={"Authorization": f"Token {old}"}).get("/api/v1/notices/").status_code == 401


# ---- reset by a manager ----------------------------------------------------------------------------------------


@pytest.fixture
def wang(hall):
    return make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


def test_a_reset_shows_a_temporary_password_once_and_lifts_the_lock(client, li, wang):
    Token.objects.create(user=li)
    for _ in range(5):
        sign_in(Client(), password="wrong")
    assert AccessAttempt.objects.count() == 1
    client.force_login(wang)

    response = client.post("/staff/01001/reset-password/")

    temporary = response.context["temporary"]
    assert len(temporary) == 12
    assert response.content.decode().count(temporary) == 1
    assert temporary not in client.get("/staff/01001/").content.decode()
    li.refresh_from_db()
    assert (li.must_change_password, li.check_password(temporary)) == (True, True)
    assert Token.objects.count() == 0
    row = SettingChange.objects.get()
    assert (row.actor, row.label, row.after) == (wang, "小李 01001", "(已重置)")
    theirs = Client()
    assert sign_in(theirs, password=temporary).status_code == 302
    assert theirs.get("/account/")["Location"].startswith("/account/password/")


@pytest.mark.parametrize(
    ("actor_role", "target_role", "status"),
    [
        (Role.CLERK, Role.GREETER, 404),  # a clerk sees no colleagues' pages
        (Role.DUTY_MANAGER, Role.CLERK, 403),
        (Role.HALL_MANAGER, Role.HALL_MANAGER, 403),
        (Role.HALL_MANAGER, Role.CLERK, 200),
    ],
)
def test_who_may_not_reset_is_refused_and_nothing_changes(client, hall, actor_role, target_role, status):
    actor = make_user("01020", actor_role, hall)
    target = make_user("01021", target_role, hall)
    client.force_login(actor)

    assert client.post("/staff/01021/reset-password/").status_code == status
    target.refresh_from_db()
    assert target.check_password(PASSWORD) == (status != 200)
    assert SettingChange.objects.count() == (1 if status == 200 else 0)


def test_a_stranger_from_another_hall_is_not_found(client, wang):
    zhao = make_user("05001", Role.CLERK, make_hall("ZJ05", windows=0), name="赵")
    client.force_login(wang)

    assert client.get("/staff/05001/").status_code == 404
    assert client.post("/staff/05001/reset-password/").status_code == 404
    zhao.refresh_from_db()
    assert zhao.check_password(PASSWORD)


def test_a_person_with_a_job_elsewhere_is_seen_but_not_reset(client, li, wang):
    employ(li, Role.CLERK, make_hall("ZJ05", windows=0))
    client.force_login(wang)

    page = client.get("/staff/01001/").content.decode()
    assert "ZJ05" not in page
    assert client.post("/staff/01001/reset-password/").status_code == 403
