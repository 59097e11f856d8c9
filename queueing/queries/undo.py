"""What somebody has just done and may still take back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from core.time import business_day
from halls.models import Device
from halls.queries import number as parameter
from queueing.models import TicketEvent
from queueing.rules import numbers as rules
from queueing.states import Did
from staff.models import User

LOOK_BACK = timedelta(minutes=10)  # longer than any limit, so that 太晚了 can be told from 没有
NOT_UNDOABLE = (Did.TAKEN, Did.RATED, Did.CLOSED)


@dataclass(frozen=True)
class Act:
    """What one key did: one move, or the end of one number and the call of the next. Newest move first."""

    events: tuple[TicketEvent, ...]

    @property
    def at(self) -> datetime:
        return self.events[0].at

    @property
    def until(self) -> datetime:
        """The last moment at which it may be undone."""
        return self.at + timedelta(seconds=parameter(rules.UNDO_SECONDS, self.events[0].hall, self.at))

    @property
    def what(self) -> str:
        """「办结 A011、叫号 A012」"""
        return "、".join(f"{event.get_did_display()} {event.ticket.number}" for event in reversed(self.events))

    @property
    def is_undone(self) -> bool:
        return self.events[0].did == Did.UNDONE

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has happened to its numbers since."""
        newest = TicketEvent.objects.filter(ticket_id__in={event.ticket_id for event in self.events})
        rows = newest.order_by("ticket_id", "-id").distinct("ticket_id").values_list("pk", flat=True)
        return set(rows) <= {event.pk for event in self.events}


@dataclass(frozen=True)
class Undoable:
    what: str
    until: datetime
    ticket_ids: tuple[str, ...]


def undoable(person: User | Device, now: datetime) -> Undoable | None:
    """What the undo key would take back for this person now, and until when; None hides the key."""
    act = last_act(person, now)
    if act is None or act.is_undone or now > act.until or not act.is_untouched:
        return None
    if any(event.ticket.business_day != business_day(now) for event in act.events):
        return None
    return Undoable(act.what, act.until, tuple(str(event.ticket_id) for event in act.events))


def last_act(who: User | Device, now: datetime) -> Act | None:
    """The last thing this person or hardware caller did to a number within LOOK_BACK."""
    recent = _by(who).filter(hall_id__in=who.hall_ids("hall.see"), at__gte=now - LOOK_BACK)
    last = recent.exclude(did__in=NOT_UNDOABLE).order_by("-id").first()
    return act_of(last) if last else None


def last_act_on(ticket_id: UUID) -> Act | None:
    """The act that last touched a number, whoever did it."""
    last = TicketEvent.objects.filter(ticket_id=ticket_id).order_by("-id").select_related("person", "device").first()
    return act_of(last) if last else None


def act_of(event: TicketEvent) -> Act:
    """A move with the others that the same key made: they carry the same moment."""
    rows = TicketEvent.objects.filter(hall_id=event.hall_id, at=event.at, person_id=event.person_id)
    rows = rows.filter(device=event.device)
    rows = rows.select_related("ticket", "hall__region__parent")
    return Act(tuple(rows.order_by("-id")))


def _by(who: User | Device) -> QuerySet[TicketEvent]:
    return TicketEvent.objects.filter(Q(device=who) if isinstance(who, Device) else Q(person=who))
