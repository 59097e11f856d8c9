"""Runs, stars, campaigns, rules and reports: what managers see, and what only the city may start."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db.models import F
from openpyxl import load_workbook

from core.models import Parameter, SettingChange
from core.time import SHANGHAI
from loyalty import tasks
from loyalty.actions import generation, spending
from loyalty.actions.spending import By
from loyalty.models import GenerationRun, Look, Lot, PointsAccount, PromoCampaign, StarBand, StarMultiplier, Suspension
from loyalty.queries import effects, ledger, proof, reports
from loyalty.rules import policy
from loyalty.rules.stars import SCORE_FIELDS
from loyalty.states import LotKind
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.loyalty.life import make_bill, make_lot, make_member, make_rating

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=SHANGHAI)
MONTH = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def at_three():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=0, groups=False)


@pytest.fixture
def city(client, hall):
    person = make_user("90001", Role.OPERATIONS, region=make_region("ZJ", level="city"))
    client.force_login(person)
    return person


@pytest.fixture
def month():
    """Three bills: two stars at 60.00 (90 points), four stars at 100.00 (250), one unpaid."""
    two, four, late = make_member(2, phone="13800000001"), make_member(4), make_member(2, phone="13800000003")
    make_bill(two, MONTH, 6000)
    make_bill(four, MONTH, 10000)
    make_bill(late, MONTH, 5000, paid=None)
    return two, four, late


@pytest.fixture
def run(month):
    found = generation.start(MONTH, on=date(2026, 3, 1), now=NOW)
    generation.work(found.pk)
    return generation.finish(found.pk, NOW)


def test_a_run_is_started_by_the_city_watched_and_told_by_reason(client, hall, city, month, monkeypatch):
    started = []
    monkeypatch.setattr(tasks.make_points, "delay_on_commit", started.append)
    assert "还没有生成过积分" in client.get("/loyalty/runs/").content.decode()
    answer = client.post("/loyalty/runs/", {"month": "2026-01"})
    run = GenerationRun.objects.get()
    assert (answer["Location"], started) == ("/loyalty/runs/2026-01/", [run.pk])
    watching = client.get("/loyalty/runs/2026-01/", headers={"HX-Request": "true"}).content.decode()
    assert ('hx-trigger="every 2s"' in watching, "0 / 1 段" in watching, "<html" in watching) == (True, True, False)
    generation.work(run.pk)
    generation.finish(run.pk, NOW)
    text = client.get("/loyalty/runs/2026-01/").content.decode()
    assert ("every 2s" in text, "未生成:未按期交清" in text, ">340<" in text) == (False, True, True)

    rows = list(load_workbook(BytesIO(client.get("/loyalty/runs/2026-01/refused/5/").content)).active.values)
    assert rows[3] == ("138****0003", "未按期交清", 50)
    assert Look.objects.get(kind="exported").rows == 1
    assert client.get("/loyalty/runs/2026-01/refused/0/").status_code == 404
    assert client.get("/loyalty/runs/2026-13/").status_code == 404


@pytest.mark.parametrize(("month_typed", "said"), [("2026-02", "请到时再来"), ("2025-12", "还没有"), ("x", "2026-08")])
def test_a_month_that_cannot_be_generated_says_why(client, city, month, month_typed, said):
    answer = client.post("/loyalty/runs/", {"month": month_typed})
    assert (answer.status_code, said in answer.content.decode(), GenerationRun.objects.count()) == (200, True, 0)


def test_a_manager_reads_and_starts_nothing_and_a_clerk_does_not_read(client, hall, run):
    client.force_login(make_user("01002", Role.HALL_MANAGER, hall))
    for page in ("runs/", "runs/2026-01/", "stars/", "campaigns/", "rules/", "reports/", "reports/check/"):
        assert (page, client.get(f"/loyalty/{page}").status_code) == (page, 200)
    assert client.post("/loyalty/runs/", {"month": "2026-01"}).status_code == 403
    assert client.post("/loyalty/stars/", {"month": "2026-03"}).status_code == 403
    assert client.post("/loyalty/rules/bands/", {}).status_code == 403
    assert client.get("/loyalty/campaigns/new/").status_code == 403
    client.force_login(make_user("01001", Role.CLERK, hall))
    for page in ("runs/", "runs/2026-01/", "stars/", "campaigns/", "rules/", "reports/", "reports/flow/export/"):
        assert (page, client.get(f"/loyalty/{page}").status_code) == (page, 403)


def test_the_books_of_a_month_agree_and_a_forged_lot_is_found(hall, run):
    books = reports.reconcile(run, [hall])
    assert (books.agrees, [(row.star, row.points) for row in books.stars]) == (True, [(2, 90), (4, 250)])
    Lot.objects.create(
        account_id=1, month=MONTH, kind=LotKind.CONSUMPTION, source=0, points=7, eligible_fen=100, star=1,
        multiplier_hundredths=100, made_at=NOW,
    )  # fmt: skip
    wrong = [str(check.what) for check in reports.reconcile(run, [hall]).checks if not check.agrees]
    assert wrong == ["lots", "rules", "points"]


def test_the_proof_names_the_accounts_whose_balance_is_not_what_their_entries_say(client, hall, city, run, month):
    one, two = month[0], month[1]
    for who, key in ((one, "a"), (two, "b")):
        make_lot(who, 500, made_at=NOW - timedelta(days=1), month=date(2026, 3, 1))
        spending.spend(who.pk, 100, key=key, by=By(actor=city, hall=hall), now=NOW)
    make_lot(two, 70, source=2, made_at=NOW + timedelta(days=1), month=date(2026, 3, 1))
    assert proof.of_accounts(date(2026, 3, 1)).count == 0
    before = ledger.balance(one.pk)
    PointsAccount.objects.filter(pk=one.pk).update(settled_balance=F("settled_balance") + 3)
    assert proof.of_accounts(date(2026, 3, 1)).named == [proof.Differing("138****0001", before + 3, before)]
    assert proof.of_accounts(date(2026, 4, 1)).count == 0
    GenerationRun.objects.filter(pk=run.pk).update(month=date(2026, 3, 1))
    text = client.get("/loyalty/reports/check/").content.decode()
    assert ("余额不符的账户" in text, "138****0001" in text, "有不符,请联系管理员" in text) == (True, True, True)


def test_outstanding_points_and_flows_are_what_the_entries_say(client, hall, city, run, month):
    two = month[0]
    make_lot(two, 500, expires_on=date(2026, 12, 31), made_at=NOW, month=date(2026, 3, 1))
    spent = spending.spend(two.pk, 520, key="k", by=By(actor=city, hall=hall), now=NOW)
    rows = {row.key: (row.consumption, row.promo) for row in reports.outstanding_by_month(12)}
    assert rows == {MONTH: (320, 0), date(2026, 3, 1): (0, 0)}
    spending.reverse(spent.pk, key="r", by=By(actor=city, hall=hall), now=NOW)
    assert [(row.key, row.promo) for row in reports.outstanding_by_expiry(12)] == [(date(2026, 12, 31), 500)]
    flow = reports.flows(date(2026, 3, 1), date(2026, 3, 10))[0]
    assert (flow.earned, flow.promo, flow.spent, flow.returned, flow.net) == (340, 500, -520, 520, 840)
    for view in ("left", "flow", "check", "ledger"):
        assert client.get(f"/loyalty/reports/{view}/").status_code == 200
    assert "10.08" in client.get("/loyalty/reports/left/").content.decode()
    lines = list(load_workbook(BytesIO(client.get("/loyalty/reports/ledger/export/?kind=11").content)).active.values)
    assert (lines[3][1], lines[3][3]) == ("138****0001", -520)
    halls = reports.reconcile(run, [hall]).halls
    assert halls == []


def test_one_customers_ledger_shows_lots_and_acts(client, hall, city, run, month):
    client.post("/loyalty/customers/", {"phone": "13800000001"})
    text = client.get(f"/loyalty/customers/{month[0].pk}/ledger/").content.decode()
    assert ("消费积分" in text, "余额 90 分" in text) == (True, True)
    assert client.get(f"/loyalty/customers/{month[1].pk}/ledger/").status_code == 404


def test_stars_are_compared_before_they_are_rated(client, city, month, monkeypatch):
    started = []
    monkeypatch.setattr(tasks.rate_month, "delay_on_commit", started.append)
    answer = client.post("/loyalty/stars/", {"month": "2026-03"})
    assert (answer.status_code, "试算结果" in answer.content.decode(), started) == (200, True, [])
    assert client.post("/loyalty/stars/", {"month": "2026-03", "rate": "1"}).status_code == 302
    assert started == ["2026-03-01"]
    tasks.rate_month("2026-03-01")
    assert "2026-03" in client.get("/loyalty/stars/").content.decode()


def test_a_campaign_is_made_and_gives_points_to_a_list_once(client, city, month):
    form = {
        "code": "SPRING",
        "name": "春季回馈",
        "points": "300",
        "starts_on": "2026-03-01",
        "expires_on": "2026-12-31",
    }
    bad = client.post("/loyalty/campaigns/new/", form | {"expires_after_days": "30"})
    assert (bad.status_code, PromoCampaign.objects.count()) == (200, 0)
    assert client.post("/loyalty/campaigns/new/", form).status_code == 302
    rows = "13800000001\n13800000003,500\n13800000001\n1380\n13899999999\n13800000003,-1\n"
    text = client.post("/loyalty/campaigns/SPRING/", {"rows": rows}).content.decode()
    assert ("已为 2 位客户发放积分,4 行未发放" in text, "没有使用这个号码的客户" in text) == (True, True)
    assert client.post("/loyalty/campaigns/SPRING/", {"rows": "13800000001"}).status_code == 302
    assert sorted(Lot.objects.filter(kind=LotKind.PROMO).values_list("points", flat=True)) == [300, 500]
    assert "800" in client.get("/loyalty/campaigns/").content.decode()


def multipliers(**other):
    stars = {1: "1", 2: "1.5", 3: "2", 4: "2.5", 5: "3", 6: "5", 7: "5"}
    return {f"star_{star}": value for star, value in stars.items()} | {"valid_from": "2026-04-01"} | other


def test_r_l_4_a_change_of_multipliers_is_tried_on_the_last_month_and_holds_from_a_coming_one(client, city, run):
    found = effects.of_multipliers({1: 100, 2: 200, 3: 200, 4: 250, 5: 300, 6: 500, 7: 500})
    assert [(row.star, row.before, row.after) for row in found] == [(2, 90, 120), (4, 250, 250)]
    text = client.post("/loyalty/rules/multipliers/", multipliers(star_2="2", **{"try": "1"})).content.decode()
    assert ("+30" in text, StarMultiplier.objects.filter(valid_from=date(2026, 4, 1)).count()) == (True, 0)
    for wrong, said in (
        ({"valid_from": "2026-04-02", "star_2": "2"}, "某月 1 日起"),
        ({"valid_from": "2026-03-01", "star_2": "2"}, "已开始的规则不能改"),
        ({}, "没有需要保存的修改"),
        ({"star_2": ""}, "请填写倍数"),
    ):
        answer = client.post("/loyalty/rules/multipliers/", multipliers(save="1", **wrong))
        assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert client.post("/loyalty/rules/multipliers/", multipliers(star_2="2", save="1")).status_code == 302
    row = StarMultiplier.objects.get(valid_from=date(2026, 4, 1))
    assert (row.star, row.hundredths) == (2, 200)
    assert SettingChange.objects.filter(field="倍数", before="150", after="200").count() == 1


def test_r_l_6_bands_must_rise_and_their_effect_is_counted(client, city, month):
    rated = make_member(None, phone="13800000009")
    make_rating(rated, 2, score=120)
    wished = {1: 50, 2: 130, 3: 150, 4: 200, 5: 300, 6: 450, 7: 550}
    assert [(row.words, row.customers) for row in effects.of_bands(wished, NOW.date())] == [("二星 → 一星", 1)]
    form = {f"star_{star}": low for star, low in wished.items()} | {"valid_from": "2026-04-01"}
    bad = client.post("/loyalty/rules/bands/", form | {"star_3": 120, "save": "1"}).content.decode()
    assert ("须高于前一星级" in bad, StarBand.objects.filter(valid_from=date(2026, 4, 1)).count()) == (True, 0)
    assert "二星 → 一星" in client.post("/loyalty/rules/bands/", form | {"try": "1"}).content.decode()
    assert client.post("/loyalty/rules/bands/", form | {"save": "1"}).status_code == 302
    assert list(StarBand.objects.filter(valid_from=date(2026, 4, 1)).values_list("star", "low")) == [(2, 130)]


SCORE = {
    "per_yuan": "100", "rounding": "0", "age_tenths": "10", "bonus_each": "0", "bonus_max": "50", "penalty": "10",
    "cap_suspensions": "3", "cap_star": "3", "valid_from": "2026-04-01",
}  # fmt: skip


def rated_with(star, *, bills_fen, suspensions=0, arrears=0):
    """Rated in January of a year's bills, thirteenth month in network."""
    member = make_member(None, joined_on=date(2025, 1, 15))
    facts = {"bills_fen": bills_fen, "months": 12, "suspensions": suspensions}
    make_rating(member, star, date(2026, 1, 11), date(2027, 1, 10), parts=facts, score=0)
    for day in range(1, arrears + 1):
        Suspension.objects.create(customer=member, began_on=date(2025, 6, day))
    return member


