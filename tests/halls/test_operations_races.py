"""Two people at once in the daily running of a hall: one does it, the other is told."""

import pytest

from core import time
from core.models import SettingChange
from halls.actions.faults import find_fault, save_equipment, set_zones
from halls.actions.first_lists import write_first_lists
from halls.actions.incidents import end_incident, note_told, open_incident
from halls.models import Equipment, EquipmentKind, Fault, Incident
from staff.states import Role
from tests.factories import make_hall, make_user
from tests.queueing.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_add_one_thing_find_one_fault_and_end_one_incident():
    write_first_lists()
    hall, now = make_hall("ZJ01", windows=1), time.now()
    both = [make_user("01001", Role.HALL_MANAGER, hall), make_user("01002", Role.DUTY_MANAGER, hall)]
    kind = EquipmentKind.objects.get(code="pos")

    def add(which):
        return save_equipment(Equipment(hall=hall, kind=kind, name="POS 1"), actor=both[which]).name

    assert sorted(at_once(add, 2)) == ["POS 1", "name_taken"]
    thing = Equipment.objects.get()

    assert sorted(at_once(lambda which: find_fault(thing, "缺纸", actor=both[which], now=now).symptom, 2)) == [
        "already_broken", "缺纸",
    ]  # fmt: skip
    assert Fault.objects.count() == 1

    row = open_incident(hall, "power", "停电", actor=both[0], now=now)
    for tell in row.tells.all():
        note_told(tell, actor=both[0], now=now)
    ended = at_once(lambda which: end_incident(row, "来电", actor=both[which], now=now).measures, 2)
    assert sorted(ended) == ["already_ended", "来电"]
    assert Incident.objects.get().ended_by in both


def test_r_h_2_areas_set_by_two_are_those_of_one_of_them():
    hall = make_hall("ZJ01", windows=1)
    wang = make_user("01001", Role.HALL_MANAGER, hall)
    wishes = [["business", "rest"], ["self_service"]]
    assert at_once(lambda which: set_zones(hall, wishes[which], actor=wang), 2) == [True, True]
    there = sorted(hall.zones.values_list("zone", flat=True))
    assert there in wishes
    assert SettingChange.objects.filter(field="功能区").count() == 2
    assert set_zones(hall, there, actor=wang) is False
