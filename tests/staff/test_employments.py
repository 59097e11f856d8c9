"""People come, change jobs and leave (R-S-1): history stays, access goes the same minute."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from rest_framework.authtoken.models import Token

from core.errors import Refused
from core.models import SettingChange
from core.time import business_day, now
from staff.actions import employments as actions
from staff.actions.employments import Face, Job
from staff.models import Employment, User
from staff.rules import employments as rules
from staff.rules.employments import Days
from staff.states import JobKind, Role
from tests.factories import employ, make_hall, make_owner, make_region, make_user

TODAY = business_day(now())
SOON = TODAY + timedelta(days=30)


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


# ---- rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_r_s_1_every_role_has_its_place(role):
    regional = role in {Role.INSPECTOR, Role.COMPLAINT_HANDLER, Role.DISTRICT, Role.OPERATIONS}
    both = role == Role.ACCOUNT_MANAGER
    assert (rules.place_problem(role, at_hall=True) == "") == (not regional or both)
    assert (rules.place_problem(role, at_hall=False) == "") == (regional or both)


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ((0, 9), (10, None), False),
        ((0, 10), (10, None), True),
        ((0, None), (10, 20), True),
        ((5, 6), (0, 5), True),
        ((5, 6), (0, 4), False),
    ],
)
def test_days_overlap_when_they_share_one(one, other, overlaps):
    def days(pair):
        return Days(day(pair[0]), None if pair[1] is None else day(pair[1]))

    assert days(one).overlaps(days(other)) == overlaps
    assert days(other).overlaps(days(one)) == overlaps


@pytest.mark.parametrize(
    ("kind", "last", "fine"),
    [
        (JobKind.REGULAR, None, True),
        (JobKind.REGULAR, 0, True),
        (JobKind.REGULAR, -1, False),
        (JobKind.STUDENT, None, False),
        (JobKind.TEMPORARY, None, False),
        (JobKind.TRAINEE, None, False),
        (JobKind.STUDENT, 90, True),
    ],
)
def test_students_temporary_hands_and_trainees_have_a_last_day(kind, last, fine):
    assert (rules.dates_problem(kind, TODAY, None if last is None else day(last)) == "") == fine


@pytest.mark.parametrize(
    ("start", "later"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 15)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 2, 28), date(2026, 3, 28)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(start, later):
    assert rules.month_later(start) == later


# ---- hiring ----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall(windows=0, groups=False)


@pytest.fixture
def wang(hall):
    return make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("01001", Role.CLERK, hall, name="小李")


def hire(here, wang, face=Face("01050", "周敏", "13900000050"), **job):
    facts = {"role": Role.CLERK, "valid_from": TODAY, "hall": here, **job}
    with transaction.atomic():  # what a door does: a refusal leaves nothing behind
        return actions.hire(face, Job(**facts), actor=wang, now=now())


def refused(act, *args, **named):
    """The code of the refusal, after which nothing is different."""
    before = (list(User.objects.values_list()), list(Employment.objects.values_list()), SettingChange.objects.count())
    with pytest.raises(Refused) as no:
        act(*args, **named)
    after = (list(User.objects.values_list()), list(Employment.objects.values_list()), SettingChange.objects.count())
    assert after == before
    return no.value.code


def test_a_new_person_has_a_job_and_a_password_to_change(hall, wang):
    hired = hire(hall, wang)

    person = User.objects.get(staff_no="01050")
    assert (person.name, person.phone, person.must_change_password) == ("周敏", "13900000050", True)
    assert person.check_password(hired.password) and len(hired.password) == 12
    assert person.may("queue.serve", hall)
    assert [row.after for row in SettingChange.objects.order_by("pk")] == [
        "新建",
        f"营业员 ZJ01 营业厅(正式){TODAY} 起",
    ]


@pytest.mark.parametrize(
    ("face", "job", "code"),
    [
        (Face("01", "周敏"), {}, "bad_staff_no"),
        (Face("工号01", "周敏"), {}, "bad_staff_no"),
        (Face("01050", " "), {}, "bad_name"),
        (Face("01050", "周\n敏"), {}, "bad_name"),
        (Face("01050", "周敏", "12345"), {}, "bad_phone"),
        (Face("01010", "周敏"), {}, "number_taken"),
        (Face("01050", "周敏"), {"hall": None}, "no_place"),
        (Face("01050", "周敏"), {"role": Role.DISTRICT}, "bad_place"),
        (Face("01050", "周敏"), {"valid_to": day(-1)}, "bad_dates"),
        (Face("01050", "周敏"), {"kind": JobKind.STUDENT}, "bad_dates"),
    ],
)
def test_a_bad_new_person_is_refused_and_nothing_is_written(hall, wang, face, job, code):
    assert refused(hire, hall, wang, face, **job) == code


@pytest.mark.parametrize("role", [Role.HALL_MANAGER, Role.CLERK])
def test_nobody_hires_above_or_outside(hall, wang, role):
    place = hall if role == Role.HALL_MANAGER else make_hall("ZJ05", windows=0, groups=False)
    with pytest.raises(PermissionDenied):
        hire(place, wang, role=role)
    assert User.objects.filter(staff_no="01050").count() == 0


def test_an_owner_makes_the_first_operations(hall):
    region = make_region()
    hired = hire(None, make_owner(), role=Role.OPERATIONS, region=region)
    assert hired.person.may("settings.change")


# ---- jobs ------------------------------------------------------------------------------------------------------


def job(hall, **more):
    return Job(**{"role": Role.CLERK, "valid_from": TODAY, "hall": hall, **more})


def test_r_s_1_a_person_may_have_two_roles(hall, wang, li):
    actions.add_job(li, job(hall, role=Role.GREETER, valid_to=day(9)), actor=wang, now=now())

    assert sorted(li.employments.values_list("role", flat=True)) == ["clerk", "greeter"]


@pytest.mark.parametrize(("first", "fine"), [(0, False), (5, False), (6, True)])
def test_the_same_job_twice_on_a_day_is_refused_with_a_sentence(hall, wang, li, first, fine):
    li.employments.update(valid_to=day(5))
    again = job(hall, valid_from=day(first))
    if fine:
        actions.add_job(li, again, actor=wang, now=now())
        assert li.employments.count() == 2
        return
    assert refused(actions.add_job, li, again, actor=wang, now=now()) == "jobs_overlap"
    with pytest.raises(Refused) as no:
        actions.add_job(li, again, actor=wang, now=now())
    assert no.value.message == (
        f"小李的营业员 ZJ01 营业厅岗位(2020-01-01 至 {day(5)})与所填日期重叠,请先结束原岗位或改日期。"
    )


def test_the_database_knows_no_overlap_either(hall, li):
    with pytest.raises(IntegrityError), transaction.atomic():
        employ(li, Role.CLERK, hall, since=day(0))
    with pytest.raises(IntegrityError), transaction.atomic():
        Employment.objects.bulk_create(
            Employment(user=li, role=Role.DISTRICT, region=make_region(), valid_from=day(n), valid_to=day(5))
            for n in (0, 5)
        )
    assert li.employments.count() == 1


def test_a_job_ends_on_a_day_and_history_is_kept(hall, wang, li):
    row = li.employments.get()
    actions.end_job(row, last_day=SOON, actor=wang, now=now())

    row.refresh_from_db()
    assert (row.valid_from, row.valid_to) == (date(2020, 1, 1), SOON)
    assert SettingChange.objects.get().after == f"2020-01-01 至 {SOON}"
    assert User.objects.get(pk=li.pk).may("queue.serve", hall)


def test_a_job_can_not_end_before_it_began_nor_grow_into_the_next(hall, wang, li):
    row = li.employments.get()
    assert refused(actions.end_job, row, last_day=date(2019, 12, 31), actor=wang, now=now()) == "bad_dates"
    actions.end_job(row, last_day=day(-1), actor=wang, now=now())
    actions.add_job(li, job(hall), actor=wang, now=now())
    assert refused(actions.end_job, row, last_day=day(0), actor=wang, now=now()) == "jobs_overlap"


@pytest.mark.parametrize(("last", "keeps"), [(-1, False), (0, True)])
def test_access_ends_with_the_last_job(hall, wang, li, last, keeps):
    Token.objects.create(user=li)
    actions.end_job(li.employments.get(), last_day=day(last), actor=wang, now=now())

    assert Token.objects.filter(user=li).exists() == keeps
    assert User.objects.get(pk=li.pk).may("queue.serve", hall) == keeps


def test_another_job_keeps_the_access(hall, wang, li):
    employ(li, Role.GREETER, hall)
    Token.objects.create(user=li)
    actions.end_job(li.employments.get(role=Role.CLERK), last_day=day(-1), actor=wang, now=now())

    assert Token.objects.filter(user=li).exists()


# ---- leaving and coming back -----------------------------------------------------------------------------------


def test_who_leaves_keeps_the_history_and_nothing_else(hall, wang, li):
    employ(li, Role.GREETER, hall, since=day(5))
    Token.objects.create(user=li)

    actions.leave(li, why="个人原因", actor=wang, now=now())

    li.refresh_from_db()
    assert li.is_active is False
    assert [(row.role, row.valid_to) for row in li.employments.all()] == [("clerk", TODAY)]
    assert Token.objects.count() == 0
    assert refused(actions.leave, li, why="再次", actor=wang, now=now()) == "has_left"
    assert list(User.objects.visible_to(wang).values_list("staff_no", flat=True)) == ["01001", "01010"]


def test_leaving_wants_a_reason(hall, wang, li):
    assert refused(actions.leave, li, why="  ", actor=wang, now=now()) == "reason_missing"


def test_who_comes_back_has_the_same_number_and_a_new_password(hall, wang, li):
    actions.leave(li, why="个人原因", actor=wang, now=now())
    assert refused(actions.add_job, li, job(hall), actor=wang, now=now()) == "has_left"
    assert refused(actions.return_to_work, li, job(hall), actor=wang, now=now()) == "jobs_overlap"
    back = actions.return_to_work(li, job(hall, valid_from=day(1)), actor=wang, now=now())

    li.refresh_from_db()
    assert (li.is_active, li.must_change_password, li.check_password(back.password)) == (True, True, True)
    assert li.employments.count() == 2
    assert refused(actions.return_to_work, li, job(hall, valid_from=SOON), actor=wang, now=now()) == "is_here"


@pytest.mark.parametrize("who", ["self", "equal", "elsewhere", "clerk"])
def test_nobody_manages_themselves_equals_or_strangers(hall, wang, li, who):
    there = make_hall("ZJ05", windows=0, groups=False)
    actor = {
        "self": li,
        "equal": make_user("01011", Role.CLERK, hall),
        "elsewhere": make_user("05010", Role.HALL_MANAGER, there),
        "clerk": make_user("05001", Role.CLERK, there),
    }[who]
    for act in (
        lambda: actions.leave(li, why="x", actor=actor, now=now()),
        lambda: actions.edit(li, name="别人", phone="", actor=actor),
        lambda: actions.end_job(li.employments.get(), last_day=TODAY, actor=actor, now=now()),
        lambda: actions.add_job(li, job(hall, role=Role.GREETER), actor=actor, now=now()),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert (User.objects.get(pk=li.pk).name, li.employments.get().valid_to, li.is_active) == ("小李", None, True)


def test_a_name_and_a_phone_are_changed_on_record(hall, wang, li):
    actions.edit(li, name="李敏", phone="139 0000 0001", actor=wang)

    li.refresh_from_db()
    assert (li.name, li.phone) == ("李敏", "13900000001")
    rows = SettingChange.objects.order_by("pk").values_list("field", "before", "after")
    assert list(rows) == [("姓名", "小李", "李敏"), ("手机号", "", "13900000001")]
    assert refused(actions.edit, li, name="", phone="", actor=wang) == "bad_name"
