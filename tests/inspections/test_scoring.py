"""The 100 points: R-I-1 to R-I-7 and R-I-14, every worked example of the scorecard, and properties."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.rules import cards
from inspections.rules.scoring import Found, score
from inspections.rules.situations import applies
from inspections.states import Peak, Unit
from tests.inspections.cards import EVERY_FACT, SUMMER, WINTER, ZJ, document, left, scored, situation

PRICES = {
    "A1": {"A1.1": 5, "A1.2": 5, "*": 2},
    "A2": {"*": 4},
    "A3": {"*": 4},
    "A4": {"*": 2},
    "A5": {"*": 3},
    "B1.2": {"*": 5},
    "B2.1": {"B2.1.1": 5, "B2.1.2": 3},
    "B2.2": {"B2.2.0": 5, "*": 3},
    "B3": {"B3.1": 5, "B3.2": 10},
}


def looked_at(**where: object) -> set[str]:
    here = situation(**where)
    return {code for code, item in ZJ.items.items() if applies(item, here)}


def test_r_i_1_the_card_is_worth_a_hundred_in_ten_groups():
    worth = {group.code: group.max_points for group in ZJ.groups}
    assert worth == {
        "A1": 5, "A2": 15, "A3": 10, "A4": 15, "A5": 5, "B1.1": 20, "B1.2": 10, "B2.1": 5, "B2.2": 5, "B3": 10,
    }  # fmt: skip
    assert sum(points for code, points in worth.items() if code.startswith("A")) == 50
    assert sum(worth.values()) == ZJ.total_points == 100
    assert scored().total == 100


def test_r_i_2_each_group_stops_at_nothing():
    result = scored("A2.1", "A2.2", "A2.3", "A2.4", "A2.5")
    assert left(result, "A2") == 0
    assert result.total == 85
    assert result.groups[1].text == "15 − 4 − 4 − 4 − 4 − 4 = 0 分,扣完为止"


def test_r_i_2_the_arithmetic_is_shown_line_by_line():
    result = scored("A4.5", "A4.2.5")
    assert [group.text for group in result.groups if group.lost] == ["15 − 2 − 2 = 11 分"]
    assert result.text == "5 + 15 + 10 + 11 + 5 + 20 + 10 + 5 + 5 + 10 = 96 分"


@pytest.mark.parametrize("group", PRICES)
def test_r_i_3_prices(group: str):
    prices = PRICES[group]
    items = next(one for one in ZJ.groups if one.code == group).items
    assert {item.code: item.points_max for item in items} == {
        item.code: prices.get(item.code, prices.get("*")) for item in items
    }


def test_r_i_3_key_points_cost_three_to_five_violations_five_and_private_opening_ten():
    items = {item.code: item for item in ZJ.items.values() if item.group == "B1.1"}
    assert {code: (item.points_min, item.points_max, item.unit) for code, item in items.items()} == {
        "B1.1.1": (3, 5, Unit.KEY_POINT),
        "B1.1.2": (5, 5, Unit.OCCURRENCE),
        "B1.1.3": (10, 10, Unit.OCCURRENCE),
    }
    assert scored("B1.1.1").total == 97
    assert scored(("B1.1.1", 3), ("B1.1.1", 4), ("B1.1.1", 5)).total == 88
    assert scored("B1.1.2", "B1.1.2", "B1.1.3").total == 80
    assert scored("B1.1.2", "B1.1.2", "B1.1.3", ("B1.1.1", 5)).total == 80


def test_r_i_4_an_item_is_deducted_once_however_many_fail_it():
    assert scored("A1.9", "A1.9").total == 98
    assert scored("A1.9", "A1.9").groups[0].lines[0].count == 1
    headings = {code.rsplit(".", 1)[0] if code.count(".") > 1 else code for code in ZJ.items if code.startswith("A4")}
    assert len(headings) * 2 < 15 <= 2 * sum(code.startswith("A4") for code in ZJ.items)


def test_r_i_5_a_veto_makes_the_whole_visit_nothing_and_says_what_it_would_have_been():
    result = scored("A1.9", is_vetoed=True)
    assert (result.total, result.before_veto) == (0, 98)
    assert result.text == "前台无人值守满时限,本次记 0 分(按项计算为 98 分)"


def test_r_i_6_items_of_other_halls_deduct_nothing_and_nothing_is_rescaled():
    assert scored("A4.6.2", "A4.6.3", type="goutong100").total == 100
    assert scored("A4.6.2", type="mzone_store").total == 98
    assert scored("A4.3.3", type="township").total == 100
    assert scored("A4.3.3", type="gotone_store").total == 98


@pytest.mark.parametrize(
    ("hall_type", "day", "expected"),
    [
        ("standard", date(2026, 10, 31), False),
        ("standard", date(2026, 11, 1), True),
        ("township", date(2027, 3, 31), True),
        ("township", date(2027, 4, 1), False),
        ("mzone_store", SUMMER, True),
        ("goutong100", WINTER, False),
        ("gotone_store", WINTER, False),
        ("handset_mall", WINTER, True),
    ],
)
def test_r_i_6_winter_dress(hall_type: str, day: date, expected: bool):
    assert ("A1.5" in looked_at(type=hall_type, day=day)) is expected


@pytest.mark.parametrize(
    ("hall_type", "zone", "expected"),
    [("standard", True, True), ("standard", False, False), ("mzone_store", False, True), ("goutong100", False, True)],
)
def test_r_i_6_brand_material_is_for_brand_halls_or_zones(hall_type: str, zone: bool, expected: bool):
    assert ("A5.3" in looked_at(type=hall_type, has_gotone_zone=zone)) is expected


def test_r_i_6_handset_sellers_where_handsets_are_sold():
    assert "A1.11" not in looked_at(sells_handsets=False)
    assert "A1.11" in looked_at(sells_handsets=True)


def test_r_i_6_guidance_needs_idle_staff_and_incidents_must_happen():
    assert not {"A3.3", "A3.4", "B2.2.8"} & looked_at(facts=frozenset())
    assert {"A3.3", "A3.4", "B2.2.8"} <= looked_at(facts=frozenset({"idle_staff", "incident"}))


def test_r_i_7_peak_decides_the_floor_list():
    floor = {code for code in ZJ.items if code.startswith("B2.2")}
    assert looked_at(peak=Peak.PEAK, facts=EVERY_FACT) & floor == {
        "B2.2.0", "B2.2.1", "B2.2.2", "B2.2.3", "B2.2.7", "B2.2.8",
    }  # fmt: skip
    assert looked_at(peak=Peak.OFF_PEAK, facts=frozenset({"idle_staff", "incident"})) & floor == {
        "B2.2.0", "B2.2.4", "B2.2.5", "B2.2.6", "B2.2.7", "B2.2.8",
    }  # fmt: skip
    assert scored("B2.2.3", peak=Peak.OFF_PEAK).total == 100
    assert scored("B2.2.3", peak=Peak.PEAK).total == 97


def test_r_i_7_care_for_those_who_queue_counts_off_peak_too():
    assert "B2.2.2" in looked_at(facts=frozenset({"idle_staff", "customers_queueing"}))
    assert "B2.2.2" not in looked_at(facts=frozenset({"idle_staff"}))
    assert "B2.2.2" not in looked_at(peak=Peak.PEAK, facts=frozenset())


def test_r_i_14_hard_numbers_stand_in_the_card():
    seconds = {
        (item["code"], timer["seconds"])
        for group in document()["groups"]
        for item in group["items"]
        for timer in item.get("timers", ())
    }
    assert seconds == {
        ("A3.4", 180), ("A4.2.2", 300), ("A4.2.2", 900), ("A4.2.2", 600), ("A4.2.2", 1200),
        ("B1.2.1", 60), ("B2.1.1", 900), ("B2.1.2", 300),
    }  # fmt: skip
    assert ZJ.veto_minutes == 20
    text = " ".join(
        check["text"] for group in document()["groups"] for item in group["items"] for check in item["checks"]
    )
    for number in ("4 厘米", "2 毫米", "30 元", "8 小时", "5 个工作日", "48 小时", "3 米"):
        assert number in text


@pytest.mark.parametrize(
    ("found", "total"),
    [
        ([], 100),
        (["A1.1", "A1.2", "A1.9"], 95),
        (["A2.1", "A2.2", "A2.3", "A2.4", "A2.5"], 85),
        ([("B1.1.1", 3), ("B1.1.1", 5), "B1.1.3", "B3.2"], 72),
        (["A1.9", "A1.9"], 98),
        (["B2.1.1", "B2.2.0"], 90),
        (["B3.1", "B3.1"], 90),
        (["B3.1", "B3.2"], 90),
        (["B3.1"], 95),
        (["A3.1", "A3.2", "A3.3"], 90),
        (["A5.1", "A5.2"], 95),
        (["B1.2.1", "B1.2.2", "B2.1.2"], 87),
    ],
)
def test_worked_examples(found: list, total: int):
    assert scored(*found).total == total


def test_worked_example_of_the_veto():
    assert scored("A1.9", is_vetoed=True).total == 0


def test_of_the_levels_of_one_event_only_the_highest_counts():
    one = [Found("B3.1", event="x"), Found("B3.2", event="x")]
    two = [Found("B3.1", event="x"), Found("B3.1", event="y")]
    assert score(ZJ, situation(), one).groups[-1].deducted == 10
    assert score(ZJ, situation(), two).groups[-1].deducted == 10
    assert score(ZJ, situation(), one[:1]).groups[-1].deducted == 5


def test_every_hundred_points_can_be_lost():
    worst = [Found(code, item.points_max, f"{code}{n}") for code, item in ZJ.items.items() for n in range(4)]
    assert score(ZJ, situation(), worst).total == 0


def test_a_weightless_card_scores_nothing_and_keeps_its_titles():
    card = cards.read(document("goutong100"))
    assert card.is_weightless
    assert [len(group.items) for group in card.groups] == [13, 7, 9, 11, 6]
    assert score(card, situation(), [Found("G1.1")]).total == 0


def test_the_shipped_cards_are_sound():
    assert [cards.faults(document(name)) for name in ("zj2009", "goutong100", "patrol")] == [[], [], []]


def findings() -> st.SearchStrategy[list[Found]]:
    def priced(code: str) -> st.SearchStrategy[Found]:
        item = ZJ.items[code]
        points = st.none() | st.integers(item.points_min, item.points_max)
        return st.builds(Found, st.just(code), points, st.sampled_from(["", "e1", "e2"]))

    return st.lists(st.sampled_from(sorted(ZJ.items)).flatmap(priced), max_size=40)


situations = st.builds(
    lambda **where: situation(**where),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    peak=st.sampled_from(Peak.values),
    facts=st.frozensets(st.sampled_from(sorted(EVERY_FACT))),
    type=st.sampled_from(["goutong100", "gotone_store", "mzone_store", "standard", "handset_mall", "township"]),
    location=st.sampled_from(["urban", "county"]),
    counter_count=st.integers(1, 9),
    has_gotone_zone=st.booleans(),
    sells_handsets=st.booleans(),
)


@settings(max_examples=80)
@given(findings(), situations, st.randoms(use_true_random=False), st.booleans())
def test_a_score_lies_within_its_caps_whatever_the_order(found: list[Found], here, dice, is_vetoed: bool):
    result = score(ZJ, here, found, is_vetoed=is_vetoed)
    assert 0 <= result.total <= ZJ.total_points
    assert all(0 <= group.left <= group.max_points for group in result.groups)
    mixed = list(found)
    dice.shuffle(mixed)
    assert score(ZJ, here, mixed, is_vetoed=is_vetoed) == result


@settings(max_examples=80)
@given(findings(), findings(), situations)
def test_more_findings_never_raise_a_score(found: list[Found], more: list[Found], here):
    assert score(ZJ, here, found + more).total <= score(ZJ, here, found).total
