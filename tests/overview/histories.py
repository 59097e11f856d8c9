"""Random days of a small city, lived through by the product's own acts: what `test_reference.py` adds up.

Everything is drawn from one seed, so a history is the same each time. Acts that do not fit are refused and leave
nothing, as they would for a person.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from complaints.actions import cases, ending, handling, refunds
from complaints.actions.cases import Report
from complaints.actions.refunds import Claim
from complaints.models import Complaint, Refund
from core.errors import Refused
from core.time import SHANGHAI, at
from halls.actions import faults
from halls.actions.faults import Work
from halls.models import CheckList, Equipment, EquipmentKind, Fault, Hall, HoursException, Material, Round, TakenDown
from inspections.actions import improvement
from inspections.models import CorrectiveAction, Finding
from loyalty.models import PointsOperation, Redemption
from queueing import actions as queue
from queueing.actions import Actor, Target, Wish, door, floor, sweeps
from queueing.actions import figures as nights
from queueing.models import Alert, Ticket, VipArrival, Visit, WindowSession
from queueing.queries import layout
from staff.models import Attendance, DailyClosing, Handover, User
from tests.factories import make_customer, make_gift, make_hall, make_user, open_daily
from tests.inspections.rows import make_auditor, make_visit
from tests.loyalty.life import make_member
from tests.staff.rosters import make_roster, make_shift, put

FIRST = date(2026, 11, 29)  # a Sunday; the month ends within the history
DAYS = 4
NOW = datetime(2026, 12, 2, 14, 40, tzinfo=SHANGHAI)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@dataclass
class Place:
    hall: Hall
    clerks: list[User]
    manager: User
    greeter: User
    windows: list[Any] = field(default_factory=list)


@dataclass
class City:
    """Halls with all that happened in them up to NOW."""

    places: list[Place]
    draw: random.Random
    done: int = 0
    refused: int = 0

    @property
    def ids(self) -> list[int]:
        return [one.hall.pk for one in self.places]

    def attempt(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        try:
            found = act(*given, **named)
        except Refused:
            self.refused += 1
            return None
        self.done += 1
        return found


def live_through(seed: int) -> City:
    layout.forget()
    city = City(_places(), random.Random(seed))
    for day in (FIRST + at * DAY for at in range(DAYS)):
        for place in city.places:
            _day_of_the_queue(city, place, day)
        _night(day + DAY)
    for place in city.places[:3]:
        _complaints(city, place)
        _people(city, place)
        _floor(city, place)
        _inspections(city, place)
        _redemptions(city, place)
    return city


def _places() -> list[Place]:
    make_customer("13800000001", is_vip=True)
    make_customer("13800000002", brand="gotone")
    halls = [
        make_hall("ZJ01", windows=3),
        make_hall("ZJ02", windows=2, counter_count=2, type="ordinary"),
        make_hall("ZJ03", windows=1, queue_mode="line", counter_count=1, has_rest_area=False),
        make_hall("ZJ09", windows=1, is_live=False),
    ]
    open_daily(halls[1], time(8, 30), time(18, 0))
    open_daily(halls[2], time(9, 0), time(0, 0))
    HoursException.objects.create(hall=halls[1], day=FIRST + DAY, is_closed=True, reason="装修")
    for code, e_channel in (("payment", "app"), ("new_account", ""), ("sim_replace", "")):
        halls[0].groups.get(code="payment").businesses.model.objects.filter(code=code).update(e_channel=e_channel)
    return [_place(hall) for hall in halls]


def _place(hall: Hall) -> Place:
    return Place(
        hall,
        [make_user(f"{hall.code[2:]}00{at}", "clerk", hall) for at in range(1, 4)],
        make_user(f"{hall.code[2:]}900", "duty_manager", hall),
        make_user(f"{hall.code[2:]}800", "greeter", hall),
        list(hall.windows.order_by("number")),
    )


def _night(day: date) -> None:
    """What runs between two days."""
    if at(day, time(3)) < NOW:
        sweeps.close_day(at(day, time(3)))
        nights.add_up(at(day, time(3, 30)))


# ---- the queue --------------------------------------------------------------------------------------------------


def _day_of_the_queue(city: City, place: Place, day: date) -> None:
    """A rush in the morning and another before midnight; one hall has a day on which nobody comes."""
    if not place.hall.is_live or (day == FIRST + 2 * DAY and place.hall.code == "ZJ03"):
        return
    draw = city.draw
    for begins, acts, steps in ((time(9, 1), 70, (5, 20, 60, 200)), (time(23, 40), 22, (20, 60, 200))):
        now = at(day, begins)
        for window, clerk in zip(place.windows, place.clerks, strict=False):
            city.attempt(queue.sign_in, window, clerk=clerk, now=now)
        for _ in range(acts):
            now += draw.choice(steps) * SECOND
            if now > NOW:
                return
            _step(city, place, now)
        for window, clerk in zip(place.windows, place.clerks, strict=False):
            if draw.random() < 0.7:
                city.attempt(queue.sign_out, window, clerk=clerk, now=now)


def _step(city: City, place: Place, now: datetime) -> None:
    draw = city.draw
    kind = draw.choices(("take", "clerk", "ticket", "door", "window"), (4, 9, 3, 2, 1))[0]
    if kind == "take":
        wish = Wish(
            draw.choice(["general", "payment", "new_account", "sim_replace"]),
            draw.choice(["kiosk", "greeter"]),
            phone=draw.choice(["", "", "", "13800000001", "13800000002"]),
            is_simulated=draw.random() < 0.05,
        )
        city.attempt(queue.take_number, place.hall, wish, actor=Actor(person=place.greeter), now=now)
    elif kind == "clerk":
        _clerk(city, place, now)
    elif kind == "ticket":
        _ticket(city, place, now)
    elif kind == "door":
        _door(city, place, now)
    else:
        _window(city, place, now)


def _clerk(city: City, place: Place, now: datetime) -> None:
    """Something fitting with whoever is at the window, else the next call."""
    draw = city.draw
    window, clerk = draw.choice(list(zip(place.windows, place.clerks, strict=False)))
    actor = Actor(person=clerk)
    ticket = Ticket.objects.filter(clerk=clerk, state__in=["called", "serving"]).first()
    if ticket is None:
        city.attempt(queue.call_next, window, actor=actor, now=now)
        return
    called = ["start", "start", "start", "recall", "no_show", "hold", "finish", "transfer", "undo"]
    serving = ["finish", "finish", "finish", "hold", "transfer", "add", "undo"]
    verb = draw.choice(called if ticket.state == "called" else serving)
    acts: dict[str, Callable[[], Any]] = {
        "start": lambda: queue.start(ticket.pk, actor=actor, now=now),
        "recall": lambda: queue.recall(ticket.pk, actor=actor, now=now),
        "no_show": lambda: queue.mark_no_show(ticket.pk, actor=actor, now=now),
        "hold": lambda: queue.hold(ticket.pk, "away", actor=actor, now=now),
        "finish": lambda: queue.finish(ticket.pk, actor=actor, now=now),
        "add": lambda: queue.add_business(ticket.pk, "payment", actor=actor, now=now),
        "undo": lambda: queue.undo(ticket.pk, actor=actor, now=now),
        "transfer": lambda: queue.transfer(ticket.pk, _target(city), actor=actor, now=now),
    }
    city.attempt(acts[verb])


def _target(city: City) -> Target:
    return Target(business=city.draw.choice(["payment", "general"]), place=city.draw.choice(["front", "age", "end"]))


BACK = {"held": ("resume", "cancel", "back"), "no_show": ("requeue",), "done": ("rate",), "waiting": ("cancel", "care")}


def _ticket(city: City, place: Place, now: datetime) -> None:
    """Something with a number that is not being called or served."""
    draw = city.draw
    rows = list(Ticket.objects.filter(hall=place.hall, state__in=list(BACK)).order_by("-taken_at", "pk")[:14])
    if not rows:
        return
    ticket = draw.choice(sorted(rows, key=lambda one: one.number))
    clerk = Actor(person=ticket.clerk or place.manager)
    acts: dict[str, Callable[[], Any]] = {
        "resume": lambda: queue.resume(ticket.pk, actor=clerk, now=now),
        "cancel": lambda: queue.cancel(ticket.pk, actor=Actor(), now=now),
        "back": lambda: door.come_back(ticket.pk, actor=Actor(person=place.greeter), now=now),
        "requeue": lambda: queue.requeue(ticket.pk, actor=Actor(person=place.manager), now=now),
        "rate": lambda: queue.rate(ticket.pk, draw.randint(1, 5), actor=Actor(), now=now),
        "care": lambda: floor.give_care(ticket.pk, actor=Actor(person=place.manager), now=now),
    }
    city.attempt(acts[draw.choice(BACK[ticket.state])])


def _door(city: City, place: Place, now: datetime) -> None:
    draw, actor = city.draw, Actor(person=place.greeter)
    waiting = sorted(Ticket.objects.filter(hall=place.hall, state="waiting").values_list("number", "pk"))
    ticket = draw.choice(waiting)[1] if waiting else None
    arrival = VipArrival.objects.filter(hall=place.hall, received_at=None, left_at=None).order_by("pk").last()
    visit = Visit.objects.filter(hall=place.hall, undone_at=None).order_by("pk").last()
    acts: list[Callable[[], Any]] = [
        lambda: floor.declare_vip(place.hall, actor=actor, now=now),
        lambda: floor.record_visit(place.hall, draw.choice(["answered", "self_service"]), actor=actor, now=now),
    ]
    if arrival is not None:
        acts += [lambda: floor.receive_vip(arrival.pk, actor=actor, now=now)] * 2
    if visit is not None:
        acts.append(lambda: floor.undo_visit(visit.pk, actor=actor, now=now))
    if ticket is not None:
        acts += [
            lambda: floor.record_visit(place.hall, "e_channel", ticket_id=ticket, actor=actor, now=now),
            lambda: door.set_aside(ticket, actor=actor, now=now),
            lambda: door.set_aside(ticket, actor=actor, now=now),
        ]
    city.attempt(draw.choice(acts))


def _window(city: City, place: Place, now: datetime) -> None:
    window, clerk = city.draw.choice(list(zip(place.windows, place.clerks, strict=False)))
    session = WindowSession.objects.filter(window=window, signed_out_at=None).first()
    if session is None:
        city.attempt(queue.sign_in, window, clerk=clerk, now=now)
    elif session.is_paused:
        city.attempt(queue.resume_window, window, clerk=clerk, now=now)
    else:
        city.attempt(queue.pause, window, "meal", clerk=clerk, now=now)


# ---- complaints -------------------------------------------------------------------------------------------------


def _complaints(city: City, place: Place) -> None:
    draw = city.draw
    for _ in range(9):
        now = at(FIRST - DAY, time(6)) + draw.randrange(4 * 24 * 60) * MINUTE
        report = Report(
            place.hall,
            source=draw.choice(["window", "window", "book", "phone"]),
            kind=draw.choice(["complaint", "complaint", "complaint", "suggestion", "vas_doubt"]),
            content="排队久",
            phone=draw.choice(["", "13800000001", "13800000002", "13800000003"]),
            identity=draw.choice(["unchecked", "owner", "not_owner"]),
            written_at=now - draw.randrange(60) * 60 * MINUTE,
            solved=draw.choice(["", "", "", "当场解释清楚"]),
            is_simulated=draw.random() < 0.1,
        )
        made = city.attempt(cases.log, report, person=place.clerks[0], now=now)
        for _ in range(draw.randrange(7)):
            now += draw.randrange(1, 14 * 60) * MINUTE
            if made is None or now > NOW:
                break
            _with_the_case(city, place, Complaint.objects.get(pk=made.pk), now)


def _with_the_case(city: City, place: Place, case: Complaint, now: datetime) -> None:
    draw, me = city.draw, {"person": place.manager, "now": now}
    other = Complaint.objects.filter(hall=place.hall).exclude(pk=case.pk).order_by("pk").last()
    until = (case.handling_due_at or now) + draw.randrange(1, 40) * 60 * MINUTE
    acts: list[Callable[[], Any]] = [
        lambda: handling.reply(case.pk, "已联系客户", **me),
        lambda: handling.review(case.pk, "已阅", **me),
        lambda: handling.pause(case.pk, "customer_papers", "等材料", **me),
        lambda: handling.resume(case.pk, **me),
        lambda: handling.resume(case.pk, **me),
        lambda: handling.extend(case.pk, "inter_province", until, "外省核查", **me),
        lambda: handling.promise(case.pk, "回电", now + 2 * 60 * MINUTE, **me),
        lambda: cases.correct_tier(case.pk, draw.choice(["vip", "gotone", "other"]), "看错了", **me),
        lambda: cases.confirm_owner(case.pk, "call", **me),
        lambda: cases.reject(case.pk, "不是机主", **me),
        lambda: ending.withdraw(case.pk, "客户撤回", **me),
        lambda: ending.close(case.pk, "solved", "已解决", **me),
        lambda: ending.close(case.pk, "solved", "已解决", **me),
        lambda: ending.reopen(case.pk, "客户不满意", **me),
        lambda: ending.reopen(case.pk, "客户不满意", **me),
        lambda: _refund(city, place, case, now),
        lambda: _refund(city, place, case, now),
    ]
    if other is not None:
        acts.append(lambda: ending.merge(case.pk, other.pk, **me))
    city.attempt(draw.choice(acts))


def _refund(city: City, place: Place, case: Complaint, now: datetime) -> None:
    yuan = Decimal(city.draw.randrange(100, 3000)) / 100
    made: Refund = refunds.ask_refund(
        case.pk, Claim("套餐外费用", Decimal(60), yuan), person=place.clerks[0], now=now
    )
    state = city.draw.choice(["asked", "agreed", "paid", "paid"])
    payment = made.payments.get()
    payment.state, payment.paid_at = state, now if state == "paid" else None
    payment.save()


# ---- people -----------------------------------------------------------------------------------------------------


def _people(city: City, place: Place) -> None:
    """Two months' rosters and one that was replaced, cards before, at and after their minute, and what is signed."""
    draw, hall = city.draw, place.hall
    early = make_shift(hall, "early", time(8, 30), time(17, 30))
    late = make_shift(hall, "late", time(14, 41), time(22, 0))
    rosters = {day.month: make_roster(hall, day) for day in (FIRST, NOW.date())}
    replaced = make_roster(hall, FIRST, state="replaced", version=7)
    for back in range(6):
        day = FIRST - DAY + back * DAY
        for person in place.clerks:
            shift = draw.choice([early, late, None])
            if shift is not None:
                put(rosters[day.month], person, day, shift)
                _card(city, place, person, day, at(day, shift.begins))
        if day.month == FIRST.month:
            put(replaced, place.clerks[0], day, early)
    _signed(city, place)


