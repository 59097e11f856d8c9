"""Targets: from city to person, what is given on, what the figures say."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from core import time
from core.errors import Refused
from halls.states import RegionLevel
from staff import hooks
from staff.actions import targets as actions
from staff.hooks import ServiceFigures
from staff.models import Target
from staff.queries import targets as queries
from staff.rules import performance as rules
from staff.states import Role
from tests.factories import make_business, make_hall, make_region, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
NOW = datetime(2026, 11, 16, 9, tzinfo=time.SHANGHAI)
SERVED = (NOVEMBER, "served")


@pytest.mark.parametrize(("whole", "parts", "left"), [(100, (60, 40), 0), (100, (60, 30), 10), (100, (60, 50), -10)])
def test_what_is_not_given_on_is_told(whole, parts, left):
    assert rules.undivided(whole, parts) == left


@pytest.fixture
def place(monkeypatch):
    city = make_region("ZJ", level=RegionLevel.CITY, name="镇江")
    here = make_hall("ZJ01", windows=0, region=make_region("JK", parent=city))
    there = make_hall("ZJ05", windows=0, region=make_region("DY", parent=city))
    people = {
        "operations": make_user("00009", Role.OPERATIONS, region=city),
        "district": make_user("00001", Role.DISTRICT, region=here.region),
        "wang": make_user("01001", Role.HALL_MANAGER, here),
        "li": make_user("01002", Role.CLERK, here),
    }

    def count(hall_ids, since, until, now):
        assert (since, until) == (NOVEMBER, date(2026, 11, 16))
        served = {here.pk: 70, there.pk: 30}
        return ServiceFigures(
            halls={pk: {"served": served[pk]} for pk in hall_ids},
            people={(here.pk, people["li"].pk): {"served": 66, "business:broadband": 4}},
        )

    monkeypatch.setattr(hooks, "_counters", [count])
    return {"city": city, "here": here, "there": there, **people}


def key(place) -> str:
    return queries.key_of(place)


def test_a_target_goes_down_from_city_to_person_and_each_sees_what_was_reached(place):
    city, here, there = place["city"], place["here"], place["there"]
    whole = {key(city): 300, key(here.region): 200, key(there.region): 90}
    assert actions.set_targets(city, SERVED, whole, actor=place["operations"], now=NOW) == 3
    actions.set_targets(here.region, SERVED, {key(here): 200}, actor=place["district"], now=NOW)
    person = f"hall{here.pk}-person{place['li'].pk}"
    actions.set_targets(here, SERVED, {person: 120}, actor=place["wang"], now=NOW)

    top = queries.sheet(city, NOVEMBER, "served", NOW)
    assert (top.whole.value, top.whole.reached, top.whole.percent, top.undivided) == (300, 100, 33, 10)
    assert [(one.name, one.value, one.reached) for one in top.parts] == [("DY 区", 90, 30), ("JK 区", 200, 70)]
    below = queries.sheet(here, NOVEMBER, "served", NOW)
    assert (below.undivided, [line.reached for line in below.parts]) == (80, [0, 66])
    ((name, line),) = queries.own(place["li"], NOVEMBER, NOW)
    assert (name, line.value, line.reached, line.expected, line.is_behind) == ("办结号码", 120, 66, 60, False)


def test_a_business_can_be_a_target(place):
    make_business("broadband", name="宽带电视")
    person = f"hall{place['here'].pk}-person{place['li'].pk}"
    month = (NOVEMBER, "business:broadband")
    actions.set_targets(place["here"], month, {person: 10}, actor=place["wang"], now=NOW)

    ((name, line),) = queries.own(place["li"], NOVEMBER, NOW)
    assert (name, line.reached) == ("宽带电视", 4)


def test_the_same_again_changes_nothing_and_empty_takes_it_away(place):
    values = {key(place["here"]): 200}

    def set_(values):
        return actions.set_targets(place["here"].region, SERVED, values, actor=place["district"], now=NOW)

    assert [set_(values), set_(values), set_({key(place["here"]): 210}), set_({key(place["here"]): None})] == [
        1,
        0,
        1,
        1,
    ]
    assert not Target.objects.exists()


@pytest.mark.parametrize(("who", "where"), [("li", "here"), ("wang", "there"), ("district", "city")])
def test_nobody_sets_targets_beyond_what_they_lead(place, who, where):
    with pytest.raises(PermissionDenied):
        actions.set_targets(place[where], SERVED, {}, actor=place[who], now=NOW)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"month": date(2026, 10, 1)}, "month_over"),
        ({"measure": "smiles"}, "no_measure"),
        ({"value": -1}, "bad_value"),
        ({"value": 1_000_001}, "bad_value"),
        ({"key": "there"}, "not_below"),
    ],
)
def test_a_target_that_cannot_be_is_refused(place, change, code):
    below = key(place[change.get("key", "here")])
    month = (change.get("month", NOVEMBER), change.get("measure", "served"))
    with pytest.raises(Refused) as no:
        actions.set_targets(
            place["here"].region, month, {below: change.get("value", 5)}, actor=place["district"], now=NOW
        )
    assert no.value.code == code
    assert not Target.objects.exists()


def test_the_page_is_for_those_who_lead(client, place, monkeypatch):
    monkeypatch.setattr(hooks, "_counters", [])
    client.force_login(place["li"])
    assert client.get("/staff/targets/").status_code == 403
    client.force_login(place["wang"])
    assert client.get("/staff/targets/").context["place"] == place["here"]
    assert client.get("/staff/targets/?at=ZJ05").status_code == 404
    assert client.get("/staff/targets/?at=JK").status_code == 404
    person = f"hall{place['here'].pk}-person{place['li'].pk}"
    assert client.post("/staff/targets/", {"at": "ZJ01", person: "-3"}).context["form"].errors
    client.post("/staff/targets/", {"at": "ZJ01", person: "90"})
    assert Target.objects.get().value == 90