def test_r_l_5_r_l_8_a_change_of_parts_or_caps_is_tried_on_the_facts_each_star_keeps(client, city, month):
    rated_with(4, bills_fen=12 * 190_00)  # 190 + 13 = 203
    rated_with(3, bills_fen=12 * 230_00, suspensions=3, arrears=3)  # 213, capped
    rated_with(4, bills_fen=12 * 230_00, suspensions=2, arrears=2)  # 223
    asked = {name: policy.number(name, NOW.date()) for name in SCORE_FIELDS}

    def found(**other):
        wished = asked | {f"loyalty.{name}": value for name, value in other.items()}
        effect = effects.of_score(wished, date(2026, 4, 1), NOW.date())
        return [(row.words, row.customers) for row in effect.rows], effect.rated

    assert found() == ([], 3)
    assert found(score_per_yuan=90) == ([("四星 → 三星", 1)], 3)
    assert found(age_tenths=0) == ([("四星 → 三星", 1)], 3)
    assert found(cap_suspensions=4) == ([("三星 → 四星", 1)], 3)
    assert found(cap_suspensions=2) == ([("四星 → 三星", 1)], 3)
    assert found(cap_star=1) == ([("三星 → 一星", 1)], 3)
    assert found(suspension_penalty=30) == ([("四星 → 三星", 1)], 3)

    text = client.post("/loyalty/rules/score/", SCORE | {"cap_suspensions": "4", "try": "1"}).content.decode()
    assert ("三星 → 四星" in text, Parameter.objects.filter(valid_from=date(2026, 4, 1)).count()) == (True, 0)
    bad = client.post("/loyalty/rules/score/", SCORE | {"cap_suspensions": "13", "save": "1"})
    early = client.post("/loyalty/rules/score/", SCORE | {"cap_star": "2", "valid_from": "2026-03-10", "save": "1"})
    assert "已开始的规则不能改" in early.content.decode()
    assert (bad.status_code, Parameter.objects.filter(name__startswith="loyalty.cap").count()) == (200, 0)
    assert client.post("/loyalty/rules/score/", SCORE | {"cap_star": "2", "save": "1"}).status_code == 302
    row = Parameter.objects.get(name=policy.CAP_STAR)
    assert (row.value, row.valid_from, policy.number(policy.CAP_STAR, date(2026, 3, 31))) == (2, date(2026, 4, 1), 3)


def test_r_l_15_a_later_deadline_shows_how_many_more_would_have_paid_in_time(client, city, month):
    late = make_member(2)
    make_bill(late, MONTH, 5000, paid=datetime(2026, 3, 5, tzinfo=SHANGHAI))
    found = generation.start(MONTH, on=date(2026, 3, 1), now=NOW)
    generation.work(found.pk)
    generation.finish(found.pk, NOW)
    effect = effects.of_deadline(2, 0)
    assert (effect.before, effect.after, effect.bills) == (2, 3, 4)
    form = {"payment_months": "2", "payment_extra_days": "0", "valid_from": "2026-03-11", "save": "1"}
    assert client.post("/loyalty/rules/deadline/", form).status_code == 302
    assert Parameter.objects.get(name=policy.PAYMENT_MONTHS).value == 2
