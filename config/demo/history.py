"""The demo's past: thirty simulated days of the six live halls, written as if they had been lived."""

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from config.demo import demand
from config.demo.businesses import BY_CODE, GROUP_BY_CODE, GROUP_OF
from config.demo.calendar import DayFacts, facts
from config.demo.city import LIVE, Place, window_facts
from config.demo.copying import analyse, copy_rows
from config.demo.customers import Crowd, Known
from config.demo.people import Member
from config.demo.shifts import WATCHES, plan
from config.demo.simulation import GroupPlan, HallDay, HallPlan, Happened, Number, Seat, Visitor, WindowPlan
from core import parameters, time
from halls.models import BusinessType, Device, Hall
from halls.states import DeviceKind, Reserved
from loyalty.models import Customer
from queueing.models import Ticket, TicketEvent, WindowEvent, WindowSession
from queueing.rules import fairness
from queueing.rules import numbers as rules
from queueing.states import Did, Lane, Source
from staff.states import Role

DAYS = 30
SEED = "history"
HEAD_STARTS = (rules.HEAD_START_VIP, rules.HEAD_START_GREEN, rules.HEAD_START_GOTONE)
AT_COUNTERS = {"ZJ04": (Role.CLERK, Role.HANDSET_SELLER), "ZJ06": (Role.CLERK, Role.HALL_MANAGER)}
TRAINEE_SPEED = 1.6
BY_GREETER = 0.12


@dataclass(frozen=True)
class Scene:
    """A hall's rows, by the names the simulation uses."""

    place: Place
    hall: Hall
    windows: dict[int, int]
    groups: dict[str, int]
    clerks: list[Member]
    greeter: Member | None
    kiosk: int | None


@dataclass(frozen=True)
class Lived:
    """What was written."""

    tickets: int
    events: int
    sessions: int


def speed_of(member: Member) -> float:
    if member.job.is_trainee:
        return TRAINEE_SPEED
    return random.Random(f"{SEED}:{member.user.staff_no}").triangular(0.8, 1.3, 0.9)


def live_through(
    halls: dict[str, Hall], members: list[Member], crowd: Crowd, *, today: date, days: int, scale: float
) -> Lived:
    """Simulate the days before today and write them. Everything is done in memory first: COPY wants it whole."""
    scenes = [_scene(place, halls[place.code], members) for place in LIVE]
    businesses = dict(BusinessType.objects.values_list("code", "id"))
    tickets: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    sessions = 0
    for back in range(days, 0, -1):
        known = facts(today - timedelta(days=back))
        people = _Queue(crowd, known.day)
        rain = random.Random(f"{SEED}:rain:{known.day}").random() < demand.RAINY_DAYS
        for scene in scenes if not known.is_closed else ():
            lived = _live(scene, known, people, rain=rain, scale=scale)
            for number in lived.numbers:
                row = _ticket(number, scene, known.day, businesses)
                tickets.append(row)
                events += [_event(one, row, number, scene, known.day) for one in number.events]
            sessions += _write_sessions(lived.seats, scene, known.day)
    events.sort(key=lambda row: row["at"])
    copy_rows(Ticket, tickets)
    copy_rows(TicketEvent, events)
    analyse(Customer, Ticket, TicketEvent, WindowSession, WindowEvent)
    return Lived(len(tickets), len(events), sessions)


def _scene(place: Place, hall: Hall, members: list[Member]) -> Scene:
    roles = AT_COUNTERS.get(place.code, (Role.CLERK,))
    here = [member for member in members if member.hall == place.code]
    kiosk = Device.objects.filter(hall=hall, kind=DeviceKind.KIOSK).values_list("id", flat=True).first()
    return Scene(
        place=place,
        hall=hall,
        windows=dict(hall.windows.values_list("number", "id")),
        groups=dict(hall.groups.values_list("code", "id")),
        clerks=[member for member in here if member.job.role in roles],
        greeter=next((one for one in here if one.job.role in (Role.GREETER, Role.FLOOR_WALKER)), None),
        kiosk=kiosk,
    )


class _Queue:
    """Customers of one day in random order; nobody comes twice."""

    def __init__(self, crowd: Crowd, day: date) -> None:
        draw = random.Random(f"{SEED}:who:{day}")
        self.left = {letter: draw.sample(known, len(known)) for letter, known in crowd.by_class.items()}

    def next(self, letter: str) -> Known | None:
        return self.left[letter].pop() if self.left[letter] else None


def _live(scene: Scene, known: DayFacts, people: _Queue, *, rain: bool, scale: float) -> HallDay:
    place, flow = scene.place, demand.FLOWS[scene.place.code]
    draw = random.Random(f"{SEED}:{place.code}:{known.day}")
    special = [number for number, *_ in reversed(place.specials)]
    windows = special + [number for number in range(1, place.windows + 1) if number not in special]
    shifts = plan(WATCHES[place.code], known, len(scene.clerks), windows, draw=draw, term_start=flow.term_start > 1)
    day = HallDay(_hall_plan(place, flow, known.day), shifts, [speed_of(one) for one in scene.clerks], draw)
    return day.run(list(_visitors(scene, flow, known, people, draw, rain=rain, scale=scale)))


def _hall_plan(place: Place, flow: demand.Flow, day: date) -> HallPlan:
    windows = {}
    for number in range(1, place.windows + 1):
        _, reserved, groups = window_facts(place, number)
        windows[number] = WindowPlan(number, frozenset(groups), reserved or Reserved.NONE)
    scopes = [place.code, place.region]
    return HallPlan(
        windows=windows,
        groups={code: GroupPlan(GROUP_BY_CODE[code].letter, _mean(code)) for code in place.groups},
        head_starts={name: parameters.number(name, on=day, scopes=scopes) for name in HEAD_STARTS},
        closes=flow.closes,
        cap=parameters.number(fairness.PRIORITY_RUN, on=day, scopes=scopes),
    )


