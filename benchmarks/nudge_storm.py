"""Every hall's cockpit open, fifty things a second happening over them: how long until a page shows it?"""

from __future__ import annotations

import bisect
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from benchmarks import push_halls
from benchmarks.board_push import cpu_now, cpu_used
from benchmarks.harness import ROOT, Result, installation, load_average, say

HALLS = int(os.environ.get("BENCH_HALLS", "300"))
EVENTS_PER_S = int(os.environ.get("BENCH_EVENTS_PER_S", "50"))
SECONDS = 20
GAP = 2.0  # data-gap of the cockpit
IDLE_SECONDS = 5.0
SETTLE_SECONDS = float(os.environ.get("BENCH_SETTLE", "15"))
SERVERS = 2
ALONE = 20


def run() -> Iterator[Result]:
    load = load_average()
    with installation(web=SERVERS) as here:
        halls = [one.code for one in push_halls.make(HALLS)]
        _count_on(halls)
        pages = Pages(here.port, _sessions(halls))
        alone = pages.alone(halls)
        idle = cpu_used(here, IDLE_SECONDS)
        before, began = cpu_now(here), time.monotonic()
        say(f"{len(halls)} cockpits are open; {EVENTS_PER_S} events a second for {SECONDS} s")
        sent = drive(halls)
        lasted = time.monotonic() - began
        spent = cpu_now(here) - before
        time.sleep(SETTLE_SECONDS)
        fetched = pages.end()
        wrong = _wrong(halls, fetched)
    found, lost = waits(halls, sent, fetched)
    floor = statistics.median(alone)
    during = [(end - start) / 1e6 for _, start, end, _ in fetched if start < sent[-1][1]]
    detail = {
        "better": "lower",
        "p99_ms": _at(found, 99),
        "lost": lost,
        "pages_not_on_the_newest_state": wrong,
        "halls": len(halls),
        "events": len(sent),
        "events_per_s": round(len(sent) / lasted, 1),
        "fetches": len(fetched),
        "fetch_p50_ms": _at(during, 50),
        "fetch_p99_ms": _at(during, 99),
        "server_cores": round(spent / lasted, 2),
        "idle_cores": round(idle, 3),
        "cpu_ms_per_event": round((spent - idle * lasted) / len(sent) * 1000, 1),
        "gap_seconds": GAP,
        "servers": SERVERS,
        "measured": "from the commit to the end of the first fetch begun after it; floor: one page fetching alone",
        "load_average_before": load,
    }
    yield Result("nudge_storm", _at(found, 50), "ms", floor, detail)


def _at(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 1)


def _count_on(halls: list[str]) -> None:
    """The next number of a hall comes after those who wait already."""
    from core.time import business_day, now
    from halls.models import Hall
    from queueing.models import TicketCounter

    TicketCounter.objects.bulk_create(
        TicketCounter(hall=hall, day=business_day(now()), letter="A", last=push_halls.WAITING)
        for hall in Hall.objects.filter(code__in=halls)
    )


def _sessions(halls: list[str]) -> list[tuple[str, str]]:
    """A duty manager for each hall, signed in."""
    from django.conf import settings
    from django.test import Client

    from core.time import business_day, now
    from halls.models import Hall
    from staff.models import Employment, User

    users = User.objects.bulk_create(
        User(staff_no=f"{code}9", name="值班经理", password="!", password_changed_at=now()) for code in halls
    )
    places = Hall.objects.in_bulk(halls, field_name="code")
    Employment.objects.bulk_create(
        Employment(user=user, role="duty_manager", hall=places[code], valid_from=business_day(now()))
        for user, code in zip(users, halls, strict=True)
    )
    found = []
    for user, code in zip(users, halls, strict=True):
        client = Client()
        client.force_login(user, backend="staff.auth.StaffBackend")
        found.append((code, client.cookies[settings.SESSION_COOKIE_NAME].value))
    return found


class Pages:
    """A process that holds the open cockpits."""

    def __init__(self, port: int, sessions: list[tuple[str, str]]) -> None:
        self.port, self.sessions = port, sessions
        self.process = self._start(sessions)

    def _start(self, sessions: list[tuple[str, str]]) -> subprocess.Popen[str]:
        from django.conf import settings

        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "benchmarks.cockpit_pages"]
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        said = {"port": self.port, "gap": GAP, "cookie": settings.SESSION_COOKIE_NAME, "pages": sessions}
        _tell(process, json.dumps(said))
        if _line(process) != "joined\n":
            raise RuntimeError("the cockpits did not join")
        return process

    def alone(self, halls: list[str]) -> list[float]:
        """Milliseconds from an event to the fresh page while nothing else happens; other pages stay as they are."""
        sent = []
        for code in halls[:ALONE]:
            sent.append(happen(code))
            time.sleep(0.6)
        time.sleep(2)
        fetched = self.end()
        self.process = self._start(self.sessions)
        return waits(halls, sent, fetched)[0]

    def end(self) -> list[tuple[int, int, int, int]]:
        _tell(self.process, "")
        told = json.loads(_line(self.process))
        self.process.wait(10)
        return [(page, began, ended, waiting) for page, began, ended, waiting in told]


def _tell(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def happen(code: str) -> tuple[str, int]:
    """A number is taken in a hall: its code, and when that was committed."""
    from django.db import transaction

    from core.time import now
    from halls.models import Hall
    from queueing import actions
    from queueing.actions import Actor, Wish

    stamps: list[int] = []
    with transaction.atomic():
        transaction.on_commit(lambda: stamps.append(time.monotonic_ns()))  # registered first, so before the nudge
        actions.take_number(Hall.objects.get(code=code), Wish("group-a", "api"), actor=Actor(), now=now())
    return code, stamps[0]


def drive(halls: list[str]) -> list[tuple[str, int]]:
    """Every hall has its turn, in an order that is shuffled anew each round."""
    draw, sent = random.Random(11), []
    turns: list[str] = []
    began = time.monotonic()
    for number in range(EVENTS_PER_S * SECONDS):
        if not turns:
            turns = draw.sample(halls, len(halls))
        time.sleep(max(0.0, began + number / EVENTS_PER_S - time.monotonic()))
        sent.append(happen(turns.pop()))
    return sent


def waits(
    halls: list[str], sent: list[tuple[str, int]], fetched: list[tuple[int, int, int, int]]
) -> tuple[list[float], int]:
    """Milliseconds from each event to the end of the first fetch of its page begun after it; and how many had none."""
    place = {code: at for at, code in enumerate(halls)}
    by_page: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for page, began, ended, _ in sorted(fetched, key=lambda one: one[1]):
        by_page[page].append((began, ended))
    found, lost = [], 0
    for code, at in sent:
        rounds = by_page[place[code]]
        next_one = bisect.bisect_left(rounds, (at, 0))
        if next_one == len(rounds):
            lost += 1
        else:
            found.append((rounds[next_one][1] - at) / 1e6)
    return found, lost


def _wrong(halls: list[str], fetched: list[tuple[int, int, int, int]]) -> int:
    """Pages whose last fragment does not show as many waiting as there are."""
    from queueing.models import Ticket

    shown: dict[str, Any] = {}
    for page, _, _, waiting in sorted(fetched, key=lambda one: one[1]):
        shown[halls[page]] = waiting
    true = Counter(Ticket.objects.filter(state="waiting").values_list("hall__code", flat=True))
    return sum(true[code] != waiting for code, waiting in shown.items())
