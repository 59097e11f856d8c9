"""R-S-5 … R-S-9: a shift is counted, given and taken."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refused
from queueing.actions.windows import sign_out
from staff import hooks
from staff.actions import handover_signing as signing
from staff.actions import handovers as actions
from staff.actions import stock as stock_actions
from staff.actions.handover_signing import Correction, Giving
from staff.actions.handovers import Count
from staff.hooks import OpenItem
from staff.models import ConductNote, Handover, HandoverCorrection, HandoverLine, WindowNeed
from staff.queries import handovers as reads
from staff.queries.stock import Place
from staff.states import (
    HandoverMode,
    HandoverState,
    Matter,
    MatterState,
    NeedSource,
    Role,
    SystemSource,
)
from tests.factories import make_hall, make_session, make_user
from tests.staff.handover_rows import FLOAT, LATER, fill, handed, lines_of, start, take
from tests.staff.money import DAY, NOW, make_count_item, make_float, make_float_item, make_item, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A window with 300.00 float and one counted thing without a book."""
    found = make_scene()
    make_float(found.window)
    make_float_item(order=1)
    make_count_item("keys", label="钥匙", order=2)
    return found


@pytest.fixture
def open_work(monkeypatch):
    """What the apps above would answer."""
    items: list[OpenItem] = []
    monkeypatch.setattr(hooks, "_open_work", [lambda hall, person, now: list(items)])
    return items


@pytest.fixture
def peak(monkeypatch):
    monkeypatch.setattr(hooks, "_peak", [lambda hall, now: True])


def test_r_s_5_each_item_has_system_counted_and_difference(scene):
    item = make_item()
    stock_actions.receive(Place(scene.hall, scene.window), stock_actions.batch(item, 48), actor=scene.manager, now=NOW)
    make_count_item("sim", source=SystemSource.STOCK, stock=item, order=3)
    handover = start(scene)
    lines = lines_of(handover)

    fill(scene, handover)
    actions.count(handover.pk, [Count(lines["sim"].pk, counted=Decimal(47))], giver=scene.clerk, now=NOW)

    found = [(line.item.code, line.system, line.counted, line.difference) for line in handover.lines.all()]
    assert found == [
        ("float", Decimal("300.00"), Decimal("300.00"), Decimal("0.00")),
        ("keys", None, Decimal("2.00"), None),
        ("sim", Decimal("48.00"), Decimal("47.00"), Decimal("-1.00")),
    ]


def test_r_s_5_a_hole_keeps_the_shift_from_being_given(scene):
    handover = start(scene)
    with pytest.raises(Refused) as no:
        signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)

    assert (no.value.code, no.value.message) == ("uncounted", "还有 2 项未清点,不能交班。")
    handover.refresh_from_db()
    assert (handover.state, handover.giver_signed_at) == (HandoverState.FILLING, None)


def test_r_s_5_a_difference_needs_a_reason_and_the_manager(scene):
    handover = start(scene)
    line = lines_of(handover)["float"]

    def refused():
        with pytest.raises(Refused) as no:
            signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)
        return no.value.code

    fill(scene, handover, notes={"50": 4, "20": 4})
    assert refused() == "unexplained"
    fill(scene, handover, notes={"50": 4, "20": 4}, reason="找零少收")
    assert refused() == "unconfirmed"
    with pytest.raises(Refused) as no:
        actions.confirm(line.pk, manager=scene.relief, now=NOW)
    assert no.value.code == "not_manager"
    actions.confirm(line.pk, manager=scene.manager, now=NOW)

    assert signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW).state == "waiting_taker"


def test_r_s_5_nobody_confirms_an_own_difference(scene):
    handover = start(scene, giver=scene.manager)
    line = lines_of(handover)["float"]
    actions.count(handover.pk, [Count(line.pk, notes={"50": 1}, reason="少")], giver=scene.manager, now=NOW)
    with pytest.raises(Refused) as no:
        actions.confirm(line.pk, manager=scene.manager, now=NOW)
    assert (no.value.code, HandoverLine.objects.get(pk=line.pk).confirmed_by) == ("own_difference", None)


def test_a_changed_count_loses_its_confirmation(scene):
    handover = start(scene)
    line = lines_of(handover)["float"]
    fill(scene, handover, notes={"50": 4}, reason="少")
    actions.confirm(line.pk, manager=scene.manager, now=NOW)
    fill(scene, handover, notes={"50": 3}, reason="少")
    line.refresh_from_db()
    assert (line.counted, line.first_counted, line.confirmed_by) == (Decimal("150.00"), Decimal("200.00"), None)


