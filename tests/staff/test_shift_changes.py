"""Swaps, cover, leave and attendance over a published roster."""

import threading
from datetime import date, time, timedelta

import pytest
from django.db import connection

from core.errors import Refused
from core.time import at
from core.time import now as clock_now
from halls.models import CalendarDay
from staff.actions import attendance, leaves, shift_changes
from staff.models import Attendance, CompensatoryEntry, Leave, Roster, RosterWish, ShiftChange, Turn
from staff.queries.rosters import shift_of
from staff.states import AskState, ChangeState, LeaveKind, Post, Role, RosterState
from tests.factories import make_hall, make_user, open_daily
from tests.staff.rosters import make_roster, make_shift, put

pytestmark = pytest.mark.django_db

DAY, NEXT = date(2026, 12, 7), date(2026, 12, 8)
MORNING = "2026-12-07T07:00:00+08:00"


@pytest.fixture(autouse=True)
def morning(time_machine):
    time_machine.move_to(MORNING, tick=False)


class Floor:
    """A small hall with a published month: 小李 early on Monday, 小赵 late on Tuesday."""

    def __init__(self):
        self.hall = make_hall("ZJ06", windows=1, groups=False)
        open_daily(self.hall, time(8, 30), time(17))
        self.wang = make_user("06001", Role.HALL_MANAGER, self.hall, name="王经理")
        self.li = make_user("06002", Role.CLERK, self.hall, name="小李")
        self.zhao = make_user("06003", Role.CLERK, self.hall, name="小赵")
        self.early = make_shift(self.hall, "early", time(8, 30), time(16, 30), name="早班")
        self.late = make_shift(self.hall, "late", time(9, 30), time(17, 30), name="晚班", is_late=True)
        self.roster = make_roster(self.hall, DAY)
        put(self.roster, self.li, DAY, self.early)
        put(self.roster, self.zhao, NEXT, self.late)

    def ask(self, other_day=None, day=NEXT, asker=None, colleague=None):
        return shift_changes.ask_change(
            asker or self.zhao, day, colleague or self.li, other_day=other_day, reason="家中有事"
        )

    def in_force(self):
        rows = Turn.objects.filter(roster__state=RosterState.PUBLISHED).order_by("day", "person__staff_no")
        return [(turn.person.name, turn.day.day, turn.shift.code) for turn in rows]


@pytest.fixture
def floor():
    return Floor()


def refused(code, act):
    with pytest.raises(Refused) as no:
        act()
    assert no.value.code == code
    return no.value.message


def test_r_s_3_cover_changes_the_roster_only_when_the_colleague_accepted_and_the_manager_signed(floor):
    change = floor.ask()
    assert floor.in_force() == [("小李", 7, "early"), ("小赵", 8, "late")]
    refused(
        "not_accepted",
        lambda: shift_changes.decide_change(change.pk, sign=True, actor=floor.wang, answer="", now=clock_now()),
    )
    refused("not_yours", lambda: shift_changes.answer_change(change.pk, accept=True, actor=floor.zhao, now=clock_now()))

    shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now())
    refused("answered", lambda: shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now()))
    assert floor.in_force() == [("小李", 7, "early"), ("小赵", 8, "late")]

    done = shift_changes.decide_change(change.pk, sign=True, actor=floor.wang, answer="", now=clock_now())

    assert (done.state, done.decided_by) == (ChangeState.SIGNED, floor.wang)
    assert floor.in_force() == [("小李", 7, "early"), ("小李", 8, "late")]
    published = Roster.objects.get(state=RosterState.PUBLISHED)
    assert (published.version, published.reason) == (2, "小赵 与 小李 代班")


def test_a_swap_gives_a_day_back(floor):
    put(floor.roster, floor.li, date(2026, 12, 10), floor.early)
    change = floor.ask(other_day=date(2026, 12, 10))
    shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now())
    shift_changes.decide_change(change.pk, sign=True, actor=floor.wang, answer="", now=clock_now())

    assert floor.in_force() == [("小李", 7, "early"), ("小李", 8, "late"), ("小赵", 10, "early")]


def test_a_swap_of_the_same_day_changes_the_shifts(floor):
    put(floor.roster, floor.li, NEXT, floor.early)
    change = floor.ask(other_day=NEXT)
    shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now())
    shift_changes.decide_change(change.pk, sign=True, actor=floor.wang, answer="", now=clock_now())

    assert floor.in_force() == [("小李", 7, "early"), ("小李", 8, "late"), ("小赵", 8, "early")]


def test_a_change_that_makes_no_sense_is_refused_with_a_sentence(floor):
    put(floor.roster, floor.li, NEXT, floor.early)
    other = make_user("06009", Role.GREETER, floor.hall, name="小周")

    assert refused("has_shift", lambda: floor.ask()) == "小李 12 月 8 日 自己有班,不能代班。"
    refused("oneself", lambda: floor.ask(colleague=floor.zhao))
    refused("no_shift", lambda: floor.ask(day=date(2026, 12, 20)))
    assert refused("wrong_post", lambda: floor.ask(colleague=other)) == "小周 不能顶窗口岗,请换一位同事。"
    assert ShiftChange.objects.count() == 0


