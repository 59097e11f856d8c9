"""Random days of a small city, lived through by the product's own acts: what `test_reference.py` adds up.

Everything is drawn from one seed, so a history is the same each time. Acts that do not fit are refused and leave
nothing, as they would for a person.
"""

import random
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from complaints.actions import cases, ending, handling, refunds
from complaints.actions.cases import Report
from complaints.actions.refunds import Claim
from complaints.models import Complaint, Refund
from core.time import at
from queueing import actions as queue
from queueing.actions import Actor, Target, Wish, door, floor, sweeps
from queueing.actions import figures as nights
from queueing.models import Ticket, VipArrival, Visit, WindowSession
from queueing.queries import layout
from tests.overview import everyday
from tests.overview.city import DAY, DAYS, FIRST, MINUTE, NOW, SECOND, City, Place, make_places


def live_through(seed: int) -> City:
    layout.forget()
    city = City(make_places(), random.Random(seed))
    for day in (FIRST + number * DAY for number in range(DAYS)):
        for place in city.places:
            _day_of_the_queue(city, place, day)
        _night(day + DAY)
    for place in city.places[:3]:
        _complaints(city, place)
        everyday.people(city, place)
        everyday.floor(city, place)
        everyday.inspections(city, place)
        everyday.redemptions(city, place)
    return city


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
    for begins, acts, steps in ((time(9, 1), 80, (5, 20, 60, 200)), (time(23, 40), 22, (20, 60, 200))):
        now = at(day, begins)
        for window, clerk in zip(place.windows, place.clerks, strict=False):
            city.attempt(queue.sign_in, window, clerk=clerk, now=now)
        for _ in range(acts):
            now += draw.choice(steps) * SECOND
            if now > NOW:
                return
            _step(city, place, now)
        if day == NOW.date():
            for _ in range(3):
                city.attempt(queue.take_number, place.hall, Wish("general", "kiosk"), actor=Actor(), now=now + SECOND)
            return
        for window, clerk in zip(place.windows, place.clerks, strict=False):
            if draw.random() < 0.7:
                city.attempt(queue.sign_out, window, clerk=clerk, now=now)


def _step(city: City, place: Place, now: datetime) -> None:
    draw = city.draw
    kind = draw.choices(("take", "clerk", "ticket", "door", "window"), (6, 9, 3, 2, 1))[0]
    if kind == "take":
        wish = Wish(
            draw.choice(["general", "payment", "payment", "new_account"]),
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
        "add": lambda: queue.add_business(ticket.pk, draw.choice(["payment", "new_account"]), actor=actor, now=now),
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
    due_tonight = Report(place.hall, content="排队久", identity="visitor")
    cases.log(due_tonight, person=place.clerks[0], now=NOW - 40 * 60 * MINUTE)
    for serial in range(11):
        now = at(FIRST - DAY, time(6)) + draw.randrange(4 * 24 * 60) * MINUTE
        if serial < 4:  # some that are still open
            now = NOW - draw.choice([47, 40, 23, 17, 7, 3]) * 60 * MINUTE
        report = Report(
            place.hall,
            source=draw.choice(["window", "window", "book", "phone"]),
            kind=draw.choice([*["complaint"] * 5, "suggestion", "vas_doubt"]),
            content="排队久",
            phone=draw.choice(["", "13800000001", "13800000002", "13800000003"]),
            identity=draw.choice(["unchecked", "owner", "visitor", "not_owner"]),
            written_at=now - draw.randrange(60) * 60 * MINUTE,
            solved=draw.choice([*[""] * 6, "当场解释清楚"]),
            is_simulated=draw.random() < 0.1,
        )
        made = city.attempt(cases.log, report, person=place.clerks[0], now=now)
        for _ in range(draw.randrange(2, 11)):
            now += draw.choice([5, 60, 5 * 60, 11 * 60]) * MINUTE
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
        *[lambda: _refund(city, place, case, now)] * 4,
    ]
    if other is not None:
        acts.append(lambda: ending.merge(case.pk, other.pk, **me))
    city.attempt(draw.choice(acts))


def _refund(city: City, place: Place, case: Complaint, now: datetime) -> None:
    yuan = Decimal(city.draw.randrange(100, 3000)) / 100
    made: Refund = refunds.ask_refund(case.pk, Claim("套餐外费用", Decimal(60), yuan), person=place.clerks[0], now=now)
    state = city.draw.choice(["asked", "agreed", "paid", "paid"])
    payment = made.payments.get()
    payment.state, payment.paid_at = state, now if state == "paid" else None
    payment.save()
