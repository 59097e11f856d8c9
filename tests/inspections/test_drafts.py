"""What the editor makes of what was typed."""

import pytest

from inspections.rules import drafts, wording
from inspections.rules.cards import faults
from tests.inspections.cards import document

CARDS = ("zj2009", "goutong100", "patrol")


@pytest.mark.parametrize("name", CARDS)
def test_saving_a_shipped_card_untouched_changes_nothing(name):
    card = document(name)
    facts = wording.fact_names(card)
    said = {"facts": "\n".join(facts)}
    if card.get("bonus"):
        said["bonus.criteria"] = "\n".join(one["name"] for one in card["bonus"]["criteria"])
    for at, group in enumerate(card["groups"]):
        for number, item in enumerate(group["items"]):
            said[f"g{at}.i{number}.checks"] = wording.say_checks(item["checks"], facts)
            said[f"g{at}.i{number}.phrases"] = "\n".join(item.get("phrases", []))
    assert drafts.typed(card, said) == card


def test_what_is_not_sent_stays():
    card = document()
    assert drafts.typed(card, {}) == card


def test_a_group_and_an_item_come_and_go():
    card = document()
    fewer = drafts.typed(card, {"g1.drop": "on", "g0.i0.drop": "on"})
    assert [one["code"] for one in fewer["groups"]] == [one["code"] for n, one in enumerate(card["groups"]) if n != 1]
    assert fewer["groups"][0]["items"] == card["groups"][0]["items"][1:]
    more = drafts.typed(fewer, {"new_group": "环境"})
    assert more["groups"][-1] == {
        "code": "G1", "name": "环境", "section": "", "max_points": 0, "hint": "", "items": [],
    }  # fmt: skip
    assert "环境:没有检查项。" in faults(more)
    twice = drafts.typed(more, {"new_group": "又一组", "new_group_code": "G1"})
    assert "又一组:代码「G1」已用过,或不是字母和数字。" in faults(twice)


def test_facts_keep_their_codes_and_new_ones_get_a_free_one():
    card = {**document(), "facts": [{"code": "f1", "name": "下雨"}, {"code": "crowd", "name": "排队"}]}
    typed = drafts.typed(card, {"facts": "排队\n 停电 \n排队\n下雨"})
    assert typed["facts"] == [
        {"code": "crowd", "name": "排队"}, {"code": "f2", "name": "停电"}, {"code": "f1", "name": "下雨"},
    ]  # fmt: skip


def test_r_i_8_the_bonus_of_a_card_is_edited_and_must_be_possible():
    card = drafts.typed(document(), {"bonus.criteria": "甲\n乙\n丙", "bonus.points_max": "3"})
    assert card["bonus"]["points_max"] == 3
    assert [one["code"] for one in card["bonus"]["criteria"]] == [
        "C14",
        "C15",
        "C16",
    ]  # an old code means the old thing
    assert faults(card) == [
        "加分应为 1–2 分,且下限不大于上限。",
        "加分条件只有 3 条,起评和加高分的条数应在 1–3 之间,且起评不多于加高分。",
    ]
    sound = drafts.typed(card, {"bonus.criteria": "甲\n乙\n丙", "bonus.points_max": "2", "bonus.two_points_from": "3"})
    assert faults(sound) == []
    none = drafts.typed(sound, {"bonus.criteria": " "})
    assert (none["bonus"], faults(none)) == (None, [])


def test_a_requirement_may_have_its_own_condition():
    checks = wording.read_checks("统一制服 | 自营厅\n\n佩戴工牌\n统一冬装|四星厅", {})
    assert checks == [
        {"text": "统一制服", "when": [{"self_operated": True}]},
        {"text": "佩戴工牌"},
        {"text": "统一冬装", "when": [{"unknown": ["四星厅"]}]},
    ]
    card = document()
    card["groups"][0]["items"][0]["checks"] = checks
    card["groups"][0]["items"][1]["evidence"] = "weather"
    assert faults(card) == ["A1.1:适用条件「四星厅」无法识别。", "A1.2:参考记录不在可选范围内。"]
