"""What stands in an address: one maker per kind of thing, which makes it at a hall and for a person.

A maker returns the parts of the address. Add one with `@thing("name")`; the name goes into the last column of a row of
docs/endpoints.md.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core.time import business_day, now
from halls.models import Hall
from halls.states import DeviceKind
from staff.models import User
from tests.factories import make_certificate, make_customer, make_device, make_ticket, make_user

Maker = Callable[[Hall, User], dict[str, Any]]
MAKERS: dict[str, Maker] = {}


def thing(name: str) -> Callable[[Maker], Maker]:
    def put(maker: Maker) -> Maker:
        assert name not in MAKERS, name
        MAKERS[name] = maker
        return maker

    return put


def days(ahead: int) -> Any:
    return business_day(now()) + timedelta(days=ahead)


# ---- places ----------------------------------------------------------------------------------------------------


@thing("hall")
def _hall(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code}


@thing("group")
def _group(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "group": "general"}


@thing("window")
def _window(hall: Hall, person: User) -> dict[str, Any]:
    return {"window_id": hall.windows.order_by("number")[0].pk}


@thing("device")
def _device(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": make_device(hall, DeviceKind.PAD).pk}


@thing("hours-exception")
def _hours_exception(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": hall.hours_exceptions.create(day=days(9), is_closed=True, reason="盘点").pk}


@thing("material")
def _material(hall: Hall, person: User) -> dict[str, Any]:
    from halls.models import Material

    row = Material.objects.create(
        hall=hall, kind="tip", title="提示", valid_from=days(0), valid_to=days(9), made_by=person, made_at=now()
    )
    return {"pk": row.pk, "code": hall.code}


@thing("broadcast")
def _broadcast(hall: Hall, person: User) -> dict[str, Any]:
    from halls.models import BroadcastTemplate

    return {"code": hall.code, "pk": BroadcastTemplate.objects.create(text=f"{hall} 即将闭店").pk}


# ---- the queue -------------------------------------------------------------------------------------------------


@thing("ticket")
def _ticket(hall: Hall, person: User) -> dict[str, Any]:
    return {"ticket_id": make_ticket(hall).pk, "code": hall.code}


@thing("alert")
def _alert(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import Alert, VipArrival

    arrival = VipArrival.objects.create(hall=hall, declared_at=now())
    facts = {"number": "", "since": now().isoformat(), "limit": 5}
    row = Alert.objects.create(
        hall=hall, kind="vip", level="now", subject=str(arrival.pk), opened_at=now(), facts=facts
    )
    return {"alert_id": row.pk}


@thing("support-call")
def _support_call(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import Alert, SupportCall

    facts = {"since": now().isoformat(), "number": ""}
    alert = Alert.objects.create(
        hall=hall, kind="lingering", level="now", subject=str(person.pk), opened_at=now(), facts=facts
    )
    row = SupportCall.objects.create(alert=alert, person=person, asked_by=person, asked_at=now())
    return {"call_id": row.pk, "alert_id": alert.pk}


@thing("appointment")
def _appointment(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import Appointment

    slot = {"day": days(1), "slot_at": now() + timedelta(days=1)}
    facts = {"hall": hall, "group": hall.groups.first(), "code": "123456", "source": "greeter", "made_at": now()}
    row = Appointment.objects.create(**slot, **facts)
    return {"pk": row.pk, "code": hall.code}


@thing("visit")
def _visit(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import Visit

    row = Visit.objects.create(hall=hall, at=now(), outcome="self_service", person=person)
    return {"visit_id": row.pk, "code": hall.code}


@thing("vip-arrival")
def _vip_arrival(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import VipArrival

    return {"arrival_id": VipArrival.objects.create(hall=hall, declared_at=now()).pk, "code": hall.code}


@thing("floor-post")
def _floor_post(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import FloorPost

    somebody = make_user(role=None)
    row = FloorPost.objects.create(hall=hall, person=somebody, place="门口", since=now())
    return {"post_id": row.pk, "code": hall.code}


@thing("call-back")
def _call_back(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import LowRating

    ticket = make_ticket(hall, "done", rating=1)
    LowRating.objects.create(ticket=ticket, hall=hall, wants_call=True, phone="13800000001", noted_at=now())
    return {"ticket_id": ticket.pk, "code": hall.code}


@thing("load-check")
def _load_check(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import LoadCheck

    numbers = {"target": 100, "uptake": 1, "minutes": 5, "other_channels": 0, "result": {"days": []}}
    row = LoadCheck.objects.create(
        name="活动", starts_on=days(1), ends_on=days(2), made_by=person, made_at=now(), **numbers
    )
    row.halls.add(hall)
    return {"pk": row.pk}


@thing("print-job")
def _print_job(hall: Hall, person: User) -> dict[str, Any]:
    from queueing.models import PrintJob

    return {"job_id": PrintJob.objects.create(hall=hall, kind="papers", asked_by=person, asked_at=now()).pk}


# ---- customers -------------------------------------------------------------------------------------------------


@thing("customer")
def _customer(hall: Hall, person: User) -> dict[str, Any]:
    """Somebody who has a number in this hall now."""
    customer = make_customer(phone=f"138{hall.pk:08d}")
    make_ticket(hall, customer=customer, phone=customer.phone)
    return {"pk": customer.pk}


@thing("letter")
def _letter(hall: Hall, person: User) -> dict[str, Any]:
    """An authority's letter that a colleague has put on record and a second person has to confirm."""
    from loyalty.models import Disclosure

    asked = {"asked_by": make_user(hall=hall), "asked_at": now(), "items": ["identity"]}
    letter = {"authority": "公安局", "letter_no": f"L{hall.pk}", "purpose": "查询"}
    customer = make_customer(phone=f"139{hall.pk:08d}")
    return {"pk": Disclosure.objects.create(customer=customer, hall=hall, **letter, **asked).pk}