def _mean(group: str) -> Decimal:
    minutes = [Decimal(str(BY_CODE[code].minutes)) for code in GROUP_BY_CODE[group].businesses]
    return sum(minutes, Decimal(0)) / len(minutes)


def _visitors(
    scene: Scene, flow: demand.Flow, known: DayFacts, people: _Queue, draw: random.Random, *, rain: bool, scale: float
) -> Iterator[Visitor]:
    allowed = frozenset(code for group in scene.place.groups for code in GROUP_BY_CODE[group].businesses)
    last = (flow.closes - scene.place.stop_issuing_minutes) * 60
    for at in demand.arrivals(flow, known, draw, rain=rain, scale=scale):
        code = demand.business(flow, draw, allowed)
        letter, who = "", None
        if not scene.place.is_line:
            letter = demand.customer_class(flow, draw)
            who = people.next(letter) if demand.gives_phone(flow, letter, draw) else None
            letter = letter if who else ""
        lane = Lane.GREEN if draw.random() < flow.green else Lane.NORMAL
        source = _source(scene, lane, draw)
        if at < last:
            yield Visitor(at, code, GROUP_OF[code], letter, lane, source, who)


def _source(scene: Scene, lane: str, draw: random.Random) -> str:
    if scene.place.is_line:
        return Source.LINE
    by_greeter = scene.greeter is not None and draw.random() < (0.6 if lane else BY_GREETER)
    return Source.GREETER if by_greeter else Source.KIOSK


def _moment(day: date, second: float) -> datetime:
    return _midnight(day) + timedelta(milliseconds=round(second * 1000))


def _maybe(day: date, second: float | None) -> datetime | None:
    return None if second is None else _moment(day, second)


@cache
def _midnight(day: date) -> datetime:
    return time.day_bounds(day)[0]


def _ticket(number: Number, scene: Scene, day: date, businesses: dict[str, int]) -> dict[str, Any]:
    who, visitor = number.visitor.who, number.visitor
    clerk = scene.clerks[number.clerk].user.pk if number.clerk is not None else None
    return {
        "id": uuid.uuid4(),
        "hall_id": scene.hall.pk,
        "business_day": day,
        "letter": number.letter,
        "number": number.number,
        "group_id": scene.groups[visitor.group],
        "business_id": businesses[visitor.business],
        "lane": visitor.lane,
        "phone": who.phone if who else "",
        "customer_id": who.id if who else None,
        "star": who.star if who else None,
        "source": visitor.source,
        "is_estimated": scene.place.is_line,
        "state": number.state,
        "taken_at": _moment(day, number.at),
        "call_order_at": _moment(day, number.order),
        "first_called_at": _maybe(day, number.first_called),
        "called_at": _maybe(day, number.called),
        "started_at": _maybe(day, number.started),
        "finished_at": _maybe(day, number.finished),
        "moved_at": _moment(day, number.events[-1].at),
        "calls": number.calls,
        "requeues": number.requeues,
        "away_seconds": _away(number, day),
        "window_id": scene.windows[number.window] if number.window else None,
        "clerk_id": clerk,
        "why": number.why,
        "ahead_when_taken": number.ahead,
        "promised_seconds": number.promised,
        "promised_high_seconds": number.promised_high,
        "end_mark": number.end_mark,
        "rating": number.rating,
        "rated_at": _maybe(day, number.rated),
    }


def _away(number: Number, day: date) -> int:
    """Whole seconds between a last call that was missed and coming back, which are no waiting."""
    away, called_at = 0, _moment(day, number.at)
    for one in number.events:
        if one.did in (Did.CALLED, Did.RECALLED):
            called_at = _moment(day, one.at)
        elif one.did == Did.REQUEUED:
            away += int((_moment(day, one.at) - called_at).total_seconds())
    return away


def _event(one: Happened, ticket: dict[str, Any], number: Number, scene: Scene, day: date) -> dict[str, Any]:
    person = scene.clerks[one.clerk].user.pk if one.clerk is not None and one.did != Did.RATED else None
    device = None
    if one.did == Did.TAKEN and number.visitor.source == Source.KIOSK:
        device = scene.kiosk
    elif one.did in (Did.TAKEN, Did.REQUEUED) and scene.greeter:
        person = scene.greeter.user.pk
    return {
        "ticket_id": ticket["id"],
        "hall_id": scene.hall.pk,
        "did": one.did,
        "at": _moment(day, one.at),
        "before": one.before,
        "after": one.after,
        "window_id": scene.windows[one.window] if one.window else None,
        "person_id": person,
        "device_id": device,
        "detail": dict(one.detail),
    }


def _write_sessions(seats: Iterable[Seat], scene: Scene, day: date) -> int:
    known = [(seat, scene.clerks[seat.shift.clerk].user.pk) for seat in seats if seat.signed_out is not None]
    rows = WindowSession.objects.bulk_create(
        WindowSession(
            window_id=scene.windows[seat.plan.number],
            clerk_id=clerk,
            signed_in_at=_moment(day, seat.signed_in),
            signed_out_at=_maybe(day, seat.signed_out),
        )
        for seat, clerk in known
    )
    WindowEvent.objects.bulk_create(
        WindowEvent(session=row, hall=scene.hall, did=did, at=_moment(day, at), person_id=clerk, reason=reason)
        for row, (seat, clerk) in zip(rows, known, strict=True)
        for did, at, reason in seat.events
    )
    return len(rows)
