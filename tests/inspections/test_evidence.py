"""R-I-13: what other apps know is offered beside the item it bears on."""

from datetime import timedelta

import pytest

from core.time import business_day, now
from halls.models import Equipment, EquipmentKind, Fault, Material
from inspections.queries.evidence import evidence, peak_now
from inspections.states import Peak
from queueing.models import LowRating, VipArrival
from tests.factories import make_hall, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db


def told(hall, name: str) -> list[tuple[str, bool]]:
    return [(one["text"], one["against"]) for one in evidence(hall, now()).get(name, [])]


def test_r_i_13_waits_and_vip_minutes_come_from_the_queue():
    hall, moment = make_hall(), now()
    assert evidence(hall, moment) == {}
    VipArrival.objects.create(hall=hall, declared_at=moment - timedelta(minutes=9), received_at=moment)
    VipArrival.objects.create(hall=hall, declared_at=moment - timedelta(minutes=5), received_at=moment)
    assert told(hall, "vip")[0] == ("VIP 到厅 2 次,1 次按时接待", True)


def test_r_i_13_unhappy_customers_without_a_complaint_are_named():
    hall = make_hall()
    ticket = make_ticket(hall, "done", window=hall.windows.first(), rating=1)
    LowRating.objects.create(ticket=ticket, hall=hall, noted_at=now())
    assert told(hall, "complaints") == [(f"今天 1 位客户评价不满意,1 位没有投诉登记({ticket.number})", True)]


def test_r_i_13_expired_materials_and_late_faults():
    hall, person, today = make_hall(), make_user(), business_day(now())
    days = {"valid_from": today - timedelta(days=9), "valid_to": today - timedelta(days=1)}
    Material.objects.create(
        hall=hall, kind="poster", carrier="poster", title="流量月包", made_by=person, made_at=now(), **days
    )
    assert [against for _, against in told(hall, "materials")] == [True]
    kind, _ = EquipmentKind.objects.get_or_create(code="printer", defaults={"name": "打印机"})
    equipment = Equipment.objects.create(hall=hall, kind=kind, name="2 号")
    times = {"found_at": now() - timedelta(hours=30), "report_due": now() - timedelta(hours=22)}
    fault = Fault.objects.create(
        equipment=equipment, hall=hall, symptom="缺纸", state="to_report", found_by=person,
        fix_due=now() + timedelta(days=3), **times,
    )  # fmt: skip
    assert told(hall, "faults") == [(f"{fault}:报修超时 22 小时", True)]


def test_r_i_7_the_peak_is_offered_from_the_queue():
    hall = make_hall()
    make_session(hall.windows.first(), make_user(hall=hall))
    for _ in range(3):
        make_ticket(hall)
    assert peak_now(hall, now()) == Peak.OFF_PEAK
    make_ticket(hall)
    assert peak_now(hall, now()) == Peak.PEAK
