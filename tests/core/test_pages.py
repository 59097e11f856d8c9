"""Every page that a signed-in person can reach opens, under the strict content policy."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from staff.states import Role
from tests.factories import make_device, make_hall, make_owner, make_ticket, make_user

pytestmark = pytest.mark.django_db


class Inline(HTMLParser):
    """Collects what the policy would drop: scripts with a body, styles, style and on… attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script: str | None = None

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        if tag == "style" or "style" in names or any(name.startswith("on") for name in names):
            self.found.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in names and dict(attrs).get("type") != "application/json":
            self.found.append(self.get_starttag_text() or tag)


def inline_parts(html: str) -> list[str]:
    reader = Inline()
    reader.feed(html)
    return reader.found


def pages(hall) -> list[str]:
    return [
        "/",
        "/workbench/",
        "/account/",
        "/account/password/",
        "/staff/",
        "/staff/?find=小&role=clerk",
        "/staff/01001/",
        "/halls/",
        "/halls/devices/",
        f"/halls/{hall.code}/hours/",
        "/notices/",
        "/pair/",
        "/api/docs/",
    ]


@pytest.fixture
def owner_client() -> Client:
    client = Client()
    client.force_login(make_owner())
    return client


def test_every_staff_page_opens_and_is_free_of_inline_script_and_style(owner_client):
    hall = make_hall()
    make_user("01001", Role.CLERK, hall)
    make_device(hall)
    make_ticket(hall)

    for page in pages(hall):
        response = owner_client.get(page)

        assert (page, response.status_code) == (page, 200)
        assert (page, inline_parts(response.content.decode())) == (page, [])
        assert "default-src 'self'" in response["Content-Security-Policy"]
