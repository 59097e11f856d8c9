"""Conditions and timers as text: what is read back is what was there."""

import json

import pytest

from inspections.rules import wording
from inspections.rules.cards import faults
from tests.inspections.cards import document

CARDS = ("zj2009", "goutong100", "patrol")


@pytest.mark.parametrize("name", CARDS)
def test_every_condition_and_timer_of_the_shipped_cards_reads_back_as_it_was(name):
    card = document(name)
    facts = wording.fact_names(card)
    items = [item for group in card["groups"] for item in group["items"]]
    for item in items:
        assert _sorted(wording.read(wording.say(item.get("when", []), facts), facts)) == _sorted(item.get("when", []))
        timers = item.get("timers", [])
        assert _sorted(wording.read_timers(wording.say_timers(timers, facts), facts)) == _sorted(timers)


def _sorted(rows):
    """Whether halls or facts are told in this or that order says nothing."""
    return json.dumps(_ordered(rows), sort_keys=True)


def _ordered(value):
    if isinstance(value, dict):
        return {key: _ordered(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=str) if value and isinstance(value[0], str) else [*map(_ordered, value)]
    return value


def test_a_condition_is_read_word_by_word():
    facts = {"有客户排队": "customers_queueing"}
    assert wording.read("普通店、乡镇厅且冬季\n高峰且有客户排队;合作厅且销售手机", facts) == [
        {"hall_types": ["standard", "township"], "season": "winter"},
        {"peak": "peak", "facts": ["customers_queueing"]},
        {"self_operated": False, "hall": ["sells_handsets"]},
    ]
    assert wording.read(" \n", facts) == []


def test_what_is_not_known_stays_and_keeps_the_card_from_being_published():
    card = document()
    item = card["groups"][0]["items"][0]
    item["when"] = wording.read("四星厅且冬季", {})
    item["timers"] = wording.read_timers("查询 | 一分钟", {})
    assert wording.say(item["when"], {}) == "冬季且四星厅"
    assert faults(card) == ["A1.1:适用条件「四星厅」无法识别。", "A1.1:计时「查询」的秒数应为 1–7200 的整数。"]
