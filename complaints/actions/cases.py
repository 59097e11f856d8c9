"""From the first word to the acceptance: every complaint is logged (R-C-1), whoever says it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from complaints.actions import texts_out
from complaints.actions.catalogue import current_policy
from complaints.actions.journal import Entry, locked, write
from complaints.models import Category, Complaint
from complaints.queries.people import Recipients
from complaints.rules import answers, moves
from complaints.rules.numbers import number_text
from complaints.rules.texts import SHORT, clean, needed
from complaints.rules.tiers import tier_of
from complaints.states import Did, Identity, Kind, Outcome, OwnerSaid, Source, Status, Tier
from core import time
from core.errors import Refused
from core.phones import clean_phone
from halls.models import Hall, Window
from loyalty.models import Customer
from loyalty.states import CustomerStatus, Star
from messaging import actions as messages
from queueing.models import LowRating, Ticket
from staff.models import User


@dataclass(frozen=True)
class Report:
    """What is known when a complaint is logged; two clicks are enough, the rest may follow."""

    hall: Hall
    source: str = Source.WINDOW
    kind: str = Kind.COMPLAINT
    category: Category | None = None
    content: str = ""
    wish: str = ""
    phone: str = ""
    person_name: str = ""
    identity: str = Identity.UNCHECKED
    ticket: Ticket | None = None
    clerk: User | None = None
    window: Window | None = None
    written_at: datetime | None = None
    solved: str = ""
    is_simulated: bool = False


@transaction.atomic
def log(report: Report, *, person: User | None, now: datetime) -> Complaint:
    """Record a complaint, also one that was solved on the spot (`solved` says how).

    Somebody else's complaint waits for the owner (R-C-3), every other one is accepted and its clocks run.
    Raises Refused: too_long, bad_phone.
    """
    complaint = _drafted(report, person, now)
    complaint.save(force_insert=True)
    facts = {"kind": complaint.kind, "source": complaint.source, "policy": current_policy().version}
    entries = [Entry(Did.LOGGED, {**facts, "identity": complaint.identity})]
    solved = clean(report.solved, "现场解决情况")
    if not moves.is_accepted_at_once(complaint.kind, complaint.identity) and not solved:
        entries.append(Entry(Did.OWNER_ASKED))
        write(complaint, *entries, person=person, now=now)
        texts_out.ask_owner(complaint)
        return complaint
    entries.append(_acceptance(complaint, now))
    if solved:
        entries += [
            Entry(Did.CLOSED, {"words": solved, "outcome": Outcome.SOLVED, "on_spot": True}),
            Entry(Did.ARCHIVED),
        ]
        changes = {"outcome": str(Outcome.SOLVED), "solved_on_spot": True}
        write(complaint, *entries, person=person, now=now, **changes)
        return complaint
    write(complaint, *entries, person=person, now=now)
    texts_out.confirm_logged(complaint, now)
    return complaint


@transaction.atomic
def log_from_rating(ticket: Ticket, *, now: datetime) -> Complaint:
    """The customer complains from their number's page after a low rating; once, and the duty manager hears of it."""
    Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    known = Complaint.objects.filter(ticket=ticket, source=Source.CUSTOMER_PAGE).first()
    if known is not None:
        return known
    said = LowRating.objects.filter(ticket=ticket).first()
    words = f"评价 {ticket.rating} 分" + (f":{said.reason_words}" if said and said.reasons else "")
    phone = (said.phone if said else "") or ticket.phone
    visit = Report(
        ticket.hall, Source.CUSTOMER_PAGE, content=words, phone=phone, identity=Identity.VISITOR, ticket=ticket
    )
    made = log(visit, person=None, now=now)
    messages.alert(
        Recipients(now).duty(ticket.hall),
        title=f"{ticket.number} 客户登记了投诉",
        body=words,
        url=f"/complaints/{made.number}/",
        key=f"complaint-from-rating:{made.pk}",
    )
    return made


def _drafted(report: Report, person: User | None, now: datetime) -> Complaint:
    ticket = report.ticket
    phone = clean_phone(report.phone) if report.phone else (ticket.phone if ticket else "")
    customer = customer_of(phone) or (ticket.customer if ticket and not report.phone else None)
    return Complaint(
        number=_next_number(report.hall, report.kind, now),
        hall=report.hall,
        kind=report.kind,
        source=report.source,
        category=report.category,
        content=clean(report.content, "投诉内容"),
        wish=clean(report.wish, "客户诉求"),
        phone=phone,
        person_name=clean(report.person_name, "联系人", most=40),
        **snapshot(customer),
        identity=report.identity,
        ticket=ticket,
        clerk=report.clerk or (ticket.clerk if ticket else None),
        window=report.window or (ticket.window if ticket else None),
        written_at=report.written_at if report.source == Source.BOOK else None,
        first_handler=person,
        handler=person,
        logged_at=now,
        is_simulated=report.is_simulated or bool(ticket and ticket.is_simulated),
    )


def customer_of(phone: str) -> Customer | None:
    """The present owner of a number."""
    return Customer.objects.filter(phone=phone).exclude(status=CustomerStatus.CLOSED).first() if phone else None


