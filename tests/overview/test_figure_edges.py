"""Figures at their edges: exactly at a limit, at midnight of Shanghai, at a month's end; what counts for neither."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from complaints.actions import cases, ending, handling, refunds
from complaints.actions.cases import Report
from complaints.actions.refunds import Claim
from core.time import SHANGHAI, at
from halls.actions import faults
from halls.actions.faults import Work
from halls.models import CheckList, Equipment, EquipmentKind, Hall, Material, Round
from loyalty.models import PointsOperation, Redemption
from overview.queries import figures
from queueing import actions as queue
from queueing.actions import Actor, Target, Wish, door
from queueing.models import Ticket
from staff.models import Attendance, DailyClosing, Handover, User
from tests.factories import make_customer, make_gift, make_hall, make_session, make_user, open_daily
from tests.inspections.rows import make_auditor, make_visit
from tests.loyalty.life import make_member
from tests.staff.rosters import make_roster, make_shift, put

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=SHANGHAI)
TODAY, YESTERDAY = date(2026, 12, 1), date(2026, 11, 30)
MIDNIGHT = at(TODAY, time(0))
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def hall(db: Any) -> Hall:
    return make_hall(windows=3)


@pytest.fixture
def wang(hall: Hall) -> User:
    """王经理."""
    return make_user("01900", "duty_manager", hall)


@pytest.fixture
def li(hall: Hall) -> User:
    """小李 at window 1."""
    person = make_user("01001", "clerk", hall)
    make_session(hall.windows.get(number=1), person, at=NOW - 3 * HOUR)
    return person


def of(hall: Hall, *keys: str, first: date = TODAY, last: date = TODAY, now: datetime = NOW) -> list[Any]:
    found = figures.of_hall(hall, first, last, now)
    return [found[key] for key in keys]


def take(hall: Hall, now: datetime) -> Ticket:
    return queue.take_number(hall, Wish("general", "kiosk"), actor=Actor(), now=now)


# ---- who waits, and since when (R-Q-1, R-Q-4) --------------------------------------------------------------------


def test_who_was_set_aside_at_the_door_waits_for_nobody_and_was_answered_by_nobody(
    hall: Hall, li: User, wang: User
) -> None:
    actor = Actor(person=wang)
    ticket = take(hall, NOW - 60 * MINUTE)
    called = queue.call_next(hall.windows.get(number=1), actor=Actor(person=li), now=NOW - 55 * MINUTE)
    assert called == ticket
    queue.transfer(ticket.pk, Target(business="payment"), actor=actor, now=NOW - 50 * MINUTE)
    assert of(hall, "waiting", "longest_wait", "answered") == [1, 55, 0]  # five minutes at the window are no waiting
    door.set_aside(ticket.pk, actor=actor, now=NOW - 40 * MINUTE)
    assert of(hall, "waiting", "longest_wait", "answered", "mean_wait") == [0, None, 0, None]
    door.come_back(ticket.pk, actor=actor, now=NOW - 10 * MINUTE)
    assert of(hall, "waiting", "longest_wait", "answered") == [1, 25, 0]


def test_whoever_is_sent_on_while_set_aside_was_away_since_then(hall: Hall, wang: User) -> None:
    ticket = take(hall, NOW - 60 * MINUTE)
    door.set_aside(ticket.pk, actor=Actor(person=wang), now=NOW - 50 * MINUTE)
    queue.transfer(ticket.pk, Target(business="payment"), actor=Actor(person=wang), now=NOW - 20 * MINUTE)
    assert of(hall, "longest_wait") == [30]


def test_r_q_4_who_left_for_papers_does_not_make_the_hall_busy(hall: Hall, li: User, wang: User) -> None:
    """Four wait at one window, the fourth for two minutes only: less than three in the mean of the half hour."""
    for serial in range(4):
        ticket = take(hall, NOW - 30 * MINUTE)
        if serial:
            door.set_aside(ticket.pk, actor=Actor(person=wang), now=NOW - 28 * MINUTE)
    queue.call_next(hall.windows.get(number=1), actor=Actor(person=li), now=NOW - SECOND)
    served = Ticket.objects.get(state="called")
    queue.start(served.pk, actor=Actor(person=li), now=NOW - SECOND)
    assert of(hall, "busy_wait", "idle_wait") == [None, pytest.approx(30 - 1 / 60)]


@pytest.mark.parametrize(("waiting", "busy"), [(3, False), (4, True)])
def test_r_q_4_a_machine_hall_is_busy_above_three_for_each_window(
    hall: Hall, li: User, waiting: int, busy: bool
) -> None:
    now = NOW + 30 * MINUTE
    for _ in range(waiting):
        take(hall, NOW)
    ticket = queue.call_next(hall.windows.get(number=1), actor=Actor(person=li), now=now)
    assert ticket is not None
    queue.start(ticket.pk, actor=Actor(person=li), now=now)
    make_session(hall.windows.get(number=2), make_user("01002", "clerk", hall), at=now)
    take(hall, now)  # the half hour of the call is the one before it, if it falls on its end
    at_end = at(TODAY, time(10, 30))
    Ticket.objects.filter(pk=ticket.pk).update(called_at=at_end - SECOND)
    found = of(hall, "busy_wait", "idle_wait", now=now)
    assert [value is not None for value in found] == [busy, not busy]


@pytest.mark.parametrize(("waiting", "busy"), [(2, False), (3, True)])
def test_r_q_4_a_line_is_busy_from_three_also_in_the_half_hour_that_runs(db: Any, waiting: int, busy: bool) -> None:
    """Ten minutes into the half hour only these ten count."""
    line = make_hall("ZJ04", windows=1, queue_mode="line", counter_count=1, has_rest_area=False)
    clerk = make_user("04001", "clerk", line)
    make_session(line.windows.get(), clerk, at=NOW - HOUR)
    for _ in range(waiting + 1):
        take(line, NOW)
    now = NOW + 10 * MINUTE
    ticket = queue.call_next(line.windows.get(), actor=Actor(person=clerk), now=NOW)
    assert ticket is not None
    queue.start(ticket.pk, actor=Actor(person=clerk), now=NOW)
    found = of(line, "busy_wait", "idle_wait", now=now)
    assert [value is not None for value in found] == [busy, not busy]


def test_a_number_belongs_to_the_day_on_which_it_was_taken(hall: Hall, li: User) -> None:
    take(hall, MIDNIGHT - SECOND)
    take(hall, MIDNIGHT)
    assert of(hall, "issued", first=YESTERDAY, last=YESTERDAY) == [1]
    assert of(hall, "issued") == [1]


# ---- complaints (R-C-1, R-C-5, R-C-7, R-C-9) ---------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "late", "on_time"), [(0, 0, 1.0), (1, 1, 0.0)])
def test_r_c_5_closed_at_its_limit_a_complaint_is_on_time(
    hall: Hall, wang: User, seconds: int, late: int, on_time: float
) -> None:
    logged = at(YESTERDAY, time(9))
    case = cases.log(Report(hall, content="态度"), person=wang, now=logged)
    ending.close(case.pk, "solved", "已解决", person=wang, now=logged + 48 * HOUR + seconds * SECOND)
    found = of(
        hall, "complaints_late", "complaints_on_time", "complaints_closed", "replies_on_time",
        first=YESTERDAY, now=NOW + 3 * DAY,
    )  # fmt: skip
    assert found == [late, on_time, 1, on_time]


def test_an_open_complaint_is_due_today_until_its_limit_and_overdue_from_the_second_after(
    hall: Hall, wang: User
) -> None:
    make_customer("13800000001", is_vip=True)
    cases.log(Report(hall, content="扣费", phone="13800000001"), person=wang, now=NOW)
    keys = ("complaints_open", "complaints_today", "complaints_overdue", "complaints_late")
    assert of(hall, *keys, now=NOW + 8 * HOUR) == [1, 1, 0, 0]
    assert of(hall, *keys, now=NOW + 8 * HOUR + SECOND) == [1, 0, 1, 1]


def test_what_falls_due_at_midnight_is_not_due_today(hall: Hall, wang: User) -> None:
    cases.log(Report(hall, content="态度"), person=wang, now=MIDNIGHT - DAY)
    assert of(hall, "complaints_open", "complaints_today") == [1, 0]  # by 00:00 of tomorrow
    cases.log(Report(hall, content="态度"), person=wang, now=MIDNIGHT - DAY - SECOND)
    assert of(hall, "complaints_open", "complaints_today") == [2, 1]


def test_a_paused_complaint_is_not_late_and_its_limit_moves_with_the_pause(hall: Hall, wang: User) -> None:
    case = cases.log(Report(hall, content="补材料"), person=wang, now=NOW)
    handling.reply(case.pk, "请补材料", person=wang, now=NOW + HOUR)
    handling.pause(case.pk, "customer_papers", "等材料", person=wang, now=NOW + 2 * HOUR)
    days = {"first": TODAY, "last": TODAY + 9 * DAY}
    assert of(hall, "complaints_late", "complaints_overdue", now=NOW + 90 * HOUR, **days) == [0, 0]
    handling.resume(case.pk, person=wang, now=NOW + 92 * HOUR)
    assert of(hall, "complaints_late", now=NOW + 138 * HOUR, **days) == [0]
    assert of(hall, "complaints_late", now=NOW + 138 * HOUR + SECOND, **days) == [1]


def test_r_c_9_what_was_refused_is_in_no_rate_and_what_was_taken_back_is(hall: Hall, wang: User) -> None:
    for act in (cases.reject, ending.withdraw):
        case = cases.log(Report(hall, content="态度"), person=wang, now=NOW)
        act(case.pk, "客户撤回", person=wang, now=NOW + 60 * HOUR)
    cases.log(Report(hall, content="建议设座", kind="suggestion"), person=wang, now=NOW)
    keys = ("complaints_logged", "complaints_closed", "complaints_late", "complaints_on_time", "complaints_open")
    assert of(hall, *keys, now=NOW + 61 * HOUR) == [2, 0, 1, 0.0, 1]


def test_complaints_belong_to_the_day_of_shanghai_on_which_they_were_logged(hall: Hall, wang: User) -> None:
    for logged in (MIDNIGHT - SECOND, MIDNIGHT, at(TODAY + DAY, time(0))):
        cases.log(Report(hall, content="态度"), person=wang, now=logged)
    november = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
    assert of(hall, "complaints_logged", now=NOW + 2 * DAY, **november) == [1]
    assert of(hall, "complaints_logged", now=NOW + 2 * DAY) == [1]


def test_r_c_11_a_refund_counts_when_the_customer_has_it(hall: Hall, wang: User) -> None:
    case = cases.log(Report(hall, content="扣费"), person=wang, now=NOW)
    asked = refunds.ask_refund(case.pk, Claim("套餐外", Decimal(20), Decimal("10.05")), person=wang, now=NOW)
    assert of(hall, "refunds", "refunded") == [0, 0]
    asked.payments.update(state="paid", paid_at=NOW)
    assert of(hall, "refunds", "refunded") == [1, 20.10]


# ---- people (R-S-4, R-S-7, R-S-10) -------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "punctual"), [(15, 1.0), (14, 0.0)])
def test_r_s_4_a_quarter_of_an_hour_before_is_punctual(hall: Hall, minutes: int, punctual: float) -> None:
    person, shift = make_user("01001", "clerk", hall), make_shift(hall, "early", time(9), time(18))
    put(make_roster(hall, TODAY), person, TODAY, shift)
    begins = at(TODAY, time(9))
    Attendance.objects.create(
        hall=hall, person=person, day=TODAY, post="window", begins_at=begins, ends_at=begins + 9 * HOUR,
        early_minutes=15, checked_in_at=begins - minutes * MINUTE,
    )  # fmt: skip
    assert of(hall, "shifts", "came", "attendance_rate", "punctual_rate") == [1, 1, 1.0, punctual]


def test_a_shift_counts_from_its_first_minute_and_a_card_of_another_hall_is_not_of_this_shift(hall: Hall) -> None:
    person, shift = make_user("01001", "clerk", hall), make_shift(hall, "late", time(10), time(18))
    put(make_roster(hall, TODAY), person, TODAY, shift)
    assert of(hall, "shifts", "came", now=NOW - SECOND) == [None, None]
    Attendance.objects.create(
        hall=make_hall("ZJ02"), person=person, day=TODAY, post="window", begins_at=NOW, ends_at=NOW + HOUR,
        early_minutes=15, checked_in_at=NOW - HOUR,
    )  # fmt: skip
    assert of(hall, "shifts", "came", "attendance_rate") == [1, 0, 0.0]


def test_r_s_7_a_relief_is_late_after_the_minute_it_was_due(hall: Hall, wang: User) -> None:
    Handover.objects.create(
        hall=hall, day=TODAY, state="waiting_relief", giver=wang, opened_at=NOW - HOUR, relief_due_at=NOW
    )
    keys = ("handovers_open", "reliefs_late")
    assert (of(hall, *keys), of(hall, *keys, now=NOW + SECOND)) == ([1, 0], [1, 1])


def test_r_s_10_a_day_is_overdue_after_its_midnight(hall: Hall, wang: User) -> None:
    DailyClosing.objects.create(hall=hall, day=YESTERDAY, state="counting", opened_by=wang, opened_at=NOW)
    assert of(hall, "closings_overdue", now=MIDNIGHT) == [0]
    assert of(hall, "closings_overdue", now=MIDNIGHT + SECOND) == [1]


# ---- the hall (R-H-4, R-H-6, R-H-7, R-H-8) -----------------------------------------------------------------------


def test_r_h_6_a_check_at_24_belongs_to_the_day_that_ends(hall: Hall, wang: User) -> None:
    """Open around the clock, opening and closing fall on one moment; each is counted to its own day."""
    lists = {kind: CheckList.objects.create(kind=kind, hall=hall) for kind in ("opening", "closing")}
    days = [MIDNIGHT - 2 * DAY, MIDNIGHT - DAY, MIDNIGHT]
    for kind, slot in [("opening", days[0]), ("closing", days[1]), ("opening", days[2])]:
        Round.objects.create(
            hall=hall, list=lists[kind], kind=kind, slot=slot, started_at=slot, finished_at=slot, by=wang
        )
    day = YESTERDAY - DAY
    assert of(hall, "check_rate", first=day, last=day) == [1.0]  # opened, and closed at 24:00
    assert of(hall, "check_rate", first=YESTERDAY, last=YESTERDAY) == [0.0]  # neither
    assert of(hall, "check_rate") == [1.0]  # opened; the closing is to come


def test_r_h_7_a_patrol_is_due_from_its_minute_and_from_the_first_check_on(hall: Hall, wang: User) -> None:
    patrol = CheckList.objects.create(kind="patrol", hall=hall, times=[time(9), time(10), time(16)])
    keys = ("patrols_due", "patrols_done", "patrol_rate")
    assert of(hall, *keys) == [None, None, None]
    slot = at(TODAY, time(9))
    Round.objects.create(
        hall=hall, list=patrol, kind="patrol", slot=slot, started_at=NOW, finished_at=NOW - SECOND, by=wang
    )
    assert of(hall, *keys, now=NOW - SECOND) == [1, 1, 1.0]
    assert of(hall, *keys, first=YESTERDAY) == [2, 1, 0.5]


def test_r_h_7_a_patrol_stands_for_its_own_moment_only(hall: Hall, wang: User) -> None:
    """Made at 11:15, when the list still said so, it is none of 9, 10 or 16 o'clock; nor on a day of other hours."""
    patrol = CheckList.objects.create(kind="patrol", hall=hall, times=[time(9), time(10), time(16)])
    hall.hours_exceptions.create(day=YESTERDAY, opens=time(12), closes=time(20), reason="盘点")
    for day, times in ((YESTERDAY, (time(9), time(16))), (TODAY, (time(9), time(11, 15), time(11, 30)))):
        for one in times:
            slot = at(day, one)
            facts = {"slot": slot, "started_at": slot, "finished_at": slot, "by": wang}
            Round.objects.create(hall=hall, list=patrol, kind="patrol", **facts)
    keys, evening = ("patrols_due", "patrols_done", "patrol_rate"), at(TODAY, time(20))
    assert of(hall, *keys, now=evening) == [3, 1, 1 / 3]
    assert of(hall, *keys, first=YESTERDAY, last=YESTERDAY, now=evening) == [1, 1, 1.0]
    assert of(hall, *keys, first=YESTERDAY, now=evening) == [4, 2, 0.5]


