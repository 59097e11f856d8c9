"""A day's way from hall to hall."""

from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.rules.route import metres, shortest

EAST = {"c": (32.0, 119.30), "a": (32.0, 119.10), "d": (32.0, 119.40), "b": (32.0, 119.20)}


def test_a_degree_of_latitude_is_111_kilometres():
    assert metres((0, 0), (1, 0)) == 111195
    assert metres((60, 10), (60, 11)) == 55597
    assert metres((32.2, 119.4), (32.2, 119.4)) == 0


def test_halls_on_a_line_are_driven_along_it():
    tenth = metres((32.0, 119.10), (32.0, 119.20))
    assert shortest(EAST) == [("a", 0), ("b", tenth), ("c", tenth), ("d", tenth)]
    assert shortest({"a": (32.0, 119.1)}) == [("a", 0)]
    assert shortest({}) == []


places = st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(lambda one: (32 + one[0] / 100, 119 + one[1] / 100))


@settings(max_examples=15)
@given(st.lists(places, min_size=1, max_size=5))
def test_no_other_order_is_shorter(stops):
    numbered = dict(enumerate(stops))
    length = sum(step for _, step in shortest(numbered))
    others = (sum(metres(one, other) for one, other in pairwise(way)) for way in permutations(stops))
    assert length == min(others)


@settings(max_examples=10)
@given(st.lists(places, min_size=8, max_size=12, unique=True))
def test_many_stops_are_each_driven_to_once(stops):
    numbered = dict(enumerate(stops))
    assert sorted(stop for stop, _ in shortest(numbered)) == sorted(numbered)
