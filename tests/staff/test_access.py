"""Role × verb × own hall, other hall: the whole table as `docs/access.md` tells it."""

from datetime import date, timedelta

import pytest

from core.time import business_day, now
from halls.states import RegionLevel
from staff import access
from staff.rights import VERBS
from staff.states import Role
from tests.factories import employ, make_hall, make_owner, make_region, make_user
from tests.staff.rights_page import told

pytestmark = pytest.mark.django_db

MAY = {role: {verb for verb, (_, roles) in told().items() if role in roles} for role in Role}
MAY[Role.OPERATIONS] = set(VERBS)


@pytest.mark.parametrize("role", Role)
def test_a_role_at_a_hall_counts_there_and_nowhere_else(role):
    here, elsewhere = make_hall("ZJ01", windows=0, groups=False), make_hall("ZJ05", windows=0, groups=False)
    person = make_user("01001", role, here)

    for verb in VERBS:
        allowed = verb in MAY[role]
        assert (verb, person.may(verb, here)) == (verb, allowed)
        assert (verb, person.may(verb)) == (verb, allowed)
        assert (verb, person.hall_ids(verb)) == (verb, {here.pk} if allowed else set())
        assert (verb, person.may(verb, elsewhere)) == (verb, False)


@pytest.mark.parametrize("role", Role)
def test_a_role_in_a_region_counts_in_every_hall_below_it(role):
    city = make_region("ZJ", level=RegionLevel.CITY)
    far = make_region("NJ", level=RegionLevel.CITY)
    below = make_hall("ZJ01", windows=0, groups=False, region=make_region("JK", parent=city))
    outside = make_hall("NJ01", windows=0, groups=False, region=make_region("GL", parent=far))
    person = make_user("90001", role, region=city)

    for verb in VERBS:
        allowed = verb in MAY[role]
        assert (verb, person.may(verb, below)) == (verb, allowed)
        assert (verb, person.may(verb, outside)) == (verb, False)
        assert (verb, person.hall_ids(verb)) == (verb, {below.pk} if allowed else set())


def test_an_owner_may_do_everything_everywhere():
    hall, owner = make_hall(windows=0, groups=False), make_owner()
    assert {verb for verb in VERBS if owner.may(verb, hall)} == set(VERBS)


def test_a_person_who_left_may_do_nothing():
    hall = make_hall(windows=0, groups=False)
    gone = make_user("01001", Role.OPERATIONS, hall, is_active=False)

    assert [verb for verb in VERBS if gone.may(verb, hall) or gone.hall_ids(verb)] == []


def test_an_unknown_right_is_a_mistake_in_the_code():
    person = make_user("01001", Role.CLERK, make_hall(windows=0))
    with pytest.raises(KeyError):
        person.may("hall.sea")
    with pytest.raises(KeyError):
        make_owner().hall_ids("hall.sea")


@pytest.mark.parametrize(
    ("since", "until", "allowed"),
    [(0, None, True), (1, None, False), (-9, -1, False), (-9, 0, True), (0, 0, True)],
)
def test_an_employment_counts_from_its_first_to_its_last_day(since, until, allowed):
    hall, today = make_hall(windows=0), business_day(now())
    person = make_user("01001", None)
    employ(
        person,
        Role.CLERK,
        hall,
        since=today + timedelta(days=since),
        until=None if until is None else today + timedelta(days=until),
    )

    assert person.may("queue.serve", hall) == allowed


def reset_matrix():
    here, elsewhere = make_hall("ZJ01", windows=0), make_hall("ZJ05", windows=0)
    return {
        "clerk here": make_user("01001", Role.CLERK, here),
        "duty here": make_user("01002", Role.DUTY_MANAGER, here),
        "manager here": make_user("01003", Role.HALL_MANAGER, here),
        "clerk there": make_user("05001", Role.CLERK, elsewhere),
        "district": make_user("90001", Role.DISTRICT, region=here.region),
        "operations": make_user("90002", Role.OPERATIONS, region=here.region.parent),
        "owner": make_owner(),
    }


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        ("clerk here", set()),
        ("duty here", set()),
        ("manager here", {"clerk here", "duty here"}),
        ("district", {"clerk here", "duty here", "manager here", "clerk there"}),
        ("operations", {"clerk here", "duty here", "manager here", "clerk there", "district"}),
        ("owner", {"clerk here", "duty here", "manager here", "clerk there", "district", "operations"}),
    ],
)
def test_a_password_is_reset_from_above_and_inside_ones_own_halls(actor, allowed):
    people = reset_matrix()

    assert {name for name, one in people.items() if access.may_reset_password(people[actor], one)} == allowed


def test_a_second_job_out_of_reach_protects_the_password():
    people = reset_matrix()
    employ(people["clerk here"], Role.CLERK, people["clerk there"].employments.get().hall)

    assert access.may_reset_password(people["manager here"], people["clerk here"]) is False


def test_a_job_that_ended_does_not():
    people = reset_matrix()
    elsewhere = people["clerk there"].employments.get().hall
    employ(people["clerk here"], Role.CLERK, elsewhere, since=date(2021, 1, 1), until=date(2021, 2, 1))

    assert access.may_reset_password(people["manager here"], people["clerk here"]) is True
