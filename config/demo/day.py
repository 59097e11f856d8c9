"""One simulated day of a hall against the running server, from signing in to the last number."""

import random
import time as clock
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from config.demo import audit, calendar, demand
from config.demo.clerks import Clerk, Login
from config.demo.demand import Flow
from config.demo.http import NoAnswer, Server
from config.demo.ledger import Ledger
from config.demo.pace import Agenda, Pace
from config.demo.visitors import Floor, Visitors
from core import time

KIOSKS = 4
DAYS_PLANNED = 400
DRAIN_MINUTES = 90
PROGRESS_SECONDS = 10.0
GREETERS = ("greeter", "duty_manager", "hall_manager", "clerk")


class CannotRun(Exception):
    """Why a day cannot begin."""


@dataclass(frozen=True)
class Plan:
    """What was asked for. `minutes` are on the wall; without them one day of the hall is played."""

    hall: str
    url: str
    speed: float = 60.0
    minutes: float | None = None
    clerks: int | None = None
    seed: int = 1
    patience: float = 120.0
    beside_database: bool = True


@dataclass
class Outcome:
    result: dict[str, Any] = field(default_factory=dict)
    clerks: list[tuple[str, Counter[str], float, str]] = field(default_factory=list)
    findings: audit.Findings = field(default_factory=audit.Findings)
    last_error: str = ""


