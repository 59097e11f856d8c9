"""Points over HTTP, and the doors of BOSS and the SMS gateway."""

from datetime import date, datetime

import pytest
import time_machine
from rest_framework.test import APIClient

from core.models import Parameter
from core.time import SHANGHAI
from halls.models import Region
from loyalty.actions import gifts as stock
from loyalty.models import BossBalance, Customer, MaintenanceWindow, PlanEvent, PointsAccount, Redemption
from loyalty.queries import ledger
from loyalty.rules import policy
from loyalty.states import StockDid
from messaging.models import OutboxMessage
from staff.states import Role
from tests.factories import make_gift, make_hall, make_user
from tests.loyalty.life import make_lot, make_member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=SHANGHAI)
PHONE = "13800000001"


@pytest.fixture(autouse=True)
def at_three():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=0, groups=False)


@pytest.fixture
def api(hall):
    client = APIClient()
    client.force_authenticate(make_user("01001", Role.CLERK, hall, name="小李"))
    return client


@pytest.fixture
def boss(hall):
    client = APIClient()
    client.force_authenticate(make_user("90001", Role.OPERATIONS, region=hall.region.parent))
    return client


@pytest.fixture
def member():
    found = make_member(phone=PHONE, name="陈东明")
    make_lot(found, 5000, expires_on=date(2026, 12, 31))
    return found


def address(api, customer, end):
    api.get(f"/api/v1/customers/?phone={customer.phone}")
    return f"/api/v1/customers/{customer.pk}/{end}/"


def test_points_say_what_is_usable_and_of_which_lots(api, member):
    assert api.get(f"/api/v1/customers/{member.pk}/points/").status_code == 404
    told = api.get(address(api, member, "points")).json()
    assert (told["balance"], told["usable"], told["reasons"], told["plan"], told["is_boss"]) == (
        5000,
        5000,
        [],
        "active",
        False,
    )
    assert told["lots"] == [
        {"month": "2015-05-01", "kind": 2, "points": 5000, "left": 5000, "expires_on": "2026-12-31"}
    ]


def test_r_l_28_during_maintenance_points_are_not_told(api, member):
    MaintenanceWindow.objects.create(
        starts_at=NOW, ends_at=NOW.replace(hour=16), message="积分系统维护中,请 16:00 后再来。"
    )
    answer = api.get(address(api, member, "points"))
    assert (answer.status_code, answer.json()) == (
        409,
        {"code": "maintenance", "message": "积分系统维护中,请 16:00 后再来。"},
    )


def test_r_l_17_enrolling_by_api_takes_effect_next_month(api):
    fresh = make_member(phone="13800000002", plan_from=None)
    bare = api.post(address(api, fresh, "enrol"), {"channel": "hall"}, format="json")
    assert (bare.status_code, bare.json()["code"]) == (409, "consent_needed")
    told = api.post(address(api, fresh, "enrol"), {"channel": "hall", "consent": "SL-0012"}, format="json").json()
    assert told == {"plan_from": "2026-04-01", "channel": "hall"}
    unrated = make_member(star=None, phone="13800000003", plan_from=None)
    assert api.post(address(api, unrated, "enrol"), {"channel": "api"}, format="json").json()["code"] == "no_star"


def test_redeeming_by_api_is_one_redemption_per_key(api, hall, member):
    gift = make_gift("UMB", 1500)
    clerk = make_user("01009", hall=hall)
    stock.move_stock(gift, hall, stock.Move(StockDid.RECEIVED, 3), actor=clerk, now=NOW)
    where, body = address(api, member, "redeem"), {"gift": "UMB", "identity": "id_card"}
    assert api.post(where, body, format="json").status_code == 400
    head = {"HTTP_IDEMPOTENCY_KEY": "press-0001"}
    first = api.post(where, body, format="json", **head)
    again = api.post(where, body, format="json", **head)
    assert (first.status_code, first.json()["points"], first.json()["balance"]) == (201, 1500, 3500)
    assert again.json()["number"] == first.json()["number"]
    other = api.post(where, body | {"quantity": 2}, format="json", **head)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    for bad in ({"gift": "NONE"}, {"gift": "\0"}, {"identity": "face"}, {"quantity": 0}):
        assert api.post(where, body | bad, format="json", HTTP_IDEMPOTENCY_KEY="press-0002").status_code == 400
    assert Redemption.objects.count() == 1

    end = f"/api/v1/redemptions/{first.json()['number']}/cancel/"
    assert api.post(end, {"reason": "改主意"}, format="json").json()["state"] == "cancelled"
    assert api.post("/api/v1/redemptions/NONE/cancel/", {"reason": "改主意"}, format="json").status_code == 404
    assert ledger.balance(member.pk) == 5000


