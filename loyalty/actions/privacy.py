"""Looks at customers' data. Every one leaves a row, written before anything is shown."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import time
from core.errors import Refused
from core.phones import clean_phone
from core.redis import too_often
from halls.models import BusinessType
from loyalty import hooks
from loyalty.models import Customer, Disclosure, Look, LookReview, ServiceChange
from loyalty.queries import privacy as reads
from loyalty.rules import privacy as rules
from loyalty.states import DisclosedItem, LookKind, Oddity, RevealReason, Verdict
from messaging import actions as messages
from staff.models import User


@dataclass(frozen=True)
class Revealed:
    """What was hidden, for this one answer; it is kept nowhere else."""

    customer: Customer
    phone: str
    name: str
    look: Look


@transaction.atomic
def find_customer(phone: str, *, actor: User, now: datetime) -> Customer | None:
    """Whose number this is, by the whole number only.

    Raises Refused("bad_phone"), Refused("too_many_finds") when somebody tries one number after the other.
    """
    wanted, hall = clean_phone(phone), reads.place_of(actor, now)
    if too_often("customer-find", actor.pk, limit=reads.number(rules.FINDS_A_MINUTE, hall, now), seconds=60):
        raise Refused("too_many_finds", "查询过于频繁,请一分钟后再试。")
    customer = reads.by_phone(wanted)
    Look.objects.create(
        kind=LookKind.FOUND, person=actor, hall=hall, customer=customer, at=now, rows=int(bool(customer))
    )
    return customer


@transaction.atomic
def reveal(customer: Customer, *, reason: str = "", note: str = "", actor: User, now: datetime) -> Revealed:
    """Show the whole number and name to one person, once, on record (R-H-18).

    Raises Refused("reason_needed" | "note_needed" | "ground_needed" | "letter_needed").
    """
    grounds = hooks.reveal_grounds(customer.pk, actor, now)
    reason, note = rules.reason_for(reason, note, at_window=any(one.is_served_here for one in grounds))
    ground = rules.check_grounds(
        reason,
        grounds,
        needs_one=not actor.may("customer.reveal_any"),
        has_letter=reason == RevealReason.BY_LAW and reads.has_letter(customer, actor, now),
    )
    look = Look(kind=LookKind.REVEALED, person=actor, customer=customer, at=now, reason=reason, note=note)
    look.hall = reads.place_of(actor, now)
    look.ground = ground.text if ground else ""
    look.odd = _oddities(look, customer, ground)
    look.save()
    if look.odd:
        _raise_alert(look)
    return Revealed(customer, customer.phone, customer.name, look)


def _oddities(look: Look, customer: Customer, ground: rules.Ground | None) -> list[Oddity]:
    at_window = ground is not None and ground.is_served_here
    now, hall, person = look.at, look.hall, look.person
    return rules.oddities(
        looks=reads.looks_of_the_hour(person, now) + 1,
        limit=reads.number(rules.LOOKS_AN_HOUR, hall, now),
        is_on_shift=at_window or reads.is_on_shift(person, hall, now),
        is_colleague=reads.is_colleague(customer),
        is_vip_without_need=ground is None and reads.is_important(customer),
    )


def _raise_alert(look: Look) -> None:
    """To the managers of the hall, once per person, kind and hour or customer: never to the person who looked."""
    now, person = look.at, look.person
    people = reads.reviewers(look.hall, apart_from=person)
    for oddity in look.oddities:
        about = (
            f"{time.local(now):%Y%m%d%H}" if oddity == Oddity.OFTEN else f"{look.customer_id}:{time.business_day(now)}"
        )
        messages.alert(
            people,
            title=f"号码查看提醒:{person.name} {oddity.label}",
            body=f"{time.local(now):%H:%M} {look.get_reason_display()}。请在号码查看记录中审核。",
            url=f"/loyalty/looks/?odd=1&person={person.staff_no}",
            key=f"look:{person.pk}:{oddity}:{about}",
        )


@transaction.atomic
def record_export(what: str, *, rows: int, actor: User, now: datetime) -> Look:
    """Who took which table out of the house, and how long it was."""
    hall = reads.place_of(actor, now)
    return Look.objects.create(kind=LookKind.EXPORTED, person=actor, hall=hall, at=now, note=what, rows=rows)


@transaction.atomic
def review_looks(looks: Collection[int], verdict: str, *, note: str = "", actor: User, now: datetime) -> int:
    """Note what the manager found; own looks and reviewed ones stay as they are. Returns how many were reviewed.

    Raises Refused("bad_verdict" | "note_needed" | "own_look").
    """
    if verdict not in Verdict.values:
        raise Refused("bad_verdict", "请选择审核结论。")
    words = " ".join(note.split())[: rules.NOTE_LENGTH]
    if verdict != Verdict.FINE and len(words) < 2:
        raise Refused("note_needed", "请写明需说明或不应查看的原因。")
    wanted = Look.objects.visible_to(actor).filter(pk__in=looks, review=None).order_by("pk")
    rows = list(wanted.exclude(person=actor))
    if not rows and wanted.exists():
        raise Refused("own_look", "本人的查看记录请由其他管理人员审核。")
    found = [LookReview(look=row, reviewer=actor, at=now, verdict=verdict, note=words) for row in rows]
    LookReview.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


@dataclass(frozen=True)
class Letter:
    """What an authority's letter asks for."""

    authority: str
    letter_no: str
    purpose: str
    items: Collection[str]


