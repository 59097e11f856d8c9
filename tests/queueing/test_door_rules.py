from datetime import UTC, datetime, timedelta

import pytest

from queueing.rules import door
from queueing.rules.door import Filled

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "allowed"), [(0, True), (15, True), (15.001, False)])
def test_r_q_11_a_tap_can_be_taken_back_for_some_seconds(seconds: float, allowed: bool) -> None:
    assert door.can_undo(NOON, NOON + timedelta(seconds=seconds), seconds=15) == allowed


@pytest.mark.parametrize(("sent_on", "numbers", "share"), [(0, 0, None), (0, 4, 0.0), (3, 9, 0.25), (2, 0, 1.0)])
def test_r_q_11_the_share_that_needed_no_window(sent_on: int, numbers: int, share: float | None) -> None:
    assert door.diversion_share(sent_on, numbers) == share


def sim(information: int, *, documents: int = 1, copied: bool = True) -> Filled:
    """补卡: one document, three of nine."""
    return Filled(
        documents=1,
        documents_shown=documents,
        information_needed=3,
        information_given=information,
        needs_copy=True,
        copied=copied,
    )


@pytest.mark.parametrize(
    ("filled", "lacking"),
    [
        (sim(2), ["核对信息还差 1 项"]),
        (sim(3), []),
        (sim(9), []),
        (sim(3, documents=0), ["证件材料还差 1 项"]),
        (sim(3, copied=False), ["证件还未复印"]),
        (sim(0, documents=0, copied=False), ["证件材料还差 1 项", "核对信息还差 3 项", "证件还未复印"]),
        (Filled(0, 0, 0, 0, needs_copy=False, copied=False), []),
    ],
)
def test_r_q_12_a_form_is_complete_with_every_document_and_three_of_nine(filled: Filled, lacking: list[str]) -> None:
    assert door.missing(filled) == lacking


def test_what_to_bring_is_said_in_one_sentence() -> None:
    assert door.in_words(door.parts("本人身份证件、服务密码")) == "本人身份证件;服务密码"
    assert door.in_words(door.parts("")) == "无需材料"
