"""What a business asks for, from its checklist or, without one, from its list of documents."""

from dataclasses import dataclass

from halls.models import BusinessType
from queueing.models import Checklist, ChecklistItem
from queueing.rules.door import parts
from queueing.states import ItemKind


@dataclass(frozen=True)
class Asked:
    """The lines of a business's checklist; `needed` of the information lines are enough."""

    business: BusinessType
    documents: list[ChecklistItem]
    information: list[ChecklistItem]
    needed: int


def of(business: BusinessType) -> Asked:
    checklist = Checklist.objects.filter(business=business).first()
    items = list(checklist.items.filter(is_active=True)) if checklist else []
    return Asked(
        business=business,
        documents=[item for item in items if item.kind == ItemKind.DOCUMENT],
        information=[item for item in items if item.kind == ItemKind.INFORMATION],
        needed=checklist.information_needed if checklist else 0,
    )


def to_bring(business: BusinessType) -> list[str]:
    """The one-time list: every document, and how much of the information to have at hand."""
    asked = of(business)
    lines = [item.text for item in asked.documents] or parts(business.documents)
    if asked.needed:
        lines.append(f"以下信息任意 {asked.needed} 项:{'、'.join(item.text for item in asked.information)}")
    return lines
