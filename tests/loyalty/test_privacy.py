"""R-H-18, R-C-21, R-S-24: numbers are masked, every look is on record, and what is unusual is told."""

from datetime import datetime, timedelta
from datetime import time as clock

import pytest
import time_machine
from django.db import DatabaseError, transaction

from core.errors import Refused
from core.models import Parameter
from core.time import SHANGHAI
from halls.states import Operation
from loyalty import hooks
from loyalty.actions import privacy as actions
from loyalty.models import Customer, Disclosure, Look, LookReview, ServiceChange
from loyalty.queries import privacy as reads
from loyalty.rules import privacy as rules
from loyalty.states import CustomerStatus, GroundKind, LookKind, Oddity, RevealReason, Verdict
from messaging.models import Notice
from queueing.states import TicketState
from staff.models import Grant, User
from staff.states import Role
from tests.factories import make_business, make_customer, make_hall, make_session, make_ticket, make_user, open_daily

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=SHANGHAI)
pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall()


@pytest.fixture
def clerk(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


@pytest.fixture
def manager(hall):
    return make_user("01002", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def customer():
    return make_customer("13800000001", name="陈东明")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def look_rows():
    return list(Look.objects.order_by("id").values_list("kind", "person__name", "reason", "ground", "odd"))


# ---- masking --------------------------------------------------------------------------------------------------


def test_r_h_18_numbers_and_names_are_masked():
    assert [rules.masked_name(name) for name in ("陈东明", "王芳", "欧阳", "李", "")] == [
        "陈**",
        "王*",
        "欧*",
        "李",
        "",
    ]
    assert make_customer("13912345678").masked == "139****5678"


# ---- looking up -----------------------------------------------------------------------------------------------


def test_r_h_18_a_customer_is_found_by_the_whole_number_only_and_the_question_is_on_record(clerk, customer):
    assert actions.find_customer("138 0000-0001", actor=clerk, now=NOW) == customer
    assert actions.find_customer("13800000009", actor=clerk, now=NOW) is None
    with pytest.raises(Refused) as no:
        actions.find_customer("1380000", actor=clerk, now=NOW)

    assert no.value.code == "bad_phone"
    assert list(Look.objects.order_by("id").values_list("kind", "customer", "rows")) == [
        (LookKind.FOUND, customer.pk, 1),
        (LookKind.FOUND, None, 0),
    ]


def test_r_h_18_trying_one_number_after_the_other_is_stopped(clerk):
    Parameter.objects.create(name=rules.FINDS_A_MINUTE, scope="", value=2, valid_from=NOW.date())
    for phone in ("13800000001", "13800000002"):
        actions.find_customer(phone, actor=clerk, now=NOW)
    with pytest.raises(Refused) as no:
        actions.find_customer("13800000003", actor=clerk, now=NOW)

    assert no.value.code == "too_many_finds"
    assert Look.objects.count() == 2


def test_r_h_18_a_number_with_a_new_owner_does_not_lead_to_the_former_one(clerk, customer):
    Customer.objects.filter(pk=customer.pk).update(status=CustomerStatus.CLOSED)
    assert actions.find_customer(customer.phone, actor=clerk, now=NOW) is None
    heir = make_customer("13800000001", name="孙丽")
    assert actions.find_customer(customer.phone, actor=clerk, now=NOW) == heir


def test_r_h_18_a_customers_page_opens_after_the_number_was_typed_or_while_they_are_here(hall, clerk, customer):
    assert reads.may_open(customer, clerk, NOW) is False
    actions.find_customer(customer.phone, actor=clerk, now=NOW)
    assert reads.may_open(customer, clerk, NOW + timedelta(hours=9, minutes=59)) is True
    assert reads.may_open(customer, clerk, NOW + timedelta(hours=10)) is False

    other = make_customer("13800000002")
    make_ticket(hall, taken_at=NOW, customer=other)
    assert reads.may_open(other, clerk, NOW) is True
    assert reads.may_open(other, make_user("05001", hall=make_hall("ZJ05")), NOW) is False


# ---- revealing ------------------------------------------------------------------------------------------------


def test_r_h_18_the_customer_at_ones_own_window_needs_no_reason_and_is_logged_all_the_same(hall, clerk, customer):
    session = make_session(hall.windows.first(), clerk)
    make_ticket(hall, TicketState.SERVING, taken_at=NOW, window=session.window, customer=customer, number="A012")

    shown = actions.reveal(customer, actor=clerk, now=NOW)

    assert (shown.phone, shown.name) == ("13800000001", "陈东明")
    assert look_rows() == [(LookKind.REVEALED, "小李", RevealReason.AT_WINDOW, "号码 A012", [])]


def test_r_h_18_anybody_elses_customer_needs_a_reason(hall, clerk, customer):
    make_ticket(hall, taken_at=NOW, customer=customer)
    for reason, note, code in (
        ("", "", "reason_needed"),
        ("curious", "", "reason_needed"),
        (RevealReason.AT_WINDOW, "", "reason_needed"),
        (RevealReason.OTHER, "看 看", "note_needed"),
        (RevealReason.BY_LAW, "", "letter_needed"),
    ):
        with pytest.raises(Refused) as no:
            actions.reveal(customer, reason=reason, note=note, actor=clerk, now=NOW)
        assert (reason, no.value.code) == (reason, code)
    assert look_rows() == []

    actions.reveal(customer, reason=RevealReason.CALL_BACK, note="随便写", actor=clerk, now=NOW)
    actions.reveal(customer, reason=RevealReason.OTHER, note="  归还 遗失物 ", actor=clerk, now=NOW)
    assert list(Look.objects.order_by("id").values_list("reason", "note")) == [
        (RevealReason.CALL_BACK, ""),
        (RevealReason.OTHER, "归还 遗失物"),
    ]


def test_r_h_18_a_clerk_needs_an_open_number_and_a_manager_does_not(hall, clerk, manager, customer):
    make_ticket(hall, TicketState.DONE, taken_at=NOW, customer=customer)
    make_ticket(make_hall("ZJ05"), taken_at=NOW, customer=customer)  # another hall's business
    make_ticket(hall, taken_at=NOW - timedelta(days=1), customer=customer)  # yesterday's
    with pytest.raises(Refused) as no:
        actions.reveal(customer, reason=RevealReason.CALL_BACK, actor=clerk, now=NOW)
    assert no.value.code == "ground_needed"
    assert look_rows() == []

    actions.reveal(customer, reason=RevealReason.CALL_BACK, actor=manager, now=NOW)
    assert look_rows() == [(LookKind.REVEALED, "王经理", RevealReason.CALL_BACK, "", [])]


def test_r_h_18_complaints_can_be_a_ground_too(monkeypatch, clerk, customer):
    monkeypatch.setattr(
        hooks, "_grounds", [lambda pk, who, now: [rules.Ground(GroundKind.COMPLAINT, "TS20260310-ZJ01-0007")]]
    )
    actions.reveal(customer, reason=RevealReason.COMPLAINT, actor=clerk, now=NOW)
    assert look_rows() == [(LookKind.REVEALED, "小李", RevealReason.COMPLAINT, "投诉 TS20260310-ZJ01-0007", [])]


def test_r_h_18_partner_staff_may_not_reveal_unless_granted():
    partner = make_hall("ZJ04", operation=Operation.PARTNER)
    clerk = make_user("04001", Role.CLERK, partner)
    chief = make_user("04002", Role.HALL_MANAGER, partner)
    assert [clerk.may("customer.reveal"), chief.may("customer.reveal"), chief.may("customer.disclose")] == [False] * 3
    assert [clerk.may("customer.find"), chief.may("access_log.review")] == [True, True]

    for verb, since, until in (("customer.reveal", 0, 0), ("customer.disclose", 1, 9)):
        Grant.objects.create(
            user=clerk,
            hall=partner,
            verb=verb,
            valid_from=NOW.date() + timedelta(days=since),
            valid_to=NOW.date() + timedelta(days=until),
            reason="试点",
        )
    again = User.objects.get(pk=clerk.pk)
    assert [again.may("customer.reveal", partner), again.may("customer.disclose")] == [True, False]


def test_rows_of_the_log_can_neither_be_changed_nor_deleted(clerk, manager, customer):
    actions.find_customer(customer.phone, actor=clerk, now=NOW)
    actions.review_looks(Look.objects.values_list("pk", flat=True), Verdict.FINE, actor=manager, now=NOW)
    actions.record_change(customer, make_business("vas_change"), consent(), actor=clerk, now=NOW)
    for model in (Look, LookReview, ServiceChange):
        for act in (lambda rows: rows.update(at=NOW), lambda rows: rows._raw_delete("default")):
            with pytest.raises(DatabaseError), transaction.atomic():
                act(model.objects.all())
        assert model.objects.count() == 1


# ---- what is unusual ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, []),
        ({"looks": 15}, []),
        ({"looks": 16}, [Oddity.OFTEN]),
        ({"is_on_shift": False}, [Oddity.OFF_SHIFT]),
        ({"is_colleague": True, "is_vip_without_need": True}, [Oddity.COLLEAGUE, Oddity.VIP]),
    ],
)
def test_r_s_24_what_makes_a_look_unusual(facts, found):
    usual = {"looks": 1, "limit": 15, "is_on_shift": True, "is_colleague": False, "is_vip_without_need": False}
    assert rules.oddities(**{**usual, **facts}) == found


