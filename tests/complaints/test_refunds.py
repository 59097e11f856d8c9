"""R-C-10 … R-C-14: to the fen, by the right rung, and never twice."""

from decimal import Decimal

import pytest
from django.db import transaction

from complaints.actions import audits, billing, compensation, ending, refunds
from complaints.actions.refunds import Claim
from complaints.models import Compensation, Refund, RefundPayment
from complaints.rules import refunds as rules
from complaints.states import Rung
from core.errors import Refused
from core.time import business_day
from staff.actions import audits as staff_audits
from staff.models import AuditDay, AuditItem
from tests.complaints.conftest import hours, make_case
from tests.complaints.histories import when

pytestmark = pytest.mark.django_db


def claim(overcharge="12.50", charged="30.00", **facts):
    return Claim("套餐外流量", Decimal(charged), Decimal(overcharge), **facts)


def refused(code, act, *args, **kwargs):
    before = list(RefundPayment.objects.order_by("pk").values_list("part", "state", "amount"))
    with pytest.raises(Refused) as no, transaction.atomic():
        act(*args, **kwargs)
    assert no.value.code == code
    assert list(RefundPayment.objects.order_by("pk").values_list("part", "state", "amount")) == before


@pytest.mark.parametrize(("over", "total"), [("12.50", "25.00"), ("10", "20"), ("0.01", "0.02"), ("33.33", "66.66")])
def test_r_c_10_twice_the_overcharge_in_all(over, total):
    assert rules.total_of(Decimal(over), "promised") == Decimal(total)
    assert sum(one.amount for one in rules.payments(Decimal(over), "promised", is_pre=True)) == Decimal(total)


@pytest.mark.parametrize("ground", ["unproven", "our_fault"])
def test_r_c_11_other_grounds_give_the_principal(ground):
    assert rules.total_of(Decimal("12.50"), ground) == Decimal("12.50")


def test_r_c_12_the_benefit_of_the_doubt_only_after_the_limit(place):
    found = make_case(place, tier="vip")
    refused("too_early", refunds.ask_refund, found.pk, claim(ground="unproven"), person=place.clerk, now=hours(8))
    assert refunds.proposes_unproven(found, hours(8)) is False
    assert refunds.proposes_unproven(found, hours(8.01)) is True
    row = refunds.ask_refund(found.pk, claim(ground="unproven"), person=place.clerk, now=hours(8.01))
    assert row.total == Decimal("12.50")


def pre(place, found, **facts):
    asked = claim(is_pre=True, customer_upset=True, team_contacted=True, **facts)
    return refunds.ask_refund(found.pk, asked, person=place.duty, now=hours(1))


def states(row):
    return {one.part: (one.state, one.amount) for one in row.payments.all()}


def test_r_c_13_two_halves_that_can_never_both_be_paid_twice(place):
    found = make_case(place)
    row = pre(place, found)
    assert states(row) == {"principal": ("asked", Decimal("12.50")), "second": ("verifying", Decimal("12.50"))}
    refused("pre_refund_exists", pre, place, found, charged="90.00")
    refused("bad_move", refunds.mark_paid, row.pk, "second", person=place.handler, now=hours(2))
    refused("not_your_rung", refunds.decide_refund, row.pk, True, "", person=place.manager, now=hours(2))
    refunds.decide_refund(row.pk, True, "同意", person=place.handler, now=hours(2))
    refunds.mark_paid(row.pk, "principal", person=place.handler, now=hours(3))
    refused("bad_move", refunds.mark_paid, row.pk, "principal", person=place.handler, now=hours(3))
    assert Refund.objects.get().verify_due_at == when("2026-11-26 23:59:59")
    assert found.deadlines.get(clock="verify", level=2).due_at == when("2026-11-26 23:59:59")
    refused("bad_move", refunds.mark_paid, row.pk, "second", person=place.handler, now=hours(4))
    refunds.verify(row.pk, True, "计费差错属实", person=place.handler, now=hours(5))
    refused("verified_already", refunds.verify, row.pk, True, "再来", person=place.handler, now=hours(5))
    refunds.mark_paid(row.pk, "second", person=place.handler, now=hours(6))
    refused("bad_move", refunds.mark_paid, row.pk, "second", person=place.handler, now=hours(6))
    assert states(row) == {"principal": ("paid", Decimal("12.50")), "second": ("paid", Decimal("12.50"))}
    assert found.deadlines.filter(clock="verify", ended_at=None).count() == 0


