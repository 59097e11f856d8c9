"""R-S-11: the stock ledger."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import Refused
from staff.actions import stock as actions
from staff.actions.stock import batch
from staff.models import SerialRange, StockBalance, StockEntry, StockTransfer
from staff.queries import stock as reads
from staff.queries.stock import Place
from staff.rules import stock as rules
from staff.rules.stock import Serials, serials
from staff.states import SerialState, StockMove
from tests.factories import make_hall
from tests.staff.money import NOW, make_item, make_scene

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("JS00100", "JS00199", Serials("JS", 5, 100, 199)),
        ("js00100", "", Serials("JS", 5, 100, 100)),
        ("89860012345678901230", "89860012345678901239", Serials("89860012", 12, 345678901230, 345678901239)),
        ("JS00100", "JS00099", None),
        ("JS00100", "JX00199", None),
        ("JS00100", "JS000199", None),
        ("JS", "", None),
        ("张001", "", None),
        ("1" * 31, "", None),
    ],
)
def test_a_range_is_read_as_people_type_it(first, last, found):
    assert serials(first, last) == found


def test_a_range_is_written_with_its_zeros_and_neighbours_are_joined():
    assert (Serials("JS", 5, 7, 9).first_text, Serials("JS", 5, 7, 9).last_text) == ("JS00007", "JS00009")
    parts = [Serials("A", 3, 5, 9), Serials("A", 3, 1, 4), Serials("B", 3, 10, 10)]
    assert rules.merged(parts) == [Serials("A", 3, 1, 9), Serials("B", 3, 10, 10)]


def test_r_s_11_the_book_is_the_sum_of_what_came_in_and_went_out():
    scene, item = make_scene(), make_item()
    place, window = Place(scene.hall), Place(scene.hall, scene.window)
    who = {"actor": scene.manager, "now": NOW}

    actions.receive(place, batch(item, 100), **who)
    actions.move(place, window, batch(item, 30), **who)
    actions.sell(window, batch(item, 12), **who)
    actions.take_back(window, batch(item, 2, reason="客户退货"), **who)
    actions.hand_out(place, batch(item, 5, reason="损坏退库"), **who)
    actions.take_stock(window, 19, actions.Batch(item, 0, reason="盘点少 1"), **who)

    assert (reads.book(place, item), reads.book(window, item)) == (65, 19)
    assert (reads.summed(place, item), reads.summed(window, item)) == (65, 19)
    said = list(StockEntry.objects.order_by("pk").values_list("move", "quantity", "after"))
    assert said == [
        (StockMove.IN, 100, 100),
        (StockMove.SENT, -30, 70),
        (StockMove.RECEIVED, 30, 30),
        (StockMove.SOLD, -12, 18),
        (StockMove.RETURNED, 2, 20),
        (StockMove.OUT, -5, 65),
        (StockMove.COUNTED, -1, 19),
    ]


def test_r_s_11_nothing_goes_below_zero_and_a_refusal_writes_nothing():
    scene, item = make_scene(), make_item()
    actions.receive(Place(scene.hall), batch(item, 3), actor=scene.manager, now=NOW)

    with pytest.raises(Refused) as no:
        actions.sell(Place(scene.hall), batch(item, 4), actor=scene.clerk, now=NOW)

    assert (no.value.code, no.value.message) == ("below_zero", "厅库账面只有 3 张品种 sim,不够 4。")
    assert (reads.book(Place(scene.hall), item), StockEntry.objects.count()) == (3, 1)


def test_a_serial_number_is_known_once_sold_or_not():
    scene, item = make_scene(), make_item(serials=True)
    far = make_hall("ZJ05", groups=False, windows=0)
    who = {"actor": scene.manager, "now": NOW}
    actions.receive(Place(scene.hall), batch(item, 100, first="JS00100"), **who)
    actions.sell(Place(scene.hall), batch(item, 10, first="JS00100"), **who)

    for first in ("JS00105", "JS00199", "JS00050"):
        with pytest.raises(Refused) as no:
            actions.receive(Place(far), batch(item, 60, first=first), **who)
        assert no.value.code == "serial_used"
    actions.receive(Place(far), batch(item, 10, first="JS00200"), **who)

    assert reads.held(Place(scene.hall), item) == [Serials("JS", 5, 110, 199)]
    assert (reads.book(Place(far), item), StockEntry.objects.count()) == (10, 3)


def test_only_numbers_that_are_there_can_go():
    scene, item = make_scene(), make_item(serials=True)
    place, window = Place(scene.hall), Place(scene.hall, scene.window)
    who = {"actor": scene.manager, "now": NOW}
    actions.receive(place, batch(item, 50, first="A001"), **who)
    actions.move(place, window, batch(item, 10, first="A021"), **who)

    with pytest.raises(Refused) as no:
        actions.sell(place, batch(item, 10, first="A016"), **who)
    assert no.value.code == "not_here"
    actions.sell(window, batch(item, 2, first="A025"), **who)
    actions.take_back(place, batch(item, 1, first="A026", reason="客户退卡"), **who)

    assert reads.held(place, item) == [Serials("A", 3, 1, 20), Serials("A", 3, 26, 26), Serials("A", 3, 31, 50)]
    assert reads.held(window, item) == [Serials("A", 3, 21, 24), Serials("A", 3, 27, 30)]
    assert SerialRange.objects.filter(state=SerialState.SOLD).get().serials == Serials("A", 3, 25, 25)


@pytest.mark.parametrize(
    ("quantity", "first", "last", "code"),
    [
        (0, "", "", "bad_quantity"),
        (-1, "A001", "", "bad_quantity"),
        (10, "", "", "serials_needed"),
        (10, "A001", "A009", "bad_serials"),
        (10, "A995", "", "bad_serials"),
        (10, "坏", "", "bad_serials"),
    ],
)
def test_what_was_typed_is_checked_before_anything_moves(quantity, first, last, code):
    with pytest.raises(Refused) as no:
        batch(make_item(serials=True), quantity, first=first, last=last)
    assert no.value.code == code


def test_a_transfer_between_halls_has_two_sides_and_is_on_its_way_between():
    scene, item = make_scene(), make_item(serials=True)
    far = make_hall("ZJ05", groups=False, windows=0)
    who = {"actor": scene.manager, "now": NOW}
    actions.receive(Place(scene.hall), batch(item, 20, first="A001"), **who)
    sent = actions.send(scene.hall, far, batch(item, 5, first="A001"), **who)
    assert (reads.book(Place(scene.hall), item), reads.book(Place(far), item)) == (15, 0)
    assert reads.held(Place(scene.hall), item) == [Serials("A", 3, 6, 20)]

    actions.accept(sent.pk, **who)
    with pytest.raises(Refused) as no:
        actions.send_back(sent.pk, **who)

    assert no.value.code == "transfer_over"
    assert (reads.book(Place(scene.hall), item), reads.book(Place(far), item)) == (15, 5)
    assert reads.held(Place(far), item) == [Serials("A", 3, 1, 5)]
    back = actions.send(scene.hall, far, batch(item, 2, first="A006"), **who)
    actions.send_back(back.pk, **who)
    assert reads.held(Place(scene.hall), item) == [Serials("A", 3, 6, 20)]
    assert list(StockTransfer.objects.order_by("pk").values_list("came_back", flat=True)) == [False, True]


def test_a_stocktake_names_each_missing_number_and_may_find_it_again():
    scene, item = make_scene(), make_item(serials=True)
    place, who = Place(scene.hall), {"actor": scene.manager, "now": NOW}
    actions.receive(place, batch(item, 10, first="A001"), **who)
    with pytest.raises(Refused) as no:
        actions.take_stock(place, 9, actions.Batch(item, 0, None, "少一张"), **who)
    assert no.value.code == "serials_needed"
    actions.take_stock(place, 9, actions.Batch(item, 0, serials("A004"), "少一张"), **who)
    assert reads.held(place, item) == [Serials("A", 3, 1, 3), Serials("A", 3, 5, 10)]
    actions.take_stock(place, 10, actions.Batch(item, 0, serials("A004"), "夹在单据里"), **who)
    assert reads.held(place, item) == [Serials("A", 3, 1, 10)]


@pytest.mark.parametrize("counted", [-1, 1_000_001])
def test_a_count_below_zero_is_refused(counted):
    scene, item = make_scene(), make_item()
    with pytest.raises(Refused) as no:
        actions.take_stock(Place(scene.hall), counted, actions.Batch(item, 0, reason="错"), actor=scene.clerk, now=NOW)
    assert (no.value.code, StockEntry.objects.count()) == ("below_zero", 0)


def test_the_ledger_is_never_changed():
    scene, item = make_scene(), make_item()
    entry = actions.receive(Place(scene.hall), batch(item, 3), actor=scene.manager, now=NOW)
    for change in (lambda: StockEntry.objects.update(quantity=9), entry.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert StockEntry.objects.get().quantity == 3


MOVES = st.lists(
    st.tuples(st.sampled_from(["in", "sell", "move", "home", "back", "count"]), st.integers(1, 12)), max_size=14
)


class Ledger(TestCase):
    @settings(max_examples=25)
    @given(MOVES)
    def test_book_equals_sum_equals_numbers_held_after_any_moves(self, moves):
        scene, item = make_scene(), make_item(serials=True)
        store, window = Place(scene.hall), Place(scene.hall, scene.window)
        who = {"actor": scene.manager, "now": NOW}
        serial = 1
        for verb, quantity in moves:
            try:
                if verb == "in":
                    actions.receive(store, batch(item, quantity, first=f"N{serial:06d}"), **who)
                    serial += quantity
                    continue
                here = window if verb in ("sell", "home") else store
                ranges = reads.held(here, item)
                first = ranges[0].first_text if ranges else "N000001"
                if verb == "sell":
                    actions.sell(window, batch(item, quantity, first=first), **who)
                elif verb == "back":
                    actions.take_back(store, batch(item, quantity, first="N000001", reason="退"), **who)
                elif verb == "count":
                    short = max(reads.book(store, item) - 1, 0)
                    actions.take_stock(store, short, actions.Batch(item, 0, serials(first), "少"), **who)
                else:
                    there = store if verb == "home" else window
                    actions.move(here, there, batch(item, quantity, first=first), **who)
            except Refused:
                pass
        for place in (store, window):
            held = sum(one.count for one in reads.held(place, item))
            assert reads.book(place, item) == reads.summed(place, item) == held


@pytest.mark.django_db(transaction=True)
def test_many_hands_at_one_shelf_take_no_more_than_lies_there():
    scene, item = make_scene(), make_item()
    place, window = Place(scene.hall), Place(scene.hall, scene.window)
    actions.receive(place, batch(item, 10), actor=scene.manager, now=NOW)
    start, said = threading.Barrier(8), []

    def take(number):
        try:
            start.wait()
            if number % 2:
                actions.sell(place, batch(item, 2), actor=scene.clerk, now=NOW)
            else:
                actions.move(place, window, batch(item, 2), actor=scene.clerk, now=NOW)
            said.append("ok")
        except Refused as no:
            said.append(no.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]

    assert sorted(said) == ["below_zero"] * 3 + ["ok"] * 5
    assert reads.book(place, item) == reads.summed(place, item) == 0
    assert {row.quantity for row in StockBalance.objects.all()} >= {0}
    assert reads.book(window, item) == reads.summed(window, item)
