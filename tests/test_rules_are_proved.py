"""Every rule that the queue and the points must obey has a test named by it."""

import re
from pathlib import Path

import pytest

CORE = range(1, 22)  # R-Q-22 reports what another city reached; it is no rule
NAME = re.compile(r"^(?:async )?def test_r_q_(\d+)_", re.MULTILINE)
POINTS = [rule for rule in range(1, 29) if rule != 10]  # R-L-10 lists benefits that are text only


@pytest.fixture(scope="module")
def named() -> set[int]:
    tests = Path(__file__).parent.rglob("test_*.py")
    return {int(rule) for path in tests for rule in NAME.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("rule", CORE)
def test_a_rule_has_a_test_of_its_name(rule: int, named: set[int]) -> None:
    assert rule in named


@pytest.mark.parametrize("rule", POINTS)
def test_a_rule_of_points_has_a_test_of_its_name(rule: int) -> None:
    tests = (Path(__file__).parent / "loyalty").glob("test_*.py")
    assert any(f"def test_r_l_{rule}_" in path.read_text(encoding="utf-8") for path in tests)
