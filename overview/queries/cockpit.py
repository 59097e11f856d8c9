"""What the cockpit of a hall shows, and the halls to choose from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import time
from halls import queries as halls
from halls.models import Hall
from overview.queries import people
from overview.queries.figures import from_sums, longest_waits
from overview.rules.same_weekday import Line, compared
from queueing.models import FloorPost, Ticket, WindowSession
from queueing.queries import alerts, board, figures, forecast
from queueing.queries import layout as layouts
from queueing.queries.figures import Flow, Sums
from queueing.queries.forecast import HalfHour
from queueing.queries.layout import Layout, WindowFacts
from queueing.rules import floor as rules
from queueing.rules.figures import SLOT_MINUTES
from queueing.states import AT_WINDOW, AlertLevel, FigureBy, PauseReason, WindowState

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class HallLine:
    """One hall in the list of halls."""

    hall: Hall
    is_open: bool
    hours: Any
    waiting: int
    open_windows: int
    windows: int
    red: int
    yellow: int


def lines(user: Any, now: datetime) -> list[HallLine]:
    """The halls whose cockpit this person may open; those that need a hand first."""
    today = [one for one in halls.halls_with_hours(user, "figures.see", now) if one.hall.is_live]
    ids = [one.hall.pk for one in today]
    waiting, working = board.waiting_by_hall(ids), board.open_windows_by_hall(ids)
    standing = alerts.open_alerts(ids)
    found = [
        HallLine(
            one.hall,
            one.is_open,
            one.hours,
            waiting.get(one.hall.pk, 0),
            working.get(one.hall.pk, 0),
            one.windows,
            sum(alert.level == AlertLevel.RED for alert in standing.get(one.hall.pk, ())),
            sum(alert.level == AlertLevel.YELLOW for alert in standing.get(one.hall.pk, ())),
        )
        for one in today
    ]
    return sorted(found, key=lambda line: (-line.red, -line.yellow, line.hall.code))


@dataclass(frozen=True)
class WindowNow:
    """A window with who sits there and whom they serve."""

    facts: WindowFacts
    state: WindowState
    clerk: str = ""
    number: str = ""
    about: str = ""
    since: datetime | None = None
    minutes: int = 0
    pause: str = ""
    back_at: datetime | None = None
    turned: bool = False

    @property
    def words(self) -> str:
        return str(self.state.label)

    @property
    def is_long(self) -> bool:
        return self.state == WindowState.SERVING and self.minutes >= 15


def now_on(hall: Hall, now: datetime) -> dict[str, Any]:
    """The part that moves with every call: who waits, which windows work, who stands where."""
    layout = layouts.of(hall.pk, now)
    windows = _windows(layout, now)
    waiting = board.waiting_by_hall([hall.pk]).get(hall.pk, 0)
    working = sum(one.state not in (WindowState.CLOSED, WindowState.PAUSED) for one in windows)
    plan = _slot(forecast.half_hours(hall.pk, layout.day), now)
    before = _slot(figures.flow(hall.pk, layout.day - WEEK, now), now)
    return {
        "people": people.now_at(hall, now),
        "hall": hall,
        "now": now,
        "is_open": layout.is_open(now),
        "hours": layout.hours,
        "windows": windows,
        "waiting": waiting,
        "working": working,
        "all_windows": sum(not one.facts.is_mobile for one in windows),
        "needed": plan.windows if plan else None,
        "more_than_before": waiting - round(before.mean_waiting) if before else None,
        "longest": _longest(hall, now),
        "posts": _posts(hall, now),
    }


def _slot(rows: list[Any], now: datetime) -> Any:
    """The row of the running half hour."""
    clock = time.local(now)
    slot = (clock.hour * 60 + clock.minute) // SLOT_MINUTES
    return next((row for row in rows if row.slot == slot), None)


def _longest(hall: Hall, now: datetime) -> int | None:
    longest = longest_waits([hall.pk], now).get(hall.pk)
    return None if longest is None else int(longest)


def _windows(layout: Layout, now: datetime) -> list[WindowNow]:
    sessions = WindowSession.objects.filter(window__in=layout.window_ids, signed_out_at=None).select_related("clerk")
    seats = {session.window_id: session for session in sessions}
    current = Ticket.objects.filter(window__in=layout.window_ids, state__in=AT_WINDOW)
    tickets = {ticket.window_id: ticket for ticket in current.select_related("business", "group")}
    return [_window(facts, seats.get(facts.id), tickets.get(facts.id), now) for facts in layout.windows]


def _window(facts: WindowFacts, session: Any, ticket: Any, now: datetime) -> WindowNow:
    if session is None:
        return WindowNow(facts, WindowState.CLOSED)
    turned = bool(session.reserved_now)
    if ticket is not None:
        since = ticket.started_at or ticket.called_at
        minutes = int(ticket.served_for(now).total_seconds() // 60)
        state = WindowState(ticket.state)
        return WindowNow(facts, state, session.clerk.name, ticket.number, ticket.about, since, minutes, turned=turned)
    since = session.paused_at or session.signed_in_at
    minutes = int((now - since).total_seconds() // 60)
    if session.is_paused:
        pause = str(PauseReason(session.pause_reason).label) if session.pause_reason else ""
        return WindowNow(
            facts, WindowState.PAUSED, session.clerk.name, since=since, minutes=minutes, pause=pause,
            back_at=session.back_at, turned=turned,
        )  # fmt: skip
    return WindowNow(facts, WindowState.FREE, session.clerk.name, since=since, minutes=minutes, turned=turned)


def _posts(hall: Hall, now: datetime) -> list[FloorPost]:
    """Who stands where away from the windows; yesterday's forgotten ones are left out."""
    began = time.day_bounds(time.business_day(now))[0]
    return list(FloorPost.objects.filter(hall=hall, ended_at=None, since__gte=began).select_related("person"))