def test_boss_tells_of_a_customer_and_a_new_owner_inherits_nothing(boss, api, member):
    body = {"phone": PHONE, "joined_on": "2026-03-01", "name": "孙丽", "brand": "gotone", "star": 2}
    assert api.put("/api/v1/customers/push/", body, format="json").status_code == 403
    told = boss.put("/api/v1/customers/push/", body, format="json").json()
    assert (told["id"] == member.pk, told["name"], told["phone"]) == (False, "孙*", "138****0001")
    heir = Customer.objects.get(pk=told["id"])
    assert (ledger.balance(heir.pk), Customer.objects.get(pk=member.pk).status) == (0, "closed")
    assert boss.put("/api/v1/customers/push/", {"phone": PHONE}, format="json").status_code == 400


def test_balances_of_boss_cities_are_shown_and_never_spent(boss, api, hall, member):
    city = Region.objects.get(code="ZJ")
    Customer.objects.filter(pk=member.pk).update(city=city)
    body = {"phone": PHONE, "points": 860, "usable": 800, "as_of": "2026-03-10T08:00:00+08:00"}
    where = "/api/v1/customers/boss-balance/"
    assert boss.put(where, body, format="json").json()["code"] == "not_boss"
    Parameter.objects.create(name=policy.POINTS_SOURCE, scope="ZJ", value=1, valid_from=date(2020, 1, 1))
    from core import parameters

    parameters.forget()
    assert boss.put(where, body | {"usable": 900}, format="json").json()["code"] == "bad_points"
    assert boss.put(where, body, format="json").json()["points"] == 860
    older = body | {"points": 1, "usable": 1, "as_of": "2026-03-09T08:00:00+08:00"}
    assert boss.put(where, older, format="json").json()["points"] == 860
    assert BossBalance.objects.get().points == 860
    told = api.get(address(api, member, "points")).json()
    assert (told["balance"], told["is_boss"], told["reasons"], told["lots"]) == (860, True, ["boss"], [])
    gift = make_gift("HF10", None, kind="credit", yuan=10)
    no = api.post(
        address(api, member, "redeem"),
        {"gift": gift.code, "identity": "pin"},
        format="json",
        HTTP_IDEMPOTENCY_KEY="press-0009",
    )
    assert (no.status_code, no.json()["code"]) == (409, "boss")


def text(boss, words, number="m1", phone=PHONE):
    return boss.post("/api/v1/sms/inbound/", {"id": number, "phone": phone, "text": words}, format="json").json()


def test_r_l_17_jfjh_by_sms_opens_the_plan_once_and_answers(boss):
    make_member(phone=PHONE, plan_from=None)
    assert text(boss, " jfjh ") == {"keyword": "JFJH", "answered": True}
    assert text(boss, "JFJH") == {"keyword": "JFJH", "answered": True}
    assert PointsAccount.objects.get().plan_from == date(2026, 4, 1)
    assert list(PlanEvent.objects.values_list("channel", "consent")) == [("sms", "SMS m1")]
    assert list(OutboxMessage.objects.values_list("text", flat=True)) == [
        "您的和积分计划 2026-04-01 起生效,生效后的账单开始累计积分。"
    ]


def test_jfjh_without_a_star_is_answered_why(boss):
    make_member(star=None, phone=PHONE, plan_from=None)
    text(boss, "JFJH")
    assert OutboxMessage.objects.get().text == "评上一星及以上后才能开通积分计划,当前未评上星级。"
    assert PlanEvent.objects.count() == 0


def test_r_l_29_jf_by_sms_tells_points_and_why_not(boss, member):
    text(boss, "JF", "m1")
    Customer.objects.filter(pk=member.pk).update(status="suspended")
    text(boss, "jf", "m2")
    assert text(boss, "你好", "m3") == {"keyword": "", "answered": False}
    assert text(boss, "JF", "m4", "13800000099") == {"keyword": "", "answered": False}
    assert sorted(OutboxMessage.objects.values_list("text", flat=True)) == [
        "您现有和积分 5000 分,可用 0 分。暂不可用:停机。",
        "您现有和积分 5000 分,可用 5000 分。",
    ]


def test_the_desk_opens_the_plan_with_evidence(client, hall):
    fresh = make_member(phone=PHONE, plan_from=None)
    client.force_login(make_user("01001", Role.CLERK, hall))
    client.post("/loyalty/customers/", {"phone": PHONE})
    page = f"/loyalty/customers/{fresh.pk}/"
    assert "当月申请,次月生效" in client.get(page).content.decode()
    bad = client.post(page + "enrol/", {"consent": "x"}, headers={"HX-Request": "true"})
    assert bad.json()["code"] == "consent_needed"
    client.post(page + "enrol/", {"consent": "SL-0012"})
    assert "4 月 1 日起生效" in client.get(page).content.decode()
