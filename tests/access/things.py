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


def _colleague(hall: Hall) -> User:
    """A clerk of the hall."""
    return make_user(hall=hall)


@thing("colleague")
def _a_colleague(hall: Hall, person: User) -> dict[str, Any]:
    return {"staff_no": _colleague(hall).staff_no}


@thing("colleagues-job")
def _job(hall: Hall, person: User) -> dict[str, Any]:
    clerk = _colleague(hall)
    return {"staff_no": clerk.staff_no, "pk": clerk.employments.get().pk}


@thing("colleagues-certificate")
def _certificate(hall: Hall, person: User) -> dict[str, Any]:
    clerk = _colleague(hall)
    return {"staff_no": clerk.staff_no, "pk": make_certificate(clerk).pk}


@thing("colleagues-sign-in")
def _colleagues_sign_in(hall: Hall, person: User) -> dict[str, Any]:
    clerk = _colleague(hall)
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


# ---- rosters ---------------------------------------------------------------------------------------------------


def _roster_of(hall: Hall, state: str) -> Any:
    from staff.models import Roster

    month = days(0).replace(day=1)
    known = Roster.objects.filter(hall=hall, month=month, state=state).first()
    return known or Roster.objects.create(
        hall=hall, month=month, version=1 if state == "published" else 2, state=state, made_at=now()
    )


@thing("roster")
def _roster(hall: Hall, person: User) -> dict[str, Any]:
    month = _roster_of(hall, "published").month
    return {"code": hall.code, "text": f"{month:%Y-%m}"}


@thing("roster-day")
def _roster_day(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "text": days(0).isoformat()}


@thing("roster-draft")
def _roster_draft(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _roster_of(hall, "draft").pk}


