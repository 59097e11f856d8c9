"""预填单: what the floor fills in with a customer who waits, so that handling starts from it (R-Q-12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Refused
from queueing import live
from queueing.actions.floor import business_of, person_of
from queueing.actions.moves import Actor, locked, move
from queueing.models import ChecklistItem, PreAcceptance, Ticket
from queueing.queries import layout as layouts
from queueing.states import Did, TicketState

NOTE_MOST = 200


@dataclass(frozen=True)
class Form:
    """What came from the tablet: the business's code, the numbers of ticked lines, a note."""

    business: str
    items: Iterable[int] = ()
    note: str = ""
    id_copied: bool = False


@transaction.atomic
def fill(ticket_id: UUID, form: Form, *, actor: Actor, now: datetime) -> PreAcceptance:
    """Write the form of a number, over an earlier one. A number taken for a group gets its exact business.

    Raises Refused: bad_move, bad_note, not_served_here, bad_item.
    """
    ticket = locked(ticket_id)
    if not ticket.is_active:
        raise Refused("bad_move", f"{ticket.number} 现在是「{ticket.get_state_display()}」,不用再预填。")
    note = form.note.strip()
    if len(note) > NOTE_MOST or "\x00" in note:
        raise Refused("bad_note", f"备注最多 {NOTE_MOST} 字,请缩短后再保存。")
    business = business_of(ticket.hall, form.business, now)
    chosen = set(form.items)
    known = ChecklistItem.objects.filter(checklist__business=business, is_active=True)
    items = [item for item in known if item.pk in chosen]
    if len(items) != len(chosen):
        raise Refused("bad_item", "清单有更新,请重新打开预填单再勾选。")
    _narrow(ticket, business.code, actor=actor, now=now)
    values = {
        "business": business,
        "note": note,
        "id_copied": form.id_copied,
        "filled_by": person_of(actor),
        "filled_at": now,
    }
    filled, _ = PreAcceptance.objects.update_or_create(ticket=ticket, defaults=values)
    filled.items.set(items)
    live.floor_changed(ticket.hall, "ticket.pre_accepted", ticket.pk)
    return filled


def _narrow(ticket: Ticket, code: str, *, actor: Actor, now: datetime) -> None:
    """A waiting number goes on under the business that the form is about, at its old age."""
    if ticket.state != TicketState.WAITING or (ticket.business and ticket.business.code == code):
        return
    layout = layouts.of(ticket.hall_id, now)
    group = next(group for group in layout.groups.values() if code in group.businesses)
    if not any(layout.windows_for(frozenset({group.id}))):
        raise Refused("not_served_here", "本厅不办理这项业务,请换一项。")
    business = business_of(ticket.hall, code, now)
    detail = {"from": ticket.about, "to": business.name}
    changes = {"group_id": group.id, "business": business}
    if group.id != ticket.group_id:
        changes |= {"directed_window": None, "directed_clerk": None}
    move(ticket, Did.CHANGED, TicketState.WAITING, actor=actor, now=now, detail=detail, **changes)