def test_r_c_13_not_confirmed_the_principal_stays_as_goodwill(place):
    row = pre(place, make_case(place))
    refused("principal_first", refunds.verify, row.pk, True, "早", person=place.handler, now=hours(1))
    refunds.decide_refund(row.pk, True, "", person=place.handler, now=hours(2))
    refunds.mark_paid(row.pk, "principal", person=place.handler, now=hours(3))
    refunds.verify(row.pk, False, "收费无误", person=place.handler, now=hours(5))
    assert states(row) == {"principal": ("paid", Decimal("12.50")), "second": ("refused", Decimal("12.50"))}
    assert Refund.objects.get().finding == "收费无误"


def test_r_c_13_small_upset_and_talked_over(place):
    found = make_case(place)
    for facts in ({"customer_upset": False}, {"team_contacted": False}, {"overcharge": "50.01", "charged": "90.00"}):
        asked = claim(**{"is_pre": True, "customer_upset": True, "team_contacted": True, **facts})
        refused("not_pre", refunds.ask_refund, found.pk, asked, person=place.duty, now=hours(1))
    assert pre(place, found, overcharge="50.00", charged="90.00").is_pre is True


def test_r_c_13_the_proof_stands_in_the_way_of_the_archive(place):
    found = make_case(place)
    row = pre(place, found)
    refunds.decide_refund(row.pk, True, "", person=place.handler, now=hours(2))
    refunds.mark_paid(row.pk, "principal", person=place.handler, now=hours(3))
    ending.close(found.pk, "refunded", "本金已退", person=place.duty, now=hours(4))
    ending.follow_up(found.pk, "yes", "", person=place.duty, now=hours(5))
    refused("money_open", ending.archive, found.pk, person=place.duty, now=hours(6))
    refunds.verify(row.pk, True, "属实", person=place.handler, now=hours(7))
    ending.archive(found.pk, person=place.duty, now=hours(8))


def test_a_refused_pre_refund_may_be_asked_again(place):
    found = make_case(place)
    row = pre(place, found)
    refused("words_needed", refunds.decide_refund, row.pk, False, "", person=place.handler, now=hours(2))
    refunds.decide_refund(row.pk, False, "先查账", person=place.handler, now=hours(2))
    assert states(row) == {"principal": ("refused", Decimal("12.50")), "second": ("refused", Decimal("12.50"))}
    assert pre(place, found).pk != row.pk


@pytest.mark.parametrize(
    ("over", "charged", "code"),
    [
        ("30.01", "30.00", "above_charge"),
        ("0", "30.00", "bad_sum"),
        ("-1", "30.00", "bad_sum"),
        ("0.004", "1", "bad_sum"),
    ],
)
def test_above_the_charge_or_nothing_at_all_is_refused(place, over, charged, code):
    refused(code, refunds.ask_refund, make_case(place).pk, claim(over, charged), person=place.clerk, now=hours(1))


def test_several_refunds_never_give_back_more_than_the_charge(place):
    found = make_case(place)
    refunds.ask_refund(found.pk, claim("20.00"), person=place.clerk, now=hours(1))
    refused("above_charge", refunds.ask_refund, found.pk, claim("10.01"), person=place.clerk, now=hours(1))
    refunds.ask_refund(found.pk, claim("10.00"), person=place.clerk, now=hours(1))


@pytest.mark.parametrize(
    ("amount", "rung"),
    [("50", "duty"), ("50.01", "hall"), ("200", "hall"), ("200.01", "team"), ("1000", "team"), ("1000.01", "city")],
)
def test_the_ladder_is_inclusive(amount, rung):
    assert rules.rung_for(Decimal(amount), duty=50, hall=200, team=1000) == rung


