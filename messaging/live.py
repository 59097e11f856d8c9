from typing import Any

from core import live as push


def only_oneself(user: Any, key: str) -> bool:
    """The gate of `user.<pk>`: everyone hears what concerns them, nobody else does."""
    return bool(user.is_active) and str(user.pk) == key


def notices_changed(user_id: int) -> None:
    push.nudge(f"user.{user_id}", "notices.changed", user_id)
