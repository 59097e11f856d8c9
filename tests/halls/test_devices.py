"""Pairing, tokens and what managers hear of machines."""

from datetime import time as clock_time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.test import Client

from core import time
from core.errors import Refused
from core.models import SettingChange
from halls import actions
from halls.authentication import COOKIE, device_of, token_hash
from halls.models import Device, PairingCode
from halls.states import DeviceKind
from messaging.models import Notice
from staff.actions import devices as staff_actions
from staff.states import Role
from tests.factories import make_device, make_hall, make_user, open_daily

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


# ---- by API ----------------------------------------------------------------------------------------------------


def pulse(body=None, token=TOKEN, **headers):
    client = Client(headers={"Authorization": f"Device {token}", **headers})
    return client.post("/api/v1/devices/me/pulse/", body or {}, content_type="application/json")


def test_a_pulse_is_a_sign_of_life_and_tells_of_paper(hall):
    device = make_device(hall, token=TOKEN)
    with time_machine.travel(NOON, tick=False) as clock:
        assert pulse({"paper_out": True}).json()["paper_out"] is True
        clock.shift(timedelta(minutes=1))
        assert pulse({}).status_code == 200

    device.refresh_from_db()
    assert (device.paper_out, device.last_seen_at) == (True, NOON + timedelta(minutes=1))


@pytest.mark.parametrize("state", ["unknown", "revoked", "expired"])
def test_a_dead_token_is_401(hall, state):
    if state != "unknown":
        ended = {"revoked": {"revoked_at": NOON}, "expired": {"expires_at": time.now()}}[state]
        make_device(hall, token=TOKEN, **ended)

    assert pulse().status_code == 401


@pytest.mark.parametrize("body", [{"paper_out": "perhaps"}, {"paper_out": None}, [1]])
def test_a_junk_pulse_is_400(hall, body):
    make_device(hall, token=TOKEN)
    assert pulse(body).status_code == 400


def test_people_have_no_pulse(client, chen):
    client.force_login(chen)
    assert client.post("/api/v1/devices/me/pulse/").status_code == 403


def test_a_cookie_counts_only_with_the_header_that_pages_send(hall):
    make_device(hall, token=TOKEN)
    browser = Client()
    browser.cookies[COOKIE] = TOKEN

    def send(**headers):
        return browser.post("/api/v1/devices/me/pulse/", {}, content_type="application/json", headers=headers)

    assert send().status_code == 401
    answer = send(**{"X-Device": "1"})
    assert answer.status_code == 200
    assert answer.cookies[COOKIE].value == TOKEN


def test_a_machine_without_a_browser_pairs_by_api(hall, chen):
    device = make_device(hall, DeviceKind.CALLER, window=hall.windows.get())
    code = actions.make_code(device, actor=chen, now=time.now()).code

    answer = Client().post("/api/v1/devices/pair/", {"code": code}, content_type="application/json")

    assert answer.status_code == 200
    assert pulse(token=answer.json()["token"]).json()["id"] == device.pk


@pytest.mark.parametrize("body", [{}, {"code": "12"}, {"code": ["123456"]}, [], {"code": "１２３４５６"}])
def test_a_junk_code_by_api_is_400(body):
    assert Client().post("/api/v1/devices/pair/", body, content_type="application/json").status_code == 400


def test_too_many_codes_by_api_is_429():
    for _ in range(10):
        wrong = Client().post("/api/v1/devices/pair/", {"code": "000000"}, content_type="application/json")
        assert (wrong.status_code, wrong.json()["code"]) == (409, "bad_code")
    last = Client().post("/api/v1/devices/pair/", {"code": "000000"}, content_type="application/json")
    assert (last.status_code, last.json()["code"]) == (429, "too_many_tries")


# ---- what managers hear ----------------------------------------------------------------------------------------


@pytest.fixture
def watched(hall, chen):
    make_user("01001", Role.HALL_MANAGER, hall)
    make_user("01003", Role.CLERK, hall)
    make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05", windows=0))
    return make_device(hall, token=TOKEN, paired_at=NOON - timedelta(days=1), last_seen_at=NOON)


def told():
    return list(Notice.objects.order_by("user__staff_no", "id").values_list("user__staff_no", "title"))


@pytest.mark.parametrize(("minutes", "seconds", "noticed"), [(4, 59, 0), (5, 0, 1)])
def test_silence_is_noticed_after_five_minutes(watched, minutes, seconds, noticed):
    found = staff_actions.watch_devices(NOON + timedelta(minutes=minutes, seconds=seconds))

    assert found == noticed
    title = "ZJ01 营业厅:取号机 门口 没有联系"
    assert told() == ([("01001", title), ("01002", title)] if noticed else [])


def test_one_silence_is_one_notice_until_the_machine_came_back(watched):
    later = NOON + timedelta(minutes=5)
    assert staff_actions.watch_devices(later) == 1
    assert staff_actions.watch_devices(later + timedelta(hours=3)) == 0

    back = later + timedelta(hours=4)
    Device.objects.update(last_seen_at=back)
    assert staff_actions.watch_devices(back) == 0
    assert staff_actions.watch_devices(back + timedelta(minutes=5)) == 1


def test_paper_is_told_of_at_once_and_again_only_after_a_refill(watched):
    Device.objects.update(paper_out=True)
    assert staff_actions.watch_devices(NOON) == 1
    Device.objects.update(last_seen_at=NOON + timedelta(minutes=1))
    assert staff_actions.watch_devices(NOON + timedelta(minutes=1)) == 0
    Device.objects.update(paper_out=False)
    assert staff_actions.watch_devices(NOON + timedelta(minutes=2)) == 0
    Device.objects.update(paper_out=True)
    assert staff_actions.watch_devices(NOON + timedelta(minutes=3)) == 1
    assert {title for _, title in told()} == {"ZJ01 营业厅:取号机 门口 缺纸"}


@pytest.mark.parametrize(
    ("hour", "minute", "noticed"), [(8, 0, 0), (8, 30, 0), (8, 34, 0), (8, 35, 1), (17, 59, 1), (18, 0, 0)]
)
def test_machines_may_sleep_while_the_hall_is_closed(watched, hall, hour, minute, noticed):
    open_daily(hall, clock_time(8, 30), clock_time(18))
    Device.objects.update(last_seen_at=NOON - timedelta(days=1))

    assert staff_actions.watch_devices(time.at(time.business_day(NOON), clock_time(hour, minute))) == noticed


@pytest.mark.parametrize(
    "fields", [{"revoked_at": NOON}, {"token_hash": ""}, {"kind": DeviceKind.PAD}, {"kind": DeviceKind.CALLER}]
)
def test_machines_that_need_not_be_heard_are_left_alone(watched, fields):
    Device.objects.update(last_seen_at=NOON - timedelta(days=1), **fields)
    assert staff_actions.watch_devices(NOON) == 0


def test_the_minutes_are_a_parameter_of_the_hall(watched, hall):
    from core.models import Parameter

    Parameter.objects.create(
        name="halls.device_silent_minutes", scope=hall.code, value=60, valid_from=time.business_day(NOON)
    )
    assert staff_actions.watch_devices(NOON + timedelta(minutes=59)) == 0
    assert staff_actions.watch_devices(NOON + timedelta(minutes=60)) == 1
