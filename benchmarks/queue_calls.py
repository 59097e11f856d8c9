"""Eight clerks call 2,000 numbers of one queue from four server processes: how fast, and each only once?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time as clock_time
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks import bare_sql
from benchmarks.harness import Result, Run, Wire, installation, load_average, say, times, together

if TYPE_CHECKING:
    from halls.models import Hall

CLERKS = 8
SERVERS = 4
TICKETS = 2000
THREE_STEP_TICKETS = 500
FLOOR_REQUESTS = 300  # for each client, before and again after the calls


@dataclass(frozen=True)
class Clerk:
    window_id: int
    wire: Wire

    def post(self, path: str, body: dict[str, Any] | None = None, *, expect: int = 200) -> Any:
        status, answer = self.wire.ask("POST", path, body)
        if status not in {expect, 204}:
            raise RuntimeError(f"{path} answered {status}: {answer}")
        return answer

    def empty(self) -> bool:
        return self.wire.ask("GET", "/api/v1/empty/")[0] == 200

    def take(self) -> Any:
        return self.post("/api/v1/halls/BENCH/tickets/", {"business": "general"}, expect=201)

    def next(self) -> Any:
        """One key: finish the current number and call the next; None when nobody waits."""
        return self.post(f"/api/v1/windows/{self.window_id}/call-next/", {"finish": True})

    def next_in_three_steps(self) -> Any:
        ticket = self.post(f"/api/v1/windows/{self.window_id}/call-next/", {})
        if ticket is not None:
            self.post(f"/api/v1/tickets/{ticket['id']}/start/")
            self.post(f"/api/v1/tickets/{ticket['id']}/finish/")
        return ticket


def run() -> Iterator[Result]:
    load = load_average()
    with installation(web=SERVERS) as here:
        hall, raw_hall = _make_hall("BENCH"), _make_hall("RAW")
        clerks = [Clerk(pk, Wire(here.port, token)) for pk, token in _employ(hall)]
        for clerk in clerks:
            clerk.post(f"/api/v1/windows/{clerk.window_id}/sign-in/", {})
        say("warming up")
        _all(clerks, 50, Clerk.empty)
        floors = [_all(clerks, FLOOR_REQUESTS, Clerk.empty)]
        say(f"taking {TICKETS} numbers")
        taken = _all(clerks, TICKETS // CLERKS, Clerk.take)
        _count_rows()
        say("calling them")
        called = together([clerk.next for clerk in clerks])
        floors.append(_all(clerks, FLOOR_REQUESTS, Clerk.empty))
        faults = _faults(hall, taken, called)
        say("calling, starting and finishing")
        _all(clerks, THREE_STEP_TICKETS // CLERKS, Clerk.take)
        three_steps = together([clerk.next_in_three_steps for clerk in clerks])
        say("calling by bare SQL")
        for pk, token in _employ(raw_hall):
            Clerk(pk, Wire(here.port, token)).post(f"/api/v1/windows/{pk}/sign-in/", {})
        raw = bare_sql.call_all(raw_hall, CLERKS, TICKETS)
    detail = {
        "better": "higher",
        **faults,
        "issues_per_s": round(taken.per_second, 1),
        "issue_p95_ms": taken.percentile(95),
        "p50_ms": called.percentile(50),
        "p95_ms": called.percentile(95),
        "raw_calls_per_s": round(raw.per_second, 1),
        "three_step_calls_per_s": round(three_steps.per_second, 1),
        "floor_view": "GET of a view that only authenticates, on the same servers",
        "floor_before_and_after": [round(floor.per_second, 1) for floor in floors],
        "load_average_before": load,
    }
    floor = sum(floor.per_second for floor in floors) / len(floors)
    yield Result("queue_calls", called.per_second, "calls/s", floor, detail)


def _all(clerks: list[Clerk], count: int, act: Callable[[Clerk], Any]) -> Run:
    return together([times(count, partial(act, clerk)) for clerk in clerks])


def _make_hall(code: str) -> Hall:
    """Open at all hours, with a window for each clerk and one group that every window serves."""
    from halls import models, states

    region, _ = models.Region.objects.get_or_create(
        code="BENCH-R", defaults={"name": "测试区", "level": states.RegionLevel.DISTRICT}
    )
    hall = models.Hall.objects.create(
        code=code,
        name="测试厅",
        region=region,
        type=states.HallType.GOUTONG100,
        location=states.Location.URBAN,
        operation=states.Operation.SELF,
        counter_count=CLERKS,
        has_rest_area=True,
        queue_mode=states.QueueMode.MACHINE,
    )
    for weekday in range(7):
        hall.weekly_hours.create(weekday=weekday, opens=clock_time(0), closes=clock_time(0))
    business, _ = models.BusinessType.objects.get_or_create(
        code="payment", defaults={"name": "交费", "minutes": Decimal(8)}
    )
    group = hall.groups.create(code="general", name="综合业务", letter="A")
    group.businesses.add(business)
    for number in range(1, CLERKS + 1):
        hall.windows.create(number=number).groups.add(group)
    return hall


def _employ(hall: Hall) -> list[tuple[int, str]]:
    """A clerk for each window: the window and the clerk's token."""
    from rest_framework.authtoken.models import Token

    from core.time import business_day, now
    from staff.models import Employment, User
    from staff.states import Role

    found = []
    for window in hall.windows.order_by("number"):
        user = User(staff_no=f"{hall.code}{window.number}", name=f"营业员{window.number}", password_changed_at=now())
        user.set_unusable_password()
        user.save()
        Employment.objects.create(user=user, role=Role.CLERK, hall=hall, valid_from=business_day(now()))
        found.append((window.pk, Token.objects.create(user=user).key))
    return found


def _count_rows() -> None:
    """What autovacuum does within a minute of such a morning, so that no run is measured before and another after."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE queueing_ticket, queueing_ticketevent, queueing_windowsession")


def _faults(hall: Hall, taken: Run, called: Run) -> dict[str, int]:
    """Numbers called twice, never called, or given twice: by the answers and by the database, whichever is worse."""
    from queueing.models import Ticket, TicketEvent
    from queueing.states import Did, TicketState

    given = Counter(ticket["number"] for ticket in taken.answers)
    answered = Counter(ticket["id"] for ticket in called.answers)
    rows = Ticket.objects.filter(hall=hall)
    stored = Counter(rows.values_list("number", flat=True))
    calls = Counter(map(str, TicketEvent.objects.filter(hall=hall, did=Did.CALLED).values_list("ticket", flat=True)))
    ids = {ticket["id"] for ticket in taken.answers}
    unfinished = rows.exclude(state=TicketState.DONE).count()
    return {
        "double": max(_repeats(answered), _repeats(calls)),
        "lost": max(len(ids - answered.keys()), len(ids - calls.keys()), unfinished),
        "duplicate_numbers": max(_repeats(given), _repeats(stored)),
        "tickets": len(stored),
    }


def _repeats(counts: Counter[str]) -> int:
    return sum(count - 1 for count in counts.values())
