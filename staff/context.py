"""What the frame of every staff page shows: the menu of this person, and how long an idle screen stays open."""

from typing import Any

from django.http import HttpRequest

from core import time
from staff.menu import Section, menu_of
from staff.models import Preference
from staff.queries import people as queries
from staff.states import TextSize

FEW_LINES = 12  # a menu that fits a small screen is shown whole


class Shell:
    """Asked by templates only as far as they go, so that error pages touch no table."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def menu(self) -> list[Section]:
        user = self.request.user
        return menu_of(user, self.request.path) if user.is_authenticated else []

    @property
    def menu_is_short(self) -> bool:
        return sum(len(section.lines) for section in self.menu) <= FEW_LINES

    @property
    def text_size(self) -> str:
        """How large this person wants the text; empty as it comes."""
        user = self.request.user
        row = Preference.objects.filter(user=user.pk).first() if user.is_authenticated else None
        return "" if row is None or row.text_size == TextSize.USUAL else row.text_size

    @property
    def idle_seconds(self) -> int:
        return queries.idle_minutes(time.now()) * 60


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