def test_r_s_24_an_unusual_look_is_marked_and_told_to_the_manager_but_not_to_who_looked(hall, manager, customer):
    other = make_user("01003", Role.DUTY_MANAGER, hall, name="周班长", phone=customer.phone)
    Customer.objects.filter(pk=customer.pk).update(is_vip=True)
    customer.refresh_from_db()
    actions.reveal(customer, reason=RevealReason.CALL_BACK, actor=other, now=NOW)
    actions.reveal(customer, reason=RevealReason.CALL_BACK, actor=other, now=NOW)

    assert [odd for *_, odd in look_rows()] == [["colleague", "vip"], ["colleague", "vip"]]
    assert sorted(Notice.objects.values_list("user__name", "title")) == [
        ("王经理", "号码查看提醒:周班长 查看同事号码"),
        ("王经理", "号码查看提醒:周班长 查看重要客户"),
    ]
    assert "138" not in "".join(Notice.objects.values_list("body", flat=True))


def test_r_s_24_looking_at_night_or_very_often_is_unusual(hall, manager, customer):
    open_daily(hall, clock(8, 30), clock(18, 0))
    Parameter.objects.create(name=rules.LOOKS_AN_HOUR, scope=hall.code, value=2, valid_from=NOW.date())
    for minutes in (0, 1, 2):
        actions.reveal(customer, reason=RevealReason.IDENTITY, actor=manager, now=NOW + timedelta(minutes=minutes))
    actions.reveal(customer, reason=RevealReason.IDENTITY, actor=manager, now=NOW.replace(hour=18))

    assert [odd for *_, odd in look_rows()] == [[], [], ["often"], ["off_shift"]]
    assert Notice.objects.count() == 0  # the hall has no other manager, and nobody above


