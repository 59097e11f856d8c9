"""Counts of a handover: drawers, blind counts, lists, and its arithmetic."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given as cases
from hypothesis import settings as examples
from hypothesis import strategies as st

from core.errors import Refused
from core.models import Parameter
from core.time import day_bounds
from staff.actions import handover_signing as signing
from staff.actions import handovers as actions
from staff.actions import money
from staff.actions.handover_signing import Giving
from staff.actions.handovers import Count, Opening
from staff.models import DutyLogEntry, DutyPost, Handover, HandoverLine
from staff.queries import handovers as reads
from staff.rules import handovers as rules
from staff.rules import money as money_rules
from staff.rules.handovers import Counted
from staff.states import (
    HandoverKind,
    HandoverState,
    PayMethod,
    Role,
    SystemSource,
)
from tests.factories import LONG_AGO, make_hall, make_user
from tests.staff.handover_rows import BLIND, LATER, fill, handed, lines_of, start, take
from tests.staff.money import DAY, NOW, make_count_item, make_float, make_float_item, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A window with 300.00 float and one counted thing without a book."""
    found = make_scene()
    make_float(found.window)
    make_float_item(order=1)
    make_count_item("keys", label="钥匙", order=2)
    return found


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ({"50": 10}, None),
        ({"50": 10, "0.1": 1}, "drawer"),
        ({"100": 1}, "drawer"),
    ],
)
def test_r_s_9_a_drawer_goes_to_the_next_shift_only_in_order(scene, notes, code):
    total = str(money_rules.amount(notes))
    make_float(make_hall("ZJ09", groups=False, windows=1).windows.get(), total)
    scene.window.floats.update(amount=total)
    handover = start(scene)
    fill(scene, handover, notes=notes)
    if code is None:
        signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)
        return
    with pytest.raises(Refused) as no:
        signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)
    assert no.value.code == code


@pytest.mark.parametrize(
    ("small", "sentence"),
    [
        ("500.00", ""),
        ("500.01", "抽屉零钞 500.01 元,超过 500 元,请投入保险柜。"),
        ("640.00", "抽屉零钞 640.00 元,超过 500 元,请投入保险柜。"),
    ],
)
def test_r_s_9_smaller_cash_up_to_the_limit_may_stay(small, sentence):
    assert money_rules.drawer_sentence(Decimal(small), 0, limit=Decimal(500), has_safe=True) == sentence


def test_r_s_9_hundreds_go_to_the_safe_where_there_is_one():
    assert money_rules.drawer_sentence(Decimal(0), 2, limit=Decimal(500), has_safe=True) != ""
    assert money_rules.drawer_sentence(Decimal(0), 2, limit=Decimal(500), has_safe=False) == ""


def test_a_blind_count_shows_the_books_when_everything_is_counted(scene):
    handover = start(scene, drawn=BLIND)
    assert (handover.is_blind, handover.revealed_at) == (True, None)
    lines = lines_of(handover)
    actions.count(handover.pk, [Count(lines["float"].pk, notes={"50": 1})], giver=scene.clerk, now=NOW)
    handover.refresh_from_db()
    assert handover.revealed_at is None
    actions.count(handover.pk, [Count(lines["keys"].pk, counted=Decimal(1))], giver=scene.clerk, now=LATER)
    handover.refresh_from_db()
    assert handover.revealed_at == LATER


@pytest.mark.parametrize(
    ("drawn", "share", "blind"), [(0.0, 30, True), (0.2999, 30, True), (0.3, 30, False), (0.0, 0, False)]
)
def test_the_share_of_blind_counts_is_a_parameter(drawn, share, blind):
    assert rules.is_blind(drawn, share) is blind


def test_takings_paid_in_count_as_handed_over(scene):
    make_count_item("cash", label="本班现金", source=SystemSource.CASH, by_notes=True, order=4)
    money.note_takings(
        scene.hall,
        DAY,
        money.Figure(scene.clerk, PayMethod.CASH, Decimal("250.00")),
        source=money.Source(typist=scene.manager),
        now=NOW,
    )
    money.cash_up(
        scene.hall, scene.window, money.Tally(notes={"100": 2}, stubs=Decimal(250)), clerk=scene.clerk, now=NOW
    )
    handover = start(scene)
    line = lines_of(handover)["cash"]
    assert (line.system, line.carried) == (Decimal("250.00"), Decimal("200.00"))
    fill(scene, handover)
    actions.count(handover.pk, [Count(line.pk, notes={"50": 1})], giver=scene.clerk, now=NOW)
    assert HandoverLine.objects.get(pk=line.pk).difference == Decimal("0.00")


def test_without_a_system_amount_nothing_is_invented(scene):
    make_count_item("cash", label="本班现金", source=SystemSource.CASH, by_notes=True)
    assert lines_of(start(scene))["cash"].system is None