def _card(city: City, place: Place, person: User, day: date, begins: datetime) -> None:
    came = city.draw.choice([None, begins - 16 * MINUTE, begins - 15 * MINUTE, begins - 14 * MINUTE, begins + MINUTE])
    if city.draw.random() < 0.9:
        Attendance.objects.create(
            hall=place.hall, person=person, day=day, post="window", begins_at=begins, ends_at=begins + 8 * 60 * MINUTE,
            early_minutes=15, checked_in_at=came,
        )  # fmt: skip


def _signed(city: City, place: Place) -> None:
    draw = city.draw
    for window in place.windows:
        giver, taker = draw.sample(place.clerks, 2)
        state = draw.choice(["filling", "waiting_taker", "waiting_relief", "cancelled", "done"])
        Handover.objects.create(
            hall=place.hall, window=window, day=NOW.date(), state=state, giver=giver, taker=taker, opened_at=NOW,
            mode=draw.choice(["face", "face", "night"]),
            giver_signed_at=NOW - 20 * MINUTE, taker_signed_at=NOW - 10 * MINUTE,
            relief_due_at=draw.choice([None, NOW - SECOND, NOW, NOW + MINUTE]),
            consent_at=draw.choice([None, None, NOW]),
        )  # fmt: skip
    for back in range(9, 0, -1):
        state = draw.choice(["counting", "submitted", "submitted", ""])
        if state:
            DailyClosing.objects.create(
                hall=place.hall, day=NOW.date() - back * DAY, state=state, opened_by=place.manager, opened_at=NOW,
                submitted_by=place.manager, submitted_at=NOW - DAY, exception_at=NOW,
            )  # fmt: skip