def test_r_s_5_open_work_is_accepted_one_by_one(scene, open_work):
    open_work += [OpenItem("ticket:1", "号码", "A012 补卡", "暂挂"), OpenItem("complaint:7", "投诉", "资费争议")]
    handover = handed(scene)
    first, second = handover.open_work.all()
    assert [(one.kind, one.title) for one in (first, second)] == [("号码", "A012 补卡"), ("投诉", "资费争议")]

    with pytest.raises(Refused) as no:
        take(scene, handover, accepted=[first.pk])
    assert (no.value.code, no.value.message) == ("not_accepted", "还有 1 件未了事项没有逐件接收,不能接班。")
    signing.accept(second.pk, taker=scene.relief, now=LATER)

    assert take(scene, handover, accepted=[first.pk]).state == HandoverState.DONE


def test_what_was_finished_meanwhile_is_not_handed_over(scene, open_work):
    open_work += [OpenItem("ticket:1", "号码", "A012"), OpenItem("ticket:2", "号码", "A013")]
    handover = start(scene)
    open_work.pop(0)
    open_work.append(OpenItem("ticket:3", "号码", "A020"))
    fill(scene, handover)
    signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)
    assert list(handover.open_work.values_list("key", flat=True)) == ["ticket:2", "ticket:3"]


def test_r_s_6_two_persons_sign_at_two_times_then_it_is_locked(scene):
    handover = handed(scene)
    done = take(scene, handover)
    assert (done.state, done.giver, done.taker) == (HandoverState.DONE, scene.clerk, scene.relief)
    assert (done.giver_signed_at, done.taker_signed_at) == (NOW, LATER)

    line = handover.lines.first()
    for change in (
        lambda: Handover.objects.filter(pk=done.pk).update(note="改"),
        lambda: HandoverLine.objects.filter(pk=line.pk).update(counted=1),
        line.delete,
        lambda: done.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert HandoverLine.objects.get(pk=line.pk).counted == Decimal("300.00")


def test_r_s_6_the_same_person_does_not_sign_twice(scene):
    handover = handed(scene)
    with pytest.raises(Refused) as no:
        take(scene, handover, taker=scene.clerk)
    assert (no.value.code, no.value.message) == ("same_person", "交班人和接班人不能是同一人。")
    handover.refresh_from_db()
    assert (handover.state, handover.taker_signed_at) == (HandoverState.WAITING_TAKER, None)


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(seconds=1)])
def test_r_s_6_the_second_signature_comes_after_the_first(scene, moment):
    handover = handed(scene)
    with pytest.raises(Refused) as no:
        take(scene, handover, now=moment)
    assert no.value.code == "too_early"
    handover.refresh_from_db()
    assert handover.state == HandoverState.WAITING_TAKER


def test_somebody_from_elsewhere_does_not_take_over(scene):
    stranger = make_user("05001", Role.CLERK, make_hall("ZJ05", windows=0, groups=False))
    handover = handed(scene)
    with pytest.raises(Refused) as no:
        take(scene, handover, taker=stranger)
    assert no.value.code == "not_allowed"


