"""Coming and going: lock-out, idle lock, forced change, tokens."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token

from core import time
from core.models import Parameter
from staff.models import User
from staff.states import Role
from tests.factories import PASSWORD, make_hall, make_owner, make_user
from tests.staff.session_rows import NOON, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall(windows=0)


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


# ---- signing in ------------------------------------------------------------------------------------------------


def test_signing_in_leads_to_where_one_wanted_to_go(client, li):
    assert client.get("/account/")["Location"] == "/login/?next=/account/"
    assert sign_in(client, next="/account/")["Location"] == "/account/"
    assert is_signed_in(client)


def test_signing_in_never_leads_to_another_site(client, li):
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == "/"


@pytest.mark.parametrize(
    ("staff_no", "password"), [("01001", "wrong"), ("99999", PASSWORD), ("", ""), ("01001\x00", "x"), ("x" * 5000, "y")]
)
def test_what_is_wrong_gets_a_sentence_and_no_session(client, li, staff_no, password):
    response = sign_in(client, staff_no, password)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_signed_in(client)


def test_the_fifth_wrong_password_locks_the_account_for_everyone_but_nobody_else(client, li, hall):
    make_user("01002", Role.CLERK, hall)
    for _ in range(4):
        assert sign_in(client, password="wrong").status_code == 200
    locked = sign_in(client, password="wrong")

    assert locked.status_code == 429
    assert "账号已锁定" in locked.content.decode()
    assert sign_in(Client(), password=PASSWORD).status_code == 429
    assert sign_in(Client(), "01002").status_code == 302


def test_a_lock_ends_by_itself(client, li):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            sign_in(client, password="wrong")
        clock.shift(timedelta(minutes=15, seconds=1))

        assert sign_in(client).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client, li):
    for _ in range(4):
        sign_in(client, password="wrong")
    sign_in(client)
    client.post("/logout/")

    assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client).status_code == 302


def test_nobody_without_a_job_today_signs_in(client):
    make_user("01003", None)

    assert sign_in(client, "01003").status_code == 200
    assert not is_signed_in(client)


def test_an_owner_needs_no_job(client):
    make_owner("OWNER1")

    assert sign_in(client, "OWNER1").status_code == 302


def test_the_settings_pages_have_the_same_way_in(client, li):
    assert client.get("/admin/login/?next=/admin/halls/hall/")["Location"] == "/login/?next=%2Fadmin%2Fhalls%2Fhall%2F"
    sign_in(client)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/")["Location"] == "/"


# ---- leaving ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["deactivated", "employment ended"])
def test_who_leaves_loses_session_and_token_the_same_minute(client, li, how):
    sign_in(client)
    key = Token.objects.create(user=li).key
    api = Client(headers={"Authorization": f"Token {key}"})
    assert api.get("/api/v1/notices/").status_code == 200

    if how == "deactivated":
        User.objects.filter(pk=li.pk).update(is_active=False)
    else:
        li.employments.update(valid_to=time.business_day(time.now()) - timedelta(days=1))

    assert not is_signed_in(client)
    assert api.get("/api/v1/notices/").status_code == 401


# ---- idle lock -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "seconds", "locked"), [(14, 59, False), (15, 0, True), (600, 0, True)])
def test_a_screen_locks_after_fifteen_minutes_without_a_hand(client, li, minutes, seconds, locked):
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(li)
        client.get("/account/")
        clock.shift(timedelta(minutes=minutes, seconds=seconds))
        response = client.get("/account/?tab=1")

    assert response.status_code == (302 if locked else 200)
    if locked:
        assert response["Location"] == "/lock/?next=%2Faccount%2F%3Ftab%3D1"


def test_the_minutes_are_a_parameter(client, li):
    Parameter.objects.create(name="staff.idle_minutes", value=2, valid_from=time.business_day(NOON))
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(li)
        client.get("/account/")
        clock.shift(timedelta(minutes=2))

        assert client.get("/account/")["Location"].startswith("/lock/")


@pytest.mark.parametrize(("headers", "locked"), [({"X-Background": "1"}, True), ({}, False)])
def test_what_a_page_fetches_by_itself_is_no_sign_of_life(client, li, headers, locked):
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(li)
        client.get("/account/")
        clock.shift(timedelta(minutes=10))
        client.get("/notices/bell/", headers=headers)
        clock.shift(timedelta(minutes=6))

        assert client.get("/account/").status_code == (302 if locked else 200)


def test_keepalive_counts_as_a_hand_and_asking_does_not(client, li):
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(li)
        client.get("/account/")
        clock.shift(timedelta(minutes=10))
        assert client.get("/keepalive/", headers={"X-Background": "1"}).json() == {"locked": False, "seconds": 300}
        assert client.post("/keepalive/").json() == {"locked": False, "seconds": 900}
        clock.shift(timedelta(minutes=15))
        assert client.post("/keepalive/").json() == {"locked": True, "page": "/lock/"}


@pytest.fixture
def locked_client(client, li):
    client.force_login(li)
    client.get("/account/")
    client.post("/lock/now/")
    return client


def test_the_same_password_opens_the_same_session_and_page(locked_client, li):
    key = locked_client.session.session_key

    asked = locked_client.get("/lock/?next=/account/")
    opened = locked_client.post("/lock/", {"password": PASSWORD, "next": "/account/"})

    assert "小李" in asked.content.decode()
    assert opened["Location"] == "/account/"
    assert locked_client.session.session_key == key
    assert is_signed_in(locked_client)


def test_a_wrong_password_leaves_the_lock_and_the_fifth_locks_the_account(locked_client):
    for _ in range(4):
        assert locked_client.post("/lock/", {"password": "wrong"}).status_code == 200
    assert locked_client.post("/lock/", {"password": "wrong"}).status_code == 429
    assert locked_client.post("/lock/", {"password": PASSWORD}).status_code == 429
    assert not is_signed_in(locked_client)


def test_a_locked_fragment_takes_its_whole_page_to_the_lock(locked_client):
    response = locked_client.get(
        "/workbench/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/?a=1"}
    )

    assert (response.status_code, response["HX-Redirect"]) == (204, "/lock/?next=%2F%3Fa%3D1")


def test_a_locked_session_can_do_nothing_by_api(locked_client):
    assert locked_client.get("/api/v1/notices/").status_code in {401, 403}


def test_pages_for_everyone_open_on_a_locked_screen(locked_client):
    assert locked_client.get("/pair/").status_code == 200
    assert locked_client.get("/healthz").status_code == 200


def test_another_person_signs_in_over_a_lock_after_signing_out(locked_client, hall):
    make_user("01002", Role.CLERK, hall)
    assert locked_client.get("/login/")["Location"] == "/lock/?next=%2F"
    locked_client.post("/logout/")

    assert sign_in(locked_client, "01002").status_code == 302
    assert is_signed_in(locked_client)


def test_the_lock_page_of_an_open_session_leads_back(client, li):
    client.force_login(li)
    assert client.get("/lock/?next=/account/")["Location"] == "/account/"
    assert client.get("/lock/?next=//elsewhere.example")["Location"] == "/"
