"""开窗测算: the play is steady, ordered and honest, and begins with what the hall knows."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from core.time import SHANGHAI
from overview.queries import what_if as reads
from overview.rules import what_if as rules
from overview.rules.what_if import Case, Class, Slot, Waiting, advise, play, spread
from queueing.models import HalfHourForecast
from queueing.queries import fairness as fairness_reads
from queueing.rules import fairness
from queueing.rules.waits import Kind
from staff.states import Role
from tests.factories import make_hall, make_session, make_ticket, make_user

MORNING = tuple(Slot(arrivals, 8.0) for arrivals in (10, 17, 22, 24, 22, 18))
NINE = datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)


def case(windows: int, slots=MORNING, **fields) -> Case:
    return Case(slots, (windows,) * len(slots), **fields)


# ---- pure ------------------------------------------------------------------------------------------------------


def test_the_same_case_gives_the_same_answer():
    assert play(case(5)) == play(case(5))


def test_r_h_14_more_windows_never_mean_longer_waits():
    outcomes = [play(case(windows)) for windows in range(3, 9)]
    assert [one.whole.mean for one in outcomes] == sorted((one.whole.mean for one in outcomes), reverse=True)
    assert [one.whole.within for one in outcomes] == sorted(one.whole.within for one in outcomes)
    assert len({one.whole.customers for one in outcomes}) == 1


def test_r_h_14_a_campaign_lengthens_waits():
    more = play(replace(case(5), slots=spread(60, MORNING)))
    assert more.whole.mean > play(case(5)).whole.mean
    assert more.whole.customers == pytest.approx(113 + 60, rel=0.05)


def test_a_single_queue_agrees_with_the_formula():
    """M/M/1-like check: Poisson arrivals, one window, services of cv 1: mean wait of ρ/(1−ρ)·s, within the noise."""
    slots = tuple(Slot(3.0, 5.0) for _ in range(96))  # ρ = 0.5
    found = play(Case(slots, (1,) * 96, cv=1.0, patience=1e6, day_share=0.0))
    assert found.whole.mean == pytest.approx(5.0, rel=0.15)


def test_nobody_comes_and_nothing_is_said():
    found = play(case(2, slots=(Slot(0, 8.0),) * 3))
    assert (found.whole.mean, found.whole.p90, found.low, found.high, found.longest_line) == (None, None, None, None, 0)


def test_without_a_window_everybody_leaves():
    found = play(case(0, patience=10.0))
    assert found.whole.left == found.whole.customers
    assert found.whole.within == 0.0


def test_who_waits_already_waited_before():
    alone = play(case(1, slots=(Slot(0, 5.0),), line=(Waiting(20.0),), patience=1e6))
    assert alone.whole.mean == pytest.approx(20.0)
    assert alone.whole.within == 0.0


def test_a_window_that_is_busy_is_not_free_at_once():
    free = play(case(1, slots=(Slot(0, 5.0),), line=(Waiting(0.0),), patience=1e6))
    busy = play(case(1, slots=(Slot(0, 5.0),), line=(Waiting(0.0),), patience=1e6, busy=((Kind(600, 0.5), 0.0),)))
    assert (free.whole.mean, busy.whole.mean) == (0.0, pytest.approx(10.0, rel=0.1))


def test_closed_half_hours_serve_nobody():
    found = play(Case((Slot(5, 5.0), Slot(0, 5.0)), (0, 3), patience=1e6))
    assert found.slots[0].p50 > 0
    assert found.slots[1].mean is None


def test_advice_is_the_least_that_reaches_the_share():
    near = replace(case(1, slots=MORNING[:4]), windows=(1,) * 4)
    found = advise(near, most=9, share=0.8, least=(1, 1, 1, 1))
    reached = play(replace(near, windows=found))
    fewer = play(replace(near, windows=(*found[:3], found[3] - 1)))
    assert all(one.within >= 0.8 for one in reached.slots)
    assert fewer.slots[3].within < 0.8


def test_r_q_7_noon_keeps_its_half_and_what_cannot_be_reached_gets_all():
    quiet = Case((Slot(0.5, 5.0),), (1,))
    assert advise(quiet, most=8, share=0.8, least=(4,)) == (4,)
    flood = Case((Slot(200, 10.0),), (1,))
    assert advise(flood, most=3, share=0.8, least=(1,)) == (3,)


def test_spread_follows_the_others_or_is_even():
    assert [one.extra for one in spread(30, (Slot(1, 8), Slot(2, 8)))] == [10, 20]
    assert [one.extra for one in spread(30, (Slot(0, 8), Slot(0, 8)))] == [15, 15]


def test_what_cannot_be_played_says_so():
    for bad in (Case((), ()), Case(MORNING, (1,)), case(1, slots=(Slot(5000, 8.0),))):
        with pytest.raises(ValueError, match=r"windows|customers"):
            play(bad)


# ---- classes (DESIGN section 3) --------------------------------------------------------------------------------

MIX = (Class("plain", 0.7), Class("gotone", 0.15, 10.0), Class("vip", 0.1, 30.0), Class("booked", 0.05, 30.0))


def mean_of(outcome, kind: str) -> float:
    return dict(outcome.kinds)[kind].mean


def test_r_q_21_a_head_start_shortens_the_waits_of_its_class_and_lengthens_the_others():
    alike = play(case(4, classes=tuple(replace(one, head_start=0.0) for one in MIX)))
    found = play(case(4, classes=MIX))
    assert [kind for kind, _ in found.kinds] == ["plain", "gotone", "vip", "booked"]
    assert mean_of(found, "vip") < mean_of(found, "gotone") < mean_of(found, "plain")
    assert mean_of(found, "plain") > mean_of(alike, "plain")
    assert found.whole.customers == pytest.approx(sum(waits.customers for _, waits in found.kinds))
    assert found.whole.mean == pytest.approx(alike.whole.mean, rel=0.15)  # somebody's gain is somebody's loss


def test_r_q_21_the_cap_gives_some_of_it_back():
    many = (Class("plain", 0.4), Class("vip", 0.6, 30.0))
    free, capped = play(case(4, classes=many)), play(case(4, classes=many, cap=1))
    assert mean_of(capped, "plain") < mean_of(free, "plain")
    assert mean_of(capped, "vip") > mean_of(free, "vip")


def test_a_class_of_which_nobody_comes_is_not_told():
    found = play(case(4, classes=(Class("plain", 1.0), Class("vip", 0.0, 30.0))))
    assert [kind for kind, _ in found.kinds] == ["plain"]


def test_campaign_customers_are_ordinary_and_who_waits_keeps_the_place_they_have():
    campaign = play(case(4, slots=(Slot(0, 8.0, 10.0),), classes=(Class("vip", 1.0, 30.0),)))
    assert [kind for kind, _ in campaign.kinds] == ["plain"]
    line = (Waiting(20.0), Waiting(5.0, "vip", 30.0))
    alone = play(case(1, slots=(Slot(0, 6.0),), line=line, patience=1e6))
    assert mean_of(alone, "vip") == pytest.approx(5.0)
    assert mean_of(alone, "plain") == pytest.approx(26.0, rel=0.1)


class Stands:
    """A customer of a play, as the calling order sees them."""

    def __init__(self, crowd, path: int, column: int) -> None:
        self.column, self.number = column, f"{column:05d}"
        self.at, self.taken_at = crowd.at[path, column], crowd.taken[path, column]
        self.call_order_at, self.service = crowd.place[path, column], crowd.service[path, column]
        self.patience = crowd.patience[path, column]


def slowly(case: Case, crowd, path: int) -> dict[int, float]:
    """One path, call after call, by the queue's own order; windows are open all day."""
    left = sorted(
        (Stands(crowd, path, at) for at in range(crowd.at.shape[1]) if crowd.there[path, at]), key=lambda one: one.at
    )
    free, run, found = [0.0] * case.windows[0], [0] * case.windows[0], {}
    while left:
        window = min(range(len(free)), key=lambda at: (max(free[at], left[0].at), at))
        now = max(free[window], left[0].at)
        waiting = [one for one in left if one.at <= now]
        chosen = fairness.next_of(waiting, run=run[window], cap=case.cap)
        left.remove(chosen)
        found[chosen.column] = now - chosen.at
        if found[chosen.column] <= chosen.patience:
            passed = any(fairness.passes(chosen, one) for one in waiting if not fairness.has_head_start(one))
            run[window] = fairness.run_after(run[window], chosen, passed=passed)
            free[window] = now + chosen.service
    return found