# ---- people ----------------------------------------------------------------------------------------------------


@thing("notice")
def _notice(hall: Hall, person: User) -> dict[str, Any]:
    from messaging.models import Notice

    return {"pk": Notice.objects.create(user=person, key="k", title="通知", created_at=now()).pk}


@thing("sign-in")
def _sign_in(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _sign_in_of(person)}


def _sign_in_of(person: User) -> int:
    from staff.models import SignIn

    return SignIn.objects.create(user=person, session_key=f"s{person.pk}", device="0" * 32, at=now()).pk


def colleague(hall: Hall) -> User:
    """A clerk of the hall."""
    return make_user(hall=hall)


@thing("colleague")
def _a_colleague(hall: Hall, person: User) -> dict[str, Any]:
    return {"staff_no": colleague(hall).staff_no}


@thing("colleagues-job")
def _job(hall: Hall, person: User) -> dict[str, Any]:
    clerk = colleague(hall)
    return {"staff_no": clerk.staff_no, "pk": clerk.employments.get().pk}


@thing("colleagues-certificate")
def _certificate(hall: Hall, person: User) -> dict[str, Any]:
    clerk = colleague(hall)
    return {"staff_no": clerk.staff_no, "pk": make_certificate(clerk).pk}


@thing("colleagues-sign-in")
def _colleagues_sign_in(hall: Hall, person: User) -> dict[str, Any]:
    clerk = colleague(hall)
    return {"staff_no": clerk.staff_no, "pk": _sign_in_of(clerk)}


# ---- machines --------------------------------------------------------------------------------------------------


@thing("pairing-link")
def _pairing_link(hall: Hall, person: User) -> dict[str, Any]:
    token = f"hkd_{hall.code}{'x' * 30}"
    make_device(hall, DeviceKind.TV, token=token)
    return {"token": token}


