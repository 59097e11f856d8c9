from typing import Any

from halls.models import Hall


def may_watch_hall(user: Any, code: str) -> bool:
    """The gate of `hall.<code>`: nudges of a hall's floor are for those who may see it."""
    hall = Hall.objects.filter(code=code).first()
    return hall is not None and bool(user.may("hall.see", hall))
