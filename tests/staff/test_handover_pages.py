"""The pages and the API of handover, money, closing, stock and duty log, as browsers and programs meet them."""

from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from core import time
from core.models import KeptAnswer
from staff.actions import handovers as actions
from staff.actions import money
from staff.actions.handovers import Opening
from staff.models import CashUp, DailyClosing, DutyLog, Handover, SafeDrop, StockEntry
from staff.states import HandoverState, PayMethod
from tests.factories import PASSWORD
from tests.staff.money import make_count_item, make_float, make_float_item, make_item, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    found = make_scene()
    make_float(found.window)
    make_float_item(order=1)
    make_count_item("keys", label="钥匙", order=2)
    return found


def open_handover(scene, *, drawn=0.99):
    return actions.start(Opening(scene.hall, scene.window), giver=scene.clerk, drawn=drawn, now=time.now())


def boxes(handover, **more):
    first, second = handover.lines.order_by("order")
    return {f"n-{first.pk}-50": "4", f"n-{first.pk}-20": "5", f"c-{second.pk}": "2", **more}


def test_a_whole_handover_on_one_screen(client, scene):
    client.force_login(scene.clerk)
    page = client.post(reverse("handover-start", args=["ZJ01"]), {"window": 1, "mode": "face"}, follow=True)
    handover = Handover.objects.get()
    assert page.redirect_chain[-1][0] == f"/handovers/ZJ01/{handover.pk}/"
    given = boxes(handover, sign="1", password=PASSWORD, taker=scene.relief.staff_no, note="一切正常")
    client.post(reverse("handover-count", args=["ZJ01", handover.pk]), given)
    handover.refresh_from_db()
    assert (handover.state, handover.note) == (HandoverState.WAITING_TAKER, "一切正常")
    signed = {"staff_no": scene.relief.staff_no, "password": PASSWORD}
    client.post(reverse("handover-take", args=["ZJ01", handover.pk]), signed)
    handover.refresh_from_db()
    assert (handover.state, handover.taker) == (HandoverState.DONE, scene.relief)


def test_a_wrong_password_signs_nothing_and_keeps_the_counts(client, scene):
    client.force_login(scene.clerk)
    handover = open_handover(scene)
    typed = boxes(handover, sign="1", password="wrong-Horse-9", taker=scene.relief.staff_no)
    page = client.post(reverse("handover-count", args=["ZJ01", handover.pk]), typed)
    assert "工号或密码不对,没有签名。" in page.content.decode()
    handover.refresh_from_db()
    assert (handover.state, handover.lines.first().counted) == (HandoverState.FILLING, Decimal("300.00"))


def test_what_was_typed_stays_after_a_refusal(client, scene):
    client.force_login(scene.clerk)
    handover = open_handover(scene)
    second = handover.lines.last()
    typed = boxes(handover, **{f"c-{second.pk}": "两把"})
    page = client.post(reverse("handover-count", args=["ZJ01", handover.pk]), typed).content.decode()
    assert "钥匙请填写数字,如 12 或 12.50。" in page
    assert 'value="两把"' in page
    assert handover.lines.filter(counted=None).count() == 2


def test_a_blind_count_does_not_show_the_books_first(client, scene):
    client.force_login(scene.clerk)
    handover = open_handover(scene, drawn=0.0)
    where = reverse("handover", args=["ZJ01", handover.pk])
    page = client.get(where).content.decode()
    assert ("300.00" in page, 'data-system="' in page, "全部清点后才显示账面数" in page) == (False, False, True)
    client.post(reverse("handover-count", args=["ZJ01", handover.pk]), boxes(handover))
    assert 'data-system="300.00"' in client.get(where).content.decode()


def test_the_same_steps_by_the_api_with_409_for_refusals(scene):
    caller, other = APIClient(), APIClient()
    for one, who in ((caller, scene.clerk), (other, scene.relief)):
        one.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=who).key}")
    made = caller.post("/api/v1/handovers/", {"hall": "ZJ01", "window": 1}, format="json")
    assert (made.status_code, made.data["state"]) == (201, "filling")
    where = f"/api/v1/handovers/{made.data['id']}/"
    no = caller.post(f"{where}give/", {"password": PASSWORD}, format="json")
    assert (no.status_code, no.json()["code"]) == (409, "uncounted")
    first, second = made.data["lines"]
    lines = [{"id": first["id"], "notes": {"50": 4, "20": 5}}, {"id": second["id"], "counted": "2"}]
    counted = caller.post(f"{where}count/", {"lines": lines}, format="json")
    assert [line["counted"] for line in counted.data["lines"]] == ["300.00", "2.00"]
    bad = caller.post(f"{where}count/", {"lines": [{"id": first["id"], "notes": {"7": 1}}]}, format="json")
    assert bad.status_code == 400
    caller.post(f"{where}give/", {"password": PASSWORD, "taker": "01002"}, format="json")
    twice = caller.post(f"{where}take/", {"staff_no": "01001", "password": PASSWORD}, format="json")
    assert (twice.status_code, twice.json()["code"]) == (409, "same_person")
    done = other.post(f"{where}take/", {"staff_no": "01002", "password": PASSWORD}, format="json")
    assert (done.status_code, done.data["state"], done.data["taker"]) == (200, "done", "01002")
    assert other.get("/api/v1/handovers/?hall=ZJ01").data["count"] == 1