# ---- the floor, inspections, points -------------------------------------------------------------------------------


def _floor(city: City, place: Place) -> None:
    draw, hall = city.draw, place.hall
    kind, _ = EquipmentKind.objects.get_or_create(code="pos", defaults={"name": "POS", "order": 1})
    for serial in range(6):
        thing = Equipment.objects.create(hall=hall, kind=kind, name=f"POS {serial}")
        now = at(FIRST - 6 * DAY, time(0)) + draw.randrange(9 * 24 * 60) * MINUTE
        fault = faults.find_fault(thing, "不出票", actor=place.manager, now=now)
        for act in (faults.report_fault, faults.end_repair, faults.accept_repair):
            now += draw.choice([60, 8 * 60, 40 * 60]) * MINUTE
            if draw.random() < 0.75 and now < NOW:
                work = Work("联系维保", max(now.date(), NOW.date()))
                city.attempt(act, fault.pk, work, actor=place.manager, now=now)
    _rounds(city, place)
    _hung(city, place)
    Alert.objects.create(hall=hall, kind="wait", level="red", opened_at=NOW)
    Alert.objects.create(hall=hall, kind="peak", level="yellow", opened_at=NOW, closed_at=draw.choice([None, NOW]))


def _rounds(city: City, place: Place) -> None:
    """Of every check about two thirds, also of the day before and of moments still to come."""
    lists = {kind: CheckList.objects.get_or_create(kind=kind, hall=None, hall_type="")[0] for kind in CHECKS}
    lists["patrol"].times = [time(8, 30), time(14, 40), time(16, 0), time(23, 59)]
    lists["patrol"].save()
    for back in range(DAYS + 1):
        day = FIRST + back * DAY
        opens, closes = (hours.span(day) if (hours := _hours(place.hall, day)) else (at(day, time(12)),) * 2)
        moments = [("opening", opens), ("closing", closes)]
        moments += [("patrol", at(day, one)) for one in lists["patrol"].times if opens <= at(day, one) < closes]
        for kind, slot in moments:
            if _hours(place.hall, day) and city.draw.random() < 0.65:
                Round.objects.create(
                    hall=place.hall, list=lists[kind], kind=kind, slot=slot, started_at=slot, by=place.manager,
                    finished_at=city.draw.choice([slot, slot, None]),
                )  # fmt: skip


