from typing import Any

from core.live import nudge
from halls.models import Hall


def may_watch_hall(user: Any, code: str) -> bool:
    """The gate of `hall.<code>`: nudges of a hall's floor are for those who may see it."""
    hall = Hall.objects.filter(code=code).first()
    return hall is not None and bool(user.may("hall.see", hall))


def roster_published(hall: Hall) -> None:
    """Whoever looks at the hall's rosters fetches them anew."""
    nudge(f"hall.{hall.code}", "roster.published", str(hall.pk))


def solver_moved(hall: Hall, run_id: int) -> None:
    nudge(f"hall.{hall.code}", "roster.run", str(run_id))


def handover_moved(hall: Hall, state: str, pk: int) -> None:
    nudge(f"hall.{hall.code}", f"handover.{state}", pk)


def closing_moved(hall: Hall, state: str, pk: int) -> None:
    nudge(f"hall.{hall.code}", f"closing.{state}", pk)
