"""The customers of a simulated day: they take numbers, lose patience, come back, and rate."""

import random
import threading
from dataclasses import dataclass
from typing import Any

from config.demo import demand
from config.demo.customers import COUNT, FIRST
from config.demo.http import Server
from config.demo.ledger import Known, Ledger
from config.demo.pace import Agenda, Pace
from queueing.states import Did, Lane
from queueing.states import TicketState as S

IMPATIENT = 0.02


@dataclass
class Floor:
    """What all simulated people of a hall share."""

    server: Server
    hall: str
    ledger: Ledger
    pace: Pace
    agenda: Agenda
    flow: demand.Flow
    codes: frozenset[str]
    groups: tuple[str, ...]
    draw: random.Random
    greeter: str
    kiosk: str
    is_line: bool = False
    seed: int = 1


class Visitors:
    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.taken = 0
        self._lock = threading.Lock()

    def announce(self, moments: list[float]) -> None:
        """Put arrivals, given in seconds of hall time, on the agenda."""
        for moment in moments:
            self.floor.agenda.add(self.floor.pace.moment(moment), self.arrive)

    def _roll(self) -> float:
        with self._lock:
            return self.floor.draw.random()

    def _later(self, hall_minutes: float, act: Any) -> None:
        floor = self.floor
        floor.agenda.add(floor.pace.moment(floor.pace.hall_seconds() + hall_minutes * 60), act)

    def arrive(self) -> None:
        if self.floor.is_line:
            self._join_line()
        else:
            self._take_number()

    def _join_line(self) -> None:
        floor = self.floor
        answer = floor.server.post(
            f"/api/v1/halls/{floor.hall}/line/", {"change": 1, "simulated": True}, token=floor.greeter
        )
        if answer.ok:
            floor.ledger.joined_line()
        else:
            floor.ledger.count(f"refused_{answer.code or answer.status}")

    def _take_number(self) -> None:
        floor = self.floor
        business, body = self._wish()
        token = floor.greeter if "phone" in body or not floor.kiosk else floor.kiosk
        answer = floor.server.post(f"/api/v1/halls/{floor.hall}/tickets/", body, token=token)
        if answer.code == "phone_has_number":
            body.pop("phone")
            answer = floor.server.post(f"/api/v1/halls/{floor.hall}/tickets/", body, token=token)
        if not answer.ok:
            floor.ledger.count(f"refused_{answer.code or answer.status}")
            return
        known = floor.ledger.took(answer.body, business)
        if self._roll() < IMPATIENT:
            self._later(8 + 32 * self._roll(), lambda: self.give_back(known))

    def _wish(self) -> tuple[str, dict[str, Any]]:
        """What for, and how: by business or, as at a kiosk, by group; with a phone or without; 爱心通道 or not."""
        floor = self.floor
        with self._lock:
            draw = floor.draw
            mixed = demand.MIXES[floor.flow.mix].keys() & floor.codes
            business = demand.business(floor.flow, draw, floor.codes) if mixed else ""
            body: dict[str, Any] = {"business": business or draw.choice(floor.groups), "simulated": True}
            if draw.random() < demand.PHONE_GIVEN:
                body["phone"] = str(FIRST + draw.randrange(COUNT))
            if draw.random() < floor.flow.green:
                body["lane"] = str(Lane.GREEN)
        return business, body

    def give_back(self, known: Known) -> None:
        """Refused when the number has been called meanwhile: then the customer simply goes to the window."""
        answer = self.floor.server.post(f"/api/v1/tickets/{known.id}/cancel/", token=self.floor.greeter)
        if answer.ok:
            self.floor.ledger.moved(answer.body, Did.CANCELLED)

    def missed(self, known: Known) -> None:
        """A quarter of those who missed their call turn up within a quarter of an hour."""
        if self._roll() < demand.COMES_BACK:
            self._later(1 + (demand.BACK_WITHIN - 1) * self._roll(), lambda: self._come_back(known))

    def _come_back(self, known: Known) -> None:
        answer = self.floor.server.post(f"/api/v1/tickets/{known.id}/requeue/", token=self.floor.greeter)
        if answer.ok:
            self.floor.ledger.moved(answer.body, Did.REQUEUED)

    def served(self, known: Known, waited_minutes: float) -> None:
        with self._lock:
            score = demand.rating(waited_minutes, self.floor.draw)
        if score is not None:
            self._later(0.2 + 4 * self._roll(), lambda: self._rate(known, score))

    def _rate(self, known: Known, score: int) -> None:
        answer = self.floor.server.post(f"/api/v1/tickets/{known.id}/rate/", {"score": score}, token=self.floor.greeter)
        if answer.ok:
            self.floor.ledger.moved(answer.body, Did.RATED)

    def send_home(self, others: int) -> None:
        """Nobody simulated is left waiting: numbers are given back, and the line goes, but for `others` in it.

        A number that a person at another window has called meanwhile is theirs.
        """
        for known in self.floor.ledger.own_open():
            found = self.floor.server.get(f"/api/v1/tickets/{known.id}/", token=self.floor.greeter)
            if found.ok and found.body["state"] in (S.WAITING, S.HELD):
                self.give_back(known)
        for _ in range(self.waiting() - others if self.floor.is_line else 0):
            path = f"/api/v1/halls/{self.floor.hall}/line/"
            if self.floor.server.post(path, {"change": -1}, token=self.floor.greeter).ok:
                self.floor.ledger.count("left_line")

    def waiting(self) -> int:
        board = self.floor.server.get(f"/api/v1/halls/{self.floor.hall}/board/")
        return sum(row["waiting"] for row in board.body["groups"]) if board.ok else 0