class Day:
    def __init__(self, plan: Plan, logins: list[dict[str, Any]], say: Callable[[str], None]) -> None:
        self.plan = plan
        self.say = say
        self.server = Server(plan.url, patience=plan.patience)
        self.logins = [row for row in logins if row.get("hall") == plan.hall]
        self.began = time.now()
        self.others_in_line = 0

    def prepare(self) -> None:
        """Find the server, sign everybody in, and look at the hall. Raises CannotRun."""
        try:
            self.server.get("/healthz", patience=20)
        except NoAnswer as error:
            raise CannotRun(f"no server answers at {self.plan.url}; start it with `make run`") from error
        floor_login = next((row for role in GREETERS for row in self._people(role)), None)
        if floor_login is None:
            raise CannotRun(f"demo_logins.json names nobody of {self.plan.hall}; run seed_demo")
        greeter = self._token(floor_login)
        answer = self.server.get(f"/api/v1/halls/{self.plan.hall}/", token=greeter)
        if not answer.ok:
            raise CannotRun(f"the server does not know {self.plan.hall} ({answer.status})")
        hall = answer.body
        if not hall["issuing"]:
            raise CannotRun(f"{self.plan.hall} gives no numbers now (open {hall['hours']}); ZJ01 is open at all hours")
        self.floor = self._floor(hall, greeter)
        self.visitors = Visitors(self.floor)
        self.clerks = self._clerks(hall)

    def _people(self, role: str) -> list[dict[str, Any]]:
        return [row for row in self.logins if row["role"] == role and "username" in row]

    def _token(self, login: dict[str, Any]) -> str:
        body = {"username": login["username"], "password": login["password"]}
        answer = self.server.post("/api/v1/auth/token/", body)
        if not answer.ok:
            raise CannotRun(f"{login['username']} cannot sign in: {answer.body}")
        return str(answer.body["token"])

    def _floor(self, hall: dict[str, Any], greeter: str) -> Floor:
        flow = demand.FLOWS.get(self.plan.hall) or Flow(35 * max(len(hall["windows"]), 1), 1, 1, 1.3, 510, 1080)
        kiosk = next((row["url"] for row in self.logins if row["role"] == "kiosk"), "")
        ledger = Ledger()
        return Floor(
            server=self.server,
            hall=self.plan.hall,
            ledger=ledger,
            pace=Pace(self.plan.speed, flow.opens, flow.closes),
            agenda=Agenda(KIOSKS, ledger.note),
            flow=flow,
            codes=frozenset(row["code"] for row in hall["businesses"]),
            groups=tuple(row["code"] for row in hall["groups"]),
            draw=random.Random(f"{self.plan.seed}:{self.plan.hall}"),
            greeter=greeter,
            kiosk=kiosk.rstrip("/").rsplit("/", 1)[-1] if kiosk else "",
            is_line=hall["mode"] == "line",
            seed=self.plan.seed,
        )

    def _clerks(self, hall: dict[str, Any]) -> list[Clerk]:
        """The last clerks of the list at the last free windows, so that a person may be the first at the first."""
        free = [row["id"] for row in hall["windows"] if row["state"] == "closed"]
        taken = [row["id"] for row in hall["windows"] if row["state"] != "closed"]
        people = self._people("clerk")
        spare = 1 if len(free) > 4 else 0
        wanted = self.plan.clerks or max(min(len(free) - spare, len(people) - spare), 1)
        chosen = list(reversed(people))[:wanted]
        if not chosen:
            raise CannotRun(f"demo_logins.json names no clerk of {self.plan.hall}")
        seats = list(reversed(free))
        return [
            Clerk(
                self.floor,
                self.visitors,
                login=Login(login["username"], self._token(login)),
                seats=seats[place:] + seats[:place] + taken,
                place=place,
            )
            for place, login in enumerate(chosen)
        ]

    def stop(self) -> None:
        self.floor.pace.stop.set()

    def run(self) -> Outcome:
        """Play the day, clear up, audit."""
        floor, pace = self.floor, self.floor.pace
        self.others_in_line = self.visitors.waiting()
        self.began = time.now()
        pace.begin()
        for clerk in self.clerks:
            clerk.start()
        try:
            self._play()
        finally:
            pace.stop.set()
            floor.agenda.close()
            for clerk in self.clerks:
                clerk.join()
        try:
            self.visitors.send_home(self.others_in_line)
        except NoAnswer:
            floor.ledger.count("unanswered")
        outcome = self._outcome()
        self.server.hang_up()
        return outcome

    def _play(self) -> None:
        pace, day = self.floor.pace, 0
        until = clock.monotonic() + self.plan.minutes * 60 if self.plan.minutes else None
        report_at = clock.monotonic() + PROGRESS_SECONDS
        self._announce(day)
        while not pace.stop.wait(0.1):
            present, _ = pace.day_and_minute()
            now = clock.monotonic()
            if until is not None and now >= until:
                return
            if until is not None and present > day:
                day = present
                self._announce(day)
            if until is None and present > 0 and self._is_over():
                return
            if not any(clerk.is_alive() for clerk in self.clerks):
                self.say("all clerks have stopped")
                return
            if now >= report_at:
                report_at = now + PROGRESS_SECONDS
                self.say(self._progress())

    def _announce(self, day: int) -> None:
        """Draw the arrivals of the hall's next day. Every day of a long run is like today, with other chances."""
        flow, pace = self.floor.flow, self.floor.pace
        draw = random.Random(f"{self.plan.seed}:{self.plan.hall}:{day}")
        today = calendar.facts(time.business_day(time.now()) + timedelta(days=day % DAYS_PLANNED))
        moments = demand.arrivals(flow, today, draw) or demand.arrivals(flow, calendar.DayFacts(today.day, True), draw)
        self.visitors.announce([day * pace.length + at - flow.opens * 60 for at in moments])

    def _is_over(self) -> bool:
        """After the hall's day clerks go on until the line is empty, for a while at most."""
        overtime = self.floor.pace.hall_seconds() - self.floor.pace.length
        if overtime > DRAIN_MINUTES * 60:
            return True
        return not self.floor.ledger.own_open() and not (self.floor.is_line and self.visitors.waiting())

    def _progress(self) -> str:
        rows = self.floor.ledger.rows()
        states = Counter(str(row.state) for row in rows)
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        return f"{self.floor.pace.clock()} in the hall: {told or 'nobody yet'}"

    def _outcome(self) -> Outcome:
        floor = self.floor
        findings = audit.over_http(floor)
        audit.in_database(floor, findings, began=self.began, sure=self.plan.beside_database)
        states = Counter(findings.states.values())
        waits = audit.waits(floor.ledger, self.plan.speed)
        own = [row for row in floor.ledger.rows() if row.is_own]
        result = {
            "hall": self.plan.hall,
            "tickets": floor.ledger.joined if floor.is_line else len(own),
            "served": states["done"],
            "no_show": states["no_show"],
            "cancelled": states["cancelled"] + floor.ledger.counts["left_line"],
            "open": sum(states[state] for state in ("waiting", "called", "serving", "held")),
            "lost": len(findings.lost),
            "doubled": len(findings.doubled),
            "seconds": round((time.now() - self.began).total_seconds(), 1),
            "mean_wait_minutes": round(sum(waits) / len(waits), 1) if waits else None,
            "p90_wait_minutes": round(waits[int(len(waits) * 0.9)], 1) if waits else None,
            "clerks": len(self.clerks),
            "requests": self.server.counts["requests"],
            "unreachable": self.server.counts["unreachable"],
            "unanswered": floor.ledger.counts["unanswered"],
            "errors": floor.ledger.counts["errors"],
            "status_500": self.server.counts["status_500"],
            "database": findings.database,
        }
        clerks = [(clerk.name, clerk.done, clerk.busy_seconds, clerk.last_error) for clerk in self.clerks]
        return Outcome(result, clerks, findings, floor.ledger.last_error)