@settings(max_examples=10)
@given(
    st.lists(st.floats(0, 14), min_size=1, max_size=3),
    st.integers(1, 3),
    st.integers(0, 3),
    st.lists(st.tuples(st.floats(0, 40), st.sampled_from(["plain", "vip"])), max_size=4),
)
def test_the_play_calls_in_the_order_of_the_queue(arrivals, windows, cap, line):
    asked = case(
        windows, slots=tuple(Slot(one, 9.0) for one in arrivals), classes=MIX, cap=cap, patience=60.0,
        line=tuple(Waiting(waited, kind, 30.0 if kind == "vip" else 0.0) for waited, kind in line),
    )  # fmt: skip
    crowd = rules._crowd(asked)
    waits, _ = rules._serve(asked, crowd)
    for path in (0, 17, 95):
        for column, wait in slowly(asked, crowd, path).items():
            assert waits[path, column] == pytest.approx(wait, abs=1e-6)


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(1, 30)), min_size=1, max_size=4),
    st.integers(0, 4),
    st.floats(0.1, 2),
)
def test_waits_are_never_negative_and_shares_are_shares(slots, windows, cv):
    found = play(Case(tuple(Slot(*one) for one in slots), (windows,) * len(slots), cv=cv))
    for waits in (found.whole, *found.slots):
        if waits.mean is not None:
            assert 0 <= waits.p50 <= waits.p90 + 1e-9
            assert 0 <= waits.within <= 1
            assert 0 <= waits.left <= waits.customers


