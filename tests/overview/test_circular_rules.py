"""月度通报: months, places with ties, who stands out, common faults, and the sentences made of them."""

from datetime import date

import pytest

from overview.rules import circular_words, months
from overview.rules import circulars as rules
from overview.rules.circulars import Charge, Fault
from overview.states import CircularPart


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2027, 1, 1), True)],
)
def test_a_month_is_over_with_its_last_day(today, expected):
    assert months.is_over(date(2026, 10, 1), today) is expected


def test_closed_months_go_back_over_the_turn_of_the_year():
    assert months.closed_months(date(2026, 2, 28), back=3) == [date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1)]


@pytest.mark.parametrize(
    ("values", "better", "expected"),
    [
        ({"a": 5.0, "b": 3.0, "c": 5.0, "d": 1.0}, "high", {"a": 1, "c": 1, "b": 3, "d": 4}),
        ({"a": 5.0, "b": 3.0, "c": None}, "low", {"b": 1, "a": 2}),
        ({"a": 0, "b": 0}, "low", {"a": 1, "b": 1}),
        ({}, "low", {}),
    ],
)
def test_ties_share_the_better_place_and_unknown_values_have_none(values, better, expected):
    assert rules.places(values, better=better) == expected


@pytest.mark.parametrize(
    ("values", "better", "best", "worst"),
    [
        ({1: 4.0, 2: 9.0, 3: 6.0}, "low", {1}, {2}),
        ({1: 4.0, 2: 9.0, 3: 6.0}, "high", {2}, {1}),
        ({1: 1.0, 2: 1.0, 3: 1.0, 4: 0.8}, "high", set(), {4}),  # what nearly all have distinguishes nobody
        ({1: 1.0, 2: 1.0}, "high", set(), set()),
        ({1: 1.0, 2: None}, "high", set(), set()),
    ],
)
def test_who_stands_out_is_named_and_what_everybody_has_is_not(values, better, best, worst):
    assert rules.extremes(values, better=better) == (best, worst)


@pytest.mark.parametrize(
    ("margins", "top", "bottom"),
    [
        ({}, [], []),
        ({1: 3.0}, [], []),
        ({1: 3.0, 2: 1.0, 3: 0.0}, [1], [3]),
        ({at: float(-at) for at in range(1, 9)}, [1, 2, 3], [8, 7, 6]),
        ({1: 9.0, 2: 5.0, 3: 5.0, 4: 5.0, 5: 5.0, 6: 1.0, 7: 0.0, 8: 0.0}, [1, 2, 3, 4, 5], [8, 7, 6]),
        ({1: 5.0, 2: 5.0, 3: 5.0, 4: 1.0}, [], [4]),  # the first three tie across the middle
        ({1: 5.0, 2: 5.0}, [], []),
    ],
)
def test_the_ends_take_ties_with_them_and_never_name_a_hall_twice(margins, top, bottom):
    assert rules.ends(margins) == (top, bottom)


def test_common_faults_go_by_halls_then_times_then_points():
    charges = [
        Charge(1, "A1.1", "标志服", 5),
        Charge(1, "A1.1", "标志服", 5),
        Charge(1, "B3.1", "未登记投诉", 10),
        Charge(2, "A4.4", "一米线", 2),
        Charge(1, "A4.4", "一米线", 2),
    ]
    assert rules.common_faults(charges) == [
        Fault("A4.4", "一米线", 2, 2, 4),
        Fault("A1.1", "标志服", 1, 2, 10),
        Fault("B3.1", "未登记投诉", 1, 1, 10),
    ]
    assert rules.dearest(charges) == [("未登记投诉", 10), ("标志服", 10), ("一米线", 4)]
    many = [Charge(1, f"A{at:02d}", f"项 {at}", 2) for at in range(20)]
    assert len(rules.common_faults(many)) == rules.MOST_FAULTS


CONTENT = {
    "region": "京口区", "month_text": "2026 年 10 月",
    "totals": {"halls": 4, "visited": 4, "visits": 16, "score": 94.25, "score_before": 93.0, "issued": 5200,
               "mean_wait": 8.24, "mean_wait_before": 9.0, "complaints": 41, "late": 2},
    "faults": [{"item": "A5.1", "name": "过期海报", "halls": 3, "times": 5, "points": 15}],
    "top": [{"code": "ZJ01", "name": "大市口", "score": 97.5, "said": ["平均等候 6.1 分,各厅最好"], "lost": [],
             "place": 1, "of": 2, "margin": 1.75}],
    "bottom": [{"code": "ZJ02", "name": "学府路", "score": 90.0, "said": [], "lost": [["离岗", 8]],
                "place": None, "of": 3, "margin": -2.0}],
    "actions": {"open": 3, "late": 1, "rows": [{"hall": "学府路", "is_late": True}]},
}  # fmt: skip


def test_the_sentences_say_the_figures():
    said = circular_words.propose(CONTENT)
    assert said["overall"].split("\n") == [
        "2026 年 10 月,京口区 4 个营业厅中 4 个接受计入排名的检查,共 16 次,平均 94.25 分,较上月升 1.25 分。",
        "全月取号 5200 个,平均等候 8.2 分钟,较上月降 0.8 分钟。",
        "全月登记投诉 41 件,其中 2 件超过处理时限。",
    ]
    assert said["praise"] == "大市口:检查 97.50 分(同类第 1 / 2,比同类平均高 1.75 分);平均等候 6.1 分,各厅最好。"
    assert said["concern"] == "学府路:检查 90.00 分(比同类平均低 2.00 分);主要扣分:离岗(共 8 分)。"
    assert said["faults"].split("\n")[1] == "1. 过期海报:3 个厅出现 5 次,共扣 15 分。"
    assert said["actions"] == "尚有 3 项整改未完成,其中 1 项超期,涉及学府路。"
    assert said["demands"].split("\n")[0] == "1. 各厅对照共性问题(过期海报)开展自查,发现一项、整改一项。"


def test_a_month_without_anything_says_so_and_blames_nobody():
    empty = {
        **CONTENT, "faults": [], "top": [], "bottom": [], "actions": {"open": 0, "late": 0, "rows": []},
        "totals": dict.fromkeys(CONTENT["totals"], 0) | {"mean_wait": None, "mean_wait_before": None, "score": None},
    }  # fmt: skip
    said = circular_words.propose(empty)
    assert said["overall"].split("\n") == ["2026 年 10 月,京口区没有计入排名的检查。", "全月没有登记投诉。"]
    assert [said[part] for part in ("praise", "faults", "concern", "actions")] == ["", "", "", ""]
    assert said["demands"] == "1. 请各厅在班前会传达本通报,并在系统中签收。"
    assert sorted(said) == sorted(CircularPart.values)


def test_typed_words_win_and_an_emptied_part_stays_empty():
    final = rules.final({"praise": "", "overall": "自己写的"}, {"overall": "建议", "praise": "建议", "faults": "建议"})
    assert (final["overall"], final["praise"], final["faults"], final["demands"]) == ("自己写的", "", "建议", "")