@thing("solver-run")
def _solver_run(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import SolverRun

    row = SolverRun.objects.create(
        roster=_roster_of(hall, "draft"), state="done", seconds=1, asked_by=person, asked_at=now()
    )
    return {"pk": row.pk}


@thing("shift-type")
def _shift_type(hall: Hall, person: User) -> dict[str, Any]:
    from datetime import time

    from tests.staff.rosters import make_shift

    code = f"s{hall.shift_types.count() + 1}"
    return {"code": hall.code, "pk": make_shift(hall, code, time(9), time(17)).pk}


@thing("count-item")
def _count_item(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import CountItem
    from tests.staff.money import make_count_item

    code = f"keys-{CountItem.objects.count() + 1}"
    return {"code": hall.code, "pk": make_count_item(code, scope=hall.code, valid_from=days(3)).pk}


@thing("shift-change")
def _shift_change(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import ShiftChange

    asker, colleague = make_user(None, "clerk", hall), make_user(None, "clerk", hall)
    row = ShiftChange.objects.create(
        hall=hall, kind="cover", asker=asker, colleague=colleague, day=days(3), reason="有事", asked_at=now()
    )
    return {"pk": row.pk}


@thing("bulk-change")
def _bulk_change(hall: Hall, person: User) -> dict[str, Any]:
    from overview.models import BulkChange

    facts = {"kind": "material", "title": "海报", "valid_from": days(0), "note": "", "made_at": now()}
    row = BulkChange.objects.create(made_by=make_user(hall=hall), **facts)
    row.lines.create(hall=hall)
    return {"pk": row.pk}


@thing("change-asked-of-me")
def _change_asked_of_me(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import ShiftChange

    facts = {"asker": make_user(None, "clerk", hall), "colleague": person, "day": days(3), "asked_at": now()}
    return {"pk": ShiftChange.objects.create(hall=hall, kind="cover", reason="有事", **facts).pk}


@thing("leave")
def _leave(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Leave

    row = Leave.objects.create(
        user=make_user(None, "clerk", hall), hall=hall, kind="annual", first_day=days(9), last_day=days(9),
        asked_at=now(),
    )  # fmt: skip
    return {"pk": row.pk}


@thing("attendance")
def _attendance(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Attendance

    row = Attendance.objects.create(
        hall=hall, person=make_user(None, "clerk", hall), day=days(0), post="window", begins_at=now(),
        ends_at=now() + timedelta(hours=8), early_minutes=15, checked_in_at=now(),
    )  # fmt: skip
    return {"pk": row.pk}


@thing("calendar-feed")
def _calendar_feed(hall: Hall, person: User) -> dict[str, Any]:
    from staff.actions.attendance import renew_feed

    return {"token": renew_feed(make_user(None, "clerk", hall), now=now()).token}


# ---- what people read, what is said of their work ---------------------------------------------------------------


def _issued(hall: Hall, **audience: Any) -> dict[str, Any]:
    from staff.models import Bulletin

    row = Bulletin.objects.create(
        title="补卡新规",
        body="双人核验。",
        valid_from=days(0),
        state="issued",
        issued_at=now(),
        author=make_user(role=None),
    )
    row.halls.add(hall)
    row.regions.add(*audience.get("regions", ()))
    return {"pk": row.pk}


@thing("bulletin")
def _bulletin(hall: Hall, person: User) -> dict[str, Any]:
    """For everybody of a hall and of its city."""
    return _issued(hall, regions=[hall.region.parent])


@thing("hall-bulletin")
def _hall_bulletin(hall: Hall, person: User) -> dict[str, Any]:
    return _issued(hall)


@thing("article")
def _article(hall: Hall, person: User) -> dict[str, Any]:
    """Knowledge belongs to no hall: at the other one stands an article that is not there."""
    from staff.models import Article

    return {"pk": Article.objects.create(title="补卡换卡").pk if hall.code == "ZJ01" else 0}


@thing("audit-item")
def _audit_item(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import AuditItem

    facts = {"label": "A001", "about": "过户", "person": make_user(hall=hall), "handled_at": now(), "ground": "sample"}
    return {"pk": AuditItem.objects.create(hall=hall, day=days(-1), source="t:1", **facts).pk}


@thing("month-sheet")
def _month_sheet(hall: Hall, person: User) -> dict[str, Any]:
    return _own_month_sheet(hall, make_user(hall=hall))


@thing("own-month-sheet")
def _own_month_sheet(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import MonthSheet

    month = days(0).replace(day=1)
    return {"pk": MonthSheet.objects.create(person=person, hall=hall, month=month, counted_at=now()).pk}


@thing("award")
def _award(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Award

    somebody, month = make_user(hall=hall), days(0).replace(day=1)
    facts = {"kind": "service", "person": somebody, "reason": "评价最高", "decided_by": somebody, "decided_at": now()}
    return {"pk": Award.objects.create(hall=hall, month=month, **facts).pk}


@thing("competition")
def _competition(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Competition

    facts = {"title": "点钞赛", "subject": "单指单张", "held_on": days(0), "made_by": make_user(hall=hall)}
    return {"pk": Competition.objects.create(hall=hall, **facts).pk}


@thing("suggestion")
def _suggestion(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Suggestion

    facts = {"topic": "process", "title": "预印姓名", "text": "省时间", "made_at": now()}
    return {"pk": Suggestion.objects.create(hall=hall, author=make_user(hall=hall), **facts).pk}


# ---- complaints ------------------------------------------------------------------------------------------------


def _case(hall: Hall) -> Any:
    """Logged by nobody: what one may do with it comes from rights only."""
    from complaints.actions.cases import Report, log

    return log(Report(hall=hall, content="多收费"), person=None, now=now())


@thing("complaint")
def _complaint(hall: Hall, person: User) -> dict[str, Any]:
    one = _case(hall)
    return {"number": one.number, "token": one.token}


@thing("complaint-file")
def _complaint_file(hall: Hall, person: User) -> dict[str, Any]:
    from django.core.files.base import ContentFile

    from complaints.models import Attachment

    one = _case(hall)
    row = Attachment(complaint=one, name="a.pdf", kind="pdf", size=1, digest="x", added_at=now())
    row.file.save("a.pdf", ContentFile(b"%PDF-"), save=True)
    return {"number": one.number, "key": row.key}


@thing("refund")
def _refund(hall: Hall, person: User) -> dict[str, Any]:
    from decimal import Decimal

    from complaints.actions.refunds import Claim, ask_refund

    row = ask_refund(_case(hall).pk, Claim("流量", Decimal(30), Decimal(10)), person=make_user(hall=hall), now=now())
    return {"pk": row.pk}


@thing("compensation")
def _compensation(hall: Hall, person: User) -> dict[str, Any]:
    from decimal import Decimal

    from complaints.actions.compensation import Offer, ask_unprompted

    offer = Offer(Decimal(10), Decimal(10), "话费", "系统故障")
    return {"pk": ask_unprompted(hall, "13800000001", offer, person=make_user(hall=hall), now=now()).pk}


# ---- handover, money, stock --------------------------------------------------------------------------------------


def _handover_of(hall: Hall, person: User) -> int:
    from staff.models import Handover

    row = Handover.objects.create(
        hall=hall,
        window=hall.windows.order_by("number").first(),
        day=days(0),
        state="cancelled",
        giver=_colleague(hall),
        opened_at=now(),
        revealed_at=now(),
    )
    return row.pk


@thing("handover")
def _handover(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": _handover_of(hall, person)}


@thing("api-handover")
def _api_handover(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _handover_of(hall, person)}


@thing("cash-slip")
def _cash_slip(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import CashUp

    row = CashUp.objects.create(
        number=f"{hall.code}-{CashUp.objects.count()}",
        hall=hall,
        day=days(0),
        clerk=person,
        cash=100,
        stubs=100,
        counted_at=now(),
    )
    return {"code": hall.code, "pk": row.pk}


@thing("bag")
def _bag(hall: Hall, person: User) -> dict[str, Any]:
    who = {"packed_by": person, "witness": _colleague(hall)}
    row = hall.deposits.create(day=days(0), bag=f"B{hall.deposits.count()}", cash=100, packed_at=now(), **who)
    return {"code": hall.code, "pk": row.pk}


@thing("difference")
def _difference(hall: Hall, person: User) -> dict[str, Any]:
    told = {"reason": "找零", "explained_by": person, "explained_at": now()}
    row = hall.differences.create(day=days(0), clerk=person, leg="cash", amount=5, found_at=now(), **told)
    return {"code": hall.code, "pk": row.pk}


def _transfer(sender: Hall, receiver: Hall, person: User) -> int:
    from staff.models import StockItem, StockTransfer

    item, _ = StockItem.objects.get_or_create(code="sim", defaults={"name": "白卡", "kind": "sim", "unit": "张"})
    return StockTransfer.objects.create(
        item=item, quantity=1, from_hall=sender, to_hall=receiver, sent_by=person, sent_at=now()
    ).pk


@thing("transfer-here")
def _transfer_here(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": _transfer(_third_hall(), hall, person)}


@thing("transfer-away")
def _transfer_away(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": _transfer(hall, _third_hall(), person)}


def _third_hall() -> Hall:
    from tests.factories import make_hall

    return Hall.objects.filter(code="ZJ99").first() or make_hall("ZJ99", windows=0, groups=False)


# ---- the life of a hall ----------------------------------------------------------------------------------------


@thing("duty")
def _duty(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Duty

    a, b = _colleague(hall), _colleague(hall)
    return {"code": hall.code, "pk": Duty.objects.create(hall=hall, name="绿植", a=a, b=b).pk}


@thing("recurring-task")
def _task(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import RecurringTask

    row = RecurringTask.objects.create(hall=hall, name="清理", cycle="days", weekdays=[0])
    return {"code": hall.code, "pk": row.pk}


@thing("meeting")
def _meeting(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Meeting

    when = {"day": days(0), "begins": "08:10", "minutes": 10, "recorded_at": now()}
    row = Meeting.objects.create(hall=hall, kind="morning", topics="新业务", host=person, recorded_by=person, **when)
    return {"pk": row.pk}


def _course_at(hall: Hall) -> Any:
    from staff.models import Course

    when = {"day": days(1), "begins": "14:00", "minutes": 60, "made_at": now()}
    facts = {"kind": "chosen", "title": "沟通", "trainer": "讲师", "seats": 30}
    return Course.objects.create(hall=hall, made_by=_colleague(hall), **when, **facts)


@thing("course")
def _course(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _course_at(hall).pk}


@thing("course-of-mine")
def _course_of_mine(hall: Hall, person: User) -> dict[str, Any]:
    row = _course_at(hall)
    row.seats_taken.create(person=person, taken_at=now())
    return {"pk": row.pk}


def _note_on(hall: Hall, person: User, **facts: Any) -> int:
    from staff.models import ConductNote

    seen = {"matter": "phone", "what": "看手机", "happened_at": now(), "noted_at": now()}
    return ConductNote.objects.create(hall=hall, person=person, noted_by=_colleague(hall), **seen, **facts).pk


@thing("conduct-note")
def _conduct_note(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _note_on(hall, _colleague(hall))}


@thing("conduct-note-on-me")
def _note_on_me(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _note_on(hall, person)}


@thing("objected-note")
def _objected_note(hall: Hall, person: User) -> dict[str, Any]:
    decided = {"decided_by": make_user(role=None), "decided_at": now(), "state": "objected"}
    return {"pk": _note_on(hall, _colleague(hall), **decided)}


@thing("grant")
def _grant(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Grant

    span = {"valid_from": days(0), "valid_to": days(7), "reason": "试点"}
    return {"pk": Grant.objects.create(user=_colleague(hall), hall=hall, verb="customer.reveal", **span).pk}


@thing("first-day-step")
def _first_day_step(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import FirstDayStep

    return {"pk": FirstDayStep.objects.get_or_create(title="看班表")[0].pk}


from tests.access import (  # noqa: E402  put theirs when `thing` is there
    things_inspections,  # noqa: F401
    things_operations,  # noqa: F401
    things_points,  # noqa: F401
    things_reports,  # noqa: F401
)
