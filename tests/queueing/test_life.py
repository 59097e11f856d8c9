"""The whole life of numbers, in any order of acts: what must be true after every one of them.

CI walks the same lives each time; `HALLKEEPER_LIVES=500` walks that many new ones.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.errors import Refused
from core.time import business_day
from queueing import actions
from queueing.actions import Actor, Target, Wish, sweeps
from queueing.models import Ticket, TicketEvent, WindowSession
from queueing.queries import board, layout
from queueing.rules.numbers import MOVES, VERB_FROM
from queueing.states import AT_WINDOW, Did
from queueing.states import TicketState as S
from tests.factories import make_customer, make_group, make_hall, make_user, make_window
from tests.queueing.life import STEPS, Life, told_again

# Keys of numbers are random; no two are taken at one moment, so only that order makes a life the same each time.
NOON = datetime.fromisoformat("2026-11-18T12:00:00+08:00")
LIVES = int(os.environ.get("HALLKEEPER_LIVES", "0"))
PHONES = ("", "", "13800000001", "13800000002", "13800000003")
FACTS = [field.name for field in fields(Life)]

anyone = st.integers(0, 2)
any_window = st.integers(0, 2)
any_ticket = st.integers(0, 30)
VERBS: dict[str, Callable[..., object]] = {
    "recall": actions.recall,
    "start": actions.start,
    "finish": actions.finish,
    "no_show": actions.mark_no_show,
    "resume": actions.resume,
    "requeue": actions.requeue,
    "cancel": actions.cancel,
    "undo": actions.undo,
    "rate": lambda pk, **by: actions.rate(pk, 4, **by),
    "hold": lambda pk, **by: actions.hold(pk, "papers", **by),
}
FITS = {**{verb: VERB_FROM[verb] for verb in VERBS if verb in VERB_FROM}, "rate": {S.DONE}, "resume": {S.HELD}}
BACK = {S.HELD: ("resume",), S.NO_SHOW: ("requeue",), S.DONE: ("rate",)}
AT_HAND = {S.CALLED: ("start", "recall", "no_show", "hold", "undo", "finish"), S.SERVING: ("finish", "hold", "undo")}
FITS |= {"requeue": {S.NO_SHOW}, "cancel": {S.CALLED, S.HELD, S.WAITING}}


class Scene:
    """A hall with three windows and three clerks, made once; every life begins from it."""

    def __init__(self) -> None:
        self.hall = make_hall("ZJ09", windows=2)
        payment = self.hall.groups.get(code="payment")
        make_group(self.hall, "terminal", letter="T", businesses=("terminal",))
        make_window(self.hall, 3, groups=[payment], reserved="vip")
        self.windows = list(self.hall.windows.order_by("number"))
        self.windows[1].groups.add(self.hall.groups.get(code="terminal"))
        self.clerks = [make_user(f"0900{n}", "clerk", self.hall) for n in range(1, 4)]
        self.manager = make_user("09900", "duty_manager", self.hall)
        make_customer("13800000001", is_vip=True)
        make_customer("13800000002", brand="gotone")


def vars_of(ticket: Ticket) -> dict[str, Any]:
    return {name: value for name, value in vars(ticket).items() if name != "_state"}


class Lives(RuleBasedStateMachine):
    scene: Scene
    lived: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        layout.forget()
        self.now = NOON
        self.taken: dict[Any, Life] = {}
        self.events: dict[Any, list[TicketEvent]] = {}
        self.seen = 0
        self.version = 0
        self.world = transaction.atomic()
        self.world.__enter__()
        for window, clerk in zip(self.scene.windows[:2], self.scene.clerks, strict=False):
            actions.sign_in(window, clerk=clerk, now=self.now)
        self.tickets: dict[Any, Ticket] = {}
        self.at_work: set[tuple[int, int]] = set()
        self.seats = list(WindowSession.objects.order_by("pk").values_list())
        for phone in PHONES[1:]:
            self.take_number("general", phone=phone)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    # Acts. Each may be refused; then nothing may have changed.

    def attempt(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self.now += timedelta(seconds=1)
        try:
            return act(*given, now=self.now, **named)
        except Refused as no:
            self.refused[no.code] += 1
            stored = Ticket.objects.order_by("taken_at")
            assert [*map(vars_of, stored)] == [*map(vars_of, self.tickets.values())]
            assert list(WindowSession.objects.order_by("pk").values_list()) == self.seats
            assert TicketEvent.objects.filter(pk__gt=self.seen).count() == 0
            return None

    def pick(self, number: int) -> Any:
        known = list(self.taken)
        return known[number % len(known)]

    def actor(self, who: int) -> Actor:
        return Actor(person=self.scene.clerks[who])

    @rule(
        business=st.sampled_from(["general", "payment", "terminal", "sim_replace"]),
        lane=st.sampled_from(["", "", "green"]),
        phone=st.sampled_from(PHONES),
    )
    def take(self, business: str, lane: str, phone: str) -> None:
        self.take_number(business, lane=lane, phone=phone)

    def take_number(self, business: str, **more: str) -> None:
        wish = Wish(business, "kiosk", **more)
        ticket = self.attempt(actions.take_number, self.scene.hall, wish, actor=Actor())
        if ticket is not None:
            self.taken[ticket.pk] = Life(S.WAITING, self.now, ticket.call_order_at, ticket.group_id)

    @rule(who=anyone, window=any_window, finishing=st.booleans())
    def call(self, who: int, window: int, finishing: bool) -> None:
        self.attempt(actions.call_next, self.scene.windows[window], actor=self.actor(who), finishing=finishing)

    @precondition(lambda self: self.taken)
    @rule(who=st.integers(0, 4), number=any_ticket, verb=st.sampled_from(sorted(VERBS)), fitting=st.booleans())
    def act(self, who: int, number: int, verb: str, fitting: bool) -> None:
        """Any verb by anybody on any number, every other time on one that it fits."""
        people = [*self.scene.clerks, self.scene.manager, None]
        fits = [pk for pk, one in self.tickets.items() if one.state in FITS.get(verb, ())] if fitting else []
        pk = fits[number % len(fits)] if fits else self.pick(number)
        self.attempt(VERBS[verb], pk, actor=Actor(person=people[who]))

    @rule(who=anyone, chosen=st.integers(0, 9), seconds=st.sampled_from([0, 30]))
    def work(self, who: int, chosen: int, seconds: int) -> None:
        """What a clerk does all day: sit down, call, and do something fitting with whoever is there."""
        clerk = self.scene.clerks[who]
        self.now += timedelta(seconds=seconds)
        window = next((row for row in self.scene.windows if (row.pk, clerk.pk) in self.at_work), None)
        current = next((one for one in self.tickets.values() if self.is_at(one, clerk.pk)), None)
        waiting = [(verb, one.pk) for one in self.tickets.values() for verb in BACK.get(one.state, ())]
        if window is None:
            self.attempt(actions.sign_in, self.scene.windows[who], clerk=clerk)
        elif current is not None:
            verbs = AT_HAND[current.state]
            self.attempt(VERBS[verbs[chosen % len(verbs)]], current.pk, actor=self.actor(who))
        elif waiting and chosen > 3:
            verb, pk = waiting[chosen % len(waiting)]
            self.attempt(VERBS[verb], pk, actor=self.actor(who))
        else:
            self.attempt(actions.call_next, window, actor=self.actor(who), finishing=chosen == 0)

    @rule(who=anyone, chosen=st.integers(0, 9))
    def work_on(self, who: int, chosen: int) -> None:
        self.work(who=who, chosen=chosen, seconds=30)

    @staticmethod
    def is_at(ticket: Ticket, clerk_id: int) -> bool:
        return ticket.clerk_id == clerk_id and ticket.state in AT_WINDOW

    @precondition(lambda self: self.taken)
    @rule(
        who=anyone,
        number=any_ticket,
        to=st.sampled_from(["general", "payment", "terminal", "window", "clerk"]),
        place=st.sampled_from(["front", "age", "end"]),
        whom=anyone,
    )
    def transfer(self, who: int, number: int, to: str, place: str, whom: int) -> None:
        target = Target(business=to, place=place)
        if to == "window":
            target = Target(window=self.scene.windows[whom], place=place)
        elif to == "clerk":
            target = Target(clerk=self.scene.clerks[whom], place=place)
        self.attempt(actions.transfer, self.pick(number), target, actor=self.actor(who))

    @rule(who=anyone)
    def undo_last(self, who: int) -> None:
        self.attempt(actions.undo_last, actor=self.actor(who))

    @rule(who=anyone, window=any_window)
    def sign_in(self, who: int, window: int) -> None:
        self.attempt(actions.sign_in, self.scene.windows[window], clerk=self.scene.clerks[who])

    @rule(who=anyone, window=any_window, verb=st.sampled_from(["out", "pause", "resume"]))
    def leave(self, who: int, window: int, verb: str) -> None:
        place, clerk = self.scene.windows[window], self.scene.clerks[who]
        if verb == "out":
            self.attempt(actions.sign_out, place, clerk=clerk)
        elif verb == "pause":
            self.attempt(actions.pause, place, "meal", clerk=clerk)
        else:
            self.attempt(actions.resume_window, place, clerk=clerk)

    @rule(window=any_window, out=st.booleans())
    def manage(self, window: int, out: bool) -> None:
        place, manager = self.scene.windows[window], self.scene.manager
        if out:
            self.attempt(actions.sign_out_for, place, manager=manager, reason="交接")
        else:
            self.attempt(actions.pause_anyway, place, "meal", manager=manager)

    @rule(seconds=st.sampled_from([5, 9, 60, 600]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(hours=st.sampled_from([0, 0, 0, 1, 13]))
    def night(self, hours: int) -> None:
        """The sweep runs at any hour; only what an earlier day left open ends by it."""
        self.now += timedelta(hours=hours)
        self.attempt(sweeps.close_day)

    # What is true after every act.

    @invariant()
    def every_promise_is_kept(self) -> None:
        self.tickets = {ticket.pk: ticket for ticket in Ticket.objects.order_by("taken_at")}
        self.seats = list(WindowSession.objects.order_by("pk").values_list())
        for event in TicketEvent.objects.filter(pk__gt=self.seen).order_by("pk"):
            self.seen = event.pk
            self.check_move(event)
            self.events.setdefault(event.ticket_id, []).append(event)
        self.check_rows()
        self.check_windows()
        for ticket in self.tickets.values():
            self.check_times(ticket)
        version = board.take_version(self.scene.hall.pk)
        assert version is not None
        assert version > self.version
        self.version = version

    def check_move(self, event: TicketEvent) -> None:
        """Nothing happens to a number outside its events, and nothing that the rules do not know."""
        told = self.events.get(event.ticket_id, [])
        assert event.before == (told[-1].after if told else "")
        if event.did in VERB_FROM:
            assert event.before in VERB_FROM[event.did]
            assert event.after in MOVES[event.before]
        self.lived[event.did] += 1

    def check_rows(self) -> None:
        """No number is lost, and its events alone rebuild its row."""
        stored = {pk: {name: getattr(ticket, name) for name in FACTS} for pk, ticket in self.tickets.items()}
        assert stored == {pk: vars(told_again(life, self.events[pk])) for pk, life in self.taken.items()}

    def check_windows(self) -> None:
        """One number at a window and with a clerk, and its clerk sits there."""
        current = [(one.window_id, one.clerk_id) for one in self.tickets.values() if one.state in AT_WINDOW]
        assert max(Counter(window for window, _ in current).values(), default=0) <= 1
        assert max(Counter(clerk for _, clerk in current).values(), default=0) <= 1
        seats = WindowSession.objects.filter(signed_out_at=None).values_list("window_id", "clerk_id")
        self.at_work = set(seats)
        assert set(current) <= self.at_work

    def check_times(self, ticket: Ticket) -> None:
        total = (ticket.finished_at or self.now) - ticket.taken_at
        waited, served = ticket.waited(self.now), ticket.served_for(self.now)
        assert min(waited, served) >= timedelta(0)
        apart = timedelta(seconds=ticket.held_seconds + ticket.away_seconds)
        assert waited + served + apart <= total
        if ticket.state == S.CLOSED:
            assert ticket.business_day < business_day(ticket.finished_at)


@pytest.fixture
def scene(db: None) -> None:
    Lives.scene = Scene()
    Lives.lived.clear()
    Lives.refused.clear()


def test_any_life_keeps_every_promise(scene: None) -> None:
    profile = settings(
        max_examples=LIVES or 12,
        stateful_step_count=50,
        derandomize=not LIVES,
        database=None,
        phases=[Phase.generate],  # a failing life is shown as it was: making it shorter takes minutes on a database
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=profile)
    assert len(Lives.lived) > len(STEPS) // 2  # which kinds of move they are is luck: the life below has them all


LONG_LIFE = (
    "call", "recall", "hold", "resume", "start", "finish", "rate", "call", "no_show", "requeue", "call", "start",
    "transfer", "cancel", "call", "undo", "call", "undo by another", "undo too late", "call",
)  # fmt: skip


def test_one_life_with_everything_in_it_keeps_every_promise(scene: None) -> None:
    """Every move the rules know, and the refusals that races bring, in one walk: the random ones need luck for that."""
    life = Lives()
    life.every_promise_is_kept()
    pk = None
    for step in LONG_LIFE:
        life.now += timedelta(seconds=60 if step in {"recall", "undo too late"} else 1)
        if step == "call":
            called = life.attempt(actions.call_next, life.scene.windows[0], actor=life.actor(0))
            pk = called.pk if called else pk
        elif step == "transfer":
            life.attempt(actions.transfer, pk, Target(business="payment", place="front"), actor=life.actor(0))
        elif step.startswith("undo"):
            life.attempt(actions.undo, pk, actor=life.actor(1 if step == "undo by another" else 0))
        else:
            life.attempt(VERBS[step], pk, actor=life.actor(0))
        life.every_promise_is_kept()
    life.night(hours=13)
    life.every_promise_is_kept()
    life.teardown()

    assert set(STEPS) | {Did.UNDONE} == set(Lives.lived)
    assert {"undo_too_late", "moved_since", "window_busy"} <= set(Lives.refused)
