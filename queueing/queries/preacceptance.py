"""A number's 预填单 as tablet and counter show it."""

from dataclasses import dataclass
from datetime import datetime

from halls.models import BusinessType
from queueing.models import ChecklistItem, PreAcceptance, Ticket
from queueing.queries import checklists
from queueing.rules import door as rules


@dataclass(frozen=True)
class Line:
    item: ChecklistItem
    is_ticked: bool


@dataclass(frozen=True)
class Sheet:
    """`missing` says in words what keeps it from being complete."""

    business: BusinessType
    documents: list[Line]
    information: list[Line]
    needed: int
    id_copied: bool
    note: str
    filled_by: str
    filled_at: datetime | None
    missing: list[str]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def given(self) -> int:
        """How many information lines are there."""
        return sum(line.is_ticked for line in self.information)


def of(ticket: Ticket) -> Sheet | None:
    """What was filled in for a number; None when nothing was."""
    filled = PreAcceptance.objects.filter(ticket=ticket).select_related("business", "filled_by").first()
    return _sheet(filled.business, filled) if filled else None


def form(ticket: Ticket, business: BusinessType) -> Sheet:
    """The form for a business, with what was ticked for it before."""
    filled = PreAcceptance.objects.filter(ticket=ticket, business=business).select_related("filled_by").first()
    return _sheet(business, filled)


def _sheet(business: BusinessType, filled: PreAcceptance | None) -> Sheet:
    asked = checklists.of(business)
    ticked = set(filled.items.values_list("pk", flat=True)) if filled else set()
    documents = [Line(item, item.pk in ticked) for item in asked.documents]
    information = [Line(item, item.pk in ticked) for item in asked.information]
    facts = rules.Filled(
        documents=len(documents),
        documents_shown=sum(line.is_ticked for line in documents),
        information_needed=asked.needed,
        information_given=sum(line.is_ticked for line in information),
        needs_copy=business.needs_id,
        copied=filled is not None and filled.id_copied,
    )
    return Sheet(
        business=business,
        documents=documents,
        information=information,
        needed=asked.needed,
        id_copied=facts.copied,
        note=filled.note if filled else "",
        filled_by=filled.filled_by.name if filled else "",
        filled_at=filled.filled_at if filled else None,
        missing=rules.missing(facts),
    )