def test_a_signature_sent_twice_with_one_key_is_given_once(scene):
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=scene.clerk).key}")
    made = caller.post("/api/v1/handovers/", {"hall": "ZJ01", "window": 1}, format="json")
    where = f"/api/v1/handovers/{made.data['id']}/"
    first, second = made.data["lines"]
    lines = [{"id": first["id"], "notes": {"50": 4, "20": 5}}, {"id": second["id"], "counted": "2"}]
    for _ in range(2):
        counted = caller.post(f"{where}count/", {"lines": lines}, format="json", HTTP_IDEMPOTENCY_KEY="c1")
        assert (counted.status_code, counted.json()["lines"][0]["counted"]) == (200, "300.00")

    wrong = caller.post(f"{where}give/", {"password": "wrong"}, format="json", HTTP_IDEMPOTENCY_KEY="g1")
    signed = [
        caller.post(f"{where}give/", {"password": PASSWORD, "taker": "01002"}, format="json", HTTP_IDEMPOTENCY_KEY="g1")
        for _ in range(2)
    ]

    assert wrong.status_code == 409
    assert [one.status_code for one in signed] == [200, 200]
    assert signed[0].json() == signed[1].json()
    stale = caller.post(
        f"{where}give/", {"password": "wrong", "taker": "01002"}, format="json", HTTP_IDEMPOTENCY_KEY="g1"
    )
    assert stale.status_code == 409
    assert PASSWORD not in str(list(KeptAnswer.objects.values()))


def test_a_clerk_pays_in_and_sees_the_own_money_only(client, scene):
    client.force_login(scene.clerk)
    typed = {"n-100": "2", "n-50": "1", "scan": "80", "stubs": "330.00", "window": "1"}
    page = client.post(reverse("money-cash-up", args=["ZJ01"]), typed, follow=True)
    slip = CashUp.objects.get()
    assert (slip.total, page.status_code) == (Decimal("330.00"), 200)
    page = client.post(reverse("money-cash-up", args=["ZJ01"]), {**typed, "n-50": "半张"}).content.decode()
    assert ('value="半张"' in page, CashUp.objects.count()) == (True, 1)
    client.force_login(scene.relief)
    assert client.get(reverse("money-slip", args=["ZJ01", slip.pk])).status_code == 404
    assert slip.number not in client.get(reverse("money-hall", args=["ZJ01"])).content.decode()
    assert client.post(reverse("money-receive", args=["ZJ01", slip.pk])).status_code == 403


def test_the_manager_receives_packs_and_closes_the_day(client, scene):
    today = time.business_day(time.now())
    figure = money.Figure(scene.clerk, PayMethod.CASH, Decimal("200.00"))
    money.note_takings(scene.hall, today, figure, source=money.Source(file_name="b.csv"), now=time.now())
    tally = money.Tally(notes={"100": 2}, stubs=Decimal(200))
    slip = money.cash_up(scene.hall, scene.window, tally, clerk=scene.clerk, now=time.now())
    client.force_login(scene.manager)
    client.post(reverse("money-receive", args=["ZJ01", slip.pk]))
    bag = {"b-bag": "B77", "b-cash": "200", "b-staff_no": "01002", "b-password": PASSWORD}
    client.post(reverse("money-pack", args=["ZJ01"]), bag)
    assert [(one.bag, one.witness) for one in scene.hall.deposits.all()] == [("B77", scene.relief)]
    where = [f"{today:%Y-%m-%d}"]
    page = client.post(reverse("closing-submit", args=["ZJ01", *where]), {"kind": "单", "count": "", "box": ""})
    assert "请先登记受理单装订份数和箱号。" in page.content.decode()
    forms = {"kind": ["业务受理单", "合同"], "count": ["31", ""], "box": ["3 箱", ""]}
    client.post(reverse("closing-submit", args=["ZJ01", *where]), forms)
    row = DailyClosing.objects.get()
    assert (row.state, row.forms.get().count) == ("submitted", 31)
    assert "已提交" in client.get(reverse("closing", args=["ZJ01", *where])).content.decode()


def test_a_drop_on_the_page_is_on_record(client, scene):
    client.force_login(scene.clerk)
    client.post(reverse("money-drop", args=["ZJ01"]), {"d-n-100": "3", "d-window": "1", "d-envelope": "F9"})
    assert [(one.amount, one.envelope) for one in SafeDrop.objects.all()] == [(Decimal("300.00"), "F9")]


def test_the_ledger_page_books_and_says_what_is_wrong(client, scene):
    item = make_item(serials=True)
    client.force_login(scene.manager)
    form = {"act": "receive", "item": "sim", "place": "store", "quantity": "10", "first": "A0001"}
    client.post(reverse("stock-book", args=["ZJ01"]), form)
    page = client.post(reverse("stock-book", args=["ZJ01"]), form).content.decode()
    assert "起止号与已登记的 A0001–A0010 重叠,请核对。" in page
    moved = {**form, "act": "move", "there": "1", "quantity": "4"}
    client.post(reverse("stock-book", args=["ZJ01"]), moved)
    assert StockEntry.objects.count() == 3
    assert item.balances.get(window=scene.window).quantity == 4


def test_the_duty_log_is_filled_written_and_signed(client, scene):
    client.force_login(scene.manager)
    where = {"topic": "incident", "text": "区县来访,看现场"}
    client.post(reverse("duty-log-write", args=["ZJ01"]), where)
    client.post(reverse("duty-log-sign", args=["ZJ01"]), {"password": PASSWORD})
    log = DutyLog.objects.get()
    assert (log.signed_by, log.entries.get().text) == (scene.manager, "区县来访,看现场")
    client.post(reverse("duty-log-write", args=["ZJ01"]), where)
    assert log.entries.last().text == "(签名后补记) 区县来访,看现场"


@pytest.mark.parametrize("page", ["handovers-export", "money-differences-export", "closings-export", "stock-export"])
def test_lists_come_as_excel(client, scene, page):
    client.force_login(scene.manager)
    answer = client.get(reverse(page, args=["ZJ01"]))
    assert (answer.status_code, answer["Content-Type"].endswith("sheet")) == (200, True)
