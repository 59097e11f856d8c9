"""The checks of rosters at their boundaries: law, contract, and R-S-3 on the floor. Pure."""

from datetime import date, timedelta

import pytest

from staff.rules import roster_checks as checks
from staff.rules import roster_report as reports
from staff.rules.rosters import Entry, Limits, Problem, Scheme, Worker, cover, overtime_of_week, shortages
from staff.rules.shifts import Shift
from staff.states import Post, SchemeKind

MONDAY = date(2026, 6, 1)
DAYS = tuple(MONDAY + timedelta(days=ahead) for ahead in range(28))
EARLY = Shift(1, "早", 8 * 60, 16 * 60)
LATE = Shift(2, "晚", 13 * 60, 21 * 60, is_late=True)
LONG = Shift(3, "长", 8 * 60, 19 * 60)
MEAL = Shift(4, "全", 8 * 60, 17 * 60, (60, 11 * 60, 13 * 60))
SPLIT = Shift(5, "两头", 8 * 60, 20 * 60, gap=(12 * 60, 16 * 60))
SHIFTS = {shift.key: shift for shift in (EARLY, LATE, LONG, MEAL, SPLIT)}
LI = Worker(1, "小李")


def problem(*workers, days=DAYS, need=None, **fields):
    opened = dict.fromkeys(days, frozenset(range(16, 34)))
    return Problem(
        days=days,
        shifts=SHIFTS,
        workers=workers or (LI,),
        need=need or {},
        open=opened,
        windows=fields.pop("windows", 2),
        workdays=frozenset(day for day in days if day.weekday() < 5),
        **fields,
    )


def plan(worker, *days, shift=EARLY, post=Post.WINDOW, meal=None):
    return {(worker.key, MONDAY + timedelta(days=number)): Entry(shift.key, post, meal) for number in days}


def codes(where, made, worker=LI):
    return [(one.code, (one.day - MONDAY).days) for one in checks.worker_breaches(where, made, worker)]


def test_art_38_six_days_in_a_row_are_allowed_and_seven_are_not():
    wide = Limits(week_overtime=20 * 60)

    assert codes(problem(limits=wide), plan(LI, *range(6))) == []
    assert codes(problem(limits=wide), plan(LI, *range(7))) == [("no_rest_day", 6)]
    assert codes(problem(limits=wide), plan(LI, *range(13))) == [("no_rest_day", day) for day in range(6, 13)]


def test_days_worked_before_the_month_count_for_the_day_of_rest():
    li = Worker(1, "小李", around={MONDAY - timedelta(days=back): EARLY for back in (1, 2, 3)})

    assert codes(problem(li), plan(li, 0, 1, 2), li) == []
    assert codes(problem(li), plan(li, 0, 1, 2, 3), li) == [("no_rest_day", 3)]


def test_eleven_hours_of_rest_between_shifts_are_enough_and_a_minute_less_is_not():
    closes = Shift(9, "晚", 12 * 60, 21 * 60)
    opens = Shift(8, "早", 8 * 60, 16 * 60)
    sooner = Shift(7, "更早", 8 * 60 - 1, 16 * 60)
    where = problem()
    where = Problem(**{**where.__dict__, "shifts": {one.key: one for one in (closes, opens, sooner)}})

    assert codes(where, plan(LI, 0, shift=closes) | plan(LI, 1, shift=opens)) == []
    assert codes(where, plan(LI, 0, shift=closes) | plan(LI, 1, shift=sooner)) == [("rest_between", 1)]


def test_art_36_forty_hours_a_week_and_not_a_day_more():
    assert codes(problem(), plan(LI, 0, 1, 2, 3, 4)) == []
    assert codes(problem(), plan(LI, 0, 1, 2, 3, 4, 5)) == [("week_hours", 0)]


def test_contract_hours_bound_the_week_of_a_student():
    student = Worker(1, "小李", weekly_minutes=16 * 60)

    assert codes(problem(student), plan(student, 0, 1), student) == []
    assert codes(problem(student), plan(student, 0, 1, 2), student) == [("week_hours", 0)]


def test_art_41_overtime_of_a_day_ends_at_three_hours():
    shifts = {1: Shift(1, "长", 8 * 60, 19 * 60), 2: Shift(2, "过长", 8 * 60, 19 * 60 + 1)}
    where = Problem(**{**problem(limits=Limits(week_overtime=600)).__dict__, "shifts": shifts})

    assert codes(where, {(1, MONDAY): Entry(1, Post.WINDOW)}) == []
    assert codes(where, {(1, MONDAY): Entry(2, Post.WINDOW)}) == [("day_hours", 0)]


