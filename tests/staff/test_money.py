"""Cash-ups, drops, deposits, takings and the 长短款 ledger (R-S-9, R-S-10)."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Refused
from staff.actions import money as actions
from staff.actions.money import Bag, Figure, Source, Tally
from staff.models import BankDeposit, CashUp, Difference, DrawerCheck, SafeDrop, Takings
from staff.queries import money as reads
from staff.rules import money as rules
from staff.states import CashUpState, PayMethod, Role, TakingsSource
from tests.factories import make_user
from tests.staff.money import DAY, NOW, make_scene

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def scene():
    return make_scene()


def system(scene, amount, *, method=PayMethod.CASH, person=None):
    figure = Figure(person or scene.clerk, method, D(amount), pieces=3)
    return actions.note_takings(scene.hall, DAY, figure, source=Source(file_name="boss.csv"), now=NOW)


def slip(scene, *, clerk=None, now=NOW, **fields):
    tally = Tally(**{"notes": {"100": 2, "50": 1}, "stubs": D("250.00"), **fields})
    return actions.cash_up(scene.hall, scene.window, tally, clerk=clerk or scene.clerk, now=now)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,234.50", D("1234.50")),
        (" 20 ", D("20.00")),
        ("¥5", D("5.00")),
        ("0.005", None),
        ("abc", None),
        ("NaN", None),
        ("1e3", D("1000.00")),
        ("999999999", None),
    ],
)
def test_amounts_are_read_to_the_fen_or_not_at_all(text, found):
    assert rules.money(text) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [({"100": "3", "0.5": ""}, {"100": 3}), ({"100": "-1"}, None), ({"7": "1"}, None), ({"1": "1.5"}, None)],
)
def test_notes_are_whole_numbers_of_known_denominations(given, found):
    assert rules.notes(given) == found


def test_a_clerk_counts_and_pays_in_and_another_signs(scene):
    made = slip(scene, pos=D("80.00"), first="P0001", last="P0009")
    assert (made.number, made.cash, made.total) == ("ZJ01-20260310-001", D("250.00"), D("330.00"))
    with pytest.raises(Refused) as no:
        actions.receive(made.pk, receiver=scene.clerk, now=NOW)
    assert no.value.code == "same_person"

    actions.receive(made.pk, receiver=scene.manager, now=NOW)

    made.refresh_from_db()
    assert (made.state, made.received_by) == (CashUpState.RECEIVED, scene.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        CashUp.objects.update(cash=1)
    assert slip(scene).number == "ZJ01-20260310-002"


def test_a_slip_sent_back_counts_no_more(scene):
    made = slip(scene)
    with pytest.raises(Refused) as no:
        actions.send_back(made.pk, " ", receiver=scene.manager, now=NOW)
    assert no.value.code == "no_reason"
    actions.send_back(made.pk, "少 50", receiver=scene.manager, now=NOW)
    assert reads.whole(reads.clerk_days(scene.hall, DAY)).counted == 0
    with pytest.raises(Refused) as no:
        actions.receive(made.pk, receiver=scene.manager, now=NOW)
    assert no.value.code == "bad_move"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"notes": {}, "stubs": D(0)}, "nothing_counted"),
        ({"pos": D("-0.01")}, "below_zero"),
        ({"first": "P9", "last": "P1"}, "bad_serials"),
    ],
)
def test_a_bad_tally_makes_no_slip(scene, fields, code):
    with pytest.raises(Refused) as no:
        slip(scene, **fields)
    assert (no.value.code, CashUp.objects.count()) == (code, 0)


def test_r_s_9_a_full_drawer_is_in_order_again_when_enough_was_dropped(scene):
    check = actions.check_drawer(scene.window, D("640.00"), 1, checker=scene.manager, now=NOW)
    assert check.sentence == "抽屉零钞 640.00 元,超过 500 元,请投入保险柜。"
    assert list(reads.full_drawers(scene.hall, DAY)) == [check]

    actions.drop(scene.window, {"100": 1, "50": 2}, "F001", clerk=scene.clerk, now=NOW + timedelta(minutes=1))
    assert reads.open_check(scene.window, DAY) == check
    actions.drop(scene.window, {"20": 2}, "F002", clerk=scene.clerk, now=NOW + timedelta(minutes=2))

    assert reads.open_check(scene.window, DAY) is None
    assert list(SafeDrop.objects.order_by("at").values_list("amount", flat=True)) == [D("200.00"), D("40.00")]


@pytest.mark.parametrize(
    ("small", "hundreds", "words"), [("500.00", 0, ""), ("500.01", 0, "抽屉零钞"), ("0", 1, "抽屉里有")]
)
def test_r_s_9_a_look_into_the_drawer(scene, small, hundreds, words):
    check = actions.check_drawer(scene.window, D(small), hundreds, checker=scene.manager, now=NOW)
    assert check.sentence[:4] == words
    assert DrawerCheck.objects.count() == 1


def test_dropped_cash_is_on_the_next_slip_once(scene):
    actions.drop(scene.window, {"100": 3}, "F001", clerk=scene.clerk, now=NOW)
    first, second = slip(scene), slip(scene)
    assert (first.dropped, first.cash) == (D("300.00"), D("550.00"))
    assert (second.dropped, second.cash) == (D("0.00"), D("250.00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        SafeDrop.objects.update(amount=1)


def test_a_newer_system_figure_replaces_the_old_one_which_stays(scene):
    first = system(scene, "250.00")
    assert system(scene, "250.00") == first
    newer = system(scene, "260.00")
    rows = list(Takings.objects.order_by("pk").values_list("amount", "is_current", "source"))
    assert rows == [(D("250.00"), False, TakingsSource.BOSS), (D("260.00"), True, TakingsSource.BOSS)]
    assert list(reads.system_rows(scene.hall, DAY)) == [newer]
    with pytest.raises(Refused) as no:
        actions.note_takings(
            scene.hall,
            DAY + timedelta(days=1),
            Figure(scene.clerk, PayMethod.CASH, D(1)),
            source=Source(typist=scene.manager),
            now=NOW,
        )
    assert no.value.code == "future_day"


def test_r_s_10_short_and_long_are_found_explained_and_confirmed(scene):
    slip(scene, pos=D("5.00"))
    assert Difference.objects.count() == 0  # the system has not spoken yet
    system(scene, "270.00")

    found = {row.leg: row for row in Difference.objects.all()}
    assert {leg: row.words for leg, row in found.items()} == {
        "cash": "短款 20.00 元",
        "pos": "长款 5.00 元",
        "stubs": "票据存根少 20.00 元",
    }
    short = found["cash"]
    with pytest.raises(Refused) as no:
        actions.confirm(short.pk, manager=scene.manager, now=NOW)
    assert no.value.code == "no_reason"
    actions.explain(short.pk, "找零多付", actor=scene.clerk, now=NOW)
    assert [notice.title for notice in scene.manager.notices.all()] == ["短款 20.00 元待店长确认"]
    actions.confirm(short.pk, manager=scene.manager, now=NOW)

    short.refresh_from_db()
    assert (short.state_label, short.confirmed_by) == ("已确认", scene.manager)
    with pytest.raises(Refused) as no:
        actions.explain(short.pk, "改口", actor=scene.clerk, now=NOW)
    assert no.value.code == "bad_move"
    with pytest.raises(IntegrityError), transaction.atomic():
        Difference.objects.filter(pk=short.pk).update(amount=1)


def test_an_unexplained_difference_follows_the_figures_and_an_explained_one_stays(scene):
    slip(scene)
    system(scene, "270.00")
    cash = Difference.objects.get(leg="cash")
    system(scene, "280.00")
    cash.refresh_from_db()
    assert (cash.amount, Difference.objects.filter(leg="cash").count()) == (D("-30.00"), 1)
    actions.explain(cash.pk, "少收", actor=scene.clerk, now=NOW)
    system(scene, "250.00")
    assert list(Difference.objects.filter(leg="cash").order_by("pk").values_list("amount", flat=True)) == [
        D("-30.00"),
        D("30.00"),
    ]
    assert Difference.objects.filter(leg="stubs").count() == 0


def test_nobody_confirms_an_own_difference(scene):
    slip(scene, clerk=scene.manager)
    system(scene, "300.00", person=scene.manager)
    row = Difference.objects.filter(leg="cash").get()
    actions.explain(row.pk, "少", actor=scene.manager, now=NOW)
    with pytest.raises(Refused) as no:
        actions.confirm(row.pk, manager=scene.manager, now=NOW)
    assert no.value.code == "own_difference"
    district = make_user("00001", Role.DISTRICT, region=scene.hall.region)
    assert actions.confirm(row.pk, manager=district, now=NOW).confirmed_by == district


@pytest.mark.parametrize(
    ("bag", "code"),
    [
        (Bag("", D(10)), "no_bag"),
        (Bag("B1", D("250.01")), "too_much"),
        (Bag("B1", D(0)), "nothing_counted"),
        (Bag("B1", D(-5)), "below_zero"),
    ],
)
def test_a_bag_holds_no_more_than_the_safe(scene, bag, code):
    actions.receive(slip(scene).pk, receiver=scene.manager, now=NOW)
    with pytest.raises(Refused) as no:
        actions.pack(scene.hall, bag, packer=scene.manager, witness=scene.relief, now=NOW)
    assert (no.value.code, BankDeposit.objects.count()) == (code, 0)


def test_two_pack_a_bag_and_its_number_is_used_once(scene):
    actions.receive(slip(scene).pk, receiver=scene.manager, now=NOW)
    with pytest.raises(Refused) as no:
        actions.pack(scene.hall, Bag("B1", D(10)), packer=scene.manager, witness=scene.manager, now=NOW)
    assert no.value.code == "same_person"
    made = actions.pack(scene.hall, Bag("b1", D(200)), packer=scene.manager, witness=scene.relief, now=NOW)
    with pytest.raises(Refused) as no:
        actions.pack(scene.hall, Bag("B1", D(10)), packer=scene.manager, witness=scene.relief, now=NOW)
    assert no.value.code == "bag_used"
    assert reads.in_safe(scene.hall, "cash") == D("50.00")
    actions.hand_to_bank(made.pk, "押运 张", actor=scene.manager, now=NOW)
    with pytest.raises(Refused) as no:
        actions.hand_to_bank(made.pk, "押运 张", actor=scene.manager, now=NOW)
    assert no.value.code == "bad_move"


@pytest.mark.django_db(transaction=True)
def test_many_bags_at_once_take_no_more_than_the_safe_holds():
    scene = make_scene()
    actions.receive(slip(scene).pk, receiver=scene.manager, now=NOW)
    together, said = threading.Barrier(4), []

    def pack(number):
        try:
            together.wait()
            actions.pack(scene.hall, Bag(f"B{number}", D(100)), packer=scene.manager, witness=scene.relief, now=NOW)
            said.append("packed")
        except Refused as no:
            said.append(no.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=pack, args=(number,)) for number in range(4)]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]

    assert sorted(said) == ["packed", "packed", "too_much", "too_much"]
    assert reads.in_safe(scene.hall, "cash") == D("50.00")
