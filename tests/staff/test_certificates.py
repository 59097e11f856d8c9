"""R-S-14: who may work at a window; certificates put on record and withdrawn."""

from datetime import date, timedelta

import pytest

from core.errors import Refused
from core.models import Parameter, SettingChange
from core.time import business_day, now
from messaging.models import Notice
from staff.actions import certificates as actions
from staff.actions.certificates import Paper
from staff.models import Certificate
from staff.queries import certificates as queries
from staff.rules import certificates as rules
from staff.rules.certificates import Span
from staff.states import JobKind, Role, Standing
from tests.factories import make_certificate, make_hall, make_region, make_user

DAY = date(2026, 11, 25)
GOOD, OVER, COMING = Span(DAY, DAY), Span(date(2024, 1, 1), date(2026, 10, 31)), Span(date(2026, 12, 1), DAY.max)


@pytest.mark.parametrize(
    ("held", "is_trainee", "is_required", "found"),
    [
        ([GOOD], False, True, Standing.CERTIFIED),
        ([OVER, GOOD], False, True, Standing.CERTIFIED),
        ([GOOD], True, True, Standing.CERTIFIED),
        ([], True, True, Standing.TRAINEE),
        ([OVER], True, False, Standing.TRAINEE),
        ([OVER], False, False, Standing.BLOCKED),
        ([COMING], False, False, Standing.BLOCKED),
        ([], False, False, Standing.UNPROVEN),
        ([], False, True, Standing.BLOCKED),
    ],
)
def test_r_s_14_standing_at_a_window(held, is_trainee, is_required, found):
    assert rules.standing(held, DAY, is_trainee=is_trainee, is_required=is_required) == found


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ([Span(date(2020, 1, 1), date(2022, 1, 1)), OVER], "上岗证已于 10 月 31 日到期,不能签入窗口。请联系店长。"),
        ([COMING], "上岗证从 12 月 1 日起才有效,现在不能签入窗口。请联系店长。"),
        ([], "还没有登记上岗证,不能签入窗口。请联系店长。"),
    ],
)
def test_a_refusal_says_which_day(held, says):
    assert rules.why_blocked(held, DAY) == says


@pytest.mark.parametrize(("ahead", "due"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0)])
def test_an_end_is_announced_twice_and_told_when_it_came(ahead, due):
    assert rules.reminder_due(DAY + timedelta(days=ahead), DAY, early=30, late=7) == due


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "withdrawn", "valid"),
    [(0, 0, None, True), (1, 9, None, False), (-9, -1, None, False), (-9, 9, 0, False), (-9, 9, 1, True)],
)
def test_r_s_14_a_certificate_counts_from_its_first_to_its_last_day(since, until, withdrawn, valid):
    li = make_user("01001", Role.CLERK, make_hall(windows=0))
    row = make_certificate(li, since=DAY + timedelta(since), until=DAY + timedelta(until))
    Certificate.objects.update(withdrawn_on=None if withdrawn is None else DAY + timedelta(withdrawn))
    row.refresh_from_db()

    assert (queries.has_valid_certificate(li.pk, DAY), row.is_valid(DAY)) == (valid, valid)
    assert queries.certified([li.pk], DAY) == ({li.pk} if valid else set())


@pytest.mark.django_db
def test_a_skill_certificate_opens_no_window():
    li = make_user("01001", Role.CLERK, make_hall(windows=0))
    make_certificate(li, kind="skill")

    assert queries.certified([li.pk], DAY) == set()


@pytest.mark.django_db
def test_standings_are_asked_for_a_hall_in_few_questions(django_assert_max_num_queries):
    hall = make_hall(windows=0)
    certified, learner, nobody, gone = (make_user(hall=hall) for _ in range(4))
    make_certificate(certified)
    make_certificate(gone, until=DAY - timedelta(1))
    learner.employments.update(kind=JobKind.TRAINEE, valid_to=DAY)
    Parameter.objects.create(name=rules.REQUIRED, scope="JK", value=1, valid_from=DAY)
    everybody = [one.pk for one in (certified, learner, nobody, gone)]

    queries.is_required(hall, DAY)
    with django_assert_max_num_queries(2):
        today = queries.standings(everybody, DAY, hall)
    assert list(today.values()) == [Standing.CERTIFIED, Standing.TRAINEE, Standing.BLOCKED, Standing.BLOCKED]
    before = queries.standings(everybody, DAY - timedelta(1), hall)
    assert before[nobody.pk] == Standing.UNPROVEN
    after = queries.standings(everybody, DAY + timedelta(1), hall)
    assert after[learner.pk] == Standing.BLOCKED


