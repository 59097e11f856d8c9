"""Reads about ratings: whom to ring, what was wrong, which number a window's pad may rate, whom to ask by SMS."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import time
from halls.models import Hall
from halls.queries import number as parameter
from messaging.models import OutboxMessage
from queueing.models import LowRating, Ticket
from queueing.rules import ratings as rules
from queueing.states import LowReason, TicketState

DONE_DAYS = 7
LOW_DAYS = 30
SHOWN = 50
SURVEY_KEEP = timedelta(hours=6)
SURVEY_MOST = 200


@dataclass(frozen=True)
class CallBacks:
    """Who waits for a call, longest first, and who was rung lately."""

    waiting: list[LowRating]
    done: list[LowRating]


def _rows(hall: Hall) -> Any:
    return LowRating.objects.filter(hall=hall).select_related("ticket__group", "ticket__business", "ticket__window")


def call_backs(hall: Hall, now: datetime) -> CallBacks:
    wanted = _rows(hall).filter(wants_call=True)
    since = now - timedelta(days=DONE_DAYS)
    done = wanted.filter(called_at__gte=since).select_related("called_by").order_by("-called_at")
    return CallBacks(list(wanted.filter(called_at=None).order_by("noted_at")[:SHOWN]), list(done[:SHOWN]))


def open_call_backs(hall_ids: set[int]) -> int:
    return LowRating.objects.filter(hall__in=hall_ids, wants_call=True, called_at=None).count()


def low_ratings(hall: Hall, now: datetime) -> dict[str, Any]:
    """What was wrong in the last thirty days, and the latest of it."""
    since = now - timedelta(days=LOW_DAYS)
    rows = list(_rows(hall).filter(noted_at__gte=since).select_related("ticket__clerk"))
    counts = Counter(reason for row in rows for reason in row.reasons)
    most = max(counts.values(), default=0)
    reasons = [(label, counts[value], round(100 * counts[value] / most)) for value, label in LowReason.choices if most]
    return {"days": LOW_DAYS, "count": len(rows), "reasons": reasons, "latest": rows[:SHOWN]}


def last_finished(window_id: int, now: datetime) -> Ticket | None:
    """The number that was finished last at a window today, if its time for rating has not passed."""
    rows = Ticket.objects.filter(window_id=window_id, state=TicketState.DONE, business_day=time.business_day(now))
    ticket = rows.select_related("hall__region__parent", "group", "business").order_by("-finished_at").first()
    if ticket is None or ticket.finished_at is None:
        return None
    minutes = parameter(rules.PAD_MINUTES, ticket.hall, now)
    return ticket if rules.can_rate_on_pad(ticket.finished_at, now, minutes=minutes) else None


def to_survey(now: datetime) -> list[Ticket]:
    """Finished lately, with a phone, not rated, not simulated, and not asked yet; the delay is the hall's own."""
    rows = Ticket.objects.filter(
        state=TicketState.DONE,
        taken_at__gte=now - 2 * SURVEY_KEEP,
        finished_at__gte=now - SURVEY_KEEP,
        rating=None,
        is_simulated=False,
    )
    found = list(rows.exclude(phone="").select_related("hall__region__parent").order_by("finished_at"))
    asked = set(OutboxMessage.objects.filter(key__in=[survey_key(one) for one in found]).values_list("key", flat=True))
    return [one for one in found if survey_key(one) not in asked and _is_due(one, now)][:SURVEY_MOST]


def _is_due(ticket: Ticket, now: datetime) -> bool:
    if ticket.finished_at is None or not parameter(rules.SURVEY_ON, ticket.hall, now):
        return False
    return now >= ticket.finished_at + timedelta(minutes=parameter(rules.SURVEY_AFTER, ticket.hall, now))


def survey_key(ticket: Ticket) -> str:
    return f"survey:{ticket.pk}"


def can_explain(ticket: Ticket) -> bool:
    """A low rating without a word about why."""
    return rules.is_low(ticket.rating) and not LowRating.objects.filter(ticket=ticket).exists()