def test_r_h_4_a_fault_is_overdue_after_eight_hours_unreported_or_at_the_end_of_the_fifth_working_day(
    hall: Hall, wang: User
) -> None:
    kind, _ = EquipmentKind.objects.get_or_create(code="pos", defaults={"name": "POS"})
    thing = Equipment.objects.create(hall=hall, kind=kind, name="POS 1")
    friday = datetime(2026, 11, 20, 16, tzinfo=SHANGHAI)
    fault = faults.find_fault(thing, "不出票", actor=wang, now=friday)
    days = {"first": date(2026, 11, 20), "last": date(2026, 11, 20)}
    keys = ("faults_found", "faults_open", "faults_overdue", "repair_hours")
    assert of(hall, *keys, now=friday + 8 * HOUR, **days) == [1, 1, 0, None]
    assert of(hall, *keys, now=friday + 8 * HOUR + SECOND, **days) == [1, 1, 1, None]
    faults.report_fault(fault.pk, Work("联系维保", TODAY), actor=wang, now=friday + 8 * HOUR)
    end = datetime(2026, 11, 28, tzinfo=SHANGHAI)  # the Friday after, 24:00
    assert of(hall, *keys, now=end - SECOND, **days) == [1, 1, 0, None]
    assert of(hall, *keys, now=end, **days) == [1, 1, 1, None]
    faults.end_repair(fault.pk, Work(), actor=wang, now=end)
    faults.accept_repair(fault.pk, Work(), actor=wang, now=end)
    assert of(hall, *keys, now=end, **days) == [1, 0, 0, 176.0]


