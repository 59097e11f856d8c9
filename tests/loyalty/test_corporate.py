"""集团客户: classes, members, the table with its limits, and who is told when a member takes a number."""

from datetime import date
from decimal import Decimal

import pytest

from core import time
from core.errors import Refused
from loyalty.actions import corporate as acts
from loyalty.actions.corporate import Figures
from loyalty.models import CorporateFigure, CorporateGroup, CorporateMember
from loyalty.queries import corporate as reads
from loyalty.rules.corporate import Kpi, Limits, Measured, by_grade
from messaging.models import Notice, OutboxMessage
from queueing import actions
from queueing.actions import Actor
from queueing.states import Source
from staff.rules.performance import month_of, next_month
from staff.states import Role
from tests.factories import make_customer, make_hall, make_region, make_user

NOW = time.now()
TODAY = time.business_day(NOW)
MONTH = month_of(TODAY)
LIMITS = {grade: Limits(limit, aware, 5, 30) for grade, limit, aware in (("A", 80, 100), ("B", 77, 95), ("C", 75, 90))}


@pytest.mark.parametrize(
    ("value", "limit", "at_most", "expected"),
    [("80", "80", False, True), ("79.9", "80", False, False), ("0.5", "0.5", True, True), ("0.51", "0.5", True, False)],
)
def test_the_limit_itself_is_good(value, limit, at_most, expected):
    assert Kpi(Decimal(value), Decimal(limit), at_most=at_most).is_met is expected


def test_what_nobody_measured_is_neither_good_nor_bad():
    rows = by_grade([Measured("A", False)], LIMITS)
    assert [row.groups for row in rows] == [1, 0, 0]
    assert (rows[0].satisfaction.is_met, rows[0].inside_churn.is_met, rows[1].group_churn.is_met) == (None, None, None)
    assert (rows[0].group_churn.value, rows[0].group_churn.is_met) == (Decimal(0), True)


def test_a_class_is_the_mean_of_its_companies_and_the_churn_of_all_their_heads():
    rows = [
        Measured("B", False, Decimal(70), Decimal(95), members=100, lost=1),
        Measured("B", False, Decimal(84), Decimal(95), members=50, lost=4),
        Measured("B", True),
    ]
    found = by_grade(rows, LIMITS)[1]
    values = [kpi.value for kpi in (found.satisfaction, found.awareness, found.group_churn, found.inside_churn)]
    assert values == [Decimal("77.0"), Decimal("95.0"), Decimal("33.33"), Decimal("3.33")]
    assert [found.satisfaction.is_met, found.awareness.is_met, found.group_churn.is_met, found.inside_churn.is_met] == [
        True,
        True,
        False,
        False,
    ]


@pytest.fixture
def hall(db):
    return make_hall("ZJ01")


@pytest.fixture
def zhou(hall):
    return make_user("01007", Role.ACCOUNT_MANAGER, hall, name="周客户经理", phone="13900000007")


@pytest.fixture
def group(hall, zhou):
    return CorporateGroup.objects.create(
        name="江大科技", grade="A", hall=hall, manager=zhou, headcount=60, joined_on=date(2020, 1, 1)
    )


def refused(act, *given, **named) -> str:
    with pytest.raises(Refused) as no:
        act(*given, **named)
    return no.value.code


def take(hall, phone, **more):
    return actions.take_number(hall, actions.Wish("general", Source.KIOSK, phone, **more), actor=Actor(), now=NOW)


def test_the_manager_is_told_in_app_and_by_sms_when_a_member_takes_a_number(hall, group, zhou):
    make_customer("13800000001")
    make_customer("13800000002")
    acts.add_member(group, "138 0000 0001", now=NOW)
    take(hall, "13800000002")
    take(hall, "")
    assert (Notice.objects.count(), OutboxMessage.objects.count()) == (0, 0)

    ticket = take(hall, "13800000001")
    told = Notice.objects.get()
    assert (told.user, told.key, told.title) == (zhou, f"corporate:{ticket.pk}", "江大科技的客户到ZJ01 营业厅")
    sent = OutboxMessage.objects.get()
    assert (sent.phone, sent.template) == ("13900000007", "corporate_arrived")
    assert "13800000001" not in told.body + sent.text


