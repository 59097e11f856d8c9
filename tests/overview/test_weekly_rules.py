"""R-H-12 and R-C-22 without a database: the week, its times, the words proposed from what was counted."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time import SHANGHAI
from overview.rules import proposals
from overview.rules import weekly as rules
from overview.states import ReportState as R
from overview.states import Section
from tests.overview.week_rows import MONDAY, busy_week

DUE = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


def test_r_h_12_every_part_of_the_report_is_there_once_in_its_order():
    sections = [section for _, groups in rules.PARTS for _, group in groups for section in group]
    assert sections == list(Section)
    assert [name for name, _ in rules.PARTS] == ["一、本周工作", "二、下周安排"]
    assert [name for name, _ in rules.PARTS[0][1]] == [
        "(一)等候时间治理", "(二)服务质量类投诉治理", "(三)现场管理", "(四)服务培训", "(五)标杆厅建设", "(六)其他",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("signed", "draft", "now", "state"),
    [
        (None, True, DUE, R.DRAFT),
        (None, True, DUE + timedelta(seconds=1), R.LATE),
        (DUE, False, DUE + timedelta(days=1), R.SIGNED),
        (DUE + timedelta(seconds=1), False, DUE + timedelta(days=1), R.SIGNED_LATE),
        (DUE, True, DUE + timedelta(days=9), R.CORRECTING),
    ],
)
def test_r_h_12_a_week_is_late_from_the_moment_after_its_time(signed, draft, now, state):
    assert rules.state_of(rules.Standing(DUE, signed, has_draft=draft), now) == state


def test_a_week_that_nobody_began_is_missing_and_late_in_its_time():
    nothing = rules.Standing(DUE, has_report=False)
    assert [rules.state_of(nothing, now) for now in (DUE, DUE + timedelta(minutes=1))] == [R.MISSING, R.LATE]


def test_r_h_12_a_report_is_due_on_the_monday_after_its_week():
    assert rules.due_at(MONDAY, hour=12) == DUE


@pytest.mark.parametrize(
    ("monday", "allowed"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 30), False),
        (date(2026, 10, 26), True),
        (date(2026, 10, 19), False),
        (date(2026, 11, 24), False),
    ],
)
def test_only_the_running_week_and_the_last_ones_can_be_begun(monday, allowed):
    assert rules.can_begin(monday, date(2026, 11, 25), back=4) is allowed


@pytest.mark.parametrize(("day", "allowed"), [(19, False), (20, True), (30, True)])
def test_r_h_12_a_week_can_be_signed_from_its_friday_on(day, allowed):
    assert rules.can_sign(MONDAY, date(2026, 11, day), weekday=5) is allowed


def test_r_h_12_what_was_typed_wins_over_what_is_proposed():
    proposed = {"aid": "建议", "care": "建议", "effect": "建议"}
    typed = rules.typed({"aid": "建议", "care": "自己写的", "effect": ""}, proposed)
    assert typed == {"care": "自己写的", "effect": ""}
    after = rules.final(typed, {"aid": "新的建议", "care": "新的建议", "effect": "新的建议", "plan": "计划"})
    assert (after["aid"], after["care"], after["effect"], after["plan"]) == ("新的建议", "自己写的", "", "计划")


@given(st.dictionaries(st.sampled_from(Section.values), st.text(max_size=20)), st.text(max_size=20))
def test_r_h_12_a_proposal_never_overwrites_typed_words(texts, proposal):
    proposed = dict.fromkeys(Section.values, proposal)
    final = rules.final(texts, proposed)
    assert {code: final[code] for code in texts} == texts
    assert {text for code, text in final.items() if code not in texts} <= {proposal}


def test_r_h_12_sentences_are_put_together_from_the_week():
    said = proposals.propose(busy_week())
    assert said[Section.EFFECT] == (
        "本周取号 1421 个,办结 1300 个。\n"
        "忙时平均等候 12.4 分钟,闲时平均等候 4.1 分钟,较上周减少 1.2 分钟。\n"
        "等候 15 分钟以内的占 91%。\n"
        "等候最长的是 11-21 周六,平均 16.4 分钟,当天取号 205 个。"
    )
    assert said[Section.CARE] == (
        "等候超过 30 分钟的客户 12 位,已致歉关怀 9 位,占 75%。\n全球通 VIP 到厅 14 次,按时接待 13 次。"
    )
    assert said[Section.WAIT_PROBLEMS].startswith("11-21 周六 平均等候超过 15 分钟,")
    assert said[Section.TRAINING] == (
        "召开班前会 6 次,平均 11 分钟,小测答对率 85%。\n培训《实名登记》,到课 12 人,合格 11 人。"
    )
    assert said[Section.PLAN].splitlines()[:2] == [
        "预计 12-01 周二 客流最多(约 390 人),需开 9 个窗口。", "组织培训:沟通技巧(12-02 周三)。",
    ]  # fmt: skip
    assert [section for section in Section if not said[section]] == []


def test_r_c_22_complaints_of_the_week_are_analysed():
    said = proposals.propose(busy_week())
    assert said[Section.COMPLAINT_ANALYSIS] == (
        "本周登记投诉 9 件,上周 7 件,其中服务质量类 4 件。\n主要反映:等候久 4 件、重复扣费 2 件。"
    )
    assert said[Section.COMPLAINT_WORK] == (
        "现场解决 5 件,占 56%。\n本周内办结 8 件(含以前登记的)。\n查看意见簿并登记意见 2 条。"
    )
    assert said[Section.COMPLAINT_PROBLEMS] == (
        "有 1 件超过处理时限,需逐件说明原因并尽快答复客户。\n有 1 件客户再次反映。\n"
        "同一问题一周内多次出现:等候久 4 件,建议从根源上改进。"
    )


def test_r_c_22_a_week_without_complaints_says_so():
    said = proposals.propose({"complaints": {"complaints": 0, "categories": []}})
    assert said[Section.COMPLAINT_ANALYSIS] == "本周没有投诉。"
    assert said[Section.COMPLAINT_PROBLEMS] == ""


@pytest.mark.parametrize("figures", [{}, {"queue": {"issued": 0}, "days": [], "complaints": None}])
def test_an_empty_week_proposes_no_number_that_nobody_counted(figures):
    said = proposals.propose(figures)
    assert said[Section.EFFECT] == "本周没有取号记录。"
    digits = [code for code, text in said.items() if re.search(r"\d|None|nan", text)]
    assert digits == []


COUNTED = ["issued", "served", "long_waits", "cared", "no_shows", "vips", "sent_on"]


@given(st.dictionaries(st.sampled_from(COUNTED), st.integers(0, 5000)))
def test_whatever_was_counted_makes_clean_sentences(counts):
    for text in proposals.propose({"queue": counts, "days": [], "before": {}}).values():
        assert not re.search(r"None|nan|,,|,。|^。", text), text
