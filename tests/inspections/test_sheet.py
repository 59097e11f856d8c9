"""The fold of operations: any interleaving gives the same visit; what the sheet says, scored."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.time import SHANGHAI
from inspections.rules import sheet as sheets
from inspections.rules.operations import check
from inspections.rules.sheet import Operation
from inspections.states import Answer
from tests.inspections.cards import ZJ, hall

SNAPSHOT = {**vars(hall()), "hours": {str(day): [510, 1080] for day in range(7)}}
DAY = date(2026, 11, 24)
MB8 = 8 * 1048576


def told(*pairs: tuple[str, Any], device: str = "d") -> list[Operation]:
    return [Operation(device, n, n, key, value) for n, (key, value) in enumerate(pairs, 1)]


def reading(*pairs: tuple[str, Any]) -> sheets.Reading:
    return sheets.read(ZJ, sheets.fold(told(*pairs)), SNAPSHOT, DAY)


keys = st.sampled_from(["answer:A1.1", "answer:A2.1", "note:A1.1", "entry:x", "entry:y", "peak", "fact:idle_staff"])
operations = st.lists(
    st.builds(Operation, st.sampled_from("abc"), st.integers(1, 60), st.integers(0, 8), keys, st.integers(0, 9)),
    max_size=40,
    unique_by=lambda one: (one.device, one.counter),
)


@settings(max_examples=150)
@given(operations, st.randoms(use_true_random=False), st.lists(st.integers(0, 39), max_size=10))
def test_any_interleaving_with_any_repeats_gives_the_same_sheet(log: list[Operation], dice, again: list[int]):
    mixed = [*log, *(log[at] for at in again if at < len(log))]
    dice.shuffle(mixed)
    assert sheets.fold(mixed) == sheets.fold(log)


@settings(max_examples=100)
@given(operations, st.integers(0, 40))
def test_the_sheet_grows_batch_by_batch_as_at_once(log: list[Operation], cut: int):
    sheet = sheets.fold(log[:cut])
    for one in log[cut:]:
        sheets.put(sheet, one)
    assert sheet == sheets.fold(log)


def test_of_two_devices_the_later_clock_stands_whatever_their_wall_clocks_said():
    early = Operation("b", 1, 5, "answer:A1.1", Answer.FAIL, at="2031-01-01T00:00:00+08:00")
    late = Operation("a", 9, 6, "answer:A1.1", Answer.PASS, at="1999-01-01T00:00:00+08:00")
    assert sheets.value(sheets.fold([late, early]), "answer:A1.1") == Answer.PASS


def test_not_applicable_deducts_nothing_even_after_counting():
    assert reading(("entry:x", {"item": "B1.1.2", "points": 5})).score.total == 95
    assert reading(("entry:x", {"item": "B1.1.2", "points": 5}), ("answer:B1.1.2", "na")).score.total == 100


def test_an_occurrence_taken_back_is_gone_and_fail_beside_occurrences_is_not_counted_twice():
    value = {"item": "B1.1.2", "points": 5}
    assert reading(("entry:x", value), ("entry:x", {**value, "removed": True})).score.total == 100
    assert reading(("entry:x", value), ("answer:B1.1.2", "fail")).score.total == 95
    assert reading(("answer:B1.1.2", "fail")).score.total == 95


def test_unseen_is_no_pass_and_is_told():
    found = reading(("answer:A1.1", "unseen"), ("answer:A1.2", "pass"))
    assert found.score.total == 100
    assert found.unseen == ("A1.1",)
    assert "A1.1" not in found.unanswered
    assert "A1.3" in found.unanswered


def test_the_day_of_the_start_decides_the_season():
    began = {"at": "2026-10-31T23:00:00+08:00"}
    sheet = sheets.fold(told(("start", began)))
    assert sheets.situation(sheet, SNAPSHOT, date(2026, 12, 1)).season == "summer"
    assert sheets.situation({}, SNAPSHOT, date(2026, 12, 1)).season == "winter"


BEGAN = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


def veto(after: timedelta, *, returned: bool, began: datetime = BEGAN, **more: Any) -> bool:
    value = {"started_at": began.isoformat(), "ended_at": (began + after).isoformat(), "returned": returned, **more}
    return sheets.is_vetoed(sheets.fold(told(("veto", value))), SNAPSHOT, 20)


@pytest.mark.parametrize(
    ("seconds", "returned", "expected"),
    [(1199, False, False), (1200, False, True), (1200, True, False), (1201, True, True), (600, True, False)],
)
def test_r_i_5_twenty_minutes_to_the_second(seconds: int, returned: bool, expected: bool):
    assert veto(timedelta(seconds=seconds), returned=returned) is expected


@pytest.mark.parametrize(
    ("clock", "expected"),
    [((8, 29), False), ((8, 30), True), ((17, 40), True), ((17, 41), False), ((20, 0), False)],
)
def test_r_i_5_only_in_opening_hours(clock: tuple[int, int], expected: bool):
    began = BEGAN.replace(hour=clock[0], minute=clock[1])
    assert veto(timedelta(minutes=21), returned=False, began=began) is expected


def test_r_i_5_a_timer_called_off_is_no_veto():
    assert veto(timedelta(minutes=30), returned=False, cancelled=True) is False


def refused(key: str, value: Any) -> str:
    try:
        check(Operation("d", 1, 1, key, value), ZJ, photo_bytes=MB8)
    except Refused as no:
        return no.code
    return ""


PHOTO = {"item": "A1.1", "sha256": "a" * 64, "size": 1000}
PICTURE = "photo:0b9c1c9e-4c1e-4b1e-8b1e-0b9c1c9e4c1e"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("answer:A1.1", "pass", ""),
        ("answer:A1.1", "", ""),
        ("answer:A1.1", "perfect", "bad_value"),
        ("answer:Z9.9", "pass", "unknown_item"),
        ("answer", "pass", "unknown_operation"),
        ("peak:x", "peak", "unknown_operation"),
        ("drop_table:x", 1, "unknown_operation"),
        ("entry:e1", {"item": "B1.1.1", "points": 3}, ""),
        ("entry:e1", {"item": "B1.1.1", "points": 2}, "bad_points"),
        ("entry:e1", {"item": "B1.1.1", "points": 6}, "bad_points"),
        ("entry:e1", {"item": "B1.1.1"}, "bad_points"),
        ("entry:e1", {"item": "B1.1.1", "points": True}, "bad_points"),
        ("entry:e1", {"item": "B1.1.2"}, ""),
        ("entry:e1", {"item": "A1.1", "points": 5}, "bad_value"),
        ("entry:e1", {"item": "GT.1", "points": 5}, "unknown_item"),
        ("note:A1.1", "x" * 500, ""),
        ("note:A1.1", "x" * 501, "bad_value"),
        ("note:A1.1", "nul\x00", "bad_value"),
        ("note:A1.1", "\ud800", "bad_value"),
        ("who:A1.1", {"person": "小李", "window": 3}, ""),
        ("who:A1.1", {"window": 0}, "bad_value"),
        ("fact:idle_staff", True, ""),
        ("fact:idle_staff", "yes", "bad_value"),
        ("fact:sunshine", True, "unknown_item"),
        ("peak", "off_peak", ""),
        ("peak", "busy", "bad_value"),
        (PICTURE, PHOTO, ""),
        (PICTURE, {**PHOTO, "size": MB8}, ""),
        (PICTURE, {**PHOTO, "size": MB8 + 1}, "photo_too_large"),
        (PICTURE, {**PHOTO, "size": 60 * 1048576}, "photo_too_large"),
        (PICTURE, {**PHOTO, "item": "Z1"}, "unknown_item"),
        (PICTURE, {**PHOTO, "sha256": "x"}, "bad_value"),
        (PICTURE, None, "bad_value"),
        ("start", {"at": "2026-11-24T10:00:00+08:00", "place": {"lat": 32.2, "lon": 119.4}}, ""),
        ("start", {"at": "2026-11-24T10:00:00"}, "bad_value"),
        ("start", {"at": "2026-11-24T10:00:00+08:00", "place": {"lat": 320, "lon": 1}}, "bad_value"),
        ("signature:hall", {"refused": "店长不在"}, ""),
        ("signature:hall", {"name": "王", "strokes": [[1, 2, 3, 4]]}, ""),
        ("signature:hall", {"name": "王", "strokes": []}, "bad_value"),
        ("signature:dog", {"refused": "x"}, "bad_value"),
        ("submit", {"before": 3}, ""),
        ("submit", {"before": -1}, "bad_value"),
        ("submit", True, "bad_value"),
    ],
)
def test_bad_operations_are_refused_with_a_code(key: str, value: Any, code: str):
    assert refused(key, value) == code


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["answer:A1.1", "who:A1.1", "entry:x", PICTURE, "start", "veto", "signature:hall", "submit"])


@settings(max_examples=150)
@given(names, anything)
def test_nonsense_is_refused_or_scored_but_never_breaks(key: str, value: Any):
    if not refused(key, value):
        sheets.read(ZJ, sheets.fold([Operation("d", 1, 1, key, value)]), SNAPSHOT, DAY)