def test_r_s_6_a_correction_is_a_new_entry_beside_what_was_signed(scene):
    handover = handed(scene)
    line = lines_of(handover)["keys"]
    with pytest.raises(Refused) as no:
        signing.correct(handover.pk, Correction("1", "数错", line.pk), actor=scene.manager, now=LATER)
    assert no.value.code == "not_done"
    take(scene, handover)
    with pytest.raises(Refused) as no:
        signing.correct(handover.pk, Correction("1", "数错", line.pk), actor=scene.clerk, now=LATER)
    assert no.value.code == "not_manager"

    signing.correct(handover.pk, Correction("1", "数错", line.pk), actor=scene.manager, now=LATER)

    entry = HandoverCorrection.objects.get()
    assert (entry.before, entry.after, entry.reason) == ("2", "1", "数错")
    line.refresh_from_db()
    assert line.counted == Decimal(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoverCorrection.objects.update(after="9")


def test_r_s_6_at_night_a_second_person_counts_again(scene):
    handover = handed(scene, mode=HandoverMode.NIGHT, giving=Giving(None))
    lines = lines_of(handover)
    assert (handover.state, handover.relief_due_at) == (HandoverState.WAITING_TAKER, None)
    with pytest.raises(Refused) as no:
        take(scene, handover)
    assert (no.value.code, no.value.message) == ("not_recounted", "还有 2 项未复点,不能接班。")
    counts = [Count(lines["float"].pk, notes={"50": 4, "20": 4}), Count(lines["keys"].pk, counted=Decimal(2))]
    with pytest.raises(Refused) as no:
        actions.recount(handover.pk, counts, counter=scene.clerk, now=LATER)
    assert no.value.code == "same_person"
    actions.recount(handover.pk, counts, counter=scene.relief, now=LATER)
    with pytest.raises(Refused) as no:
        take(scene, handover)
    assert no.value.code == "unexplained"
    actions.recount(handover.pk, [replace(counts[0], reason="夜间少 20")], counter=scene.relief, now=LATER)
    actions.confirm(lines["float"].pk, manager=scene.manager, now=LATER)

    assert take(scene, handover).state == HandoverState.DONE


def test_r_s_6_the_district_may_be_the_second_person(scene):
    handover = handed(scene, mode=HandoverMode.NIGHT, giving=Giving(None))
    district = make_user("00001", Role.DISTRICT, region=scene.hall.region)
    lines = lines_of(handover)
    counts = [Count(lines["float"].pk, notes=FLOAT), Count(lines["keys"].pk, counted=Decimal(2))]
    actions.recount(handover.pk, counts, counter=district, now=LATER)
    assert take(scene, handover, taker=district).taker == district


def test_r_s_7_without_relief_the_giver_waits_and_leaves_with_consent_only(scene):
    due = NOW - timedelta(minutes=12)
    handover = handed(scene, giving=Giving(None, is_here=False, due_at=due))
    assert (handover.state, handover.minutes_late(NOW)) == (HandoverState.WAITING_RELIEF, 12)
    assert reads.waiting_of(scene.clerk) == handover
    with pytest.raises(Refused) as no:
        signing.consent(handover.pk, "", manager=scene.relief, now=LATER)
    assert no.value.code == "not_manager"

    signing.consent(handover.pk, "家里有事,我来顶", manager=scene.manager, now=LATER)

    handover.refresh_from_db()
    assert (handover.consent_by, handover.consent_at) == (scene.manager, LATER)
    assert (handover.state, reads.waiting_of(scene.clerk)) == (HandoverState.WAITING_TAKER, None)
    assert take(scene, handover).state == HandoverState.DONE


def test_r_s_7_who_waits_for_the_relief_does_not_sign_out_of_the_window(scene):
    session = make_session(scene.window, scene.clerk, at=NOW)
    handover = handed(scene, giving=Giving(None, is_here=False))
    with pytest.raises(Refused) as no:
        sign_out(scene.window, clerk=scene.clerk, now=LATER)
    assert no.value.code == "relief_missing"
    assert no.value.message == "接班人未到,请留在岗位,或请值班经理同意后离岗。"
    session.refresh_from_db()
    assert session.signed_out_at is None
    signing.consent(handover.pk, "", manager=scene.manager, now=LATER)
    assert sign_out(scene.window, clerk=scene.clerk, now=LATER).signed_out_at == LATER


def test_r_s_7_leaving_without_consent_stays_on_the_handover(scene):
    handover = handed(scene, giving=Giving(None, is_here=False))
    signing.note_left(handover.pk, manager=scene.manager, now=LATER)
    handover.refresh_from_db()
    assert (handover.state, handover.left_at) == (HandoverState.WAITING_RELIEF, LATER)
    row = ConductNote.objects.get()
    assert (row.hall, row.person, row.matter, row.state) == (
        scene.hall,
        scene.clerk,
        Matter.LEFT_POST,
        MatterState.NOTED,
    )
    assert (row.happened_at, row.noted_by) == (LATER, scene.manager)
    with pytest.raises(Refused) as no:
        signing.note_left(handover.pk, manager=scene.manager, now=LATER)
    assert no.value.code == "bad_move"
    assert ConductNote.objects.count() == 1


def test_r_s_7_managers_hear_once_of_a_late_relief(scene):
    handed(scene, giving=Giving(None, is_here=False, due_at=NOW))
    assert signing.tell_of_late_reliefs(NOW + timedelta(minutes=9)) == 0
    assert signing.tell_of_late_reliefs(NOW + timedelta(minutes=10)) == 1
    assert signing.tell_of_late_reliefs(NOW + timedelta(minutes=11)) == 0
    assert [notice.title for notice in scene.manager.notices.all()] == ["1 号窗口接班人未到"]


def test_r_s_8_at_peak_the_next_calm_half_hour_is_proposed_and_going_on_asks_a_reason(scene, peak):
    for slot, is_peak in ((32, True), (33, True), (34, False)):
        WindowNeed.objects.create(
            hall=scene.hall, day=DAY, slot=slot, windows=1, is_peak=is_peak, source=NeedSource.HAND
        )
    with pytest.raises(Refused) as no:
        start(scene)
    assert no.value.code == "peak"
    assert no.value.message == "现在是客流高峰,建议 17:00 后交接。如必须现在交接,请填写原因。"
    assert Handover.objects.count() == 0

    handover = start(scene, peak_reason="接孩子")
    fill(scene, handover)
    signing.give(handover.pk, Giving(scene.relief), giver=scene.clerk, now=NOW)
    assert Handover.objects.get().peak_reason == "接孩子"