@pytest.mark.django_db
def test_the_districts_date_holds_for_its_own_halls():
    here, there = make_hall("ZJ01", windows=0), make_hall("NJ01", windows=0, region=None)
    other = make_hall("RZ01", windows=0, region=make_region("RZ"))
    Parameter.objects.create(name=rules.REQUIRED, scope="JK", value=1, valid_from=DAY)

    assert [queries.is_required(hall, DAY) for hall in (here, there, other)] == [True, True, False]
    assert queries.is_required(here, DAY - timedelta(1)) is False


# ---- on record -------------------------------------------------------------------------------------------------


@pytest.fixture
def people(db):
    hall = make_hall(windows=0)
    return make_user("01001", Role.CLERK, hall, name="小李"), make_user("01010", Role.HALL_MANAGER, hall, name="王经理")


def paper(number="ZJ-2026-001", **more):
    return Paper(number, more.pop("since", DAY), more.pop("until", DAY + timedelta(730)), **more)


def test_a_certificate_is_recorded_with_who_did_it(people):
    li, wang = people
    row = actions.record(li, paper(), actor=wang, now=now())

    assert (row.person, row.recorded_by, row.is_valid(DAY)) == (li, wang, True)
    assert SettingChange.objects.get().after == "上岗证 ZJ-2026-001 2026-11-25–2028-11-24"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (paper("  "), "bad_number"),
        (paper("x" * 41), "bad_number"),
        (paper("a\x00b"), "bad_number"),
        (paper(until=DAY - timedelta(1)), "ends_before_start"),
        (paper("USED"), "number_taken"),
    ],
)
def test_a_bad_certificate_is_refused_and_nothing_changes(people, given, code):
    li, wang = people
    make_certificate(wang, number="USED")
    with pytest.raises(Refused) as no:
        actions.record(li, given, actor=wang, now=now())

    assert no.value.code == code
    assert (Certificate.objects.count(), SettingChange.objects.count()) == (1, 0)


def test_a_withdrawn_certificate_counts_no_more_and_is_withdrawn_once(people):
    li, wang = people
    row = make_certificate(li)
    with pytest.raises(Refused) as no:
        actions.withdraw(row, why=" ", actor=wang, now=now())
    assert no.value.code == "reason_missing"
    assert queries.has_valid_certificate(li.pk, business_day(now())) is True

    actions.withdraw(row, why="证书有误,重新办理", actor=wang, now=now())
    assert queries.has_valid_certificate(li.pk, business_day(now())) is False
    assert queries.has_valid_certificate(li.pk, business_day(now()) - timedelta(1)) is True
    with pytest.raises(Refused) as no:
        actions.withdraw(row, why="再次", actor=wang, now=now())
    assert no.value.code == "withdrawn_already"


@pytest.mark.django_db
def test_the_person_and_the_managers_are_told_of_an_end_once():
    hall = make_hall()
    manager, soon, renewed, gone = (
        make_user(role=Role.HALL_MANAGER, hall=hall),
        *(make_user(hall=hall) for _ in "123"),
    )
    today = business_day(now())
    for person, days in ((soon, 7), (renewed, 7), (renewed, 700), (gone, -31)):
        make_certificate(person, until=today + timedelta(days=days))
    assert [row.person for row in queries.ending(today, within=30)] == [soon]
    assert actions.remind(now()) == 1
    assert actions.remind(now()) == 1  # asked again, and told by the key of the message only once
    told = Notice.objects.filter(key__startswith="certificate:")
    assert set(told.values_list("user", flat=True)) == {soon.pk, manager.pk}
    assert told.count() == 2