def test_a_shift_that_has_begun_is_not_swapped(floor, time_machine):
    time_machine.move_to("2026-12-08T09:30:00+08:00", tick=False)

    refused("in_the_past", lambda: floor.ask())


def test_a_change_against_the_law_cannot_be_signed(floor):
    for day in (9, 10, 11, 12, 13):
        put(floor.roster, floor.li, date(2026, 12, day), floor.early)
    change = floor.ask()
    shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now())

    said = refused(
        "breaks_rules",
        lambda: shift_changes.decide_change(change.pk, sign=True, actor=floor.wang, answer="", now=clock_now()),
    )

    assert said.startswith("小李 到 12 月 13 日 已连上 7 天。")
    change.refresh_from_db()
    assert change.state == ChangeState.ACCEPTED
    assert floor.in_force()[1] == ("小赵", 8, "late")


def test_nobody_signs_their_own_change_and_a_refusal_needs_a_reason(floor):
    put(floor.roster, floor.wang, date(2026, 12, 9), floor.early, post=Post.MANAGER)
    change = floor.ask()
    shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now())

    def decide(**given):
        return shift_changes.decide_change(change.pk, now=clock_now(), **given)

    refused("own", lambda: decide(sign=True, actor=floor.li, answer=""))
    refused("needs_reason", lambda: decide(sign=False, actor=floor.wang, answer=" "))
    assert decide(sign=False, actor=floor.wang, answer="当天忙").state == ChangeState.REFUSED


def test_one_shift_is_asked_for_once_at_a_time_and_can_be_withdrawn(floor):
    change = floor.ask()
    refused("asked_already", lambda: floor.ask())
    refused("not_yours", lambda: shift_changes.withdraw_change(change.pk, actor=floor.li))

    shift_changes.withdraw_change(change.pk, actor=floor.zhao)

    refused("answered", lambda: shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now()))
    assert floor.ask().state == ChangeState.ASKED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_the_same_shift_at_once_one_is_refused(floor, time_machine):
    change = floor.ask()
    said, start = [], threading.Barrier(2)

    def accept():
        start.wait()
        try:
            said.append(shift_changes.answer_change(change.pk, accept=True, actor=floor.li, now=clock_now()).state)
        except Refused as no:
            said.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["accepted", "answered"]


def test_an_absence_is_covered_by_one_new_version(floor):
    found = shift_changes.propose_cover(floor.hall, DAY, floor.li, now=clock_now())
    assert [(move.name, move.after) for move in found.moves] == [("小赵", floor.early.pk)]

    cover = shift_changes.Cover(DAY, floor.li, "发烧", {floor.zhao.pk: floor.early.pk})
    shift_changes.cover_absence(floor.hall, cover, actor=floor.wang, now=clock_now())

    assert floor.in_force() == [("小赵", 7, "early"), ("小赵", 8, "late")]
    assert [(one.user, one.kind, one.state) for one in Leave.objects.all()] == [
        (floor.li, LeaveKind.SICK, AskState.GRANTED)
    ]


def test_cover_touches_at_most_three_and_needs_a_reason(floor):
    others = {make_user(None, Role.CLERK, floor.hall).pk: floor.early.pk for _ in range(4)}

    def cover(reason, moves):
        return shift_changes.cover_absence(
            floor.hall, shift_changes.Cover(DAY, floor.li, reason, moves), actor=floor.wang, now=clock_now()
        )

    refused("too_many", lambda: cover("病", others))
    refused("needs_reason", lambda: cover(" ", {}))
    refused("bad_move", lambda: cover("病", {floor.li.pk: floor.early.pk}))
    assert (Leave.objects.count(), Roster.objects.count()) == (0, 1)


def ask_leave(floor, first, last, kind=LeaveKind.ANNUAL):
    return leaves.ask_leave(floor.li, floor.hall, kind, (first, last), reason="探亲")


def test_leave_over_a_published_shift_is_refused_with_what_to_do(floor):
    said = refused("on_roster", lambda: ask_leave(floor, DAY, NEXT))

    assert said == "12 月 7 日已排早班。请先换班或请同事代班,再申请请假。"
    assert Leave.objects.count() == 0


