"""The whole permission table, walked: every address × every role × own and other hall, against docs/endpoints.md."""

import logging
from collections import Counter
from collections.abc import Iterator

import pytest
from django.template.backends.django import Template

from staff.access import VERBS
from staff.states import Role
from tests.access import table, walk
from tests.access.table import WORDS
from tests.access.things import MAKERS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def quick_doors(settings, monkeypatch) -> Iterator[None]:
    """Doors only: no cookies, locks and headers, which have tests of their own, no drawn pages, no line per refusal."""
    settings.MIDDLEWARE = walk.MIDDLEWARE
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: "")
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
    walk.be(None)


def test_every_address_has_a_row_and_every_row_an_address():
    """A new address without a row in docs/endpoints.md fails here."""
    listed = {row.address for row in table.rows()}
    assert "\n".join(sorted(set(table.addresses()) - listed)) == ""
    assert "\n".join(sorted(listed - set(table.addresses()))) == ""


def test_every_address_has_a_name_of_its_own():
    """Of two with one name `reverse` gives the last: a form of one app would go to another's page."""
    counted = Counter(table.names())
    assert sorted(name for name, count in counted.items() if count > 1) == []


def test_rows_use_known_rights_and_things():
    words = {word for row in table.rows() for word in row.rights} - WORDS
    assert sorted(words - set(VERBS)) == []
    assert sorted({row.thing for row in table.rows() if row.thing} - set(MAKERS)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: str(role or "nobody"))
def test_every_address_answers_every_role_as_documented(role):
    world = walk.world(role)
    walk.be(world.person)
    wrong = []
    for row in table.rows():
        for hall in (world.here, world.there) if row.thing else (world.here,):
            path = row.path(world.parts(row, hall))
            for method in row.methods:
                found, promised = walk.outcome(method, path, row.body), walk.expected(row, world, hall)
                if found != promised:
                    wrong.append(f"{method} {row.address} at {hall.code}: {found}, documented: {promised}")
    assert "\n".join(wrong) == ""


@pytest.mark.django_db
def test_no_address_answers_to_a_method_that_is_not_documented():
    """Asked as nobody would be: by somebody who may everything, so that only the method can be wrong."""
    world = walk.world(Role.OPERATIONS)
    walk.be(world.person)
    methods: dict[str, set[str]] = {}
    for row in table.rows():
        methods.setdefault(row.address, set()).update(row.methods)
    wrong = []
    for row in table.rows():
        path = row.path(world.parts(row, world.here))
        for method in sorted(set(METHODS) - methods[row.address]):
            found = walk.outcome(method, path, row.body)
            signing_in_again = row.address == "login/" and found == walk.PASSED  # leads home whoever is signed in
            if found not in {"405", walk.FORBIDDEN} and not signing_in_again:
                wrong.append(f"{method} {row.address}: {found}")
    assert "\n".join(wrong) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: str(role or "nobody"))
def test_the_settings_pages_open_for_one_right_only(role):
    """The admin asks one question, everywhere: may this person change settings?"""
    world = walk.world(role)
    walk.be(world.person)
    opens = role is not None and world.person.may("settings.change")
    named = [one for one in table.settings_addresses() if "<" not in one and "(" not in one and one.endswith("/")]
    public = {"admin/login/", "admin/logout/"}
    found = {one: walk.outcome("GET", f"/{one}") for one in named if one not in public}
    if not opens:
        assert set(found.values()) == {"sign in"}
    else:
        assert {one for one, what in found.items() if what == "sign in"} == set()
