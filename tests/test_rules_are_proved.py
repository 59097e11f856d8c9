"""Every rule that this product must obey has a test named by it: `test_r_q_8_…` proves R-Q-8."""

import re
from functools import lru_cache
from pathlib import Path

import pytest

NAME = re.compile(r"^ *(?:async )?def test_r_([a-z])_(\d+)_", re.MULTILINE)
RULES: dict[str, tuple[range, set[int]]] = {  # the numbers of a family, and those that are no rule to be tested
    "q": (range(1, 22), set()),  # 22 reports what another city reached
    "l": (range(1, 31), {10}),  # a list of benefits, shown as text
    "c": (range(1, 23), set()),  # 23 is the law's own, longer limit
    "s": (range(1, 25), {21}),  # who pays for damage
    "i": (range(1, 15), set()),
    "h": (range(2, 21), {11}),  # 1 is the list of types, 11 is R-C-18
}
ALL = [(family, rule) for family, (numbers, left_out) in RULES.items() for rule in numbers if rule not in left_out]


@lru_cache
def named() -> frozenset[tuple[str, int]]:
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    return frozenset((family, int(rule)) for text in texts for family, rule in NAME.findall(text))


@pytest.mark.parametrize(("family", "rule"), ALL)
def test_a_rule_has_a_test_of_its_name(family: str, rule: int) -> None:
    assert (family, rule) in named()
