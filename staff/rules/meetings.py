"""Pure decisions about meetings (R-S-19): short, and with a quiz."""

from collections.abc import Iterable

from core.parameters import register

MOST_MINUTES = register("staff.meeting_minutes", "晨会不超过", default=15, unit="分钟", between=(5, 60))


def is_long(minutes: int, *, most: int) -> bool:
    return minutes > most


def right_share(answers: Iterable[bool | None]) -> int | None:
    """Per cent of right answers among those who were asked; None when nobody was."""
    asked = [one for one in answers if one is not None]
    return round(100 * sum(asked) / len(asked)) if asked else None