def test_art_41_overtime_of_a_month_ends_at_thirty_six_hours():
    three = [3, 3, 3, 3]  # long days a week, three hours over each: 36 hours in four weeks
    days = [7 * week + day for week, count in enumerate(three) for day in range(count)]
    where = problem(limits=Limits(week_overtime=20 * 60))

    assert codes(where, plan(LI, *days, shift=LONG)) == []
    assert codes(where, plan(LI, *days, 24, shift=LONG)) == [("month_overtime", 27)]


@pytest.mark.parametrize(
    ("days", "expected"),
    [([480] * 5, 0), ([480] * 6, 480), ([660], 180), ([660, 660], 360), ([600] * 5, 600), ([600] * 4, 480)],
)
def test_overtime_of_a_week_is_what_is_above_the_day_or_the_week_whichever_is_more(days, expected):
    assert overtime_of_week(days, 40 * 60) == expected


def test_hours_added_up_over_the_month_leave_the_weeks_free():
    scheme = Scheme(SchemeKind.COMPREHENSIVE, 40 * 60)
    busy_then_calm = plan(LI, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18)

    assert codes(problem(scheme=scheme), busy_then_calm) == []
    assert [one[0] for one in codes(problem(), busy_then_calm)] == ["week_hours", "week_hours"]


def test_hours_added_up_over_the_month_may_exceed_it_by_thirty_six():
    ten = Shift(1, "十小时", 8 * 60, 18 * 60)
    where = problem(scheme=Scheme(SchemeKind.COMPREHENSIVE, 40 * 60), limits=Limits(full_weekends=0))
    where = Problem(**{**where.__dict__, "shifts": {1: ten, 2: Shift(2, "六小时", 8 * 60, 14 * 60)}})
    nineteen = [day for day in range(28) if day % 7 < 5][:19]  # 190 hours; the month has 160

    assert codes(where, plan(LI, *nineteen) | {(1, DAYS[27]): Entry(2, Post.WINDOW)}) == []
    assert codes(where, plan(LI, *nineteen, 27)) == [("month_overtime", 27)]


def test_a_full_weekend_off_is_kept_when_one_of_both_days_is_worked_every_week_it_is_not():
    every_saturday = plan(LI, 5, 12, 19, 26)

    assert codes(problem(), every_saturday) == [("no_full_weekend", 27)]
    assert codes(problem(), plan(LI, 5, 12, 19)) == []


def test_leave_availability_private_rules_and_certificates_bind_the_day():
    li = Worker(
        1,
        "小李",
        no_late=True,
        off={MONDAY: "年假"},
        uncertified={MONDAY + timedelta(days=3): "没有有效的上岗证"},
        blocked=frozenset({(MONDAY + timedelta(days=1), EARLY.key)}),
    )
    made = plan(li, 0, 1, 3) | plan(li, 2, shift=LATE)

    assert codes(problem(li), made, li) == [("on_leave", 0), ("unavailable", 1), ("no_late", 2), ("no_certificate", 3)]


def test_r_s_14_without_a_certificate_other_posts_stay_open():
    li = Worker(1, "小李", uncertified={MONDAY: "没有有效的上岗证"})

    assert codes(problem(li), plan(li, 0, post=Post.FLOOR), li) == []


def test_r_s_14_a_trainee_needs_a_certified_clerk_beside_all_the_time():
    new, old = Worker(1, "小新", is_trainee=True), Worker(2, "小李")
    where = problem(new, old, windows=0)

    def said(made):
        return [one.text for one in checks.day_breaches(where, made, MONDAY) if one.code == "trainee_alone"]

    assert said(plan(new, 0) | plan(old, 0)) == []
    assert said(plan(new, 0) | plan(old, 0, shift=LATE)) == ["见习的 小新 08:00–13:00 没有持证营业员带班。"]


def test_a_meal_a_gap_and_half_a_half_hour_do_not_cover_a_window():
    where = problem()

    assert [cover(where, plan(LI, 0, shift=MEAL, meal=12 * 60), MONDAY)[slot] for slot in (23, 24, 25, 26)] == [
        1,
        0,
        0,
        1,
    ]
    assert [cover(where, plan(LI, 0, shift=SPLIT), MONDAY)[slot] for slot in (23, 24, 31, 32)] == [1, 0, 0, 1]
    quarter = Shift(6, "", 8 * 60 + 15, 16 * 60 + 15)
    assert sorted(quarter.slots)[:1] + sorted(quarter.slots)[-1:] == [17, 31]


