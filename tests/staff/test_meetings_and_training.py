"""R-S-15 and R-S-19: meetings before the doors open, and training."""

from datetime import date, time, timedelta

import pytest

from core.errors import Refused
from core.time import at
from staff.actions import meetings, training
from staff.actions.meetings import Minutes
from staff.models import Course, Meeting, MeetingPerson, Seat
from staff.queries import meetings as meeting_queries
from staff.queries import training as training_queries
from staff.rules import meetings as meeting_rules
from staff.rules import training as training_rules
from staff.states import CourseKind, MeetingKind, Role
from tests.factories import make_certificate, make_hall, make_user

DAY = date(2026, 11, 23)
NOON = at(DAY, time(12))


@pytest.mark.parametrize(("minutes", "is_long"), [(15, False), (16, True)])
def test_r_s_19_a_meeting_takes_fifteen_minutes(minutes, is_long):
    assert meeting_rules.is_long(minutes, most=15) == is_long


@pytest.mark.parametrize(
    ("answers", "share"), [([], None), ([None], None), ([True, False, None], 50), ([True], 100), ([False], 0)]
)
def test_r_s_19_the_quiz_counts_who_was_asked(answers, share):
    assert meeting_rules.right_share(answers) == share


@pytest.mark.parametrize(("ahead", "is_new"), [(-1, False), (0, True), (29, True), (30, False)])
def test_r_s_15_new_staff_train_for_a_month_before_work(ahead, is_new):
    started = date(2026, 11, 1)
    assert training_rules.trained_on(started) == date(2026, 12, 1)
    assert training_rules.is_new(started, started + timedelta(days=ahead)) == is_new


pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=0, groups=False)


@pytest.fixture
def wang(hall):
    return make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


def minutes(wang, answers, **more):
    facts = {"day": DAY, "begins": time(8, 10), "minutes": 12, "topics": " 新业务\n\n 昨日故障 ", "question": "几分钟?"}
    return Minutes(
        **{"kind": MeetingKind.MORNING, "host": wang, "answers": answers, "answer": "5 分钟", **facts, **more}
    )


def test_r_s_19_a_meeting_is_recorded_with_host_people_topics_and_quiz(hall, wang, li):
    row = meetings.hold(hall, minutes(wang, {li.pk: True, wang.pk: None}), actor=wang, now=NOON)

    assert (row.host, row.topic_list) == (wang, ["新业务", "昨日故障"])
    assert {(one.person, one.is_right) for one in row.people.all()} == {(li, True), (wang, None)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"begins": time(12, 1)}, "not_yet"),
        ({"topics": " \n "}, "no_topics"),
        ({"answers": {}}, "nobody_there"),
        ({"answers": {-1: None}}, "not_here"),
    ],
)
def test_r_s_19_a_bad_record_is_refused_and_nothing_is_written(hall, wang, li, change, code):
    with pytest.raises(Refused) as no:
        meetings.hold(hall, minutes(wang, change.pop("answers", {li.pk: None}), **change), actor=wang, now=NOON)

    assert no.value.code == code
    assert (Meeting.objects.count(), MeetingPerson.objects.count()) == (0, 0)


def test_r_s_19_a_meeting_is_recorded_once(hall, wang, li):
    meetings.hold(hall, minutes(wang, {li.pk: None}), actor=wang, now=NOON)
    with pytest.raises(Refused) as no:
        meetings.hold(hall, minutes(wang, {li.pk: None}), actor=wang, now=NOON)
    assert no.value.code == "held_already"


def test_without_a_question_nobody_is_right_or_wrong(hall, wang, li):
    row = meetings.hold(hall, minutes(wang, {li.pk: True}, question=" "), actor=wang, now=NOON)
    assert row.people.get().is_right is None


def test_r_s_19_topics_are_suggested_from_what_is_near(hall, li):
    make_certificate(li, until=DAY + timedelta(days=7))
    make_certificate(make_user(hall=hall), until=DAY + timedelta(days=8))

    assert meeting_queries.suggested_topics(hall, DAY) == ["小李的上岗证将于 11-30 到期"]