def test_leave_is_asked_decided_and_never_twice(floor):
    far = date(2027, 1, 4)
    leave = ask_leave(floor, far, far + timedelta(days=2))
    refused("twice", lambda: ask_leave(floor, far + timedelta(days=2), far + timedelta(days=3)))
    refused("bad_days", lambda: ask_leave(floor, far, far - timedelta(days=1)))
    refused("in_the_past", lambda: ask_leave(floor, DAY - timedelta(days=1), DAY))
    refused("too_long", lambda: ask_leave(floor, far, far + timedelta(days=180)))

    def decide(grant, actor, answer=""):
        return leaves.decide_leave(leave.pk, grant=grant, actor=actor, answer=answer, now=clock_now())

    refused("own", lambda: decide(True, floor.li))
    refused("needs_reason", lambda: decide(False, floor.wang))
    assert decide(True, floor.wang).state == AskState.GRANTED
    refused("decided", lambda: decide(True, floor.wang))
    refused("decided", lambda: leaves.withdraw_leave(leave.pk, actor=floor.li))
    assert Leave.objects.count() == 1


def test_leave_is_not_granted_over_a_shift_published_meanwhile(floor):
    far = date(2026, 12, 21)
    leave = ask_leave(floor, far, far)
    put(floor.roster, floor.li, far, floor.early)

    refused(
        "on_roster",
        lambda: leaves.decide_leave(leave.pk, grant=True, actor=floor.wang, answer="", now=clock_now()),
    )
    leave.refresh_from_db()
    assert leave.state == AskState.ASKED


def test_work_on_a_holiday_earns_compensatory_leave_and_no_more_than_that_is_spent(floor):
    festive = date(2026, 12, 1)
    CalendarDay.objects.create(day=festive, kind="holiday", name="节日")
    begins = at(festive, time(8, 30))
    Attendance.objects.create(
        hall=floor.hall, person=floor.li, day=festive, post="window", begins_at=begins, early_minutes=15,
        ends_at=begins + timedelta(hours=8), checked_in_at=begins, checked_out_at=begins + timedelta(hours=8),
    )  # fmt: skip
    far = date(2026, 12, 21)

    assert [leaves.earn_compensatory(clock_now()) and CompensatoryEntry.objects.count() for _ in range(2)] == [1, 1]
    assert leaves.balance(floor.li) == 480
    said = refused("no_compensatory", lambda: ask_leave(floor, far, far + timedelta(days=1), LeaveKind.COMPENSATORY))
    assert said == "调休余额 8 小时,不够休 2 天。"
    leave = ask_leave(floor, far, far, LeaveKind.COMPENSATORY)
    assert leaves.balance(floor.li) == 0
    leaves.decide_leave(leave.pk, grant=True, actor=floor.wang, answer="", now=clock_now())
    assert leaves.balance(floor.li) == 0


def test_a_wish_is_for_a_month_not_yet_published(floor):
    refused("published", lambda: leaves.wish(floor.li, floor.hall, date(2026, 12, 20), shift=None))
    refused("in_the_past", lambda: leaves.wish(floor.li, floor.hall, DAY, shift=None))
    leaves.wish(floor.li, floor.hall, date(2027, 1, 5), shift=None)
    leaves.wish(floor.li, floor.hall, date(2027, 1, 5), shift=floor.early)

    assert [(one.day, one.shift) for one in RosterWish.objects.all()] == [(date(2027, 1, 5), floor.early)]


@pytest.mark.parametrize(("post", "early"), [(Post.WINDOW, 15), (Post.DUTY, 30)])
def test_r_s_4_punctual_is_fifteen_minutes_early_and_thirty_for_duty_managers(floor, time_machine, post, early):
    Turn.objects.filter(person=floor.li, day=DAY).update(post=post)
    due = at(DAY, time(8, 30)) - timedelta(minutes=early)

    found = []
    for moment in (due, due + timedelta(seconds=1)):
        Attendance.objects.all().delete()
        found.append(attendance.check_in(floor.li, now=moment).is_punctual)

    assert found == [True, False]


def test_checking_in_and_out_once_each_within_the_shift(floor):
    early = at(DAY, time(6, 29))
    refused("too_early", lambda: attendance.check_in(floor.li, now=early))
    refused("no_shift", lambda: attendance.check_in(floor.zhao, now=clock_now()))
    refused("not_checked_in", lambda: attendance.check_out(floor.li, now=clock_now()))
    refused("shift_over", lambda: attendance.check_in(floor.li, now=at(DAY, time(16, 30))))

    attendance.check_in(floor.li, now=at(DAY, time(8, 10)))
    refused("checked_in", lambda: attendance.check_in(floor.li, now=at(DAY, time(8, 11))))
    row = attendance.check_out(floor.li, now=at(DAY, time(16, 31)))
    refused("checked_out", lambda: attendance.check_out(floor.li, now=at(DAY, time(16, 32))))
    assert (row.is_punctual, row.checked_out_at) == (True, at(DAY, time(16, 31)))

    refused("own", lambda: attendance.note(floor.hall, row.pk, text="堵车", actor=floor.li))
    refused("needs_text", lambda: attendance.note(floor.hall, row.pk, text=" ", actor=floor.wang))
    assert attendance.note(floor.hall, row.pk, text="堵车", actor=floor.wang).note == "堵车"
    assert shift_of(floor.li, DAY).shift_name == "早班"
