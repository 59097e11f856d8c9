"""A district's week: sentences from its halls' figures, read in a constant number of questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from overview.queries import roll_up as reads
from overview.rules.roll_up import HallTold, summary, weighted_wait
from staff.states import Role
from tests.factories import make_hall, make_user
from tests.overview.week_rows import MONDAY, NEXT_MONDAY, make_signed


def test_r_h_12_the_sentences_name_the_best_the_slowest_and_who_is_missing():
    halls = [
        HallTold("中山厅", {"issued": 900, "mean_wait": 6.04}, {"complaints": 3}),
        HallTold("京口厅", {"issued": 400, "mean_wait": 12.5}, {"complaints": 1}, is_signed=False),
        HallTold("新厅", {"issued": 0, "mean_wait": None}, {}, is_signed=False, is_asked=False),
    ]
    assert summary(halls) == [
        "本周 3 个厅共取号 1300 个,1 个厅已提交周报。",
        "未提交:京口厅。",
        "平均等候最短的是中山厅(6.0 分钟),最长的是京口厅(12.5 分钟)。",
        "共登记投诉 4 件,最多的是中山厅(3 件)。",
    ]


def test_r_h_12_a_week_without_anything_is_told_as_such():
    assert summary([]) == ["本区域还没有启用的营业厅。"]
    assert summary([HallTold("中山厅", {}, {})]) == ["本周 1 个厅共取号 0 个,1 个厅已提交周报。", "本周没有投诉。"]


def test_r_q_3_each_hall_weighs_as_much_as_it_answered():
    halls = [{"mean_wait": 10.0, "answered": 300}, {"mean_wait": 20.0, "answered": 100}, {"mean_wait": None}]
    assert weighted_wait(halls) == 12.5
    assert weighted_wait([{"mean_wait": None, "answered": 0}]) is None


@pytest.mark.django_db
def test_r_h_12_more_halls_ask_no_more_questions_and_signed_figures_stay():
    signed, open_one = make_hall("DY01"), make_hall("DY02")
    region = signed.region
    open_one.region = region
    open_one.save()
    manager = make_user("01900", Role.HALL_MANAGER, signed)
    make_signed(signed, manager, effect="照常")

    with CaptureQueriesContext(connection) as few:
        found = reads.of_region(region, MONDAY, NEXT_MONDAY)
    assert [(one.hall.code, one.line.words) for one in found.halls] == [("DY01", "已签字"), ("DY02", "未开始")]

    for number in range(3, 8):
        hall = make_hall(f"DY0{number}")
        hall.region = region
        hall.save()
    with CaptureQueriesContext(connection) as many:
        assert len(reads.of_region(region, MONDAY, NEXT_MONDAY).halls) == 7
    assert len(many) <= len(few)
