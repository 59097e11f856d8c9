"""What staff pages are told when something in a hall changed: an event and an id, never more."""

from core import live
from halls.models import Hall


def hall_changed(hall: Hall, event: str, pk: object) -> None:
    live.nudge(f"hall.{hall.code}", event, pk)
