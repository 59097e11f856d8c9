"""Nudges after a change; pages fetch again what they may see."""

from typing import Any

from core.live import nudge
from halls.models import Hall
from inspections.models import CorrectiveAction, Visit

TOPIC = "inspections"
MOST_HALLS = 15  # whoever sees more of them looks again by hand


def may_watch(user: Any, code: str) -> bool:
    """The gate of `inspections.<code>`."""
    hall = Hall.objects.filter(code=code).first()
    return hall is not None and bool(user.may("inspection.see", hall))


def topics(codes: list[str]) -> str:
    """What a page about these halls listens to."""
    return " ".join(f"{TOPIC}.{code}" for code in codes[:MOST_HALLS])


def action_moved(action: CorrectiveAction) -> None:
    nudge(f"{TOPIC}.{action.hall.code}", f"action.{action.state}", action.pk)


def visit_moved(visit: Visit) -> None:
    """Only of visits that the hall may know of: on record, disputed, decided."""
    nudge(f"{TOPIC}.{visit.hall.code}", f"visit.{visit.state}", visit.pk)
