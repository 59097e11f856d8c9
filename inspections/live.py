"""Nudges after a change; pages fetch again what they may see."""

from core.live import nudge
from inspections.models import CorrectiveAction


def action_moved(action: CorrectiveAction) -> None:
    nudge(f"hall.{action.hall_id}", f"action.{action.state}", action.pk)