# ---- with rows -------------------------------------------------------------------------------------------------


@pytest.fixture
def hall(db):
    hall = make_hall("ZJ01", windows=5)
    HalfHourForecast.objects.bulk_create(
        HalfHourForecast(hall=hall, day=NINE.date(), slot=slot, arrivals=12, minutes=8, windows=4, made_at=NINE)
        for slot in range(17, 36)
    )
    return hall


def test_today_begins_with_the_present_line(hall):
    make_session(hall.windows.get(number=1), make_user(hall=hall), at=NINE - timedelta(minutes=30))
    for minutes in (5, 25):
        make_ticket(hall, taken_at=NINE - timedelta(minutes=minutes))

    answer = reads.ask(hall, reads.Wish(NINE.date(), 4), NINE)

    assert (answer.first, answer.waiting, answer.most, answer.is_today) == (18, 2, 5, True)
    assert [one.windows for one in answer.tried] == [3, 4, 5]
    assert [one.starts_at.astimezone(SHANGHAI).strftime("%H:%M") for one in answer.advice] == [
        "09:00",
        "09:30",
        "10:00",
        "10:30",
    ]
    assert [one.open_now for one in answer.advice] == [1, None, None, None]


def test_another_day_is_played_whole_and_without_advice(hall):
    answer = reads.ask(hall, reads.Wish(NINE.date(), 5), NINE - timedelta(days=1))
    assert (answer.first, answer.waiting, answer.advice) == (17, 0, ())


def test_a_day_without_forecast_or_after_closing_has_no_answer(hall):
    assert reads.ask(hall, reads.Wish(NINE.date() + timedelta(days=1), 4), NINE) is None
    assert reads.ask(hall, reads.Wish(NINE.date(), 4), NINE.replace(hour=19)) is None


@pytest.fixture
def manager(hall):
    return make_user("01001", Role.HALL_MANAGER, hall)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "今后两小时建议开窗"),
        ("?windows=3&customers=100&minutes=12", "活动另来 100 位"),
        ("?windows=99", "invalid-feedback"),
        ("?windows=x&day=1900-01-01&customers=-1", "之间的一天"),
        ("?day=2076-01-01", "之间的一天"),
        ("?day=2026-11-26", "没有剩下的客流预测"),
        ("?customers=5000", "没有剩下的客流预测"),
    ],
)
def test_the_page_answers_and_explains(hall, manager, client, query, sentence):
    with time_machine.travel(NINE, tick=False):
        client.force_login(manager)
        shown = client.get(f"/overview/what-if/ZJ01/{query}")
    assert shown.status_code == 200
    assert sentence in shown.content.decode()
    assert "NaN" not in shown.content.decode()


def test_a_hall_without_windows_says_what_to_do(client, db):
    hall = make_hall("ZJ02", windows=0)
    client.force_login(make_user(role=Role.HALL_MANAGER, hall=hall))
    assert "还没有窗口,不能测算" in client.get("/overview/what-if/ZJ02/").content.decode()
    assert client.get("/api/v1/halls/ZJ02/what-if/").json()["code"] == "no_windows"