@pytest.mark.parametrize(("counted", "code"), [("-1", "below_zero"), ("1.5", "not_whole")])
def test_a_count_below_zero_or_of_half_a_thing_is_refused(scene, counted, code):
    handover = start(scene)
    line = lines_of(handover)["keys"]
    with pytest.raises(Refused) as no:
        actions.count(handover.pk, [Count(line.pk, counted=Decimal(counted))], giver=scene.clerk, now=NOW)
    assert (no.value.code, HandoverLine.objects.get(pk=line.pk).counted) == (code, None)


def test_one_handover_is_open_at_a_window(scene):
    mine = start(scene)
    assert start(scene) == mine
    with pytest.raises(Refused) as no:
        start(scene, giver=scene.relief)
    assert (no.value.code, Handover.objects.count()) == ("handover_open", 1)
    actions.cancel(mine.pk, giver=scene.clerk)
    assert start(scene, giver=scene.relief).giver == scene.relief


def test_the_narrowest_list_wins_and_may_leave_things_out(scene):
    make_count_item("keys", label="保险柜钥匙", scope="ZJ01", order=2)
    make_count_item("float", label="备用金", scope=scene.hall.region.code, is_counted=False)
    make_count_item("old", label="旧项目", valid_to=LONG_AGO)
    found = reads.count_items(scene.hall, HandoverKind.COUNTER, DAY)
    assert [item.label for item in found] == ["保险柜钥匙"]


def test_a_signature_can_be_taken_back_before_the_second(scene):
    handover = handed(scene)
    signing.reopen(handover.pk, giver=scene.clerk)
    handover.refresh_from_db()
    assert (handover.state, handover.giver_signed_at) == (HandoverState.FILLING, None)
    fill(scene, handover, keys="3")
    signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)
    take(scene, handover)
    with pytest.raises(Refused) as no:
        signing.reopen(handover.pk, giver=scene.clerk)
    assert no.value.code == "bad_move"


def test_duty_managers_hand_their_post_over_and_the_log_is_filled(scene):
    make_count_item("safe_keys", kind=HandoverKind.DUTY, label="保险柜钥匙")
    first = make_user("01008", Role.DUTY_MANAGER, scene.hall, name="周")
    opening = Opening(scene.hall, None, kind=HandoverKind.DUTY)
    handover = actions.start(opening, giver=first, drawn=BLIND, now=NOW)
    assert handover.is_blind is False
    line = handover.lines.get()
    actions.count(handover.pk, [Count(line.pk, counted=Decimal(4))], giver=first, now=NOW)
    with pytest.raises(Refused) as no:
        signing.give(handover.pk, Giving(scene.clerk), giver=first, now=NOW)
    assert no.value.code == "not_allowed"
    handed(scene, giving=Giving(scene.relief))
    signing.give(handover.pk, Giving(scene.manager), giver=first, now=NOW)

    take(scene, handover, taker=scene.manager)

    post = DutyPost.objects.get()
    assert (post.person, post.begins_at, post.ends_at) == (scene.manager, LATER, day_bounds(DAY)[1])
    assert DutyLogEntry.objects.filter(log__day=DAY).count() == 0  # nothing had happened before the signature
    assert Parameter.objects.count() == 0


AMOUNTS = st.one_of(st.none(), st.decimals(0, 10**6, places=2))


@examples(max_examples=60)
@cases(st.lists(st.tuples(AMOUNTS, AMOUNTS, st.booleans(), st.booleans()), max_size=8))
def test_the_arithmetic_of_a_handover(rows):
    lines = [Counted(*row) for row in rows]
    differing = [line for line in lines if line.differs]
    assert rules.uncounted(lines) == sum(counted is None for _, counted, _, _ in rows)
    assert sum((line.difference or 0) for line in lines) == sum(
        counted - system for system, counted, _, _ in rows if None not in (system, counted)
    )
    assert rules.unexplained(lines) + sum(line.has_reason for line in differing) == len(differing)
    assert rules.unconfirmed(lines) + sum(line.is_confirmed for line in differing) == len(differing)
    assert all(line.system is not None and line.counted != line.system for line in differing)


@examples(max_examples=60)
@cases(st.dictionaries(st.sampled_from(money_rules.DENOMINATIONS), st.integers(0, 500)))
def test_notes_add_up_to_the_fen(counted):
    fen = sum(int(Decimal(name) * 100) * count for name, count in counted.items())
    assert money_rules.amount(counted) * 100 == fen
    assert money_rules.small_cash(counted) + 100 * counted.get("100", 0) == money_rules.amount(counted)


@pytest.mark.django_db(transaction=True)
def test_two_takers_at_once_one_signs():
    scene = make_scene()
    make_float(scene.window)
    make_float_item(order=1)
    make_count_item("keys", label="钥匙", order=2)
    third = make_user("01009", Role.CLERK, scene.hall)
    handover = handed(scene, giving=Giving(None))
    start_together, said = threading.Barrier(2), []

    def sign(person):
        try:
            start_together.wait()
            take(scene, handover, taker=person)
            said.append("signed")
        except Refused as no:
            said.append(no.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=sign, args=(person,)) for person in (scene.relief, third)]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]

    assert sorted(said) == ["bad_move", "signed"]
    handover.refresh_from_db()
    assert handover.state == HandoverState.DONE
