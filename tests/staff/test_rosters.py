"""Rosters over real tables: drafts, publishing as versions, runs of the solver, needed windows."""

from datetime import date, time, timedelta

import pytest

from core.errors import Refused
from core.models import Parameter
from messaging.models import Notice
from staff.actions import roster_runs, rosters
from staff.models import (
    CompensatoryEntry,
    DutyPost,
    Leave,
    PrivateRule,
    Roster,
    RosterWish,
    SolverRun,
    Turn,
    Unavailability,
    WindowNeed,
    WorkTerms,
)
from staff.queries import roster_problem as reads
from staff.rules import roster_solver
from staff.rules import rosters as rules
from staff.rules.roster_solver import Progress
from staff.states import AskState, NeedSource, Post, Role, RosterState, RunState
from tests.factories import employ, make_hall, make_user, open_daily
from tests.staff.rosters import make_roster, make_shift, put

pytestmark = pytest.mark.django_db

MONTH = date(2026, 12, 1)
FIRST = date(2026, 12, 7)  # a Monday
NOW_ISO = "2026-11-20T09:00:00+08:00"


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(NOW_ISO, tick=False)


@pytest.fixture
def hall():
    hall = make_hall("ZJ06", windows=1, groups=False)
    open_daily(hall, time(8, 30), time(17))
    return hall