def test_the_district_is_told_when_the_hall_has_no_other_manager(hall, manager, customer):
    above = make_user("90001", Role.DISTRICT, region=hall.region)
    make_user("90002", Role.DISTRICT, region=make_hall("NJ01", region=None, windows=0, groups=False).region.parent)
    User.objects.filter(pk=manager.pk).update(phone=customer.phone)
    actions.reveal(customer, reason=RevealReason.IDENTITY, actor=manager, now=NOW)
    assert above.pk in Notice.objects.values_list("user", flat=True)
    assert manager.pk not in Notice.objects.values_list("user", flat=True)


# ---- the manager's review -------------------------------------------------------------------------------------


def test_r_h_18_a_manager_reviews_looks_of_the_own_halls_and_not_the_own(hall, clerk, manager, customer):
    far = make_hall("ZJ05")
    actions.find_customer(customer.phone, actor=clerk, now=NOW)
    actions.find_customer(customer.phone, actor=manager, now=NOW)
    actions.find_customer(customer.phone, actor=make_user("05001", hall=far), now=NOW)
    mine, own, elsewhere = Look.objects.order_by("id")
    assert set(Look.objects.visible_to(manager)) == {mine, own}
    assert list(Look.objects.visible_to(clerk)) == []

    with pytest.raises(Refused) as no:
        actions.review_looks([own.pk], Verdict.FINE, actor=manager, now=NOW)
    assert no.value.code == "own_look"
    with pytest.raises(Refused) as no:
        actions.review_looks([mine.pk], Verdict.WRONG, actor=manager, now=NOW)
    assert no.value.code == "note_needed"
    assert LookReview.objects.count() == 0

    ids = [mine.pk, own.pk, elsewhere.pk]
    assert actions.review_looks(ids, Verdict.ASK, note="为何两次", actor=manager, now=NOW) == 1
    assert actions.review_looks([mine.pk], Verdict.FINE, actor=manager, now=NOW) == 0
    assert list(LookReview.objects.values_list("look", "verdict", "note")) == [(mine.pk, Verdict.ASK, "为何两次")]