def day_of(hall: Hall, now: datetime) -> dict[str, Any]:
    """The part that moves slowly: today's figures, the flow by half hours, promises against truth."""
    day = time.business_day(now)
    today = figures.today(hall.pk, now)
    read = from_sums(today)
    yesterday = figures.table([hall.pk], day - timedelta(days=1), day - timedelta(days=1), FigureBy.DAY, now)
    lived = figures.flow(hall.pk, day, now)
    return {
        "hall": hall,
        "now": now,
        "today": today,
        "standard": halls.number(rules.MEAN_WAIT_MINUTES, hall, now),
        "is_long": today.mean_wait is not None and today.mean_wait > halls.number(rules.MEAN_WAIT_MINUTES, hall, now),
        "percent_within": _percent(today.within_standard),
        "percent_before": _percent(_first(yesterday).within_standard),
        "over": today.answered - today.wait_within,
        "mean_rating": today.rating_sum / today.ratings if today.ratings else None,
        "promises": [_promise("今天", today), _promise("昨天", _first(yesterday))],
        "chart": chart(hall, day, lived, now),
        "weekday": against_last_week(hall, day, lived, now),
        "read": read,
        "diversion_percent": _percent(read["diversion_rate"]),
    }


def against_last_week(hall: Hall, day: date, lived: list[Flow], now: datetime) -> list[Line]:
    """Today beside the same weekday of last week, both up to the last full half hour; empty before there is one."""
    clock = time.local(now)
    slot = (clock.hour * 60 + clock.minute) // SLOT_MINUTES
    return compared(lived, figures.flow(hall.pk, day - WEEK, now), before_slot=slot)


def _first(rows: dict[str, Sums]) -> Sums:
    return next(iter(rows.values()), Sums())


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)


@dataclass(frozen=True)
class Promised:
    """What customers were told against what they waited."""

    words: str
    count: int
    percent: int | None
    error_minutes: float | None


def _promise(words: str, sums: Sums) -> Promised:
    error = sums.minutes("promise_error_seconds", "promised")
    return Promised(words, sums.promised, _percent(sums.share("promise_kept", "promised")), error)


def chart(hall: Hall, day: date, flow: list[Flow], now: datetime) -> dict[str, Any]:
    """The day by half hours, from the first in which something happens to the last, for the drawing in the browser."""
    plan = {row.slot: row for row in forecast.half_hours(hall.pk, day)}
    lived = {row.slot: row for row in flow}
    slots = _span(plan, lived)
    clock = time.local(now)
    running = (clock.hour * 60 + clock.minute) / SLOT_MINUTES
    return {
        "slots": [f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in slots],
        "arrived": [_lived(lived.get(slot), slot, running, "arrived") for slot in slots],
        "forecast": [round(plan[slot].arrivals, 1) if slot in plan else None for slot in slots],
        "open": [_lived(lived.get(slot), slot, running, "mean_open_windows") for slot in slots],
        "needed": [plan[slot].windows if slot in plan else None for slot in slots],
        "now": round(running - slots[0], 3) if slots and slots[0] <= running <= slots[-1] + 1 else None,
    }


def _span(plan: dict[int, HalfHour], lived: dict[int, Flow]) -> list[int]:
    """Nights without anybody are not drawn, even of a hall that is open all day."""
    busy = {slot for slot, row in plan.items() if row.arrivals >= 0.5} | {
        slot for slot, row in lived.items() if row.arrived or row.mean_open_windows
    }
    return list(range(min(busy), max(busy) + 1)) if busy else []


def _lived(row: Flow | None, slot: int, running: float, name: str) -> float | None:
    """Nothing is said about the future; a half hour without anything is a zero."""
    if slot > running:
        return None
    return round(getattr(row, name), 1) if row else 0
