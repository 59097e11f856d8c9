"""The search box: within one's rights, customers by the whole number only and on record."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.actions.cases import Report, log
from core import parameters
from core.errors import Refused
from core.time import now
from loyalty.models import Look
from loyalty.rules.privacy import FINDS_A_MINUTE
from loyalty.states import LookKind
from overview.actions.search import search
from overview.rules import search as rules
from staff.actions import knowledge
from staff.states import Role
from tests.factories import make_customer, make_hall, make_owner, make_region, make_ticket, make_user

PHONE = "13800000001"


# ---- pure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        (" a012 ", "ticket", "A012"),
        ("A012", "ticket", "A012"),
        ("A1000", "ticket", "A1000"),
        ("138 0000-0001", "phone", PHONE),
        ("13800000001", "phone", PHONE),
        ("1380000", "is_part_of_phone", True),
        ("138000000012", "is_part_of_phone", True),
        ("ts20261122-zj01-0007", "complaint", "TS20261122-ZJ01-0007"),
        ("0007", "tail", "0007"),
        ("wjl", "initials", "WJL"),
        ("王", "text", "王"),
        ("字" * 40, "is_too_long", False),
        ("字" * 41, "is_too_long", True),
        ("x" * 3000, "is_too_long", True),
        ("\x00 \u3000", "is_empty", True),
        ("", "is_empty", True),
    ],
)
def test_what_a_line_can_mean(typed, field, value):
    assert getattr(rules.read(typed), field) == value


def test_r_h_18_a_whole_number_is_compared_with_nothing_else():
    wanted = rules.read(PHONE)
    assert (wanted.ticket, wanted.complaint, wanted.tail, wanted.initials) == ("", "", "", "")


@given(st.text(max_size=200))
def test_any_line_means_at_most_one_thing_besides_its_text(typed):
    wanted = rules.read(typed)
    meant = [wanted.phone, wanted.ticket, wanted.complaint, wanted.tail, wanted.is_part_of_phone]
    assert sum(map(bool, meant)) <= 1


def test_initials_of_a_name():
    assert rules.initials("王经理") == "WJL"
    assert rules.initials("大市口沟通100店") == "DSKGT100D"


# ---- with rows -------------------------------------------------------------------------------------------------


@pytest.fixture
def place(db):
    hall = make_hall("ZJ01", name="大市口营业厅", region=make_region("JK"))
    make_hall("ZJ02", name="学府路营业厅")
    return hall


def found(user, typed):
    return search(typed, user=user, now=now()).found


def test_a_number_is_found_in_ones_own_halls_only(place):
    here = make_ticket(place, number="A012")
    make_ticket(make_hall("ZJ03"), number="A012")
    clerk = make_user(hall=place)

    assert found(clerk, "a012").tickets == [here]


def test_a_person_is_found_by_name_initials_and_staff_no(place):
    manager = make_user("01001", Role.HALL_MANAGER, place, name="王经理")
    clerk = make_user("01002", Role.CLERK, place, name="李敏")
    make_user("02001", Role.CLERK, make_hall("ZJ04"), name="李敏")

    assert found(manager, "李").people == [clerk]
    assert found(manager, "lm").people == [clerk]
    assert found(manager, "01002").people == [clerk]
    assert found(clerk, "王").people == []


def test_halls_articles_and_complaints(place):
    manager, owner = make_user("01001", Role.HALL_MANAGER, place), make_owner()
    content = knowledge.Content(conditions="本人到场", answer="旧卡停用。", valid_from=date(2020, 1, 1))
    knowledge.add_article(knowledge.Naming("补卡换卡", ""), content, actor=owner, now=now())
    case = log(Report(hall=place, content="多收费"), person=None, now=now())

    assert [one.code for one in found(manager, "DSK").halls] == ["ZJ01"]
    assert [one.code for one in found(manager, "营业厅").halls] == ["ZJ01"]
    assert [one.article.title for one in found(manager, "bk").articles] == ["补卡换卡"]
    assert found(manager, case.number.lower()).complaints == [case]
    assert found(manager, case.number[-4:]).complaints == [case]
    assert found(make_user(hall=make_hall("ZJ05")), case.number).complaints == []


def test_r_h_18_a_customer_is_found_by_the_whole_number_and_the_look_is_on_record(place):
    customer, clerk = make_customer(PHONE), make_user(hall=place)

    answer = search(PHONE, user=clerk, now=now())

    assert answer.customer == customer
    assert [(one.kind, one.person, one.customer) for one in Look.objects.all()] == [(LookKind.FOUND, clerk, customer)]


def test_r_h_18_a_part_of_a_number_finds_no_customer_and_asks_nothing(place):
    make_customer(PHONE)
    clerk = make_user(hall=place)

    for part in ("1380000000", "0000001", "0001", "13800000002"):
        assert search(part, user=clerk, now=now()).customer is None
    assert Look.objects.count() == 1  # the other whole number


def test_who_may_not_look_for_customers_is_told_so(place):
    make_customer(PHONE)

    answer = search(PHONE, user=make_user(role=Role.GREETER, hall=place), now=now())

    assert (answer.customer, answer.hint) == (None, "没有查询客户的权限。如工作需要,请联系店长开通。")
    assert not Look.objects.exists()


def test_trying_one_number_after_the_other_is_stopped(place):
    clerk = make_user(hall=place)
    for last in range(parameters.about(FINDS_A_MINUTE).default):
        search(f"138000000{last:02d}", user=clerk, now=now())

    with pytest.raises(Refused) as no:
        search("13800000099", user=clerk, now=now())

    assert no.value.code == "too_many_finds"


def test_the_phone_stands_in_no_address(place, client):
    make_customer(PHONE)
    client.force_login(make_user(hall=place))

    other = client.post("/search/", {"q": "A012"})
    assert (other.status_code, other["Location"]) == (302, "/search/?q=A012")
    typed = client.post("/search/", {"q": PHONE})
    assert typed.status_code == 200
    assert "138****0001" in typed.content.decode()
    assert PHONE not in typed.content.decode().replace(f'value="{PHONE}"', "")
    by_address = client.get(f"/search/?q={PHONE}").content.decode()
    assert "手机号请在搜索框里输入。" in by_address
    assert Look.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "   ", "x" * 3000, "\x00", "%", "'; --", "没有的东西"])
def test_odd_lines_get_a_page(place, client, typed):
    client.force_login(make_user(hall=place))
    assert client.post("/search/", {"q": typed}, follow=True).status_code == 200


def test_the_api_answers_the_same_and_masks(place, client):
    make_customer(PHONE)
    ticket = make_ticket(place, number="A012")
    client.force_login(make_user(hall=place))

    def ask(typed):
        return client.post("/api/v1/search/", {"q": typed}, content_type="application/json")

    assert [one["id"] for one in ask("A012").json()["tickets"]] == [str(ticket.pk)]
    assert ask(PHONE).json()["customer"]["phone"] == "138****0001"
    assert ask("字" * 41).json()["code"] == "too_long"
    assert ask("x" * 3000).status_code == 400


def test_the_page_of_a_number_tells_what_happened_to_it(place, client):
    ticket = make_ticket(place, "done", number="A012", phone=PHONE)
    client.force_login(make_user(hall=place))

    shown = client.get(f"/search/tickets/{ticket.pk}/").content.decode()

    assert "号码 A012" in shown
    assert "138****0001" in shown
    client.force_login(make_user(hall=make_hall("ZJ09")))
    assert client.get(f"/search/tickets/{ticket.pk}/").status_code == 404