CHECKS = ("opening", "closing", "patrol")


def _hours(hall: Hall, day: date) -> Any:
    dated = hall.hours_exceptions.filter(day=day).first()
    return dated.hours if dated else hall.weekly_hours.get(weekday=day.weekday()).hours


def _hung(city: City, place: Place) -> None:
    draw, today = city.draw, NOW.date()
    for serial in range(8):
        of = draw.choice([{"hall": place.hall}, {"region": place.hall.region}, {"region": place.hall.region.parent}])
        row = Material.objects.create(
            **of, kind="poster", carrier=draw.choice(["poster", "leaflet", "screen"]), title=f"海报 {serial}",
            valid_from=today - 30 * DAY, valid_to=today + draw.randrange(-3, 2) * DAY, made_by=place.manager,
            made_at=NOW, retired_at=draw.choice([None, None, None, NOW]),
        )  # fmt: skip
        if draw.random() < 0.25:
            TakenDown.objects.create(material=row, hall=place.hall, by=place.manager, at=NOW)


def _inspections(city: City, place: Place) -> None:
    draw = city.draw
    auditor = make_auditor()
    for serial in range(7):
        started = at(FIRST, time(0)) + draw.choice([-1, 0, 23 * 60 + 59, 24 * 60, draw.randrange(5000)]) * MINUTE
        visit = make_visit(
            place.hall, auditor, on=started.date(), kind=draw.choice(["open", "mystery", "self_check"]),
            state=draw.choice(["submitted", "final", "appealing", "running", "cancelled"]), started_at=started,
            score=draw.choice([None, 80, 91, 97]),
        )  # fmt: skip
        finding = Finding.objects.create(
            visit=visit, hall=place.hall, item=f"A{serial}", name="离岗", points=3, found_on=started.date(),
            fixed_on_spot=draw.random() < 0.2,
        )  # fmt: skip
        improvement.open_for(visit, now=NOW - 10 * DAY)
        action = CorrectiveAction.objects.get(finding=finding)
        action.owner, action.due_on = place.manager, NOW.date() + draw.randrange(-2, 2) * DAY
        action.save()
        for act in range(draw.randrange(4)):
            if act % 2 == 0:
                city.attempt(improvement.prove, action, "已整改", actor=place.manager, now=NOW - (9 - act) * DAY)
            else:
                passed = draw.random() < 0.5
                city.attempt(improvement.recheck, action, passed=passed, note="看过", actor=auditor, now=NOW - (9 - act) * DAY)


def _redemptions(city: City, place: Place) -> None:
    """Operations and their reversals, at the edges of days too; the desk's own checks are proved elsewhere."""
    draw = city.draw
    gift = make_gift(f"UMB{place.hall.code}", 1500)
    member = make_member()
    for serial in range(8):
        when = at(FIRST, time(0)) + draw.choice([-1, 0, 24 * 60 - 1, 24 * 60, draw.randrange(5000)]) * MINUTE
        points, key = draw.randrange(1, 5) * 500, f"{place.hall.code}-{serial}"
        took = PointsOperation.objects.create(
            key=key, account_id=member.pk, kind=1, points=-points, at=when, hall=place.hall
        )
        is_cancelled = draw.random() < 0.3
        if is_cancelled:
            PointsOperation.objects.create(
                key=f"{key}-back", account_id=member.pk, kind=2, points=points, at=when, reverses=took
            )
        Redemption.objects.create(
            number=key, key=key, customer=member, hall=place.hall, clerk=place.clerks[0], gift=gift, quantity=1,
            price=points, points=points, identity="id_card", at=when, operation=took,
            state="cancelled" if is_cancelled else "done", cancelled_at=when if is_cancelled else None,
        )  # fmt: skip
