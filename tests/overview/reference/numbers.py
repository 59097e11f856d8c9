"""The queue's figures, told from what happened to each number, at each window and at the door."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from halls.models import BusinessType, Hall
from queueing.models import (
    Alert,
    Ticket,
    TicketBusiness,
    TicketEvent,
    VipArrival,
    Visit,
    WindowEvent,
    WindowSession,
)
from tests.overview.reference.days import Numbers, day_of, days_of, mean, midnight, overlap, seconds, share

HALF_HOUR = timedelta(minutes=30)
SLOTS = 48
LIMITS = [*range(1, 31), *range(32, 61, 2), *range(70, 121, 10), 240]  # minutes by which waits are counted
Span = tuple[datetime, datetime]


@dataclass
class Story:
    """One number from its taking to the last that is known of it, without whatever was undone."""

    row: Ticket
    day: date
    taken_at: datetime
    state: str = "waiting"
    waits: list[Span] = field(default_factory=list)  # in the line, up to the last call of each time
    away: int = 0
    called_at: datetime | None = None
    started_at: datetime | None = None
    held_at: datetime | None = None
    held: int = 0
    finished_at: datetime | None = None
    rating: int | None = None
    is_cared: bool = False
    since: datetime | None = None  # waits since then

    @property
    def is_answered(self) -> bool:
        return self.state in {"serving", "held", "done"} and self.called_at is not None

    @property
    def waited(self) -> int:
        assert self.called_at is not None
        return max(seconds(self.taken_at, self.called_at) - self.away, 0)

    @property
    def served(self) -> int:
        assert self.called_at is not None
        assert self.finished_at is not None
        return max(seconds(self.started_at or self.called_at, self.finished_at) - self.held, 0)


def lived(row: Ticket, events: list[TicketEvent], now: datetime) -> Story | None:
    """None when the taking itself was undone: such a number never was."""
    kept: list[TicketEvent] = []
    for event in events:
        if event.did == "undone":
            kept.pop()  # only the last that happened can be undone
        else:
            kept.append(event)
    if not kept:
        return None
    story = Story(row, day_of(row.taken_at), row.taken_at)
    for event in kept:
        _happened(story, event)
        story.state = event.after
    if story.since is not None:
        story.waits.append((story.since, now))
    return story


def _happened(story: Story, event: TicketEvent) -> None:
    at = event.at
    match event.did:
        case "taken":
            story.since = at
        case "called":
            assert story.since is not None
            story.waits.append((story.since, at))
            story.called_at, story.since = at, None
        case "recalled":
            story.waits[-1] = (story.waits[-1][0], at)
            story.called_at = at
        case "started":
            story.started_at = at
        case "held":
            story.held_at = at
        case "resumed":
            if story.started_at is None:
                story.started_at = at
            elif story.held_at is not None:
                story.held += seconds(story.held_at, at)
            story.held_at = None
        case "finished" | "no_show":
            story.finished_at = at
        case "set_aside":
            assert story.since is not None
            story.waits.append((story.since, at))
            story.since, story.held_at, story.called_at = None, at, None
        case "came_back":
            assert story.held_at is not None
            story.away += seconds(story.held_at, at)
            story.held_at, story.since = None, at
        case "transferred" | "requeued":
            if event.before == "waiting":
                return  # stands in another line, and has not been anywhere
            gone = story.called_at if story.called_at is not None else story.held_at
            assert gone is not None
            story.away += seconds(gone, at)
            story.since, story.called_at, story.started_at = at, None, None
            story.held_at, story.held, story.finished_at = None, 0, None
        case "cancelled" | "closed":
            if story.since is not None:
                story.waits.append((story.since, at))
                story.since = None
            story.finished_at = at
        case "rated":
            story.rating = event.detail["score"]
        case "cared":
            story.is_cared = True


class HallDays:
    """Everything of one hall's queue in memory."""

    def __init__(self, pk: int, first: date, last: date, now: datetime) -> None:
        self.hall = Hall.objects.get(pk=pk)
        self.days, self.now, self.numbers = days_of(first, last), now, Numbers(self.hall)
        events: dict[Any, list[TicketEvent]] = defaultdict(list)
        for event in TicketEvent.objects.filter(hall=pk).order_by("pk"):
            events[event.ticket_id].append(event)
        rows = [one for one in Ticket.objects.filter(hall=pk) if not one.is_simulated and one.pk in events]
        told = [lived(row, events[row.pk], now) for row in rows]
        self.every = [one for one in told if one is not None]
        self.stories = [one for one in self.every if first <= one.day <= last]
        self.open_spans = self._open_spans()

    def _open_spans(self) -> list[Span]:
        """When each window was open: signed in and not paused."""
        events: dict[int, list[WindowEvent]] = defaultdict(list)
        for event in WindowEvent.objects.filter(session__window__hall=self.hall.pk).order_by("at", "pk"):
            events[event.session_id].append(event)
        found = []
        for session in WindowSession.objects.filter(window__hall=self.hall.pk, is_simulated=False):
            since: datetime | None = None
            for event in events[session.pk]:
                if since is not None:
                    found.append((since, event.at))
                since = event.at if event.did in {"signed_in", "resumed"} else None
            if since is not None:
                found.append((since, session.signed_out_at or self.now))
        return found

    def busy_slots(self, day: date) -> list[bool]:
        """R-Q-4: the mean number of people in the line against the mean number of open windows, by half hours."""
        begins, ends = midnight(day), min(midnight(day + timedelta(days=1)), self.now)
        waits = [(max(a, begins), min(b, ends)) for one in self.stories if one.day == day for a, b in one.waits]
        opened = [(max(a, begins), min(b, ends)) for a, b in self.open_spans if b > begins and a < ends]
        return [self._is_busy(day, begins + at * HALF_HOUR, waits, opened) for at in range(SLOTS)]

    def _is_busy(self, day: date, starts: datetime, waits: list[Span], opened: list[Span]) -> bool:
        slot = (starts, starts + HALF_HOUR)
        people = sum(overlap(one, slot) for one in waits)
        windows = sum(overlap(one, slot) for one in opened)
        if not windows:
            return people > 0
        if self.hall.queue_mode == "line":
            lived_of_it = overlap(slot, (starts, self.now)) if self.now > starts else 0
            return people >= self.numbers.on("figures.busy_line", day) * lived_of_it
        return people > self.numbers.on("figures.busy_per_window", day) * windows


