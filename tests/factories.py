"""Rows for tests: plain functions, every value can be given by name. People: 小李 clerk here, 王经理 manager here."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from core.time import business_day, now
from halls.models import (
    BusinessGroup,
    BusinessType,
    Device,
    Hall,
    OpeningHours,
    Region,
    Window,
)
from halls.states import (
    DeviceKind,
    HallType,
    Location,
    Operation,
    QueueMode,
    RegionLevel,
)
from loyalty.models import Customer
from loyalty.states import Brand
from queueing.models import Ticket
from queueing.rules.numbers import number_text
from queueing.states import AT_WINDOW, Source, TicketState, WindowDid
from staff.models import Certificate, Employment, User
from staff.states import Role

PASSWORD = "Correct-Horse-9"
LONG_AGO = date(2020, 1, 1)

_serial = count(1)


def make_region(
    code: str = "JK", *, level: str = RegionLevel.DISTRICT, parent: Region | None = None, **fields: Any
) -> Region:
    """A district below the city ZJ, made at need."""
    if parent is None and level == RegionLevel.DISTRICT:
        parent = make_region("ZJ", level=RegionLevel.CITY, name="镇江")
    defaults = {"name": fields.pop("name", f"{code} 区"), "level": level, "parent": parent, **fields}
    return Region.objects.get_or_create(code=code, defaults=defaults)[0]


def make_hall(
    code: str = "ZJ01", *, windows: int = 2, groups: bool = True, all_day: bool = True, **fields: Any
) -> Hall:
    """A hall with a ticket machine, open at all hours, with two groups that every window serves."""
    fields.setdefault("region", None)
    fields["region"] = fields["region"] or make_region()
    values = {
        "name": f"{code} 营业厅",
        "type": HallType.GOUTONG100,
        "location": Location.URBAN,
        "operation": Operation.SELF,
        "counter_count": max(windows, 1),
        "has_rest_area": True,
        "queue_mode": QueueMode.MACHINE,
        **fields,
    }
    hall = Hall.objects.create(code=code, **values)
    if all_day:
        open_daily(hall, time(0), time(0))
    if groups:
        make_group(hall, "general", letter="A", businesses=("new_account", "sim_replace"), name="综合业务")
        make_group(hall, "payment", letter="B", businesses=("payment",), name="交费充值")
    for number in range(1, windows + 1):
        make_window(hall, number)
    return hall


def open_daily(hall: Hall, opens: time, closes: time) -> None:
    hall.weekly_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(hall=hall, weekday=weekday, opens=opens, closes=closes) for weekday in range(7)
    )


def make_business(code: str = "payment", **fields: Any) -> BusinessType:
    values = {"name": f"业务 {code}", "minutes": Decimal(8), **fields}
    return BusinessType.objects.get_or_create(code=code, defaults=values)[0]


def make_group(
    hall: Hall, code: str = "general", *, letter: str = "A", businesses: tuple[str, ...] = (), **fields: Any
) -> BusinessGroup:
    group = BusinessGroup.objects.create(hall=hall, code=code, letter=letter, **{"name": code, **fields})
    group.businesses.set([make_business(one) for one in businesses])
    return group


def make_window(hall: Hall, number: int = 1, *, groups: list[BusinessGroup] | None = None, **fields: Any) -> Window:
    """A window that serves the given groups, or all that the hall has by now."""
    window = Window.objects.create(hall=hall, number=number, **fields)
    window.groups.set(hall.groups.all() if groups is None else groups)
    return window


def make_user(
    staff_no: str | None = None,
    role: str | None = Role.CLERK,
    hall: Hall | None = None,
    *,
    region: Region | None = None,
    password: str = PASSWORD,
    **fields: Any,
) -> User:
    """A person with a role at a hall or in a region; role None = no employment."""
    staff_no = staff_no or f"T{next(_serial):05d}"
    fields.setdefault("password_changed_at", now())
    user = User.objects.create_user(staff_no, password, **{"name": f"员工 {staff_no}", **fields})
    if role is not None and (hall or region):
        employ(user, role, hall, region=region)
    return user


def employ(
    user: User,
    role: str,
    hall: Hall | None = None,
    *,
    region: Region | None = None,
    since: date = LONG_AGO,
    until: date | None = None,
    **fields: Any,
) -> Employment:
    user.__dict__.pop("_rights", None)
    dates = {"valid_from": since, "valid_to": until}
    return Employment.objects.create(user=user, role=role, hall=hall, region=region, **dates, **fields)


def make_owner(staff_no: str = "OWNER1", **fields: Any) -> User:
    return make_user(staff_no, None, is_superuser=True, **fields)


def make_customer(phone: str = "13800000001", **fields: Any) -> Customer:
    values = {"brand": Brand.EASYOWN, "joined_on": date(2015, 5, 1), **fields}
    return Customer.objects.create(phone=phone, **values)


def make_device(hall: Hall, kind: str = DeviceKind.KIOSK, *, token: str = "", **fields: Any) -> Device:
    """A device; paired when a token (`hkd_…`) is given."""
    from halls.authentication import token_hash

    if token:
        fields = {"token_hash": token_hash(token), "paired_at": now(), **fields}
    return Device.objects.create(hall=hall, kind=kind, **{"name": "门口", **fields})


def make_session(window: Window, clerk: User, *, at: datetime | None = None, **fields: Any) -> Any:
    """The clerk sits at the window."""
    from queueing.models import WindowEvent, WindowSession

    at = at or now()
    session = WindowSession.objects.create(window=window, clerk=clerk, signed_in_at=at, **fields)
    WindowEvent.objects.create(session=session, hall=window.hall, did=WindowDid.SIGNED_IN, at=at, person=clerk)
    return session


def make_ticket(
    hall: Hall,
    state: str = TicketState.WAITING,
    *,
    group: BusinessGroup | None = None,
    taken_at: datetime | None = None,
    waited: timedelta = timedelta(0),
    **fields: Any,
) -> Ticket:
    """A number in a state, with the times and the window that the state needs."""
    group = group or hall.groups.order_by("order", "code").first()
    taken_at = taken_at or now() - waited
    letter = fields.pop("letter", group.letter if group else "A")
    day = fields.pop("business_day", business_day(taken_at))
    serial = Ticket.objects.filter(hall=hall, business_day=day, letter=letter).count() + 1
    values = {
        "number": number_text(letter, serial),
        "call_order_at": taken_at,
        "moved_at": taken_at,
        "source": Source.KIOSK,
        **_facts_of(state, hall, taken_at, fields.get("window")),
        **fields,
    }
    return Ticket.objects.create(
        hall=hall, state=state, group=group, letter=letter, business_day=day, taken_at=taken_at, **values
    )


def _facts_of(state: str, hall: Hall, taken_at: datetime, window: Window | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if state in {
        TicketState.CALLED,
        TicketState.SERVING,
        TicketState.HELD,
        TicketState.DONE,
        TicketState.NO_SHOW,
    }:
        facts |= {"first_called_at": taken_at, "called_at": taken_at, "calls": 1}
        facts["window"] = window or hall.windows.order_by("number").first()
    if state in {TicketState.SERVING, TicketState.HELD, TicketState.DONE}:
        facts["started_at"] = taken_at
    if state == TicketState.HELD:
        facts["held_at"] = taken_at
    if state in {TicketState.DONE, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.CLOSED}:
        facts["finished_at"] = taken_at
    if state in AT_WINDOW or state == TicketState.DONE:
        session = facts["window"].sessions.filter(signed_out_at=None).first() if facts.get("window") else None
        facts["clerk"] = session.clerk if session else None
    return facts


def make_certificate(
    person: User, *, since: date = LONG_AGO, until: date = date(2099, 12, 31), **fields: Any
) -> Certificate:
    """A 上岗证; without dates one that always counts."""
    values = {"number": f"C{next(_serial):06d}", "recorded_at": now(), **fields}
    return Certificate.objects.create(person=person, valid_from=since, valid_to=until, **values)


def make_gift(code: str = "UMB", points: int | None = 1500, **fields: Any) -> Any:
    """A gift with a price since long ago; goods unless said otherwise."""
    from loyalty.models import Gift, GiftPrice
    from loyalty.states import GiftKind

    gift = Gift.objects.create(code=code, **{"name": f"礼品 {code}", "kind": GiftKind.GOODS, **fields})
    if points is not None:
        GiftPrice.objects.create(gift=gift, points=points, valid_from=LONG_AGO)
    return gift