def test_the_ladder_of_people(place):
    row = refunds.ask_refund(make_case(place).pk, claim("80.00", "90.00"), person=place.clerk, now=hours(1))
    assert row.rung == Rung.HALL
    refused("not_your_rung", refunds.decide_refund, row.pk, True, "", person=place.duty, now=hours(2))
    refunds.decide_refund(row.pk, True, "", person=place.manager, now=hours(2))
    own = refunds.ask_refund(make_case(place).pk, claim("10", "90.00"), person=place.duty, now=hours(1))
    refused("own_request", refunds.decide_refund, own.pk, True, "", person=place.duty, now=hours(2))


def test_billing_gets_each_payment_in_one_batch(place):
    found = make_case(place)
    row = refunds.ask_refund(found.pk, claim(), person=place.clerk, now=hours(1))
    refused("nothing_agreed", billing.send_to_billing, person=place.handler, now=hours(1))
    refunds.decide_refund(row.pk, True, "", person=place.duty, now=hours(2))
    batch = billing.send_to_billing(person=place.handler, now=hours(3))
    assert [one.amount for one in batch.payments] == [Decimal("25.00")]
    refused("nothing_agreed", billing.send_to_billing, person=place.handler, now=hours(3))
    assert states(row) == {"whole": ("sent", Decimal("25.00"))}
    refunds.mark_paid(row.pk, "whole", person=None, now=hours(4))
    assert states(row) == {"whole": ("paid", Decimal("25.00"))}


@pytest.mark.parametrize(
    ("amount", "loss", "needs"),
    [("100", "50", False), ("100.01", "50", True), ("30", "10", False), ("30.01", "10", True), ("1", "0", True)],
)
def test_r_c_14_much_money_needs_a_managers_reason(amount, loss, needs):
    assert rules.needs_reason(Decimal(amount), Decimal(loss), free=100, times=3) is needs


def test_r_c_14_the_duty_manager_may_not_agree_to_much_for_little(place):
    offer = compensation.Offer(Decimal("5"), Decimal("40"), "话费", "多次往返")
    row = compensation.ask_unprompted(place.hall, "13800000001", offer, person=place.clerk, now=hours(0))
    assert row.rung == Rung.HALL
    refused("not_your_rung", compensation.decide, row.pk, True, "同意", person=place.duty, now=hours(1))
    refused("words_needed", compensation.decide, row.pk, True, "", person=place.manager, now=hours(1))
    compensation.decide(row.pk, True, "三次往返,交通损失", person=place.manager, now=hours(1))
    compensation.mark_given(row.pk, person=place.duty, now=hours(2))
    refused("bad_move", compensation.mark_given, row.pk, person=place.duty, now=hours(2))
    assert Compensation.objects.get().state == "paid"


def test_compensation_on_a_complaint_is_on_its_record(place):
    found = make_case(place)
    offer = compensation.Offer(Decimal("20"), Decimal("20"), "话费", "误工")
    row = compensation.ask_on_complaint(found.pk, offer, person=place.clerk, now=hours(1))
    compensation.decide(row.pk, True, "", person=place.duty, now=hours(2))
    assert list(found.events.values_list("did", flat=True)) == ["logged", "accepted", "compensated", "refund_decided"]


def test_what_was_agreed_to_is_on_the_next_days_audit_list_once(place):
    found = make_case(place)
    row = refunds.ask_refund(found.pk, claim(), person=place.clerk, now=hours(1))
    refused_one = refunds.ask_refund(found.pk, claim("1.00"), person=place.clerk, now=hours(1))
    refunds.decide_refund(row.pk, True, "同意", person=place.duty, now=hours(2))
    refunds.decide_refund(refused_one.pk, False, "不成立", person=place.duty, now=hours(2))
    next_day, hall, day = hours(30), found.hall, business_day(hours(2))

    assert audits.list_refunds(next_day) == 0  # the list of that day is not drawn yet
    staff_audits.draw(hall, day, [], now=next_day)
    assert [audits.list_refunds(next_day), audits.list_refunds(next_day)] == [row.payments.count(), 0]

    items = AuditItem.objects.filter(hall=hall, day=day)
    assert {(one.label, one.person, one.ground) for one in items} == {(found.number, place.clerk, "always")}
    assert AuditDay.objects.get(hall=hall, day=day).always == row.payments.count()
