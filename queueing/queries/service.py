"""The customer at the window: what to check, what to do, what may be noted, and how often they came lately."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import time
from halls.models import BusinessType
from queueing.models import Offer, PreAcceptance, Ticket
from queueing.queries import checklists
from queueing.queries.layout import Layout
from queueing.rules import notes as rules
from queueing.rules.door import parts
from queueing.states import Retention, TicketState
from staff.models import User


@dataclass(frozen=True)
class Line:
    """One thing to check; `is_done` None where nobody has filled in a form."""

    text: str
    is_done: bool | None = None


@dataclass(frozen=True)
class Papers:
    """What the floor has checked already (R-Q-12), or the documents of the businesses."""

    title: str
    lines: list[Line]
    note: str = ""

    @property
    def missing(self) -> int:
        return sum(line.is_done is False for line in self.lines)


def papers(ticket: Ticket, businesses: list[BusinessType]) -> Papers:
    """The form that was filled while the customer waited, with what is still missing, then the other documents."""
    form = PreAcceptance.objects.filter(ticket=ticket).select_related("business", "filled_by").first()
    rest = [one for one in businesses if form is None or one.pk != form.business_id]
    lines = _of_form(form) if form else []
    known = {line.text for line in lines}
    to_show = dict.fromkeys(part for business in rest for part in parts(business.documents))
    lines += [Line(text) for text in to_show if text not in known]
    if form is None:
        return Papers("请客户出示", lines)
    title = f"业务预受理 · {form.business.name}({form.filled_by.name} {time.local(form.filled_at):%H:%M} 填)"
    return Papers(title, lines, form.note)


def _of_form(form: PreAcceptance) -> list[Line]:
    asked, ticked = checklists.of(form.business), set(form.items.values_list("pk", flat=True))
    lines = [Line(item.text, item.pk in ticked) for item in asked.documents]
    if not asked.documents:
        lines = [Line(text, form.id_copied) for text in parts(form.business.documents)]
    elif form.business.needs_id:
        lines.append(Line("证件已复印" if form.id_copied else "证件还没有复印", form.id_copied))
    if asked.needed:
        there = [item.text for item in asked.information if item.pk in ticked]
        told = f"核对信息 {len(there)}/{asked.needed} 项" + (f":{'、'.join(there)}" if there else "")
        lines.append(Line(told, len(there) >= asked.needed))
    return lines


def businesses(ticket: Ticket, found: list[BusinessType]) -> list[dict[str, Any]]:
    """What is done under this number; all but the first can be dropped again."""
    own = ticket.business_id is not None
    return [{"business": one, "is_extra": at > 0 or not own} for at, one in enumerate(found)]


def to_add(layout: Layout, found: list[BusinessType]) -> list[BusinessType]:
    """Every other business of the hall."""
    codes = {code for group in layout.groups.values() for code in group.businesses}
    there = {one.pk for one in found}
    rows = BusinessType.objects.filter(code__in=codes, is_active=True).order_by("name")
    return [one for one in rows if one.pk not in there]


def last_served(clerk: User, layout: Layout, now: datetime) -> Ticket | None:
    """Whoever this clerk has just finished with, while notes are still taken."""
    minutes = layout.number(rules.NOTE_MINUTES)
    mine = Ticket.objects.filter(clerk=clerk, business_day=time.business_day(now), state=TicketState.DONE)
    rows = mine.filter(finished_at__gte=now - timedelta(minutes=minutes)).select_related("business", "group")
    return rows.order_by("-finished_at").first()


def notes(ticket: Ticket, found: list[BusinessType], *, is_peak: bool) -> dict[str, Any] | None:
    """The keys for notes that make sense for this number; None when there are none."""
    channels = [one.e_channel for one in found if one.e_channel]
    offers = list(Offer.objects.filter(is_active=True)[: rules.OFFERS_SHOWN]) if _may_offer(is_peak) else []
    retention = [one for one in Retention if one] if any(one.asks_retention for one in found) else []
    if not (channels or offers or retention):
        return None
    return {
        "ticket": ticket,
        "channels": "、".join(dict.fromkeys(channels)),
        "offers": [{"name": one.name, **_offer_key(ticket, one.name)} for one in offers],
        "retention": [{"value": one.value, "label": one.label, "is_on": ticket.retention == one} for one in retention],
    }


def _may_offer(is_peak: bool) -> bool:
    return rules.may_recommend(is_peak=is_peak)


def _offer_key(ticket: Ticket, name: str) -> dict[str, Any]:
    """One key goes round: recommended, accepted, taken back."""
    if ticket.recommended != name:
        return {"state": "", "next_offer": name, "next_accepted": ""}
    if not ticket.recommended_accepted:
        return {"state": "offered", "next_offer": name, "next_accepted": "1"}
    return {"state": "accepted", "next_offer": "", "next_accepted": ""}


@dataclass(frozen=True)
class Visit:
    day: date
    about: str
    where: str


@dataclass(frozen=True)
class Repeat:
    """A customer who keeps coming back: the earlier visits, newest first."""

    number: int
    days: int
    visits: list[Visit]


def repeat(ticket: Ticket, layout: Layout, now: datetime) -> Repeat | None:
    """From the third visit within a week on; every number that was served is a visit, in whichever hall."""
    if ticket.customer_id is None:
        return None
    today, days = time.business_day(now), layout.number(rules.REPEAT_DAYS)
    since = rules.first_day(today, days=days)
    earlier = Ticket.objects.filter(customer_id=ticket.customer_id, business_day__gte=since, state=TicketState.DONE)
    rows = list(earlier.exclude(pk=ticket.pk).select_related("hall", "business", "group").order_by("-taken_at"))
    number = rules.visit_number((row.business_day for row in rows), today, days=days)
    if number < layout.number(rules.REPEAT_VISITS):
        return None
    return Repeat(
        number,
        days,
        [
            Visit(row.business_day, row.about, "本厅" if row.hall_id == ticket.hall_id else row.hall.name)
            for row in rows
        ],
    )