def test_nobody_is_told_of_simulated_numbers_or_of_who_has_left(hall, group):
    for phone in ("13800000001", "13800000002"):
        make_customer(phone)
        acts.add_member(group, phone, now=NOW)
    take(hall, "13800000001", is_simulated=True)
    member = CorporateMember.objects.get(customer__phone="13800000002")
    assert [acts.remove_member(member, now=NOW), acts.remove_member(member, now=NOW)] == [True, False]
    take(hall, "13800000002")
    assert Notice.objects.count() == 0


def test_what_cannot_be_put_on_record_changes_nothing(hall, group, zhou):
    small = CorporateGroup(name="小店", grade="C", hall=hall, headcount=9, joined_on=TODAY)
    assert refused(acts.save_group, small, actor=zhou, now=NOW) == "too_few"
    twin = CorporateGroup(name="江大科技", grade="C", hall=hall, headcount=10, joined_on=TODAY)
    assert refused(acts.save_group, twin, actor=zhou, now=NOW) == "name_taken"
    assert refused(acts.add_member, group, "13800000009", now=NOW) == "no_customer"
    assert refused(acts.add_member, group, "12", now=NOW) == "bad_phone"
    make_customer("13800000001")
    acts.add_member(group, "13800000001", now=NOW)
    assert refused(acts.add_member, group, "13800000001", now=NOW) == "member_already"
    figures = Figures(MONTH, Decimal(90), Decimal(100), 10, 11)
    assert refused(acts.note_figures, group, figures, actor=zhou, now=NOW) == "bad_count"
    ahead = Figures(next_month(MONTH), Decimal(90), Decimal(100), 10, 1)
    assert refused(acts.note_figures, group, ahead, actor=zhou, now=NOW) == "bad_month"
    assert (CorporateGroup.objects.count(), CorporateMember.objects.count(), CorporateFigure.objects.count()) == (
        1,
        1,
        0,
    )


def test_the_table_reads_what_was_noted_and_who_left_counts_as_lost(hall, group, zhou):
    acts.note_figures(group, Figures(MONTH, Decimal("82.5"), Decimal(100), 60, 2), actor=zhou, now=NOW)
    acts.note_figures(group, Figures(MONTH, Decimal("81.0"), Decimal(100), 60, 1), actor=zhou, now=NOW)
    other = CorporateGroup.objects.create(name="B", grade="A", hall=hall, headcount=10, joined_on=date(2020, 1, 1))
    acts.leave(other, actor=zhou, now=NOW)
    assert refused(acts.leave, other, actor=zhou, now=NOW) == "left_already"

    row = reads.table(reads.visible_to(zhou), MONTH, next_month(MONTH))[0]
    assert (row.groups, row.satisfaction.value, row.group_churn.value) == (2, Decimal("81.0"), Decimal("50.00"))
    assert (row.inside_churn.value, row.inside_churn.is_met) == (Decimal("1.67"), True)


def test_the_pages_show_save_and_keep_what_was_typed(hall, group, zhou, client):
    client.force_login(zhou)
    page = client.get("/corporate/?find=江大&grade=A&month=x").content.decode()
    assert "江大科技" in page and "未测" in page
    body = {"name": "新公司", "grade": "B", "hall": hall.pk, "headcount": 5, "joined_on": TODAY}
    kept = client.post("/corporate/", body)
    assert kept.status_code == 422 and "新公司" in kept.content.decode() and "至少 10 人" in kept.content.decode()
    assert client.post("/corporate/", {**body, "headcount": 50}).status_code == 302
    one = f"/corporate/{group.pk}/"
    make_customer("13800000001")
    assert client.post(f"{one}members/", {"phone": "13800000001"}).status_code == 302
    told = {"month": f"{MONTH:%Y-%m}", "satisfaction": 88, "awareness": 100, "members": 60, "lost": 1}
    assert client.post(f"{one}figures/", told).status_code == 302
    assert client.post(f"{one}figures/", {**told, "lost": 61}).status_code == 422
    page = client.get(one).content.decode()
    assert "138****0001" in page and "13800000001" not in page and "88.0 %" in page
    assert client.get("/corporate/export/").status_code == 200
    client.force_login(make_user("09001", Role.HALL_MANAGER, make_hall("NJ01", windows=1, region=make_region("GL"))))
    assert client.get(one).status_code == 404
