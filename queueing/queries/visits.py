"""What was done for people at the door: who is to be met, asked after or taken back, and today's figures."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import time
from halls.models import Hall
from halls.queries import number as parameter
from queueing.models import PrintJob, Ticket, VipArrival, Visit
from queueing.rules import door as rules
from queueing.rules import floor as limits
from queueing.rules.printing import PRINT_MINUTES, job_state
from queueing.states import HoldKind, JobState, Outcome, TicketState
from staff.models import User

JOB_SHOWN = timedelta(minutes=5)
DONE_SHOWN = timedelta(seconds=20)


@dataclass(frozen=True)
class Arrival:
    """A VIP to be met: the ring runs from `declared_at` to `due_at`."""

    row: VipArrival
    seconds: int
    due_at: datetime
    called_to: str


def arrivals(hall: Hall, now: datetime) -> list[Arrival]:
    """VIPs whom nobody has met yet, longest first."""
    minutes = parameter(limits.VIP_MINUTES, hall, now)
    today, _ = time.day_bounds(time.business_day(now))
    rows = VipArrival.objects.filter(hall=hall, received_at=None, left_at=None, declared_at__gte=today)
    return [
        Arrival(row, minutes * 60, row.declared_at + timedelta(minutes=minutes), _called_to(row.ticket))
        for row in rows.select_related("ticket__window", "ticket__group", "ticket__business").order_by("declared_at")
    ]


def _called_to(ticket: Ticket | None) -> str:
    return ticket.window.label if ticket and ticket.state == TicketState.CALLED and ticket.window else ""


def lingering(hall: Hall, now: datetime) -> list[Visit]:
    """Sent to self-service three minutes ago and not asked after (R-Q-17)."""
    since = now - timedelta(minutes=parameter(limits.LINGERING_ENDS_MINUTES, hall, now))
    until = now - timedelta(minutes=parameter(limits.LINGERING_MINUTES, hall, now))
    rows = Visit.objects.filter(hall=hall, outcome=Outcome.SELF_SERVICE, undone_at=None, looked_after_at=None)
    return list(rows.filter(at__gt=since, at__lte=until).select_related("business").order_by("at"))


def set_aside(hall: Hall, now: datetime) -> list[Ticket]:
    """Numbers fetching papers today, the oldest first."""
    rows = Ticket.objects.filter(hall=hall, state=TicketState.HELD, held_kind=HoldKind.PAPERS, window=None)
    today = rows.filter(business_day=time.business_day(now))
    return list(today.select_related("group", "business").order_by("held_at"))


def undoable(hall: Hall, person: User, now: datetime) -> dict[str, Any] | None:
    """This person's last tap while it can be taken back."""
    seconds = parameter(rules.UNDO_SECONDS, hall, now)
    rows = Visit.objects.filter(hall=hall, person=person, undone_at=None, at__gte=now - timedelta(seconds=seconds))
    visit = rows.select_related("ticket").order_by("-at").first()
    return {"visit": visit, "until": visit.at + timedelta(seconds=seconds)} if visit else None


def last_job(hall: Hall, person: User, now: datetime) -> dict[str, Any] | None:
    """What this person sent to the printer lately, and what became of it."""
    rows = PrintJob.objects.filter(hall=hall, asked_by=person, asked_at__gte=now - JOB_SHOWN)
    job = rows.select_related("ticket").order_by("-asked_at").first()
    if job is None or (job.printed_at and now - job.printed_at > DONE_SHOWN):
        return None
    state = job_state(job.asked_at, job.printed_at, now, minutes=parameter(PRINT_MINUTES, hall, now))
    return {"job": job, "state": state, "is_expired": state == JobState.EXPIRED}


def today(hall: Hall, now: datetime) -> dict[str, Any]:
    """Today's visits by outcome, and the share of people who needed no window."""
    day = time.business_day(now)
    start, end = time.day_bounds(day)
    rows = Visit.objects.filter(hall=hall, at__gte=start, at__lt=end, undone_at=None)
    counts: Counter[str] = Counter()
    with_number = 0
    for outcome, ticket in rows.values_list("outcome", "ticket"):
        counts[outcome] += 1
        with_number += ticket is not None and outcome in rules.SENT_ON
    sent_on = sum(counts[outcome] for outcome in rules.SENT_ON)
    numbers = Ticket.objects.filter(hall=hall, business_day=day, is_simulated=False).count() - with_number
    share = rules.diversion_share(sent_on, max(numbers, 0))
    return {
        "outcomes": [(Outcome(outcome).label, counts[outcome]) for outcome in Outcome],
        "numbers": numbers + with_number,
        "share": None if share is None else round(100 * share),
    }
