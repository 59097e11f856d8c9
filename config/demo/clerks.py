"""The clerks of a simulated day: they sign in, call, serve, eat and sign out, each in a thread of their own."""

import random
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from config.demo import demand
from config.demo.http import Answer, NoAnswer
from config.demo.ledger import Known
from config.demo.visitors import Floor, Visitors
from queueing.states import Did, HoldKind, PauseReason, Place
from queueing.states import TicketState as S

IDLE_SECONDS = 40.0
FINISH_BY_CALLING = 0.3
FORGETS_START = 0.03
HOLDS, TRANSFERS = 0.02, 0.015
RECALLS = 0.05
RECALL_WAIT = 10.5
MEAL_FIRST, MEAL_STEP, MEAL_MINUTES = 11 * 60, 50, 45


@dataclass(frozen=True)
class Login:
    name: str
    token: str


class Clerk(threading.Thread):
    """`seats` are the ids of the windows that were free, in the order in which this clerk tries them."""

    def __init__(self, floor: Floor, visitors: Visitors, *, login: Login, seats: list[int], place: int) -> None:
        super().__init__(name=login.name, daemon=True)
        self.token = login.token
        self.seats = seats
        self.floor = floor
        self.visitors = visitors
        self.draw = random.Random(f"{floor.seed}:{login.name}")
        self.speed = self.draw.triangular(0.8, 1.3, 0.9)
        self.meal = MEAL_FIRST + MEAL_STEP * (place % 4)
        self.eaten_on = -1
        self.window: int | None = None
        self.current: Known | None = None
        self.held: list[tuple[float, Known]] = []
        self.done: Counter[str] = Counter()
        self.busy_seconds = 0.0
        self.last_error = ""

    def run(self) -> None:
        try:
            if self.sit_down():
                while not self.floor.pace.stop.is_set():
                    self.one_turn()
        except Exception as error:
            self._note(error)
        finally:
            self.leave()

    def _note(self, error: BaseException) -> None:
        self.last_error = f"{type(error).__name__}: {error}"
        self.floor.ledger.note(error)

    def _post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        return self.floor.server.post(f"/api/v1/{path}", body, token=self.token)

    def _verb(self, known: Known, verb: str, did: str, body: dict[str, Any] | None = None) -> Answer:
        answer = self._post(f"tickets/{known.id}/{verb}/", body)
        if answer.ok:
            self.floor.ledger.moved(answer.body, did)
        else:
            self.floor.ledger.count(f"refused_{verb}_{answer.code or answer.status}")
        return answer

    def sit_down(self) -> bool:
        """The first window that lets us; a session left open by an earlier run is simply taken up again."""
        for seat in self.seats:
            answer = self._post(f"windows/{seat}/sign-in/", {"simulated": True})
            if answer.ok:
                self.window = seat
                return True
        self.last_error = "no free window"
        return False

    def one_turn(self) -> None:
        day, minute = self.floor.pace.day_and_minute()
        if self.eaten_on < day and self.meal <= minute < self.meal + MEAL_MINUTES and not self.held:
            self.eaten_on = day
            self.eat()
        elif self.held and self.held[0][0] <= self.floor.pace.hall_seconds():
            self.go_on_with(self.held.pop(0)[1])
        elif (known := self.call(finish=False)) is not None:
            self.serve(known)
        else:
            self.floor.pace.sleep(IDLE_SECONDS * self.draw.uniform(0.5, 1.5))

    def eat(self) -> None:
        if self._post(f"windows/{self.window}/pause/", {"reason": PauseReason.MEAL}).ok:
            self.floor.pace.sleep(MEAL_MINUTES * 60)
            self._post(f"windows/{self.window}/resume/")

    def call(self, *, finish: bool) -> Known | None:
        """Call the next number; `finish` ends the present service by the same key."""
        if self.floor.is_line:
            answer = self._next_in_line()
        else:
            answer = self._post(f"windows/{self.window}/call-next/", {"finish": finish})
        if answer.ok and finish and self.current:
            self.floor.ledger.ended(self.current.id)
            self.current = None
        if answer.status == 204 or (answer.ok and answer.body is None):
            return None
        if not answer.ok:
            self.floor.ledger.count(f"refused_call_{answer.code or answer.status}")
            self._put_right(answer.code)
            return None
        dids = [Did.CALLED, Did.STARTED] if answer.body["state"] == S.SERVING else [Did.CALLED]
        self.current = self.floor.ledger.moved(answer.body, *dids)
        return self.current

    def _next_in_line(self) -> Answer:
        """In a hall without a machine the key always finds somebody, so it is pressed only when a line is there."""
        if self.visitors.waiting():
            return self._post(f"windows/{self.window}/next-in-line/", {"simulated": True})
        return Answer(204, None)

    def _put_right(self, code: str) -> None:
        """After an outcome that we never heard, or a manager's hand: bring the window back to work."""
        if code == "window_paused":
            self._post(f"windows/{self.window}/resume/")
        elif code == "not_signed_in":
            self.sit_down()
        elif code == "window_busy":
            self._post(f"windows/{self.window}/call-next/", {"finish": True})
        else:
            self.floor.pace.sleep(IDLE_SECONDS)

    def serve(self, known: Known) -> None:
        waited = (known.waits[-1] if known.waits else 0) * self.floor.pace.speed / 60
        if known.is_own and not self.floor.is_line and self.draw.random() < demand.no_show_chance(waited):
            self.miss(known)
            return
        if not self.floor.is_line and self.draw.random() >= FORGETS_START:
            self.floor.pace.sleep(self.draw.uniform(10, 40))
            if not self._verb(known, "start", Did.STARTED).ok:
                self.current = None
                return
        business = known.business or demand.business(self.floor.flow, self.draw)
        takes = demand.handling_seconds(business, self.draw, speed=self.speed)
        turn = self.draw.random()
        if turn < HOLDS + TRANSFERS and not self.floor.is_line:
            self.floor.pace.sleep(takes / 3)
            if self.hold(known, takes) if turn < HOLDS else self.pass_on(known):
                return
        self.floor.pace.sleep(takes)
        self.busy_seconds += takes
        self.finish(known, waited)

    def miss(self, known: Known) -> None:
        """Nobody came; now and then the clerk calls once more."""
        if self.draw.random() < RECALLS and not self.floor.pace.stop.wait(RECALL_WAIT):
            self._verb(known, "recall", Did.RECALLED)
        self.floor.pace.sleep(self.draw.uniform(45, 90))
        if self._verb(known, "no-show", Did.NO_SHOW).ok:
            self.done["no_show"] += 1
            self.visitors.missed(known)
        self.current = None

    def hold(self, known: Known, takes: float) -> bool:
        if not self._verb(known, "hold", Did.HELD, {"kind": HoldKind.PAPERS}).ok:
            return False
        self.current = None
        self.held.append((self.floor.pace.hall_seconds() + takes + 600, known))
        return True

    def pass_on(self, known: Known) -> bool:
        """Send the number on to another group, with its place by age."""
        group = self.draw.choice(self.floor.groups)
        if not self._verb(known, "transfer", Did.TRANSFERRED, {"business": group, "place": Place.AGE}).ok:
            return False
        self.current = None
        self.done["transferred"] += 1
        return True

    def go_on_with(self, known: Known) -> None:
        if self._verb(known, "resume", Did.RESUMED).ok:
            self.current = known
            self.floor.pace.sleep(self.draw.uniform(120, 300))
            self.finish(known, 0)

    def finish(self, known: Known, waited: float) -> None:
        """By its own key, or by calling the next one; a next one that came is served at once."""
        by_calling = self.draw.random() < FINISH_BY_CALLING and not self.floor.pace.stop.is_set()
        following = None
        if by_calling and not self.floor.is_line:
            following = self.call(finish=True)
            ended = self.current is not known
        else:
            ended = self._verb(known, "finish", Did.FINISHED).ok
            self.current = None
        if ended:
            self.done["served"] += 1
            self.visitors.served(known, waited)
        if following is not None:
            self.serve(following)

    def leave(self) -> None:
        """End what is open and sign out, however the day went."""
        if self.window is None:
            return
        try:
            if self.current is not None and not self._verb(self.current, "finish", Did.FINISHED).ok:
                self.current = None
            for _, known in self.held:
                if self._verb(known, "resume", Did.RESUMED).ok and self._verb(known, "finish", Did.FINISHED).ok:
                    self.done["served"] += 1
            answer = self._post(f"windows/{self.window}/sign-out/")
            if not answer.ok:
                self.last_error = f"sign-out: {answer.body}"
        except NoAnswer as error:
            self._note(error)