def snapshot(customer: Customer | None) -> dict[str, Any]:
    """R-C-16: what the customer was when they complained."""
    if customer is None:
        return {"customer": None, "brand": "", "star": None, "is_vip": False}
    return {"customer": customer, "brand": customer.brand, "star": customer.star, "is_vip": customer.is_vip}


def _next_number(hall: Hall, kind: str, now: datetime) -> str:
    """The next serial of the hall's day; the counter's row is held until commit."""
    day = time.business_day(now)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO complaints_casecounter (hall_id, day, kind, last) VALUES (%s, %s, %s, 1)
            ON CONFLICT (hall_id, day, kind) DO UPDATE SET last = complaints_casecounter.last + 1 RETURNING last
            """,
            [hall.pk, day, kind],
        )
        row = cursor.fetchone()
    return number_text(kind, day, hall.code, row[0])


def tier_for(complaint: Complaint) -> Tier:
    star = complaint.star if complaint.star is not None else Star.UNRATED
    return tier_of(is_vip=complaint.is_vip, star=star, brand=complaint.brand)


def _acceptance(complaint: Complaint, now: datetime) -> Entry:
    data: dict[str, Any] = {"tier": str(tier_for(complaint))}
    if complaint.source == Source.BOOK:
        data["clock_from"] = answers.book_clock_from(complaint.written_at, now).isoformat()
    return Entry(Did.ACCEPTED, data)


@transaction.atomic
def confirm_owner(complaint_id: int, how: str, *, person: User | None, now: datetime) -> Complaint:
    """R-C-3: the owner, or a guardian by document, says yes; the clock starts now.

    Raises Refused: bad_move, bad_way.
    """
    if how not in {OwnerSaid.SMS, OwnerSaid.CALL, OwnerSaid.DOCUMENT}:
        raise Refused("bad_way", "请选择确认方式。")
    complaint = locked(complaint_id)
    identity = Identity.GUARDIAN if how == OwnerSaid.DOCUMENT else Identity.OWNER
    entries = [Entry(Did.OWNER_CONFIRMED, {"how": how}), _acceptance(complaint, now)]
    write(complaint, *entries, person=person, now=now, identity=str(identity))
    texts_out.confirm_logged(complaint, now)
    return complaint


@transaction.atomic
def deny_owner(complaint_id: int, *, person: User | None, now: datetime) -> Complaint:
    """R-C-3: the owner says no; it is kept on record and not handled. Raises Refused("bad_move")."""
    complaint = locked(complaint_id)
    if complaint.status != Status.OWNER:
        raise Refused("bad_move", f"{complaint.number} 现在是「{complaint.get_status_display()}」,不需要机主确认。")
    write(complaint, Entry(Did.REJECTED, {"why": OwnerSaid.DENIED}), person=person, now=now)
    return complaint


@transaction.atomic
def lapse_owner(complaint_id: int, *, now: datetime) -> bool:
    """Nobody confirmed in time (R-C-3). Found again by another sweep, it changes nothing."""
    complaint = locked(complaint_id)
    if complaint.status != Status.OWNER or complaint.next_due_at is None or complaint.next_due_at >= now:
        return False
    write(complaint, Entry(Did.REJECTED, {"why": OwnerSaid.TIME_OUT}), person=None, now=now)
    return True


@transaction.atomic
def reject(complaint_id: int, reason: str, *, person: User, now: datetime) -> Complaint:
    """R-C-3, R-C-9: not a valid complaint, by a manager with a reason; it leaves the denominator of the rates."""
    complaint = locked(complaint_id)
    why = needed(reason, "不予受理的原因", most=SHORT)
    write(complaint, Entry(Did.REJECTED, {"words": why}), person=person, now=now)
    return complaint


@transaction.atomic
def amend(complaint_id: int, *, person: User, now: datetime, **facts: Any) -> Complaint:
    """The rest of what two clicks left out: category, content, wish, name, identity. What stood before is in the event.

    Raises Refused: bad_move, too_long.
    """
    complaint = locked(complaint_id)
    labels = {"content": "投诉内容", "wish": "客户诉求"}
    for name, label in labels.items():
        if name in facts:
            facts[name] = clean(facts[name], label)
    if "person_name" in facts:
        facts["person_name"] = clean(facts["person_name"], "联系人", most=40)
    changed = {name: value for name, value in facts.items() if getattr(complaint, name) != value}
    if not changed:
        return complaint
    before = {name: _plain(getattr(complaint, name)) for name in changed}
    data = {"before": before, "after": {name: _plain(value) for name, value in changed.items()}}
    write(complaint, Entry(Did.AMENDED, data), person=person, now=now, **changed)
    return complaint


def _plain(value: Any) -> Any:
    return str(value) if value is not None and not isinstance(value, (str, int, bool)) else value


@transaction.atomic
def correct_tier(complaint_id: int, tier: str, reason: str, *, person: User, now: datetime) -> Complaint:
    """The class was read wrong at acceptance: the limit changes, what was consumed and every pause stay."""
    complaint = locked(complaint_id)
    if tier not in Tier.values or tier == complaint.tier:
        raise Refused("same_tier", "客户类别没有变化。")
    data = {"tier": tier, "before": complaint.tier, "words": needed(reason, "更正原因", most=SHORT)}
    write(complaint, Entry(Did.TIER_CORRECTED, data), person=person, now=now)
    return complaint
