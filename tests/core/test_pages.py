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
        "/queueing/figures/",
        "/queueing/load-check/",
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


@pytest.mark.parametrize(
    ("path", "status"), [("/login/", 200), ("/pair/", 200), ("/nothing-here/", 404), ("/pair/unknown/", 403)]
)
def test_pages_for_everyone_are_free_of_inline_script_and_style(client, path, status):
    response = client.get(path)

    assert response.status_code == status
    assert inline_parts(response.content.decode()) == []
    assert "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "page", ["/", "/workbench/", "/account/", "/staff/", "/halls/", "/halls/devices/", "/notices/"]
)
def test_a_stranger_is_asked_to_sign_in(client, page):
    assert client.get(page)["Location"] == f"/login/?next={page}"


def test_the_api_answers_its_own_errors_in_json(client):
    answer = client.get("/api/v1/nothing/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_workbench_of_each_role_opens(client):
    hall = make_hall()
    make_ticket(hall)
    for number, role in enumerate(Role):
        client.force_login(make_user(f"0200{number:02d}", role, hall))
        response = client.get("/")
        assert (role, response.status_code) == (role, 200)
        assert "data-waiting>1<" in response.content.decode()


def test_a_broken_page_says_a_number_and_touches_no_table(client, monkeypatch, django_assert_num_queries):
    def broken(request):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("halls.views.devices.PairForm", broken)
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        response = client.get("/pair/")

    assert response.status_code == 500
    assert f"编号 {response['X-Request-ID']} 可报给管理员" in response.content.decode()


def test_an_engine_that_is_away_is_503_with_a_page_that_tries_again(client, monkeypatch):
    from django.db import OperationalError

    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("halls.views.devices.PairForm", away)
    response = client.get("/pair/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in response.content.decode()