def test_r_h_8_a_poster_may_hang_through_its_last_day(hall: Hall, wang: User) -> None:
    Material.objects.create(
        region=hall.region, kind="poster", carrier="poster", title="国庆", valid_from=date(2026, 9, 1),
        valid_to=YESTERDAY, made_by=wang, made_at=NOW,
    )  # fmt: skip
    assert of(hall, "materials_expired", now=MIDNIGHT - SECOND) == [0]
    assert of(hall, "materials_expired", now=MIDNIGHT) == [1]


# ---- inspections and points (R-I-2, R-I-10, R-L-29) --------------------------------------------------------------


def test_the_last_ranked_score_is_of_the_day_on_which_the_visit_began(hall: Hall) -> None:
    auditor = make_auditor()
    for started, score, more in (
        (MIDNIGHT - SECOND, 88, {}),
        (MIDNIGHT, 92, {}),
        (MIDNIGHT + HOUR, 70, {"kind": "self_check"}),
        (MIDNIGHT + 2 * HOUR, 60, {"state": "cancelled"}),
    ):
        values = {"state": "final", **more}
        make_visit(hall, auditor, on=TODAY, started_at=started, score=score, **values)
    assert of(hall, "last_score", first=YESTERDAY, last=YESTERDAY) == [88]
    assert of(hall, "last_score") == [92]
    assert of(hall, "last_score", first=TODAY + DAY, last=TODAY + DAY) == [None]