def floor(made, where):
    return [(one.code, one.slots[0], one.slots[-1]) for one in checks.day_breaches(where, made, MONDAY)]


def test_r_q_7_noon_wants_half_of_the_windows_rounded_up():
    people = tuple(Worker(number, f"员工{number}") for number in (1, 2, 3, 4))
    boss = Worker(9, "店长", Post.MANAGER)
    where = problem(*people, boss, windows=5)
    led = plan(boss, 0, shift=Shift(3, "长", 8 * 60, 19 * 60), post=Post.MANAGER)
    three = {key: entry for one in people[:3] for key, entry in plan(one, 0).items()}

    assert floor(three | led, where) == []
    two = {key: entry for one in people[:2] for key, entry in plan(one, 0).items()}
    assert floor(two | led, where) == [("noon_half", 23, 26)]


def test_r_s_3_a_manager_or_duty_manager_is_on_the_floor_whenever_the_hall_is_open():
    duty, boss = Worker(8, "值班", Post.DUTY), Worker(9, "店长", Post.MANAGER)
    where = problem(duty, boss, windows=0)

    assert floor(plan(duty, 0, post=Post.DUTY), where) == [("no_manager", 32, 33)]
    both = plan(duty, 0, post=Post.DUTY) | plan(boss, 0, shift=LATE, post=Post.MANAGER)
    assert floor(both, where) == []


def test_r_s_3_the_gotone_zone_is_staffed_by_somebody_who_knows_it():
    able, other = Worker(1, "小李", skills=frozenset({Post.ZONE})), Worker(2, "小赵")
    boss = Worker(9, "店长", Post.MANAGER)
    led = plan(boss, 0, shift=LONG, post=Post.MANAGER)
    where = problem(able, other, boss, windows=0, has_zone=True)

    assert floor(plan(able, 0, shift=LONG) | led, where) == []
    assert floor(plan(other, 0, shift=LONG) | led, where) == [("no_zone", 16, 33)]


def test_r_s_3_no_shift_of_a_window_ends_in_a_forecast_peak():
    boss = Worker(9, "店长", Post.MANAGER)
    led = plan(boss, 0, shift=LONG, post=Post.MANAGER)
    calm = problem(LI, boss, windows=0)
    peak = problem(LI, boss, windows=0, peaks=frozenset({(MONDAY, 31)}))

    assert floor(plan(LI, 0) | led, calm) == []
    assert floor(plan(LI, 0) | led, peak) == [("handover_at_peak", 31, 31)]
    assert floor(plan(LI, 0, post=Post.FLOOR) | led, peak) == []


def test_what_is_short_is_said_by_spans_with_the_reason():
    zhao = Worker(2, "小赵", off={MONDAY: "年假"})
    full = Worker(3, "小王")
    where = problem(LI, zhao, full, days=DAYS[:7], windows=0, need={MONDAY: {20: 2, 21: 2, 25: 1}})
    made = plan(LI, 0) | plan(full, 1, 2, 3, 4, 5)

    assert shortages(where, made) == {(MONDAY, 20): 1, (MONDAY, 21): 1}
    told = reports.report(where, made)
    assert (told["needed"], told["uncovered"]) == (5, 2)
    assert told["shortages"] == [
        {
            "day": "2026-06-01",
            "begins": "10:00",
            "ends": "11:00",
            "missing": 1,
            "reason": "年假 1 人,本周工时已满 1 人",
        }
    ]


def test_a_denied_wish_has_its_reason():
    li = Worker(1, "小李", wishes={MONDAY: None, MONDAY + timedelta(days=1): None})
    where = problem(li, days=DAYS[:7], windows=0, need={MONDAY: {20: 1}})

    told = reports.denied(where, plan(li, 0))

    assert [(one.name, one.day, one.wish, one.reason) for one in told] == [
        ("小李", MONDAY, "休息", "当天 10:00–10:30 会缺窗口")
    ]


def test_a_wished_shift_that_breaks_a_rule_is_denied_by_that_rule():
    tuesday = MONDAY + timedelta(days=1)
    li = Worker(1, "小李", wishes={tuesday: LATE.key}, no_late=False)
    closes = plan(li, 2)
    where = Problem(**{**problem(li, windows=0).__dict__, "limits": Limits(rest=12 * 60)})

    assert [one.reason for one in reports.denied(where, closes)] == ["两班间隔不足"]
