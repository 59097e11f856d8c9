"""Who works when, and who is duty manager: what other parts of the house ask the rosters."""

from datetime import date, time, timedelta

import pytest

from core.errors import Refused
from core.time import at, business_day, now
from staff.actions import duty
from staff.models import DutyPost
from staff.queries import rosters
from staff.states import DutySource, Post, Role, RosterState
from tests.factories import employ, make_hall, make_user
from tests.staff.rosters import make_roster, make_shift, put

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 11)


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=0, groups=False)


@pytest.fixture
def early(hall):
    return make_shift(hall, "early", time(8, 15), time(16, 15))


def test_a_published_roster_says_who_works(hall, early):
    li, _ = make_user("01004", Role.CLERK, hall, name="小李"), make_user("01005", Role.CLERK, hall)
    roster = make_roster(hall, DAY)
    put(roster, li, DAY, early)

    [one] = rosters.on_duty(hall, DAY)

    assert (one.person, one.post, one.begins_at, one.ends_at) == (
        li,
        Post.WINDOW,
        at(DAY, time(8, 15)),
        at(DAY, time(16, 15)),
    )
    assert rosters.shift_of(li, DAY) == one
    assert rosters.shift_of(li, DAY + timedelta(days=1)) is None
    assert [rosters.is_on_duty(li, hall, DAY + timedelta(days=ahead)) for ahead in (0, 1)] == [True, False]


def test_a_draft_says_nothing(hall, early):
    li = make_user("01004", Role.CLERK, hall)
    put(make_roster(hall, DAY, state=RosterState.DRAFT), li, DAY, early)

    assert rosters.shift_of(li, DAY) is None


def test_without_a_roster_everybody_employed_works_the_hours_of_the_hall(hall):
    li, wang = make_user("01004", Role.CLERK, hall), make_user("01001", Role.HALL_MANAGER, hall)
    employ(wang, Role.DUTY_MANAGER, hall)
    gone = make_user("01009", None)
    employ(gone, Role.CLERK, hall, until=DAY - timedelta(days=1))

    found = rosters.on_duty(hall, DAY)

    assert [(one.person, one.post, one.is_rostered) for one in found] == [
        (wang, Post.DUTY, False),
        (li, Post.WINDOW, False),
    ]
    assert rosters.absent([li, gone], hall, DAY) == []


def test_who_is_not_in_the_roster_is_absent(hall, early):
    li, zhao = make_user("01004", Role.CLERK, hall), make_user("01005", Role.CLERK, hall)
    put(make_roster(hall, DAY), li, DAY, early)

    assert rosters.absent([li, zhao], hall, DAY) == [zhao]


def test_the_duty_manager_is_the_holder_of_the_post_before_all_others(hall, early):
    wang, sun = make_user("01001", Role.HALL_MANAGER, hall), make_user("01002", Role.DUTY_MANAGER, hall)
    zhao = make_user("01005", Role.CLERK, hall)
    noon = at(DAY, time(12))
    assert rosters.duty_manager_of(hall, noon) == sun

    roster = make_roster(hall, DAY)
    put(roster, wang, DAY, early, post=Post.MANAGER)
    assert rosters.duty_manager_of(hall, noon) == wang

    put(roster, sun, DAY, early, post=Post.DUTY)
    assert rosters.duty_manager_of(hall, noon) == sun
    assert rosters.duty_manager_of(hall, at(DAY, time(20))) == wang

    DutyPost.objects.create(
        hall=hall, person=zhao, begins_at=noon, ends_at=noon + timedelta(hours=1), source=DutySource.HAND
    )
    assert rosters.duty_manager_of(hall, noon) == zhao
    assert rosters.duty_manager_of(hall, noon + timedelta(hours=1)) == sun


def test_a_hall_without_managers_has_none(hall):
    assert rosters.duty_manager_of(hall, now()) is None


def test_the_post_passes_when_the_second_duty_managers_shift_begins(hall, early):
    late = make_shift(hall, "late", time(10), time(18, 15), is_late=True)
    sun, he = make_user("01002", Role.DUTY_MANAGER, hall), make_user("01003", Role.DUTY_MANAGER, hall)
    roster = make_roster(hall, DAY)
    put(roster, sun, DAY, early, post=Post.DUTY)
    put(roster, he, DAY, late, post=Post.DUTY)

    duty.posts_from_roster(hall, [DAY])
    duty.posts_from_roster(hall, [DAY])

    assert [(post.person, post.begins_at, post.ends_at) for post in DutyPost.objects.all()] == [
        (sun, at(DAY, time(8, 15)), at(DAY, time(10))),
        (he, at(DAY, time(10)), at(DAY, time(18, 15))),
    ]


def test_a_handover_moves_the_post_and_the_roster_does_not_move_it_back(hall, early):
    sun, zhao = make_user("01002", Role.DUTY_MANAGER, hall), make_user("01005", Role.CLERK, hall)
    put(make_roster(hall, DAY), sun, DAY, early, post=Post.DUTY)
    duty.posts_from_roster(hall, [DAY])

    duty.take_over_post(hall, zhao, at=at(DAY, time(13)), until=at(DAY, time(17)), source=DutySource.HANDOVER)
    duty.posts_from_roster(hall, [DAY])

    assert [(post.person, post.begins_at, post.ends_at) for post in DutyPost.objects.all()] == [
        (sun, at(DAY, time(8, 15)), at(DAY, time(13))),
        (zhao, at(DAY, time(13)), at(DAY, time(17))),
    ]
    with pytest.raises(Refused) as no:
        duty.take_over_post(hall, sun, at=at(DAY, time(17)), until=at(DAY, time(17)), source=DutySource.HAND)
    assert no.value.code == "bad_until"
    assert DutyPost.objects.count() == 2


def test_the_post_gives_the_rights_of_a_duty_manager_from_its_first_to_its_last_minute(hall, time_machine):
    zhao = make_user("01005", Role.CLERK, hall)
    begins = now()
    DutyPost.objects.create(
        hall=hall, person=zhao, begins_at=begins, ends_at=begins + timedelta(hours=1), source=DutySource.ROSTER
    )

    def may(moment):
        zhao.__dict__.pop("_rights", None)
        time_machine.move_to(moment, tick=False)
        return zhao.may("queue.manage", hall), zhao.rights.rank

    assert may(begins - timedelta(seconds=1)) == (False, 1)
    assert may(begins) == (True, 2)
    assert may(begins + timedelta(minutes=59)) == (True, 2)
    assert may(begins + timedelta(hours=1)) == (False, 1)


def test_the_post_helps_nobody_who_has_left(hall):
    zhao = make_user("01005", None)
    employ(zhao, Role.CLERK, hall, until=business_day(now()) - timedelta(days=1))
    DutyPost.objects.create(
        hall=hall, person=zhao, begins_at=now(), ends_at=now() + timedelta(hours=1), source=DutySource.ROSTER
    )

    assert zhao.may("queue.manage", hall) is False
