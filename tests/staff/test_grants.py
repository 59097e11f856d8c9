"""R-H-18: at a partner's hall a whole number is seen by grant only; a grant has an end and can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connections

from core import time
from core.errors import Refused
from core.models import Parameter
from halls.states import Operation
from messaging.models import Notice
from staff.actions import grants as actions
from staff.actions.grants import Wish
from staff.models import Grant, User
from staff.queries import grants as queries
from staff.rules import grants as rules
from staff.states import GrantState, Role
from tests.factories import make_hall, make_user

NOW = datetime(2026, 11, 24, 10, tzinfo=time.SHANGHAI)
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hall(db):
    return make_hall("ZJ04", operation=Operation.PARTNER)


@pytest.fixture
def clerk(hall):
    return make_user("04001", Role.CLERK, hall, name="小赵")


@pytest.fixture
def head(hall):
    return make_user("00004", Role.DISTRICT, region=hall.region, name="周主管")


def wish(hall, *, verb="customer.reveal", first=TODAY, last=TODAY + timedelta(days=6), reason="代办停机保号"):
    return Wish(hall, verb, first, last, reason)


def refused(act) -> str:
    before = list(Grant.objects.values())
    with pytest.raises(Refused) as no:
        act()
    assert list(Grant.objects.values()) == before
    return no.value.code


def test_r_h_18_a_grant_gives_the_right_until_it_is_taken_back(hall, clerk, head):
    assert not clerk.may("customer.reveal", hall)

    row = actions.give(clerk, wish(hall), actor=head, now=NOW)
    assert User.objects.get(pk=clerk.pk).may("customer.reveal", hall)
    assert not User.objects.get(pk=clerk.pk).may("customer.disclose", hall)

    actions.take_back(row, actor=head, now=NOW)
    assert not User.objects.get(pk=clerk.pk).may("customer.reveal", hall)
    row.refresh_from_db()
    assert (row.ended_by, row.state(TODAY)) == (head, GrantState.TAKEN_BACK)
    assert [one.title[:4] for one in Notice.objects.filter(user=clerk).order_by("pk")] == ["已授权你", "已收回授"]
    assert refused(lambda: actions.take_back(row, actor=head, now=NOW)) == "not_in_force"


def test_r_h_18_its_last_day_counts_and_the_next_one_does_not(hall, clerk, head):
    actions.give(clerk, wish(hall, last=TODAY), actor=head, now=NOW)
    with time_machine.travel(datetime(2026, 11, 24, 23, 59, 59, tzinfo=time.SHANGHAI), tick=False):
        assert User.objects.get(pk=clerk.pk).may("customer.reveal", hall)
    with time_machine.travel(datetime(2026, 11, 25, 0, 0, tzinfo=time.SHANGHAI), tick=False):
        assert not User.objects.get(pk=clerk.pk).may("customer.reveal", hall)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "  "}, "no_reason"),
        ({"reason": "字" * 81}, "no_reason"),
        ({"last": TODAY - timedelta(days=1), "first": TODAY}, "ends_before_start"),
        ({"first": TODAY - timedelta(days=1)}, "in_the_past"),
        ({"last": TODAY + timedelta(days=90)}, "too_long"),
    ],
)
def test_bad_wishes_are_refused_and_change_nothing(hall, clerk, head, change, code):
    assert refused(lambda: actions.give(clerk, wish(hall, **change), actor=head, now=NOW)) == code


def test_the_longest_grant_is_a_dated_number(hall, clerk, head):
    assert not rules.is_too_long(TODAY, TODAY + timedelta(days=89), most=90)
    assert rules.is_too_long(TODAY, TODAY + timedelta(days=90), most=90)
    Parameter.objects.create(name=rules.MOST_DAYS, value=7, valid_from=TODAY)
    assert actions.give(clerk, wish(hall), actor=head, now=NOW).valid_to == TODAY + timedelta(days=6)


def test_only_who_works_at_a_partners_hall_is_granted_anything(hall, clerk, head):
    own, stranger = make_hall("ZJ01"), make_user("09001", Role.CLERK, make_hall("ZJ09", operation=Operation.PARTNER))
    own.region = hall.region
    own.save()
    assert refused(lambda: actions.give(clerk, wish(own), actor=head, now=NOW)) == "not_partner"
    assert refused(lambda: actions.give(stranger, wish(hall), actor=head, now=NOW)) == "not_there"
    assert refused(lambda: actions.give(head, wish(hall), actor=head, now=NOW)) == "own_grant"
    chief = make_user("04900", Role.HALL_MANAGER, hall)
    with pytest.raises(PermissionDenied):
        actions.give(clerk, wish(hall), actor=chief, now=NOW)
    assert not Grant.objects.exists()


@pytest.mark.parametrize(("first", "last", "meets"), [(6, 9, True), (7, 9, False), (0, 6, True)])
def test_the_same_right_is_not_granted_twice_for_a_day(hall, clerk, head, first, last, meets):
    actions.give(clerk, wish(hall), actor=head, now=NOW)
    again = wish(hall, first=TODAY + timedelta(days=first), last=TODAY + timedelta(days=last))
    if meets:
        assert refused(lambda: actions.give(clerk, again, actor=head, now=NOW)) == "granted_already"
    else:
        assert actions.give(clerk, again, actor=head, now=NOW).state(TODAY) == GrantState.COMING
    assert actions.give(clerk, wish(hall, verb="customer.disclose"), actor=head, now=NOW).pk


@pytest.mark.django_db(transaction=True)
def test_two_heads_at_once_give_one_grant():
    hall = make_hall("ZJ04", operation=Operation.PARTNER)
    clerk = make_user("04001", Role.CLERK, hall)
    heads = [make_user(f"0000{number}", Role.DISTRICT, region=hall.region) for number in (4, 5)]

    def give(head):
        try:
            return bool(actions.give(clerk, wish(hall), actor=head, now=NOW))
        except Refused:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give, heads)) == [False, True]
    assert Grant.objects.count() == 1


def test_the_list_is_narrowed_by_state_hall_and_person(hall, clerk, head):
    actions.give(clerk, wish(hall), actor=head, now=NOW)
    coming = wish(hall, verb="customer.disclose", first=TODAY + timedelta(days=3))
    actions.give(clerk, coming, actor=head, now=NOW)
    old = {"valid_from": date(2026, 9, 1), "valid_to": date(2026, 9, 30), "reason": "试点"}
    Grant.objects.create(user=clerk, hall=hall, verb="customer.reveal_any", **old)

    def found(**narrowed):
        return [one.verb for one in queries.seen_by(head, TODAY, **narrowed)]

    assert found(state=GrantState.IN_FORCE) == ["customer.reveal"]
    assert found(state=GrantState.COMING) == ["customer.disclose"]
    assert found(state=GrantState.OVER) == ["customer.reveal_any"]
    assert found(state=GrantState.TAKEN_BACK) == []
    assert len(found(find="小赵")) == len(found(find="04001", hall=hall)) == 3
    assert found(find="小钱") == []
    assert list(queries.seen_by(clerk, TODAY)) == []


def test_the_page_gives_and_takes_back(client, hall, clerk, head):
    client.force_login(head)
    body = {"hall": "ZJ04", "person": "04001", "verb": "customer.reveal", "first": TODAY, "last": TODAY, "reason": ""}
    again = client.post("/staff/grants/new/", body)
    assert "invalid-feedback" in again.content.decode()
    assert not Grant.objects.exists()

    client.post("/staff/grants/new/", {**body, "reason": "代办停机保号"})
    row = Grant.objects.get()
    shown = client.get("/staff/grants/").content.decode()
    assert "小赵" in shown
    assert "收回" in shown
    assert "代办停机保号" in b"".join(client.get("/staff/grants/export/").streaming_content).decode()
    assert client.post(f"/staff/grants/{row.pk}/take-back/").status_code == 302
    assert Grant.objects.get().ended_by == head


def test_the_manager_of_the_hall_sees_grants_without_a_key_to_change_them(client, hall, clerk, head):
    row = actions.give(clerk, wish(hall), actor=head, now=NOW)
    client.force_login(make_user("04900", Role.HALL_MANAGER, hall))
    shown = client.get("/staff/grants/").content.decode()
    assert "小赵" in shown
    assert f"/staff/grants/{row.pk}/take-back/" not in shown
    assert client.post(f"/staff/grants/{row.pk}/take-back/").status_code == 403
    assert Grant.objects.get().ended_at is None