def test_the_api_gives_the_same_figures(hall, manager, client):
    with time_machine.travel(NINE, tick=False):
        client.force_login(manager)
        told = client.get("/api/v1/halls/ZJ01/what-if/?windows=4&customers=20").json()
        bad = client.get("/api/v1/halls/ZJ01/what-if/?windows=0")
        none = client.get("/api/v1/halls/ZJ01/what-if/?day=2026-11-27")
        answer = reads.ask(hall, reads.Wish(NINE.date(), 4, 20), NINE)
    assert [one["windows"] for one in told["tried"]] == [3, 4, 5]
    assert told["tried"][1]["mean"] == round(answer.wished.whole.mean, 3)
    assert len(told["half_hours"]) == len(answer.wished.slots)
    assert (bad.status_code, set(bad.json())) == (400, {"windows"})
    assert (none.status_code, none.json()["code"]) == (409, "no_forecast")


def test_the_drawing_has_one_bar_for_each_half_hour(hall):
    answer = reads.ask(hall, reads.Wish(NINE.date(), 4), NINE)
    drawn = reads.chart(answer)
    assert drawn["slots"][0] == "09:00"
    assert len(drawn["slots"]) == len(drawn["p50"]) == len(drawn["p90"]) == 18
    assert rules.PATHS == 96


def test_the_drawing_leaves_out_the_hours_in_which_nobody_comes(hall):
    HalfHourForecast.objects.filter(hall=hall, slot__in=[17, 18, 35]).update(arrivals=0)
    drawn = reads.chart(reads.ask(hall, reads.Wish(NINE.date(), 4), NINE - timedelta(days=1)))
    assert (drawn["slots"][0], drawn["slots"][-1], len(drawn["p50"])) == ("09:30", "17:00", 16)


def test_a_day_on_which_nobody_is_expected_is_told_in_words(hall, manager, client):
    HalfHourForecast.objects.filter(hall=hall).update(arrivals=0)
    with time_machine.travel(NINE, tick=False):
        client.force_login(manager)
        shown = client.get("/overview/what-if/ZJ01/").content.decode()
    assert ("从现在到打烊预计没有客户" in shown, "what-if-chart" in shown) == (True, False)


def test_the_classes_are_those_of_the_last_weeks_with_the_head_starts_in_force(hall, manager, client):
    lately = NINE - timedelta(days=3)
    for letter, lane, source, many in (("A", "", "kiosk", 6), ("V", "", "kiosk", 2), ("A", "green", "kiosk", 1)):
        for _ in range(many):
            make_ticket(hall, "done", letter=letter, lane=lane, source=source, taken_at=lately)
    make_ticket(hall, "done", letter="A", source="booked", taken_at=lately)
    make_ticket(hall, "done", letter="V", taken_at=lately, is_simulated=True)
    make_ticket(hall, "done", letter="V", taken_at=NINE - timedelta(days=40))
    made = reads._classes(reads._lately(hall, NINE), fairness_reads.values_on(hall, NINE.date()))
    assert made == (
        Class("plain", 0.6, 0), Class("vip", 0.2, 30), Class("green", 0.1, 30), Class("booked", 0.1, 30),
    )  # fmt: skip
    with time_machine.travel(NINE, tick=False):
        client.force_login(manager)
        shown = client.get("/overview/what-if/ZJ01/?windows=3").content.decode()
        told = client.get("/api/v1/halls/ZJ01/what-if/?windows=3").json()["tried"]
    assert [name in shown for name in ("各类客户等多久", "爱心通道", "预约")] == [True, True, True]
    assert [[one["kind"] for one in tried["kinds"]] for tried in told] == [["plain", "vip", "green", "booked"]] * 4


def test_who_waits_stands_where_the_queue_has_them(hall):
    early = NINE - timedelta(minutes=20)
    make_ticket(hall, letter="V", taken_at=early, call_order_at=early - timedelta(minutes=30))
    make_ticket(hall, letter="A", source="booked", taken_at=early, call_order_at=early)
    found = sorted(reads._waiting(hall.pk, NINE), key=lambda one: one.kind)
    assert found == [Waiting(20.0, "booked", 0.0), Waiting(20.0, "vip", 30.0)]