@thing("picture")
def _picture(hall: Hall, person: User) -> dict[str, Any]:
    """A picture that hangs on the TV, so anybody may look at it."""
    from halls.actions import pictures_folder
    from halls.models import Material

    name = f"{hall.pk:040x}.png"
    pictures_folder().mkdir(parents=True, exist_ok=True)
    (pictures_folder() / name).write_bytes(b"png")
    dates = {"valid_from": days(0), "valid_to": days(9), "made_at": now()}
    Material.objects.create(hall=hall, kind="poster", title="海报", image=name, made_by=person, **dates)
    return {"name": name}


# ---- the daily running of a hall -------------------------------------------------------------------------------


def _round_of(hall: Hall, person: User) -> Any:
    from halls.models import CheckItem, CheckList, Round

    checks, made = CheckList.objects.get_or_create(kind="opening", hall=None, hall_type="")
    if made:
        CheckItem.objects.create(list=checks, text="灯与空调")
    facts = {"list": checks, "kind": "opening", "started_at": now(), "by": person}
    return Round.objects.create(hall=hall, slot=now(), **facts)


@thing("round")
def _round(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _round_of(hall, person).pk}


@thing("round-item")
def _round_item(hall: Hall, person: User) -> dict[str, Any]:
    row = _round_of(hall, person)
    return {"pk": row.pk, "item": row.list.items.get().pk}


@thing("round-photo")
def _round_photo(hall: Hall, person: User) -> dict[str, Any]:
    from halls.actions import pictures_folder

    row, name = _round_of(hall, person), f"{hall.pk:040x}.png"
    pictures_folder("rounds").mkdir(parents=True, exist_ok=True)
    (pictures_folder("rounds") / name).write_bytes(b"png")
    facts = {"answer": "good", "picture": name, "at": now(), "by": person}
    return {"pk": row.answers.create(item=row.list.items.get(), **facts).pk}


@thing("stain")
def _stain(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": hall.stains.create(place="地面", minutes=5, found_at=now(), found_by=person).pk}


def _equipment_of(hall: Hall) -> Any:
    from halls.models import Equipment, EquipmentKind

    kind, _ = EquipmentKind.objects.get_or_create(code="payment", defaults={"name": "交费机"})
    return Equipment.objects.create(hall=hall, kind=kind, name=f"交费机 {hall.equipment.count() + 1}")


@thing("equipment")
def _equipment(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _equipment_of(hall).pk}


@thing("fault")
def _fault(hall: Hall, person: User) -> dict[str, Any]:
    from halls.actions.faults import find_fault

    return {"pk": find_fault(_equipment_of(hall), "吞币", actor=person, now=now()).pk}


def _incident_of(hall: Hall, person: User) -> Any:
    from halls.actions.incidents import open_incident

    return open_incident(hall, "power", "停电", actor=person, now=now())


@thing("incident")
def _incident(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _incident_of(hall, person).pk}


@thing("incident-tell")
def _incident_tell(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _incident_of(hall, person).tells.create(whom="店长", due_at=now()).pk}


@thing("loan")
def _loan(hall: Hall, person: User) -> dict[str, Any]:
    facts = {"borrower": "陈先生", "phone": "13800000321", "due_on": days(3), "lent_at": now(), "lent_by": person}
    return {"pk": hall.loans.create(**facts).pk}


@thing("visitor")
def _visitor(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": hall.visitors.create(name="赵工", company="维保", purpose="检修", came_at=now(), host=person).pk}


@thing("supply-request")
def _supply_request(hall: Hall, person: User) -> dict[str, Any]:
    facts = {"thing": "热敏纸", "quantity": 4, "reason": "月初", "asked_at": now(), "asked_by": person}
    return {"pk": hall.supply_requests.create(**facts).pk}


from tests.access import (  # noqa: E402  put theirs when `thing` is there
    things_inspections,  # noqa: F401
    things_money,  # noqa: F401
    things_operations,  # noqa: F401
    things_points,  # noqa: F401
    things_reports,  # noqa: F401
    things_staff,  # noqa: F401
)
