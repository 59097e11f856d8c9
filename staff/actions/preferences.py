"""个人设置: where signing in leads to, and how large the text is."""

from django.db import transaction

from core.errors import Refused
from staff.menu import menu_of
from staff.models import Preference, User
from staff.states import TextSize


@transaction.atomic
def set_preference(user: User, *, start_page: str, text_size: str) -> Preference:
    """Raises Refused: not_yours (a page that this person's menu does not have), bad_size."""
    if start_page and start_page not in pages_of(user):
        raise Refused("not_yours", "这个页面不在您的菜单里,请重新选择。")
    if text_size not in TextSize.values:
        raise Refused("bad_size", "请选择文字大小。")
    wish = {"start_page": start_page, "text_size": text_size}
    return Preference.objects.update_or_create(user=user, defaults=wish)[0]


def pages_of(user: User) -> dict[str, str]:
    """Path → title of the person's own menu."""
    return {line.path: f"{section.title} · {line.title}" for section in menu_of(user, "") for line in section.lines}


def start_page(user: User) -> str:
    """The chosen page while the menu still has it, else empty."""
    row = Preference.objects.filter(user=user).first()
    return row.start_page if row is not None and row.start_page in pages_of(user) else ""
