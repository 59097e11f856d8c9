"""The desk's pages: redeem, slip, cancel, vouchers, gifts."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from core import time
from loyalty.actions import gifts as stock
from loyalty.models import Gift, GiftStock, Look, Redemption, Shop, Voucher
from loyalty.queries import ledger
from loyalty.states import GiftKind, StockDid
from messaging.models import OutboxMessage
from staff.states import Role
from tests.factories import make_gift, make_hall, make_region, make_user
from tests.loyalty.life import make_lot, make_member

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture
def hall():
    return make_hall(windows=0, groups=False)


@pytest.fixture
def clerk(client, hall):
    person = make_user("01001", Role.CLERK, hall, name="小李")
    client.force_login(person)
    return person


@pytest.fixture
def member():
    found = make_member(phone=PHONE, name="陈东明")
    make_lot(found, 12000)
    return found


@pytest.fixture
def umbrella(hall, clerk):
    gift = make_gift("UMB", 1500, name="晴雨伞")
    stock.move_stock(gift, hall, stock.Move(StockDid.RECEIVED, 10), actor=clerk, now=time.now())
    return gift


def opened(client, member):
    client.post("/loyalty/customers/", {"phone": PHONE})
    return f"/loyalty/customers/{member.pk}/redeem/"


FORM = {"gift": "UMB", "quantity": "2", "identity": "id_card", "key": "k1", "code": ""}


def test_from_the_phone_to_the_slip_and_back(client, clerk, member, umbrella):
    answer = client.post("/loyalty/customers/", {"phone": PHONE, "then": "redeem"})
    assert answer["Location"] == f"/loyalty/customers/{member.pk}/redeem/"
    page = client.get(answer["Location"]).content.decode()
    assert ("12,000" in page, "1,500 分" in page, "本厅 10 件" in page, PHONE in page) == (True, True, True, False)

    slip = client.post(answer["Location"], FORM)["Location"]
    text = client.get(slip).content.decode()
    assert ("= <b>3,000</b> 分" in text, "陈**" in text, "居民身份证原件" in text, PHONE in text) == (
        True,
        True,
        True,
        False,
    )
    assert client.post(slip + "cancel/", {"reason": ""}, headers={"HX-Request": "true"}).json()["code"] == (
        "reason_needed"
    )
    assert client.post(slip + "cancel/", {"reason": "客户改主意"}).status_code == 302
    assert ("已撤销" in client.get(slip).content.decode(), ledger.balance(member.pk)) == (True, 12000)
    assert "客户改主意" in client.get("/loyalty/redemptions/?state=cancelled").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"gift": ""}, "请选择礼品"),
        ({"gift": "NONE"}, "没有这件礼品"),
        ({"gift": "\0"}, "null"),
        ({"quantity": "0"}, "不能小于 1"),
        ({"quantity": "many"}, "请填写整数"),
        ({"identity": ""}, "请先核对客户身份"),
        ({"quantity": "5"}, "发送验证码到客户手机"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, clerk, member, umbrella, wrong, said):
    answer = client.post(opened(client, member), FORM | wrong)
    text = answer.content.decode()
    assert (answer.status_code, said in text or said == "null", "已填内容都在" in text) == (200, True, True)
    assert ('value="k1"' in text, Redemption.objects.count()) == (True, 0)


def test_the_code_goes_to_the_customers_phone(client, clerk, member, umbrella):
    address = opened(client, member)
    answer = client.post(address + "code/", FORM | {"quantity": "4"})
    assert "138****0001" in answer.content.decode()
    text = OutboxMessage.objects.get().text
    digits = text.split("验证码 ")[1][:6]
    assert client.post(address, FORM | {"quantity": "4", "code": digits}).status_code == 302
    assert Redemption.objects.get().code_checked is True


def test_a_customer_nobody_asked_for_and_a_person_above_halls_are_kept_out(client, hall, clerk, member, umbrella):
    address = f"/loyalty/customers/{member.pk}/redeem/"
    assert client.get(address).status_code == 404
    client.force_login(make_user("90001", Role.OPERATIONS, region=make_region("ZJ", level="city")))
    assert client.get(opened(client, member)).status_code == 403
    client.force_login(make_user("01005", Role.GREETER, hall))
    assert client.get("/loyalty/redemptions/").status_code == 403
    assert client.get("/loyalty/vouchers/").status_code == 403
    assert client.get("/loyalty/gifts/").status_code == 403


def test_a_slip_of_another_hall_is_not_found(client, clerk, member, umbrella):
    slip = client.post(opened(client, member), FORM)["Location"]
    client.force_login(make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05", windows=0, groups=False)))
    assert client.get(slip).status_code == 404
    assert client.post(slip + "cancel/", {"reason": "改主意"}).status_code == 404
    assert Redemption.objects.get().is_done is True


def test_redemptions_are_exported_masked_and_on_record(client, clerk, member, umbrella):
    client.post(opened(client, member), FORM)
    lines = list(load_workbook(BytesIO(client.get("/loyalty/redemptions/export/").content)).active.values)
    assert (lines[3][5], lines[3][6], lines[3][8]) == ("138****0001", "晴雨伞", 3000)
    assert Look.objects.get(kind="exported").rows == 1


def test_vouchers_are_used_and_extended_by_their_whole_code(client, hall, clerk, member):
    gift = make_gift("COF", 1000, kind=GiftKind.VOUCHER, voucher_days=30, name="咖啡券")
    cafe = Shop.objects.create(code="CAFE", name="街角咖啡")
    gift.shops.add(cafe)
    stock.move_stock(gift, hall, stock.Move(StockDid.RECEIVED, 5), actor=clerk, now=time.now())
    client.post(opened(client, member), FORM | {"gift": "COF", "quantity": "1"})
    row = Voucher.objects.get()
    assert "没有这张券" in client.post("/loyalty/vouchers/", {"code": row.code[:11]}).content.decode()
    text = client.post("/loyalty/vouchers/", {"code": row.spaced.lower()}).content.decode()
    assert ("街角咖啡" in text, row.masked in text) == (True, True)
    assert client.post("/loyalty/vouchers/extend/", {"code": row.code}).status_code == 403

    boss = make_user("01002", Role.HALL_MANAGER, hall)
    client.force_login(boss)
    form = {"code": row.code, "days": "7", "decision": "TS20260310-ZJ01-0007"}
    client.post("/loyalty/vouchers/extend/", form)
    assert Voucher.objects.get().expires_on == row.expires_on + timedelta(days=7)
    client.post("/loyalty/vouchers/use/", {"code": row.code, "shop": "CAFE"})
    assert (Voucher.objects.get().state, Voucher.objects.get().used_by) == ("used", boss)


def test_a_manager_moves_stock_and_the_city_keeps_the_catalogue(client, hall, clerk, umbrella):
    boss = make_user("01002", Role.HALL_MANAGER, hall)
    client.force_login(boss)
    other = make_hall("ZJ05", windows=0, groups=False)
    assert "晴雨伞" in client.get("/loyalty/gifts/").content.decode()
    form = {"hall": hall.pk, "did": "damaged", "quantity": "3", "note": "淋湿"}
    assert client.post("/loyalty/gifts/UMB/", form).status_code == 302
    assert client.post("/loyalty/gifts/UMB/", form | {"hall": other.pk}).status_code == 200
    bad = client.post("/loyalty/gifts/UMB/", form | {"quantity": "30"}).content.decode()
    assert ("只有 7 件" in bad, 'value="30"' in bad, GiftStock.objects.get().quantity) == (True, True, 7)
    assert client.get("/loyalty/gifts/new/").status_code == 403
    assert client.post("/loyalty/gifts/UMB/price/", {}).status_code == 403

    client.force_login(make_user("90001", Role.OPERATIONS, region=make_region("ZJ", level="city")))
    shop = {"code": "CAFE", "name": "街角咖啡", "is_active": "on"}
    assert client.post("/loyalty/shops/new/", shop).status_code == 302
    assert client.post("/loyalty/gifts/new/", {"code": "HF10", "name": "话费", "kind": "credit"}).status_code == 200
    new = {"code": "HF10", "name": "10 元话费", "kind": "credit", "yuan": "10", "is_active": "on"}
    assert client.post("/loyalty/gifts/new/", new).status_code == 302
    assert "840" in client.get("/loyalty/gifts/HF10/").content.decode()
    day = time.business_day(time.now()) + timedelta(days=1)
    assert client.post("/loyalty/gifts/UMB/price/", {"points": "1600", "valid_from": day}).status_code == 302
    early = client.post("/loyalty/gifts/UMB/price/", {"points": "1", "valid_from": "2020-01-01"}).content.decode()
    assert "已生效的价格不能改" in early
    assert client.post("/loyalty/gifts/convert/", {"valid_from": day + timedelta(days=1)}).status_code == 302
    prices = list(Gift.objects.get(code="UMB").prices.order_by("valid_from").values_list("points", flat=True))
    assert prices == [1500, 1600, 2000]
    assert list(load_workbook(BytesIO(client.get("/loyalty/gifts/export/").content)).active.values)[3][1] == "10 元话费"
