"""Every rule that the queue must obey has a test named by it."""

import re
from pathlib import Path

import pytest

CORE = range(1, 22)  # R-Q-22 reports what another city reached; it is no rule
NAME = re.compile(r"^(?:async )?def test_r_q_(\d+)_", re.MULTILINE)


@pytest.fixture(scope="module")
def named() -> set[int]:
    tests = Path(__file__).parent.rglob("test_*.py")
    return {int(rule) for path in tests for rule in NAME.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("rule", CORE)
def test_a_rule_has_a_test_of_its_name(rule: int, named: set[int]) -> None:
    assert rule in named
