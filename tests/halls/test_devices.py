"""Pairing, tokens and what managers hear of machines."""

from datetime import time as clock_time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from core import time
from core.errors import Refused
from core.models import SettingChange
from halls import actions
from halls.authentication import COOKIE, device_of, token_hash
from halls.models import Device, PairingCode
from halls.states import DeviceKind
from staff.states import Role
from tests.factories import make_device, make_hall, make_user

pytestmark = pytest.mark.django_db

TOKEN = "hkd_" + "a" * 43

NOON = time.at(time.business_day(time.now()), clock_time(12))


@pytest.fixture
def hall():
    return make_hall(windows=1)


@pytest.fixture
def chen(hall):
    return make_user("01002", Role.DUTY_MANAGER, hall, name="陈静")


@pytest.fixture
def kiosk(hall):
    return make_device(hall)


def pair(digits, now, address="10.0.0.1"):
    return actions.pair(digits, address=address, now=now)


def test_a_code_is_swapped_for_a_token_once(kiosk, chen):
    code = actions.make_code(kiosk, actor=chen, now=NOON)

    device, token = pair(code.code, NOON)

    assert device == kiosk
    assert (token[:4], len(token)) == ("hkd_", 47)
    kiosk.refresh_from_db()
    assert kiosk.token_hash == token_hash(token)
    assert token not in str(vars(kiosk))
    with pytest.raises(Refused) as no:
        pair(code.code, NOON)
    assert no.value.code == "bad_code"


@pytest.mark.parametrize(("minutes", "good"), [(9, True), (10, False)])
def test_a_code_lives_ten_minutes(kiosk, chen, minutes, good):
    code = actions.make_code(kiosk, actor=chen, now=NOON)
    later = NOON + timedelta(minutes=minutes)

    if good:
        assert pair(code.code, later)[0] == kiosk
    else:
        with pytest.raises(Refused) as no:
            pair(code.code, later)
        assert no.value.code == "bad_code"
        kiosk.refresh_from_db()
        assert kiosk.token_hash == ""


def test_a_new_code_voids_the_one_before(kiosk, chen):
    first = actions.make_code(kiosk, actor=chen, now=NOON).code
    second = actions.make_code(kiosk, actor=chen, now=NOON).code

    assert PairingCode.objects.count() == 1
    if first != second:
        with pytest.raises(Refused):
            pair(first, NOON)
    assert pair(second, NOON)[0] == kiosk


def test_guessing_ends_after_ten_tries_even_with_the_right_code(kiosk, chen):
    code = actions.make_code(kiosk, actor=chen, now=NOON).code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(10):
        with pytest.raises(Refused) as no:
            pair(wrong, NOON)
        assert no.value.code == "bad_code"

    with pytest.raises(Refused) as no:
        pair(code, NOON)
    assert no.value.code == "too_many_tries"
    assert pair(code, NOON, address="10.0.0.2")[0] == kiosk


def test_pairing_again_ends_the_old_token(kiosk, chen):
    _, old = pair(actions.make_code(kiosk, actor=chen, now=NOON).code, NOON)
    _, new = pair(actions.make_code(kiosk, actor=chen, now=NOON).code, NOON)

    assert device_of(old) is None
    assert device_of(new) == kiosk


def test_pairing_and_revoking_go_on_record(kiosk, chen):
    pair(actions.make_code(kiosk, actor=chen, now=NOON).code, NOON)
    actions.revoke(kiosk.pk, actor=chen, now=NOON)
    actions.revoke(kiosk.pk, actor=chen, now=NOON)

    rows = SettingChange.objects.order_by("id").values_list("actor__staff_no", "field", "after")
    assert list(rows) == [("01002", "配对", "已配对"), ("01002", "停用", "已停用")]


@pytest.mark.django_db(transaction=True)
def test_two_machines_with_one_code_are_one_pairing():
    hall = make_hall(windows=0)
    kiosk, chen = make_device(hall), make_user("01002", Role.DUTY_MANAGER, hall)
    code, start, got = actions.make_code(kiosk, actor=chen, now=NOON).code, Barrier(2), []

    def run(address):
        start.wait()
        try:
            got.append(pair(code, NOON, address=address)[1])
        except Refused as no:
            got.append(no.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(address,)) for address in ("10.0.0.1", "10.0.0.2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one[:4] for one in got) == ["bad_", "hkd_"]


# ---- the pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "page"),
    [
        (DeviceKind.KIOSK, {}, "/kiosk/ZJ01/"),
        (DeviceKind.TV, {}, "/board/ZJ01/"),
        (DeviceKind.TV, {"zone": "东厅"}, "/board/ZJ01/?zone=%E4%B8%9C%E5%8E%85"),
        (DeviceKind.PAD, {}, "/lobby/"),
    ],
)
def test_a_paired_browser_goes_to_its_page_with_a_cookie(client, hall, chen, kind, more, page):
    device = make_device(hall, kind, **more)
    code = actions.make_code(device, actor=chen, now=time.now()).code

    response = client.post("/pair/", {"code": code})

    assert (response.status_code, response["Location"]) == (302, page)
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert device_of(cookie.value) == device