def of_hall(pk: int, first: date, last: date, now: datetime) -> dict[str, Any]:
    found = HallDays(pk, first, last, now)
    if not found.hall.is_live and not found.stories:
        return {**dict.fromkeys(_NOW), **dict.fromkeys(_DAYS)}
    values = {**_counted(found), **_waited(found), **_busy(found), **_handled(found), **_rated(found), **_door(found)}
    return {**(_standing(found) if found.hall.is_live else dict.fromkeys(_NOW)), **values}


_NOW = ("waiting", "longest_wait", "open_windows", "alerts")
_DAYS = (
    "issued", "answered", "served", "no_shows", "no_show_rate", "cared", "mean_wait", "wait_p50", "wait_p90",
    "within_standard", "long_waits", "promise_kept", "busy_wait", "idle_wait", "mean_service", "service_in_limit",
    "online_handled", "ratings", "mean_rating", "low_ratings", "vip_met", "sent_on", "diversion_rate",
)  # fmt: skip


def _standing(found: HallDays) -> dict[str, Any]:
    """Now, simulated numbers too: they stand in the hall's line as everybody does."""
    waiting = [one for one in Ticket.objects.filter(hall=found.hall) if one.state == "waiting"]
    waited = [(found.now - one.taken_at).total_seconds() - one.away_seconds for one in waiting]
    sessions = WindowSession.objects.filter(window__hall=found.hall)
    return {
        "waiting": len(waiting),
        "longest_wait": max(max(waited) / 60, 0) if waited else None,
        "open_windows": sum(one.signed_out_at is None and one.paused_at is None for one in sessions),
        "alerts": sum(one.closed_at is None for one in Alert.objects.filter(hall=found.hall)),
    }


def _counted(found: HallDays) -> dict[str, Any]:
    states = [one.state for one in found.stories]
    return {
        "issued": len(states),
        "answered": sum(one.is_answered for one in found.stories),
        "served": states.count("done"),
        "no_shows": states.count("no_show"),
        "no_show_rate": share(one == "no_show" for one in states),
        "cared": sum(one.is_cared for one in found.stories),
    }