def test_r_l_29_a_redemption_taken_back_is_none(hall: Hall, wang: User) -> None:
    member, gift = make_member(), make_gift()
    for serial, (when, points, state) in enumerate(
        [(MIDNIGHT - SECOND, 500, "done"), (MIDNIGHT, 1500, "done"), (MIDNIGHT, 3000, "cancelled")]
    ):
        taken = PointsOperation.objects.create(
            key=f"k{serial}", account_id=member.pk, kind=1, points=-points, at=when, hall=hall
        )
        Redemption.objects.create(
            number=f"R{serial}", key=f"k{serial}", customer=member, hall=hall, clerk=wang, gift=gift, quantity=1,
            price=points, points=points, identity="id_card", at=when, operation=taken, state=state,
            cancelled_at=when if state == "cancelled" else None,
        )  # fmt: skip
    assert of(hall, "redemptions", "redeemed_points") == [1, 1500]
    assert of(hall, "redemptions", "redeemed_points", first=YESTERDAY, last=YESTERDAY) == [1, 500]


def test_a_hall_that_opens_late_has_no_check_to_make_before(hall: Hall, wang: User) -> None:
    open_daily(hall, time(10, 0), time(18, 0))
    opening = CheckList.objects.create(kind="opening", hall=hall)
    slot = at(YESTERDAY, time(10))
    Round.objects.create(hall=hall, list=opening, kind="opening", slot=slot, started_at=slot, finished_at=slot, by=wang)
    assert of(hall, "check_rate", first=YESTERDAY, now=NOW - SECOND) == [1.0]
    assert of(hall, "check_rate", first=YESTERDAY) == [0.5]