@transaction.atomic
def ask_disclosure(customer: Customer, letter: Letter, *, actor: User, now: datetime) -> Disclosure:
    """R-C-21, the first of two persons. Raises Refused("letter_incomplete" | "nothing_asked")."""
    authority, letter_no, purpose = rules.check_letter(letter.authority, letter.letter_no, letter.purpose)
    items = [item for item in DisclosedItem.values if item in letter.items]
    if not items:
        raise Refused("nothing_asked", "请选择公函要求提供的内容,只选本案需要的。")
    disclosure = Disclosure.objects.create(
        customer=customer,
        hall=reads.place_of(actor, now),
        authority=authority,
        letter_no=letter_no,
        purpose=purpose,
        items=items,
        asked_by=actor,
        asked_at=now,
    )
    messages.notify(
        reads.reviewers(disclosure.hall, apart_from=actor),
        title="依法提供客户信息待确认",
        body=f"{authority} {letter_no},由 {actor.name} 登记,请核对公函原件。",
        url="/loyalty/letters/",
        key=f"letter:{disclosure.pk}",
    )
    return disclosure


@transaction.atomic
def confirm_disclosure(disclosure_id: int, *, actor: User, now: datetime) -> Disclosure:
    """The second person has seen the letter; now it opens the number for both. Raises Refused("same_person")."""
    row = Disclosure.objects.select_for_update().get(pk=disclosure_id)
    if row.asked_by_id == actor.pk:
        raise Refused("same_person", "登记人不能自己确认,请由另一人核对公函。")
    if row.confirmed_at is not None:
        raise Refused("confirmed_already", "这份公函已经确认过。")
    row.confirmed_by, row.confirmed_at = actor, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    Look.objects.create(
        kind=LookKind.DISCLOSED,
        person=actor,
        hall=row.hall,
        customer_id=row.customer_id,
        at=now,
        reason=RevealReason.BY_LAW,
        note=row.item_words[: rules.NOTE_LENGTH],
        ground=f"{row.authority} {row.letter_no}"[:80],
    )
    return row


@dataclass(frozen=True)
class Consent:
    """How the customer agreed."""

    kind: str
    reference: str


@transaction.atomic
def record_change(
    customer: Customer, business: BusinessType, consent: Consent, *, actor: User, now: datetime
) -> ServiceChange:
    """R-S-24: a service change with what proves the customer's consent.

    Raises Refused("oral_is_no_consent" | "bad_evidence" | "reference_needed").
    """
    reference = rules.check_evidence(consent.kind, consent.reference)
    return ServiceChange.objects.create(
        customer=customer,
        business=business,
        evidence=consent.kind,
        reference=reference,
        hall=reads.place_of(actor, now),
        person=actor,
        at=now,
    )