# ---- training --------------------------------------------------------------------------------------------------


def course(wang, hall=None, **more):
    facts = {"kind": CourseKind.CHOSEN, "title": "沟通技巧", "trainer": "外聘讲师", "day": DAY + timedelta(days=3)}
    row = Course(hall=hall, **{"begins": time(14), "minutes": 90, "seats": 30, **facts, **more})
    return training.arrange(row, actor=wang, now=NOON)


@pytest.mark.parametrize(("seats", "fine"), [(30, True), (31, False)])
def test_r_s_15_a_class_has_at_most_thirty(wang, seats, fine):
    if fine:
        assert course(wang, seats=seats).pk
        return
    with pytest.raises(Refused) as no:
        course(wang, seats=seats)
    assert (no.value.code, Course.objects.count()) == ("class_too_large", 0)


def test_r_s_15_a_full_class_takes_nobody_more_and_nobody_twice(hall, wang, li):
    row = course(wang, seats=1)
    training.take_seat(row, li, now=NOON, by_choice=True)
    for person, code in ((li, "seated_already"), (wang, "class_full")):
        with pytest.raises(Refused) as no:
            training.take_seat(row, person, now=NOON, by_choice=True)
        assert no.value.code == code
    assert Seat.objects.count() == 1


def test_r_s_15_everybody_chooses_one_course_a_year(hall, wang, li):
    assert training_queries.without_choice(hall, DAY) == [li, wang]
    training.take_seat(course(wang), li, now=NOON, by_choice=True)
    sent = training.take_seat(course(wang, kind=CourseKind.REQUIRED), wang, now=NOON, by_choice=True)

    assert (training_queries.without_choice(hall, DAY), sent.by_choice) == ([wang], False)
    assert training_queries.without_choice(hall, date(2027, 1, 4)) == [li, wang]
    Seat.objects.update(came=False)
    assert training_queries.without_choice(hall, DAY) == [li, wang]


def test_r_s_15_results_are_for_who_came_and_count_from_the_pass_mark(hall, wang, li):
    row = course(wang, day=DAY, kind=CourseKind.ONBOARDING)
    seat = training.take_seat(row, li, now=NOON, by_choice=False)
    for came, score in ((False, 80), (True, 101), (True, -1)):
        with pytest.raises(Refused) as no:
            training.record_results(row, {seat.pk: (came, score)}, actor=wang, now=NOON)
        assert no.value.code == "bad_score"
    seat.refresh_from_db()
    assert (seat.came, seat.score) == (None, None)

    for score, passed in ((79, False), (80, True)):
        training.record_results(row, {seat.pk: (True, score)}, actor=wang, now=NOON)
        assert Seat.objects.get().is_passed == passed


def test_r_s_15_newcomers_are_listed_for_their_first_month(hall, wang, li):
    li.employments.update(valid_from=date(2026, 11, 1))
    seat = training.take_seat(course(wang, day=DAY, kind=CourseKind.ONBOARDING), li, now=NOON, by_choice=False)
    training.record_results(seat.course, {seat.pk: (True, 90)}, actor=wang, now=NOON)

    [one] = training_queries.newcomers(hall, DAY)
    assert (one.person, one.until, one.passed) == (li, date(2026, 12, 1), 1)
    assert training_queries.newcomers(hall, date(2026, 12, 1)) == []


def test_a_course_that_is_over_or_began_is_not_changed(hall, wang, li):
    row = course(wang, day=DAY)
    seat = training.take_seat(row, li, now=NOON, by_choice=True)
    with pytest.raises(Refused) as no:
        training.give_up_seat(seat, now=NOON)
    assert no.value.code == "course_began"
    with pytest.raises(Refused) as no:
        training.take_seat(row, wang, now=NOON + timedelta(days=1), by_choice=True)
    assert no.value.code == "course_over"
    with pytest.raises(Refused) as no:
        training.record_results(course(wang), {}, actor=wang, now=NOON)
    assert no.value.code == "not_yet"
    assert Seat.objects.get() == seat