def test_a_window_display_goes_to_its_window(client, hall, chen):
    window = hall.windows.get()
    device = make_device(hall, DeviceKind.WINDOW_DISPLAY, window=window)
    code = actions.make_code(device, actor=chen, now=time.now()).code

    assert client.post("/pair/", {"code": code})["Location"] == f"/display/{window.pk}/"


def test_a_caller_without_a_screen_is_told_its_token(client, hall, chen):
    device = make_device(hall, DeviceKind.CALLER, window=hall.windows.get())
    code = actions.make_code(device, actor=chen, now=time.now()).code

    response = client.post("/pair/", {"code": code})

    assert response.status_code == 200
    assert response.cookies[COOKIE].value in response.content.decode()


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "abcdef", "１２３４５６", "1" * 5000, "12345\x00"])
def test_what_is_no_code_is_refused_without_a_try(client, digits):
    for _ in range(12):
        response = client.post("/pair/", {"code": digits})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert COOKIE not in response.cookies


def test_a_link_pairs_in_one_visit(client, hall):
    make_device(hall, token=TOKEN)

    response = client.get(f"/pair/{TOKEN}/")

    assert (response.status_code, response["Location"]) == (302, "/kiosk/ZJ01/")
    assert response.cookies[COOKIE].value == TOKEN


@pytest.mark.parametrize("state", ["unknown", "revoked", "expired"])
def test_a_dead_link_says_so(client, hall, state):
    if state != "unknown":
        ended = {"revoked": {"revoked_at": NOON}, "expired": {"expires_at": time.now()}}[state]
        make_device(hall, token=TOKEN, **ended)
    response = client.get(f"/pair/{TOKEN}/")

    assert response.status_code == 403
    assert COOKIE not in response.cookies


def test_managers_pair_in_their_own_hall_only(client, hall, chen, kiosk):
    elsewhere = make_hall("ZJ05", windows=0)
    theirs = make_device(elsewhere)
    client.force_login(chen)

    assert client.post(f"/halls/devices/{kiosk.pk}/code/").status_code == 200
    assert client.post(f"/halls/devices/{theirs.pk}/code/").status_code == 404
    assert client.post(f"/halls/devices/{theirs.pk}/revoke/").status_code == 404
    assert client.get("/halls/devices/?hall=ZJ05").status_code == 404
    assert client.post("/halls/ZJ05/devices/", {"kind": "tv", "name": "x"}).status_code == 404
    assert list(PairingCode.objects.values_list("device", flat=True)) == [kiosk.pk]


def test_a_clerk_may_not_pair(client, hall, kiosk):
    client.force_login(make_user("01003", Role.CLERK, hall))

    assert client.get("/halls/devices/").status_code == 403
    assert client.post(f"/halls/devices/{kiosk.pk}/code/").status_code == 403
    assert client.post("/halls/ZJ01/devices/", {"kind": "tv", "name": "x"}).status_code == 403
    assert PairingCode.objects.count() == 0


def test_the_code_is_shown_to_the_manager_and_works(client, chen, kiosk):
    client.force_login(chen)
    code = client.post(f"/halls/devices/{kiosk.pk}/code/").context["code"].code

    assert Client().post("/pair/", {"code": code})["Location"] == "/kiosk/ZJ01/"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "tv", "name": ""}, "name"),
        ({"kind": "toaster", "name": "x"}, "kind"),
        ({"kind": "window_display", "name": "x"}, "window"),
        ({"kind": "caller", "name": "x"}, "window"),
        ({"kind": "tv", "name": "x" * 5000}, "name"),
    ],
)
def test_a_device_described_badly_is_not_added(client, chen, fields, wrong):
    client.force_login(chen)
    response = client.post("/halls/ZJ01/devices/", fields)

    assert wrong in response.context["form"].errors
    assert Device.objects.count() == 0


def test_a_window_of_another_hall_is_no_choice(client, chen):
    foreign = make_hall("ZJ05", windows=1).windows.get()
    client.force_login(chen)
    response = client.post("/halls/ZJ01/devices/", {"kind": "caller", "name": "x", "window": foreign.pk})

    assert "window" in response.context["form"].errors
    assert Device.objects.count() == 0


def test_a_device_is_added_and_recorded(client, chen, hall):
    client.force_login(chen)
    assert client.post("/halls/ZJ01/devices/", {"kind": "tv", "name": "正门"}).status_code == 302

    device = Device.objects.get()
    assert (device.hall, device.kind, device.name) == (hall, "tv", "正门")
    assert SettingChange.objects.get().field == "新增"
