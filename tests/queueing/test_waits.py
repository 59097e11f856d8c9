"""R-Q-9: what the play of the next hour says. Pure; services without spread make the answers exact."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from queueing.rules.waits import Desk, Habits, Kind, Person, Scene, Wait, outlook

HERE = frozenset({1})
SURE = Kind(600.0, 0.0)
USUAL = Kind(480.0, 0.6)
ASKER = Person(0.0, HERE, SURE)


def line(count: int, kind: Kind = SURE) -> tuple[Person, ...]:
    return tuple(Person(-60.0 * (count - place), HERE, kind, waited=60.0 * (count - place)) for place in range(count))


def told(scene: Scene, asker: Person = ASKER) -> Wait:
    (wait,) = outlook(scene, [asker])
    assert wait is not None
    return wait


def test_r_q_9_without_a_window_nobody_can_know() -> None:
    assert outlook(Scene((), line(3)), [ASKER]) == [None]
    assert outlook(Scene((Desk(1, frozenset({2})),), line(3)), [ASKER]) == [None]


def test_r_q_9_nobody_ahead_is_a_minute_and_never_zero() -> None:
    assert told(Scene((Desk(1, HERE),), ())) == Wait(60, 60)


def test_r_q_9_people_ahead_by_their_services_at_one_window() -> None:
    assert told(Scene((Desk(1, HERE),), line(3))) == Wait(1800, 1800)


def test_r_q_9_two_windows_halve_it() -> None:
    assert told(Scene((Desk(1, HERE), Desk(2, HERE)), line(4))) == Wait(1200, 1200)


def test_r_q_9_a_service_that_lasts_for_long_still_needs_time() -> None:
    late = told(Scene((Desk(1, HERE, busy=USUAL, elapsed=5 * USUAL.mean),), ()))
    assert late.low_seconds > 60


def test_r_q_9_a_head_start_overtakes() -> None:
    scene = Scene((Desk(1, HERE),), line(5))
    assert told(scene, replace(ASKER, order=-1800.0)) == Wait(60, 60)
    assert told(scene) == Wait(3000, 3000)


def test_r_q_9_priority_still_to_come_lengthens() -> None:
    scene = Scene((Desk(1, HERE),), line(5))
    habits = Habits(overtakers=((1800.0, 1 / 600),), overtaker_kind=SURE)
    assert told(replace(scene, habits=habits)).low_seconds > 3000


def test_r_q_9_directed_numbers_wait_for_their_window() -> None:
    desks = (Desk(1, HERE, busy=SURE, elapsed=0.0), Desk(2, HERE))
    assert told(Scene(desks, ()), replace(ASKER, window=1)) == Wait(600, 600)
    assert told(Scene(desks, ()), replace(ASKER, window=2)) == Wait(60, 60)


def test_r_q_9_windows_that_rest_at_noon_lengthen() -> None:
    scene = Scene((Desk(1, HERE), Desk(2, HERE)), line(8))
    assert told(scene) == Wait(2400, 2400)
    assert told(replace(scene, closings=((300.0, 7200.0),))) == Wait(4200, 4200)


def test_r_q_9_who_does_not_come_shortens() -> None:
    scene = Scene((Desk(1, HERE),), line(5))
    gone = Habits(absent=(1.0, 1.0), absent_seconds=60.0)
    assert told(replace(scene, habits=gone)) == Wait(300, 300)


@settings(max_examples=20)
@given(st.integers(1, 6), st.integers(0, 25), st.integers(0, 3600))
def test_r_q_9_more_ahead_never_shortens(windows: int, ahead: int, elapsed: int) -> None:
    desks = tuple(Desk(one, HERE, busy=USUAL, elapsed=float(elapsed)) for one in range(windows))
    some, more = told(Scene(desks, line(ahead, USUAL))), told(Scene(desks, line(ahead + 3, USUAL)))
    assert 60 <= some.low_seconds <= some.high_seconds
    assert some.low_seconds % 60 == 0 == some.high_seconds % 60
    assert more.low_seconds >= some.low_seconds - 60