@pytest.fixture
def wang(hall):
    return make_user("06001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("06002", Role.CLERK, hall, name="小李")


@pytest.fixture
def full(hall):
    return make_shift(
        hall,
        "full",
        time(8, 30),
        time(17, 30),
        mark="全",
        name="全班",
        break_minutes=60,
        break_from=time(11),
        break_to=time(13),
    )


@pytest.fixture
def draft(hall, wang, li):
    from core.time import now

    return rosters.open_draft(hall, MONTH, actor=wang, now=now())


def now():
    from core import time as clock

    return clock.now()


def refused(code, act):
    with pytest.raises(Refused) as no:
        act()
    assert no.value.code == code
    return no.value.message


def test_a_month_has_one_draft_and_opening_it_twice_gives_the_same(hall, wang, draft):
    assert rosters.open_draft(hall, MONTH, actor=wang, now=now()) == draft
    assert (draft.version, draft.state, draft.base) == (1, RosterState.DRAFT, None)


def test_a_cell_is_set_changed_and_emptied(draft, li, full):
    rosters.set_turn(draft.pk, li, FIRST, shift=full)
    assert [(turn.person, turn.day, turn.shift, turn.post) for turn in Turn.objects.all()] == [
        (li, FIRST, full, Post.WINDOW)
    ]
    rosters.set_turn(draft.pk, li, FIRST, shift=full, post=Post.FLOOR)
    assert Turn.objects.get().post == Post.FLOOR
    rosters.set_turn(draft.pk, li, FIRST, shift=None)
    assert Turn.objects.count() == 0


def test_what_the_cell_alone_forbids_is_refused_at_once(hall, draft, wang, li, full):
    late = make_shift(hall, "late", time(12), time(20), is_late=True)
    values = {"user": li, "hall": hall, "asked_at": now(), "kind": "annual"}
    Leave.objects.create(first_day=FIRST, last_day=FIRST, state=AskState.GRANTED, **values)
    PrivateRule.objects.create(user=li, kind="no_late", valid_from=MONTH, made_by=wang, reason="孕期")
    Unavailability.objects.create(user=li, weekday=1, begins=time(8), ends=time(12), valid_from=MONTH)
    stranger = make_user("05002", Role.CLERK, make_hall("ZJ05", windows=0, groups=False))
    tuesday, other = FIRST + timedelta(days=1), FIRST + timedelta(days=2)

    said = refused("on_leave", lambda: rosters.set_turn(draft.pk, li, FIRST, shift=full))
    assert said == "小李 12 月 7 日 年假,不能排班。"
    refused("unavailable", lambda: rosters.set_turn(draft.pk, li, tuesday, shift=full))
    said = refused("no_late", lambda: rosters.set_turn(draft.pk, li, other, shift=late))
    assert "孕" not in said
    refused("not_here", lambda: rosters.set_turn(draft.pk, stranger, FIRST, shift=full))
    refused("not_this_month", lambda: rosters.set_turn(draft.pk, li, MONTH - timedelta(days=1), shift=full))
    refused("not_here", lambda: rosters.set_turn(draft.pk, make_user(), FIRST, shift=full))
    assert Turn.objects.count() == 0


def test_double_booking_in_two_halls_is_refused(draft, li, full):
    there = make_hall("ZJ05", windows=0, groups=False)
    employ(li, Role.CLERK, there)
    put(make_roster(there, MONTH), li, FIRST, make_shift(there, "early", time(8), time(16)))

    refused("unavailable", lambda: rosters.set_turn(draft.pk, li, FIRST, shift=full))
    assert draft.turns.count() == 0


def test_dragging_moves_a_shift_or_lets_two_change_places(draft, hall, li, full):
    zhao = make_user("06003", Role.CLERK, hall)
    half = make_shift(hall, "half", time(8, 30), time(12, 30))
    rosters.set_turn(draft.pk, li, FIRST, shift=full)
    next_day = FIRST + timedelta(days=1)

    rosters.move_turn(draft.pk, (li, FIRST), (zhao, next_day))
    assert [(turn.person, turn.day) for turn in draft.turns.all()] == [(zhao, next_day)]

    rosters.set_turn(draft.pk, li, FIRST, shift=half)
    rosters.move_turn(draft.pk, (li, FIRST), (zhao, next_day))
    assert {(turn.person, turn.day, turn.shift) for turn in draft.turns.all()} == {
        (zhao, next_day, half),
        (li, FIRST, full),
    }
    refused("empty_cell", lambda: rosters.move_turn(draft.pk, (li, next_day), (zhao, FIRST)))


def test_a_drag_that_is_refused_moves_nothing(draft, hall, li, full):
    zhao = make_user("06003", Role.CLERK, hall)
    rosters.set_turn(draft.pk, li, FIRST, shift=full)
    Leave.objects.create(
        user=zhao, hall=hall, kind="sick", first_day=FIRST, last_day=FIRST, state=AskState.GRANTED, asked_at=now()
    )

    refused("on_leave", lambda: rosters.move_turn(draft.pk, (li, FIRST), (zhao, FIRST)))

    assert [(turn.person, turn.day) for turn in draft.turns.all()] == [(li, FIRST)]


def test_publishing_is_a_version_tells_people_and_names_the_duty_manager(hall, draft, wang, li, full):
    sun = make_user("06004", Role.DUTY_MANAGER, hall)
    rosters.set_turn(draft.pk, li, FIRST, shift=full)
    rosters.set_turn(draft.pk, sun, FIRST, shift=full)

    made = rosters.publish(draft.pk, reason="试运行,只排一天", actor=wang, now=now())

    assert (made.state, made.published_by, made.reason) == (RosterState.PUBLISHED, wang, "试运行,只排一天")
    assert {notice.user_id for notice in Notice.objects.all()} == {li.pk, sun.pk}
    assert [(post.person, post.source) for post in DutyPost.objects.all()] == [(sun, "roster")]
    refused("not_a_draft", lambda: rosters.set_turn(draft.pk, li, FIRST, shift=None))

    again = rosters.open_draft(hall, MONTH, actor=wang, now=now())
    assert (again.version, again.base, again.turns.count()) == (2, made, 2)
    rosters.set_turn(again.pk, li, FIRST, shift=None)
    rosters.publish(again.pk, reason="小李不来", actor=wang, now=now())
    made.refresh_from_db()
    assert made.state == RosterState.REPLACED
    assert made.turns.count() == 2
    assert Roster.objects.filter(state=RosterState.PUBLISHED).count() == 1


def test_r_s_3_publishing_refuses_what_breaks_the_law_and_asks_a_reason_for_the_rest(draft, wang, li, full):
    refused("empty_roster", lambda: rosters.publish(draft.pk, reason="", actor=wang, now=now()))
    for ahead in range(7):
        rosters.set_turn(draft.pk, li, FIRST + timedelta(days=ahead), shift=full)

    said = refused("breaks_rules", lambda: rosters.publish(draft.pk, reason="急", actor=wang, now=now()))
    assert said == (
        "小李 到 12 月 13 日 已连上 7 天。小李 12 月 7 日 这一周排了 56 小时,超过 40 小时。请调整后再发布。"
    )

    for ahead in (5, 6):
        rosters.set_turn(draft.pk, li, FIRST + timedelta(days=ahead), shift=None)
    said = refused("needs_reason", lambda: rosters.publish(draft.pk, reason=" ", actor=wang, now=now()))
    assert said == "有 31 天的午间窗口、现场经理、专区或高峰交班不合要求。请写明原因再发布。"
    draft.refresh_from_db()
    assert draft.state == RosterState.DRAFT
    assert Notice.objects.count() == 0


def test_a_draft_that_was_overtaken_cannot_be_published(hall, draft, wang, li, full):
    rosters.set_turn(draft.pk, li, FIRST, shift=full)
    rosters.publish(draft.pk, reason="先发", actor=wang, now=now())
    stale = Roster.objects.create(hall=hall, month=MONTH, version=7, made_at=now())
    put(stale, li, FIRST, full)

    refused("moved_on", lambda: rosters.publish(stale.pk, reason="再发", actor=wang, now=now()))


def test_a_change_in_force_reaches_the_open_draft_too(hall, draft, wang, li, full):
    zhao = make_user("06003", Role.CLERK, hall)
    rosters.set_turn(draft.pk, li, FIRST, shift=full)
    rosters.publish(draft.pk, reason="先发", actor=wang, now=now())
    open_one = rosters.open_draft(hall, MONTH, actor=wang, now=now())
    cell = reads.plan_of(open_one)[li.pk, FIRST]

    changes = {(li.pk, FIRST): None, (zhao.pk, FIRST): cell}
    [made] = rosters.change_published(hall, changes, reason="代班", actor=wang, now=now())

    assert [turn.person for turn in made.turns.all()] == [zhao]
    open_one.refresh_from_db()
    assert (open_one.base, [turn.person for turn in open_one.turns.all()]) == (made, [zhao])
    rosters.publish(open_one.pk, reason="再发", actor=wang, now=now())


def test_wishes_get_their_answers_when_the_roster_is_published(hall, draft, wang, li):
    for ahead, shift in ((0, None), (1, None)):
        RosterWish.objects.create(user=li, hall=hall, day=FIRST + timedelta(days=ahead), shift=shift, asked_at=now())
    plain = make_shift(hall, "plain", time(8, 30), time(17))
    rosters.set_turn(draft.pk, li, FIRST, shift=plain)

    rosters.publish(draft.pk, reason="少排", actor=wang, now=now())

    assert [(one.state, one.answer) for one in RosterWish.objects.order_by("day")] == [
        (AskState.DENIED, "当天 08:30–17:00 会缺窗口"),
        (AskState.GRANTED, ""),
    ]


def test_the_problem_is_read_from_the_tables(hall, wang, li, full):
    student = make_user("06005", None, name="学生")
    employ(student, Role.FLOOR_WALKER, hall, until=FIRST)
    WorkTerms.objects.create(user=student, weekly_hours=20, valid_from=MONTH)
    WindowNeed.objects.create(hall=hall, day=FIRST, slot=20, windows=9, is_peak=True, source=NeedSource.FORECAST)
    Parameter.objects.create(name=rules.REST_HOURS, scope=hall.code, value=12, valid_from=MONTH)

    found = reads.problem_of(hall, reads.month_days(MONTH))

    by_name = {worker.name: worker for worker in found.workers}
    assert (by_name["学生"].post, by_name["学生"].weekly_minutes) == (Post.FLOOR, 20 * 60)
    assert min(by_name["学生"].off) == FIRST + timedelta(days=1)
    assert by_name["王经理"].post == Post.MANAGER
    assert (found.need[FIRST][20], found.need[FIRST][21]) == (1, 1)  # one window only, and one without a figure
    assert found.peaks == frozenset({(FIRST, 20)})
    assert found.open[FIRST] == frozenset(range(17, 34))
    assert found.limits.rest == 12 * 60
    assert len(found.days) == 31


def test_reading_a_problem_asks_as_much_for_one_person_as_for_five(hall, full, li, django_assert_num_queries):
    days = reads.month_days(MONTH)
    reads.problem_of(hall, days)
    with django_assert_num_queries(20) as first:
        reads.problem_of(hall, days)
    for _ in range(4):
        make_user(None, Role.CLERK, hall)
    with django_assert_num_queries(len(first.captured_queries)):
        reads.problem_of(hall, days)


def test_a_need_set_by_hand_stands_before_the_forecast(hall):
    rosters.set_needs(hall, FIRST, {20: 3})
    fresh = [WindowNeed(hall=hall, day=FIRST, slot=slot, windows=5, source=NeedSource.FORECAST) for slot in (20, 21)]

    rosters.forecast_needs(hall, fresh, since=FIRST)
    rosters.forecast_needs(hall, [WindowNeed(hall=hall, day=FIRST, slot=21, windows=6, source="forecast")], since=FIRST)

    assert list(WindowNeed.objects.order_by("slot").values_list("slot", "windows", "source")) == [
        (20, 3, "hand"),
        (21, 6, "forecast"),
    ]


def test_a_run_fills_the_draft_and_leaves_its_certificate(hall, draft, wang, li, full):
    run = roster_runs.start_run(draft.pk, seconds=2, actor=wang, now=now())
    refused("computing", lambda: rosters.set_turn(draft.pk, li, FIRST, shift=full))
    refused("computing", lambda: roster_runs.start_run(draft.pk, seconds=2, actor=wang, now=now()))

    roster_runs.execute(run.pk)
    roster_runs.execute(run.pk)

    run.refresh_from_db()
    draft.refresh_from_db()
    assert run.state == RunState.DONE
    assert (
        run.uncovered
        == draft.report["uncovered"]
        == sum(rules.shortages(reads.problem_of(hall, reads.month_days(MONTH)), reads.plan_of(draft)).values())
    )
    assert draft.turns.filter(person=li).count() > 15
    assert run.bound <= run.cost
    rosters.publish(draft.pk, reason="一个人的厅", actor=wang, now=now())


class Killed(BaseException):
    """What a worker that dies leaves behind: nothing."""


def test_the_best_roster_so_far_outlives_its_worker(hall, draft, wang, li, full, monkeypatch):
    run = roster_runs.start_run(draft.pk, seconds=60, actor=wang, now=now())
    better = {(li.pk, FIRST): rules.Entry(full.pk, Post.WINDOW, 12 * 60)}

    def dies(problem, *, keep_on, **_):
        keep_on(Progress(1.0, 900.0, 100.0, 9, {}))
        keep_on(Progress(2.0, 500.0, 100.0, 5, better))
        keep_on(Progress(2.5, 500.0, 120.0, 5))
        raise Killed

    monkeypatch.setattr(roster_solver, "solve", dies)
    with pytest.raises(Killed):
        roster_runs.execute(run.pk)
    assert draft.turns.count() == 0
    assert roster_runs.give_up_lost_runs(now() + timedelta(seconds=60)) == 0
    assert roster_runs.give_up_lost_runs(now() + timedelta(seconds=61)) == 1
    assert roster_runs.give_up_lost_runs(now() + timedelta(seconds=62)) == 0

    run.refresh_from_db()
    draft.refresh_from_db()
    assert (run.state, run.best, run.cost, run.bound) == (RunState.CANCELLED, None, 500.0, 120.0)
    assert reads.plan_of(draft) == better
    assert (draft.report["cost"], draft.report["bound"]) == (500.0, 120.0)
    assert draft.report["shortages"] != []
    rosters.set_turn(draft.pk, li, FIRST, shift=None)


def test_a_run_is_stopped_and_a_lost_one_given_up(hall, draft, wang, li, full, time_machine):
    run = roster_runs.start_run(draft.pk, seconds=60, actor=wang, now=now())
    roster_runs.stop_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    refused("run_ended", lambda: roster_runs.stop_run(run.pk))

    lost = roster_runs.start_run(draft.pk, seconds=60, actor=wang, now=now())
    assert roster_runs.give_up_lost_runs(now() + timedelta(seconds=150)) == 0
    assert roster_runs.give_up_lost_runs(now() + timedelta(seconds=151)) == 1
    lost.refresh_from_db()
    assert lost.state == RunState.FAILED
    roster_runs.execute(lost.pk)
    assert draft.turns.count() == 0
    assert SolverRun.objects.filter(state__in=SolverRun.RUNNING).count() == 0


def test_a_hall_without_shifts_cannot_be_computed(draft, wang):
    refused("no_shifts", lambda: roster_runs.start_run(draft.pk, seconds=5, actor=wang, now=now()))
    assert CompensatoryEntry.objects.count() == 0
