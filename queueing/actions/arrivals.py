"""What a VIP's number does to the arrival that somebody must meet; sent with the statements of the number itself."""

from datetime import datetime

from core import time
from core.sql import Statement
from queueing.models import Ticket
from queueing.rules import numbers as rules
from queueing.states import Did, Source, TicketState

MET_BY = (Did.STARTED, Did.FINISHED)
LEFT_BY = (Did.NO_SHOW, Did.CLOSED)


def declared(ticket: Ticket, person_id: int | None) -> list[Statement]:
    """A V number says that a VIP has come (R-Q-2). An arrival declared before by the same customer gets the number.

    Who takes the number for them at the door has met them by that.
    """
    if ticket.letter != rules.VIP_LETTER:
        return []
    met = (ticket.taken_at, person_id) if person_id and ticket.source == Source.GREETER else (None, None)
    day_start, _ = time.day_bounds(ticket.business_day)
    text = """
        WITH known AS (
            UPDATE queueing_viparrival
            SET ticket_id = %s, received_at = COALESCE(received_at, %s), received_by_id = COALESCE(received_by_id, %s)
            WHERE id = (
                SELECT min(id) FROM queueing_viparrival
                WHERE hall_id = %s AND customer_id = %s AND ticket_id IS NULL AND left_at IS NULL AND declared_at >= %s
            ) RETURNING id
        )
        INSERT INTO queueing_viparrival (hall_id, ticket_id, customer_id, declared_at, received_at, received_by_id)
        SELECT %s, %s, %s, %s, %s, %s WHERE NOT EXISTS (SELECT 1 FROM known)
    """
    known = [ticket.pk, *met, ticket.hall_id, ticket.customer_id, day_start]
    return [(text, [*known, ticket.hall_id, ticket.pk, ticket.customer_id, ticket.taken_at, *met])]


def moved(ticket: Ticket, did: str, now: datetime) -> list[Statement]:
    """Who is served has been met, by the clerk and at the call that was answered; who is gone was not met at all."""
    if ticket.letter != rules.VIP_LETTER:
        return []
    waiting = "WHERE ticket_id = %s AND received_at IS NULL AND left_at IS NULL"
    if did in MET_BY and ticket.clerk_id is not None:
        text = f"UPDATE queueing_viparrival SET received_at = %s, received_by_id = %s {waiting}"
        return [(text, [ticket.called_at or now, ticket.clerk_id, ticket.pk])]
    if did in LEFT_BY or ticket.state == TicketState.CANCELLED:
        return [(f"UPDATE queueing_viparrival SET left_at = %s {waiting}", [now, ticket.pk])]
    if did == Did.UNDONE:
        return [("UPDATE queueing_viparrival SET left_at = NULL WHERE ticket_id = %s", [ticket.pk])]
    return []