# ---- authorities ----------------------------------------------------------------------------------------------


def test_r_c_21_an_authority_gets_data_by_a_letter_and_two_persons(hall, manager, customer):
    second = make_user("01003", Role.DUTY_MANAGER, hall, name="周班长")
    letter = actions.Letter("京口公安分局", "镇公京 2026-118", "诈骗案 核查", ["identity", "unknown"])
    with pytest.raises(Refused) as no:
        actions.ask_disclosure(customer, actions.Letter("", "x", "案件", ["identity"]), actor=manager, now=NOW)
    assert no.value.code == "letter_incomplete"
    with pytest.raises(Refused) as no:
        actions.ask_disclosure(customer, actions.Letter("分局", "118", "案件", ["all"]), actor=manager, now=NOW)
    assert no.value.code == "nothing_asked"
    row = actions.ask_disclosure(customer, letter, actor=manager, now=NOW)
    assert row.items == ["identity"]

    with pytest.raises(Refused) as no:
        actions.confirm_disclosure(row.pk, actor=manager, now=NOW)
    assert no.value.code == "same_person"
    with pytest.raises(Refused) as no:
        actions.reveal(customer, reason=RevealReason.BY_LAW, actor=manager, now=NOW)
    assert no.value.code == "letter_needed"

    actions.confirm_disclosure(row.pk, actor=second, now=NOW)
    with pytest.raises(Refused) as no:
        actions.confirm_disclosure(row.pk, actor=second, now=NOW)
    assert no.value.code == "confirmed_already"
    actions.reveal(customer, reason=RevealReason.BY_LAW, actor=manager, now=NOW + timedelta(hours=23, minutes=59))
    with pytest.raises(Refused) as no:
        actions.reveal(customer, reason=RevealReason.BY_LAW, actor=manager, now=NOW + timedelta(hours=24))
    assert no.value.code == "letter_needed"
    assert [row[:3] for row in look_rows()] == [
        (LookKind.DISCLOSED, "周班长", RevealReason.BY_LAW),
        (LookKind.REVEALED, "王经理", RevealReason.BY_LAW),
    ]
    assert Disclosure.objects.get().confirmed_by == second


# ---- consent --------------------------------------------------------------------------------------------------


def consent(kind="written", reference="SL-20260310-0012"):
    return actions.Consent(kind, reference)


def test_r_s_24_a_service_change_needs_evidence_and_spoken_consent_is_none(clerk, customer):
    business = make_business("vas_change")
    for given, code in (
        (consent("oral"), "oral_is_no_consent"),
        (consent("phone"), "bad_evidence"),
        (consent("sms", " 12 "), "reference_needed"),
    ):
        with pytest.raises(Refused) as no:
            actions.record_change(customer, business, given, actor=clerk, now=NOW)
        assert no.value.code == code
    assert ServiceChange.objects.count() == 0

    row = actions.record_change(customer, business, consent("sms", " 流水 20260310 "), actor=clerk, now=NOW)
    assert (row.evidence, row.reference, row.at) == ("sms", "流水 20260310", NOW)
    assert row.hall == clerk.employments.get().hall
