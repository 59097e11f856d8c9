"""Several businesses on one number: one clerk does all of a customer's business (R-H-15)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.rules.businesses import shares


@pytest.mark.parametrize(
    ("seconds", "minutes", "parts"),
    [
        (600, ["8"], [600]),
        (600, ["8", "2"], [480, 120]),
        (100, ["1", "1", "1"], [34, 33, 33]),
        (10, ["2", "1"], [7, 3]),
        (0, ["8", "5"], [0, 0]),
        (7, ["0", "0"], [4, 3]),
        (7, [], []),
    ],
)
def test_r_h_15_time_is_split_by_planned_minutes(seconds: int, minutes: list[str], parts: list[int]) -> None:
    assert shares(seconds, [Decimal(one) for one in minutes]) == parts


@given(
    st.integers(0, 100_000),
    st.lists(st.decimals("0.5", "120", places=1), min_size=1, max_size=6),
)
def test_r_h_15_the_parts_always_add_up(seconds: int, minutes: list[Decimal]) -> None:
    parts = shares(seconds, minutes)

    assert sum(parts) == seconds
    assert min(parts) == max(min(parts), 0)
