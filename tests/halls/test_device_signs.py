"""What a device says by API, and what managers hear when it is silent or out of paper."""

from datetime import time as clock_time
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from core import time
from halls import actions
from halls.authentication import COOKIE
from halls.models import Device
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
