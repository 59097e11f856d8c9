"""One clerk's own day, number by number, beside their last four weeks and their hall."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from core import time
from queueing.models import Ticket, WindowEvent, WindowSession
from queueing.queries import figures
from queueing.queries.figures import Sums
from queueing.rules import figures as rules
from queueing.states import FigureBy, LowReason, PauseReason, TicketState, WindowDid
from staff.models import User

WEEKS = 4
SHOWN = 200
ENDED = (TicketState.DONE, TicketState.NO_SHOW)


@dataclass(frozen=True)
class Measures:
    """The same four measures of a day, of some weeks, or of a hall; None = nothing to measure."""

    served: float | None
    handling_minutes: float | None
    rating: float | None
    no_show_share: float | None

    @property
    def no_show_percent(self) -> float:
        return 100 * (self.no_show_share or 0)


def day(clerk: User, now: datetime) -> dict[str, Any]:
    """Everything on the page. Held time counts for nobody's handling; what was simulated is left out."""
    today = time.business_day(now)
    mine = list(_numbers(clerk, today))
    sessions = list(_sessions(clerk, today))
    halls = {session.window.hall_id for session in sessions} or set(_recent_halls(clerk, today))
    since = today - timedelta(weeks=WEEKS)
    before = _of(figures.table(halls, since, today - timedelta(days=1), FigureBy.CLERK, now), clerk)
    here = figures.table(halls, today, today, FigureBy.CLERK, now)
    return {
        "now": now,
        "clerk": clerk,
        "columns": [
            _measures(_of(here, clerk), days=1),
            _measures(before, days=_days_at_work(clerk, since, today)),
            _measures(figures.whole(here.values()), days=sum(one.served > 0 for one in here.values())),
        ],
        "numbers": [_line(ticket, now) for ticket in mine],
        "pauses": _pauses(sessions, now),
        "sessions": sessions,
    }


def _numbers(clerk: User, today: date) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(clerk=clerk, business_day=today, is_simulated=False, state__in=ENDED)
    rows = rows.select_related("business", "group", "low_rating").prefetch_related("more_businesses__business")
    return rows.order_by("-finished_at")[:SHOWN]


def _line(ticket: Ticket, now: datetime) -> dict[str, Any]:
    done = ticket.state == TicketState.DONE
    seconds = int(ticket.served_for(now).total_seconds())
    return {
        "ticket": ticket,
        "more": [row.business.name for row in ticket.more_businesses.all()],
        "waited": int(ticket.waited(now).total_seconds() // 60),
        "handled": f"{seconds // 60}:{seconds % 60:02d}" if done else "",
        "held": round(ticket.held_seconds / 60),
        "reasons": [LowReason(one).label for one in ticket.low_rating.reasons] if hasattr(ticket, "low_rating") else [],
    }


def _sessions(clerk: User, today: date) -> QuerySet[WindowSession]:
    begins, ends = time.day_bounds(today)
    rows = WindowSession.objects.filter(clerk=clerk, signed_in_at__gte=begins, signed_in_at__lt=ends)
    return rows.filter(is_simulated=False).select_related("window__hall").order_by("signed_in_at")


def _recent_halls(clerk: User, today: date) -> QuerySet[WindowSession, int]:
    begins, _ = time.day_bounds(today - timedelta(weeks=WEEKS))
    rows = WindowSession.objects.filter(clerk=clerk, signed_in_at__gte=begins).order_by()
    return rows.values_list("window__hall_id", flat=True).distinct()


def _days_at_work(clerk: User, since: date, today: date) -> int:
    rows = Ticket.objects.filter(clerk=clerk, business_day__gte=since, business_day__lt=today, state=TicketState.DONE)
    return rows.filter(is_simulated=False).order_by().values("business_day").distinct().count()


def _of(table: dict[str, Sums], clerk: User) -> Sums:
    return table.get(str(clerk.pk), Sums())


def _measures(sums: Sums, *, days: int) -> Measures:
    """`days`: over how many working days or clerks the served numbers spread."""
    called = sums.served + sums.no_shows
    return Measures(
        served=rules.rate(sums.served, days),
        handling_minutes=rules.rate(sums.service_seconds / 60, sums.served),
        rating=rules.rate(sums.rating_sum, sums.ratings),
        no_show_share=rules.rate(sums.no_shows, called),
    )


def _pauses(sessions: list[WindowSession], now: datetime) -> list[dict[str, Any]]:
    """Each pause with its reason and length; one that still runs is measured up to now."""
    events = WindowEvent.objects.filter(session__in=sessions).order_by("id")
    found: list[dict[str, Any]] = []
    since: tuple[datetime, str] | None = None
    for event in events:
        if since is not None:
            found.append(_pause(*since, event.at))
        since = (event.at, event.reason) if event.did == WindowDid.PAUSED else None
    if since is not None:
        found.append(_pause(*since, now))
    return found


def _pause(since: datetime, reason: str, until: datetime) -> dict[str, Any]:
    label = PauseReason(reason).label if reason in PauseReason.values else reason
    return {"since": since, "until": until, "label": label, "minutes": round((until - since).total_seconds() / 60)}
