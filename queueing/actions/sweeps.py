"""What nobody presses a key for: nights, reminders, forgotten screens, phones that have been kept long enough."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from core import parameters, time
from core.redis import client, key
from halls.models import Hall
from halls.queries import is_open
from halls.queries import number as parameter
from messaging import actions as messages
from messaging.states import MessageKind
from queueing import live
from queueing.actions.appointments import lapse
from queueing.actions.moves import Actor, locked, move
from queueing.actions.windows import close_at_night
from queueing.models import Appointment, LowRating, Ticket, TicketEvent, WindowEvent, WindowSession
from queueing.queries import board, customer, ratings
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.rules import numbers as rules
from queueing.states import AppointmentState, Did, EndMark, TicketState

HEAL_WINDOW = timedelta(seconds=60)
HEAL_ALL_SECONDS = 55


def close_day(now: datetime) -> int:
    """Close what earlier days left open, with a mark, deleting nothing. Returns how many rows were closed."""
    today = time.business_day(now)
    closed = 0
    for ticket in Ticket.objects.active().filter(business_day__lt=today).select_related("hall__region"):
        if _is_over(ticket.business_day, ticket.moved_at, ticket.hall, now):
            closed += _close_ticket(ticket.pk, now)
    sessions = WindowSession.objects.filter(signed_out_at=None, signed_in_at__lt=time.day_bounds(today)[0])
    for session in sessions.select_related("window__hall__region"):
        closed += _close_session(session, now)
    return closed


def _is_over(day: Any, moved_at: datetime, hall: Hall, now: datetime) -> bool:
    grace = timedelta(minutes=parameter(rules.NIGHT_GRACE_MINUTES, hall, now))
    today = time.business_day(now)
    return rules.is_left_over(day, moved_at, today=today, now=now, open_now=is_open(hall, now), grace=grace)


@transaction.atomic
def _close_ticket(ticket_id: UUID, now: datetime) -> int:
    ticket = locked(ticket_id)
    if not ticket.is_active:
        return 0
    move(
        ticket,
        Did.CLOSED,
        TicketState.CLOSED,
        actor=Actor(),
        now=now,
        finished_at=now,
        end_mark=EndMark.NIGHT,
    )
    return 1


@transaction.atomic
def _close_session(session: WindowSession, now: datetime) -> int:
    """Only a session without a number at its window, silent for the grace time, counts as forgotten."""
    held = WindowSession.objects.select_for_update(of=("self",)).select_related("window__hall__region", "clerk")
    row = held.filter(pk=session.pk, signed_out_at=None).first()
    if row is None or reads.at_window(row) is not None:
        return 0
    latest = Ticket.objects.filter(window=row.window, clerk=row.clerk).order_by("-moved_at").first()
    quiet_since = max(row.signed_in_at, latest.moved_at) if latest else row.signed_in_at
    if not _is_over(time.business_day(row.signed_in_at), quiet_since, row.window.hall, now):
        return 0
    close_at_night(row, now)
    return 1


def tell_who_is_near(now: datetime) -> int:
    """Text those with two people ahead to come back to the hall; once per number."""
    told = 0
    waiting = Ticket.objects.filter(state=TicketState.WAITING, near_told_at=None).exclude(phone="")
    for ticket in waiting.select_related("hall", "group").order_by("call_order_at")[:500]:
        limit = layouts.of(ticket.hall_id, now).number(rules.NEAR_AHEAD)
        ahead = reads.ahead_of(ticket, now)
        if ahead <= limit:
            told += _tell_near(ticket, ahead, now)
    return told


@transaction.atomic
def _tell_near(ticket: Ticket, ahead: int, now: datetime) -> int:
    claimed = Ticket.objects.filter(pk=ticket.pk, near_told_at=None, state=TicketState.WAITING).update(near_told_at=now)
    if claimed and ahead < ticket.ahead_when_taken:
        messages.send_sms(
            ticket.phone,
            template="queue_near",
            context={"number": ticket.number, "ahead": ahead, "hall": ticket.hall.name},
            kind=MessageKind.CALL,
            key=f"near:{ticket.pk}:{ticket.requeues}",
            hall=ticket.hall.code,
        )
    return claimed


def erase_old_phones(now: datetime) -> int:
    """Forget the phones on numbers older than the retention time; the numbers themselves stay."""
    days = parameters.number(rules.PHONE_DAYS, on=time.business_day(now))
    before = now - timedelta(days=days)
    old = Ticket.objects.filter(taken_at__lt=before).exclude(phone="")
    erased = old.update(phone="", customer=None)
    Appointment.objects.filter(slot_at__lt=before).exclude(phone="").update(phone="", customer=None)
    LowRating.objects.filter(noted_at__lt=before).exclude(phone="").update(phone="")
    messages.erase_phones(before)
    return erased


def lapse_appointments(now: datetime) -> int:
    """Free what nobody came for. Returns how many appointments lapsed."""
    begun = Appointment.objects.filter(state=AppointmentState.BOOKED, slot_at__lt=now)
    return sum(lapse(pk, now=now) for pk in list(begun.values_list("pk", flat=True)))


def ask_for_ratings(now: datetime) -> int:
    """A link by SMS to who left a phone and has not rated (R-H-19); quiet hours and the cap are the outbox's (R-S-23).

    The key makes a second sweep harmless. Returns how many were asked.
    """
    asked = 0
    for ticket in ratings.to_survey(now):
        with transaction.atomic():
            sent = messages.send_sms(
                ticket.phone,
                template="queue_survey",
                context={"hall": ticket.hall.name, "link": customer.link(ticket)},
                kind=MessageKind.GREETING,
                key=ratings.survey_key(ticket),
                hall=ticket.hall.code,
            )
        asked += sent is not None
    return asked


def heal_boards(now: datetime) -> int:
    """Send again the boards whose last push was lost with its process or with Redis.

    What screens last got is remembered by its digest; a hall whose truth differs gets a new document. Looked at are
    halls where something happened in the last minute, and once a minute every hall, for changed hours and windows.
    """
    since = now - HEAL_WINDOW
    halls = set(TicketEvent.objects.filter(at__gte=since).values_list("hall_id", flat=True).distinct())
    halls |= set(WindowEvent.objects.filter(at__gte=since).values_list("hall_id", flat=True).distinct())
    if client().set(key("healed-all"), "1", nx=True, ex=HEAL_ALL_SECONDS):
        halls |= set(Hall.objects.filter(is_live=True).values_list("pk", flat=True))
    healed = 0
    for hall_id in halls:
        document = board.document(hall_id, now)
        if board.digest(document) != live.digest_sent(document["hall"]):
            live.publish_board(hall_id)
            healed += 1
    return healed
