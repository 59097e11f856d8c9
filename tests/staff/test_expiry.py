"""One calendar of what ends: papers, extinguishers, materials, certificates; renewed, reminded of, seen by right."""

from datetime import timedelta

import pytest

from core import time
from core.errors import Refused
from halls.actions import dated
from halls.actions.dated import Paper
from halls.models import DatedThing, Equipment, EquipmentKind, Material
from messaging.models import Notice
from staff.actions.expiry import remind
from staff.queries import expiry
from staff.states import Role
from tests.factories import make_certificate, make_hall, make_user

pytestmark = pytest.mark.django_db
NOW = time.now()
TODAY = time.business_day(NOW)


def ahead(days):
    return TODAY + timedelta(days=days)


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.DUTY_MANAGER, hall, name="王经理")


@pytest.fixture
def things(hall, wang):
    """One of each, ending at different days."""
    kind = EquipmentKind.objects.create(code="extinguisher", name="灭火器")
    Equipment.objects.create(hall=hall, kind=kind, name="灭火器 1", expires_on=ahead(-3))
    Material.objects.create(
        hall=hall, kind="poster", carrier="poster", title="海报", on_tv=False, place="入口", valid_from=ahead(-9),
        valid_to=ahead(-1), made_by=wang, made_at=NOW,
    )  # fmt: skip
    dated.record_dated(hall, Paper("seal", "业务章", ahead(6), number="YW-01"), actor=wang, now=NOW)
    make_certificate(wang, until=ahead(20))
    dated.record_dated(hall, Paper("contract", "保洁合同", ahead(30), partner="清友"), actor=wang, now=NOW)
    dated.record_dated(hall, Paper("licence", "消防证", ahead(31)), actor=wang, now=NOW)


def refused(act, *given, **named) -> str:
    with pytest.raises(Refused) as no:
        act(*given, **named)
    return no.value.code


def test_the_calendar_holds_everything_that_ends_soonest_first(hall, wang, things):
    found = expiry.for_person(wang, [hall], ahead(30), TODAY)
    assert [(one.kind, one.days_left(TODAY)) for one in found] == [
        ("equipment", -3),
        ("material", -1),
        ("seal", 6),
        ("certificate", 20),
        ("contract", 30),
    ]
    assert expiry.counts([hall], ahead(-1), TODAY) == {hall.pk: 2}
    assert [one.name for one in expiry.for_person(wang, [hall], ahead(90), TODAY, "licence")] == ["消防证"]


def test_a_followed_certificate_has_not_ended(hall, wang):
    make_certificate(wang, until=ahead(5))
    make_certificate(wang, since=ahead(5), until=ahead(700))
    assert expiry.for_person(wang, [hall], ahead(30), TODAY) == []


def test_colleagues_without_the_right_see_no_certificates(hall, wang, things):
    li = make_user("01002", Role.CLERK, hall)
    kinds = [one.kind for one in expiry.for_person(li, [hall], ahead(30), TODAY)]
    assert kinds == ["equipment", "material", "seal", "contract"]


def test_renewing_moves_the_day_and_what_cannot_be_renewed_stays(hall, wang, things):
    seal = DatedThing.objects.get(kind="seal")
    assert refused(dated.renew, seal, ahead(6), actor=wang, now=NOW) == "not_later"
    assert refused(dated.renew, seal, ahead(-400), actor=wang, now=NOW) == "not_later"
    assert refused(dated.record_dated, hall, Paper("seal", "业务章", ahead(9)), actor=wang, now=NOW) == "known_already"
    assert refused(dated.record_dated, hall, Paper("seal", " ", ahead(9)), actor=wang, now=NOW) == "blank"
    late = Paper("seal", "新章", ahead(9), valid_from=ahead(10))
    assert refused(dated.record_dated, hall, late, actor=wang, now=NOW) == "wrong_days"
    assert DatedThing.objects.filter(kind="seal").count() == 1

    assert dated.renew(seal, ahead(371), actor=wang, now=NOW).valid_to == ahead(371)
    equipment = Equipment.objects.get()
    assert refused(dated.renew_equipment, equipment, ahead(-1), actor=wang, now=NOW) == "in_the_past"
    assert dated.renew_equipment(equipment, ahead(365), actor=wang, now=NOW).expires_on == ahead(365)
    dated.close(seal, actor=wang, now=NOW)
    assert refused(dated.renew, seal, ahead(900), actor=wang, now=NOW) == "closed"
    assert [one.kind for one in expiry.for_person(wang, [hall], ahead(30), TODAY)] == [
        "material",
        "certificate",
        "contract",
    ]


def test_managers_are_told_once_for_each_thing_and_stage(hall, wang, things):
    assert [remind(NOW), remind(NOW)] == [4, 0]
    told = Notice.objects.filter(user=wang, key__startswith="expiry:").order_by("id")
    assert [one.title.rpartition(":")[2] for one in told] == [
        "设备「灭火器 1」已过期",
        "物料「海报」已过期",
        "印章「业务章」6 天后到期",
        "合同「保洁合同」30 天后到期",
    ]
    assert remind(NOW + timedelta(days=1)) == 1  # the licence reaches its first stage
    assert remind(NOW + timedelta(days=7)) == 1  # the seal is over; nothing else has moved on
    dated.renew(DatedThing.objects.get(kind="seal"), ahead(20), actor=wang, now=NOW)
    assert remind(NOW + timedelta(days=7)) == 1


def test_the_page_the_export_and_the_api_show_the_same(hall, wang, things, client):
    client.force_login(wang)
    page = client.get("/expiry/").content.decode()
    assert all(name in page for name in ("灭火器 1", "海报", "业务章", "保洁合同")) and "消防证" not in page
    assert client.get("/expiry/?hall=XX&span=x&kind=y").status_code == 200
    assert client.get("/expiry/export/").status_code == 200
    kept = client.post("/expiry/record/", {"hall": "ZJ01", "kind": "seal", "name": "公章", "valid_to": "不是日期"})
    assert kept.status_code == 422 and "公章" in kept.content.decode()
    rows = client.get("/api/v1/expiry/?within=6").json()
    assert [(one["kind"], one["days_left"]) for one in rows["results"]] == [
        ("equipment", -3),
        ("material", -1),
        ("seal", 6),
    ]
    assert client.get("/api/v1/expiry/?within=-1").status_code == 400
