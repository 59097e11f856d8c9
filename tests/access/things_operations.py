"""What stands in the addresses of hall operations."""

from datetime import timedelta
from typing import Any

from core.time import now
from halls.models import Campaign, DatedThing, Hall, Material
from staff.models import User
from tests.access.things import days, thing


def _printed(hall: Hall, person: User) -> Material:
    return Material.objects.create(
        hall=hall, kind="poster", carrier="poster", title="海报", place="入口", on_tv=False,
        valid_from=days(-9), valid_to=days(-1), made_by=person, made_at=now(),
    )  # fmt: skip


@thing("printed-material")
def _printed_material(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _printed(hall, person).pk, "code": hall.code}


@thing("taken-down")
def _taken_down(hall: Hall, person: User) -> dict[str, Any]:
    from halls.actions import keep_picture
    from tests.halls.pictures import png

    name = keep_picture(png(), "taken_down")
    row = _printed(hall, person).taken_down.create(hall=hall, at=now(), by=person, picture=name)
    return {"pk": row.pk}


@thing("dated-thing")
def _dated_thing(hall: Hall, person: User) -> dict[str, Any]:
    facts = {"kind": "seal", "valid_to": days(5), "keeper": person, "recorded_at": now()}
    return {"pk": DatedThing.objects.create(hall=hall, name=f"业务章 {hall}", **facts).pk}


@thing("campaign-of-hall")
def _campaign(hall: Hall, person: User) -> dict[str, Any]:
    facts = {"offer": "送流量", "audience": "老客户", "target": 100, "uptake": 5, "minutes": 6, "channels": ["sms"]}
    days_of = {"starts_on": days(-3), "ends_on": days(3), "made_at": now(), "made_by": person}
    row = Campaign.objects.create(name="冬季流量包", **facts, **days_of)
    row.halls.add(hall)
    return {"pk": row.pk}


@thing("outing")
def _outing(hall: Hall, person: User) -> dict[str, Any]:
    when = {"begins_at": now() + timedelta(days=1), "ends_at": now() + timedelta(days=1, hours=3)}
    row = hall.outings.create(
        kind="stall", title="社区摆摊", place="花山湾", planned_at=now(), planned_by=person, **when
    )
    row.people.add(person)
    return {"pk": row.pk}


def _company(hall: Hall, person: User) -> Any:
    from loyalty.models import CorporateGroup

    since = {"joined_on": days(-900), "headcount": 30}
    return CorporateGroup.objects.create(name=f"公司 {hall}", grade="B", hall=hall, manager=person, **since)


@thing("corporate-group")
def _corporate_group(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _company(hall, person).pk}


@thing("corporate-member")
def _corporate_member(hall: Hall, person: User) -> dict[str, Any]:
    from loyalty.models import CorporateGroup
    from tests.factories import make_customer

    group = CorporateGroup.objects.filter(hall=hall).first() or _company(hall, person)
    customer = make_customer(f"136{hall.pk:08d}")
    return {"pk": group.members.create(customer=customer, joined_on=days(-1)).pk}
