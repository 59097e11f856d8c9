"""The next day's audit: who is drawn, what was wrong, who corrects it by when."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from core import time
from core.errors import Refused
from core.models import Parameter
from messaging.models import Notice
from staff.actions import audits as actions
from staff.models import AlwaysAudited, AuditDay, AuditItem
from staff.rules import audits as rules
from staff.rules.audits import Handled
from staff.states import AuditState as S
from staff.states import ErrorKind, Role
from tests.factories import LONG_AGO, make_business, make_hall, make_user

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 25, 1, 30, tzinfo=time.SHANGHAI)
ALWAYS = {"transfer", "close_account", "sim_replace"}


def case(number: int, business: str = "payment", *, person: int = 1, must: bool = False) -> Handled:
    at = datetime(2026, 11, 24, 9, tzinfo=time.SHANGHAI) + timedelta(minutes=number)
    return Handled(f"ticket:{number}:{business}", f"A{number:03d}", business, business, person, at, must)


@pytest.mark.parametrize(("rest", "sampled"), [(0, 0), (1, 1), (19, 1), (20, 1), (21, 2), (100, 5), (101, 6)])
def test_five_percent_of_the_rest_are_drawn_rounded_up(rest, sampled):
    drawn = rules.draw([case(n) for n in range(rest)], DAY, always=ALWAYS, percent=5)

    assert (len(drawn.always), len(drawn.sampled)) == (0, sampled)


def test_every_transfer_closing_replacement_and_refund_is_drawn_and_takes_no_place_in_the_sample():
    must = [case(1, "transfer"), case(2, "close_account"), case(3, "sim_replace"), case(4, "payment", must=True)]
    drawn = rules.draw([*must, *(case(n) for n in range(10, 30))], DAY, always=ALWAYS, percent=5)

    assert drawn.always == must
    assert len(drawn.sampled) == 1


@settings(max_examples=60)
@given(st.sets(st.integers(0, 400), max_size=120), st.integers(0, 100), st.randoms(use_true_random=False))
def test_the_draw_is_the_same_in_whatever_order_the_cases_come(numbers, percent, luck):
    cases = [case(n) for n in sorted(numbers)]
    mixed = list(cases)
    luck.shuffle(mixed)
    first, again = (rules.draw(rows, DAY, always=ALWAYS, percent=percent) for rows in (cases, mixed))

    assert first == again
    assert len(first.sampled) == -(-len(cases) * percent // 100)
    assert {one.source for one in first.sampled} <= {one.source for one in cases}


def test_another_day_draws_others():
    cases = [case(n) for n in range(200)]
    one, other = (rules.draw(cases, day, always=(), percent=5).sampled for day in (DAY, DAY + timedelta(days=1)))

    assert one != other


# ---- with rows -------------------------------------------------------------------------------------------------------


@pytest.fixture
def hall(db):
    return make_hall(windows=0)


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def item(hall, li):
    AlwaysAudited.objects.create(business=make_business("transfer"), valid_from=LONG_AGO)
    actions.draw(hall, DAY, [case(1, "transfer", person=li.pk)], now=NOW)
    return AuditItem.objects.get()


def test_a_list_is_drawn_once_and_keeps_the_share_it_was_drawn_by(hall, li):
    for code in ALWAYS:
        AlwaysAudited.objects.create(business=make_business(code), valid_from=LONG_AGO)
    cases = [case(1, "transfer", person=li.pk), *(case(n, person=li.pk) for n in range(10, 50))]

    first = actions.draw(hall, DAY, cases, now=NOW)
    assert (first.handled, first.always, first.sampled, first.share) == (41, 1, 2, 5)
    Parameter.objects.create(name=rules.SHARE, value=50, valid_from=LONG_AGO)
    assert actions.draw(hall, DAY, cases, now=NOW) is None
    assert AuditItem.objects.count() == 3
    assert AuditDay.objects.get().share == 5


def test_the_share_is_a_parameter_of_the_hall(hall, li):
    Parameter.objects.create(name=rules.SHARE, scope="ZJ01", value=50, valid_from=LONG_AGO)

    assert actions.draw(hall, DAY, [case(n, person=li.pk) for n in range(10)], now=NOW).sampled == 5


def test_a_business_is_always_audited_on_its_days_only(hall, li):
    AlwaysAudited.objects.create(business=make_business("transfer"), valid_from=LONG_AGO, valid_to=DAY)

    assert actions.draw(hall, DAY, [case(1, "transfer", person=li.pk)], now=NOW).always == 1
    later = DAY + timedelta(days=1)
    assert actions.draw(hall, later, [case(1, "transfer", person=li.pk)], now=NOW).always == 0


def test_an_error_names_what_who_and_until_when_and_the_person_is_told(item, li, wang):
    found = actions.find_wrong(item.pk, ErrorKind.SIGNATURE, "受让人没有签名", actor=wang, now=NOW)

    assert (found.state, found.correct_by, found.checked_by) == (S.WRONG, date(2026, 11, 27), wang)
    assert Notice.objects.get().user == li
    done = actions.correct(item.pk, "已请客户补签", actor=li, now=NOW)
    assert (done.state, done.corrected_by, done.correction) == (S.CORRECTED, li, "已请客户补签")


def test_an_error_is_late_after_its_last_day(item, wang):
    found = actions.find_wrong(item.pk, ErrorKind.ENTRY, "证件号录错", actor=wang, now=NOW)

    assert [found.is_late(date(2026, 11, day)) for day in (27, 28)] == [False, True]


@pytest.mark.parametrize(("kind", "finding"), [("", "没有签名"), ("nonsense", "没有签名"), (ErrorKind.OTHER, "  ")])
def test_an_error_without_words_is_refused(item, wang, kind, finding):
    with pytest.raises(Refused) as no:
        actions.find_wrong(item.pk, kind, finding, actor=wang, now=NOW)

    assert no.value.code == "no_finding"
    item.refresh_from_db()
    assert item.state == S.OPEN


def test_nobody_audits_their_own_work(hall, li, item):
    boss = make_user("01003", Role.DUTY_MANAGER, hall)
    AuditItem.objects.update(person=boss)

    with pytest.raises(Refused) as no:
        actions.pass_item(item.pk, actor=boss, now=NOW)
    assert no.value.code == "own_business"


def test_a_case_is_looked_at_once(item, wang):
    actions.pass_item(item.pk, actor=wang, now=NOW)

    with pytest.raises(Refused) as no:
        actions.find_wrong(item.pk, ErrorKind.OTHER, "再看一次", actor=wang, now=NOW)
    assert no.value.code == "bad_move"


def test_a_clerk_audits_nothing_and_corrects_only_their_own(item, hall, li, wang):
    zhou = make_user("01004", Role.CLERK, hall)
    with pytest.raises(PermissionDenied):
        actions.pass_item(item.pk, actor=zhou, now=NOW)
    actions.find_wrong(item.pk, ErrorKind.OTHER, "少一张复印件", actor=wang, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.correct(item.pk, "已补", actor=zhou, now=NOW)
    item.refresh_from_db()
    assert item.state == S.WRONG


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_pages_are_for_those_who_audit_and_for_whom_it_concerns(client, item, hall, li, wang):
    page = f"/staff/audits/{item.pk}/"
    stranger = make_user("05001", Role.HALL_MANAGER, make_hall("ZJ05", windows=0))
    for person, status in ((wang, 200), (li, 404), (stranger, 404)):
        client.force_login(person)
        assert (person.staff_no, client.get(page).status_code) == (person.staff_no, status)
    actions.find_wrong(item.pk, ErrorKind.OTHER, "少一张复印件", actor=wang, now=NOW)
    client.force_login(li)
    assert client.get(page).status_code == 200
    assert client.post(f"{page}pass/").status_code == 403


def test_the_auditor_goes_from_case_to_case_and_typed_words_stay(client, hall, li, wang, item):
    actions.draw(hall, DAY - timedelta(days=1), [case(9, person=li.pk)], now=NOW)
    client.force_login(wang)

    kept = client.post(f"/staff/audits/{item.pk}/wrong/", {"kind": "", "finding": "没有签名"})
    assert kept.status_code == 200
    assert kept.context["finding_form"]["finding"].value() == "没有签名"
    done = client.post(f"/staff/audits/{item.pk}/wrong/", {"kind": "papers", "finding": "没有签名"})
    assert done["Location"] == "/staff/audits/"
    rows = b"".join(client.get("/staff/audits/export/?state=wrong").streaming_content).decode().splitlines()
    assert len(rows) == 2
    assert "没有签名" in rows[1]