def _waited(found: HallDays) -> dict[str, Any]:
    answered = [one for one in found.stories if one.is_answered]
    waits = [one.waited for one in answered]
    promised = [one for one in answered if one.row.promised_seconds is not None]
    return {
        "mean_wait": _minutes(waits),
        "wait_p50": percentile(waits, 0.5),
        "wait_p90": percentile(waits, 0.9),
        "within_standard": share(
            one.waited <= 60 * found.numbers.on("figures.wait_standard", one.day) for one in answered
        ),
        "long_waits": sum(one.waited > 60 * found.numbers.on("figures.long_wait", one.day) for one in answered),
        "promise_kept": share(one.waited <= _promised(one.row) for one in promised),
    }


def _promised(row: Ticket) -> int:
    high = row.promised_high_seconds
    return high if high is not None else (row.promised_seconds or 0)


def _minutes(values: list[int]) -> float | None:
    found = mean(values)
    return None if found is None else found / 60


def percentile(waits: list[int], wanted: float) -> float | None:
    """Minutes by which so large a share had been called, straight between the minutes at which people are counted."""
    if not waits:
        return None
    before_minutes, before = 0, 0
    for limit in LIMITS:
        by_then = sum(wait <= limit * 60 for wait in waits) if limit < 240 else len(waits)
        if by_then > before and by_then >= wanted * len(waits):
            part = max(wanted * len(waits) - before, 0) / (by_then - before)
            return before_minutes + (limit - before_minutes) * part
        before_minutes, before = limit, by_then
    raise AssertionError("everybody is counted at the end")


def _busy(found: HallDays) -> dict[str, Any]:
    waits: dict[bool, list[int]] = {True: [], False: []}
    for day in found.days:
        answered = [one for one in found.stories if one.day == day and one.is_answered]
        busy = found.busy_slots(day) if answered else []
        for one in answered:
            waits[busy[_slot(one)]].append(one.waited)
    return {"busy_wait": _minutes(waits[True]), "idle_wait": _minutes(waits[False])}


def _slot(story: Story) -> int:
    """The half hour of the call; after midnight the last one of the number's own day."""
    assert story.called_at is not None
    return min(seconds(midnight(story.day), story.called_at) // 1800, SLOTS - 1)


def _handled(found: HallDays) -> dict[str, Any]:
    done = [one for one in found.stories if one.state == "done"]
    busy = {day: found.busy_slots(day) for day in {one.day for one in done}}
    online = {row.pk: bool(row.e_channel) for row in BusinessType.objects.all()}
    added: dict[Any, list[int]] = defaultdict(list)
    for row in TicketBusiness.objects.filter(ticket__hall=found.hall):
        added[row.ticket_id].append(row.business_id)
    businesses = [pk for one in done for pk in [one.row.business_id, *added[one.row.pk]] if pk is not None]
    return {
        "mean_service": _minutes([one.served for one in done]),
        "service_in_limit": share(one.served <= 60 * _limit(found, one, busy[one.day][_slot(one)]) for one in done),
        "online_handled": sum(online[pk] for pk in businesses),
    }


def _limit(found: HallDays, story: Story, is_busy: bool) -> int:
    """R-Q-3."""
    if is_busy:
        return found.numbers.on("figures.service_busy_any", story.day)
    brand = "gotone" if story.row.letter in {"G", "V"} else "other"
    return found.numbers.on(f"figures.service_idle_{brand}", story.day)


def _rated(found: HallDays) -> dict[str, Any]:
    scores = [one.rating for one in found.stories if one.rating is not None]
    return {"ratings": len(scores), "mean_rating": mean(scores), "low_ratings": sum(score <= 2 for score in scores)}


def _door(found: HallDays) -> dict[str, Any]:
    days, simulated = set(found.days), set(Ticket.objects.filter(is_simulated=True).values_list("pk", flat=True))
    met: list[bool] = []
    for arrival in VipArrival.objects.filter(hall=found.hall):
        day = day_of(arrival.declared_at)
        if day not in days or arrival.ticket_id in simulated:
            continue
        until = arrival.declared_at + timedelta(minutes=found.numbers.on("figures.vip_standard", day))
        if arrival.received_at is not None:
            met.append(arrival.received_at <= until)
        elif arrival.left_at is not None or until < found.now:
            met.append(False)
    visits = [one for one in Visit.objects.filter(hall=found.hall) if day_of(one.at) in days]
    real = [one for one in visits if one.undone_at is None and one.ticket_id not in simulated]
    sent = sum(one.outcome in {"self_service", "e_channel"} for one in real)
    online = _handled(found)["online_handled"]
    whole = sent + online
    return {"vip_met": share(met), "sent_on": sent, "diversion_rate": sent / whole if whole else None}
