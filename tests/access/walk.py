"""Walks through the doors as one person: no cookies and no session table, so that thousands of steps take seconds."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from halls.models import Hall
from halls.states import RegionLevel
from staff.models import User
from staff.rules.employments import IN_REGIONS
from tests.access.table import DEVICE, OPEN, OWN, SIGNED_IN, Row
from tests.access.things import MAKERS
from tests.factories import make_hall, make_region, make_user

MIDDLEWARE = [
    "tests.access.walk.AsPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RefusedToMessage",
]
DOORS = ("/login/?next=", "/admin/login/?next=")
PASSED, SIGN_IN, FORBIDDEN, MISSING = "passed", "sign in", "403", "404"
_walker: Any = AnonymousUser()


class AsPerson:
    """Every request comes from the walker; its rights are worked out once."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = _walker
        request.session = SessionStore()
        return self.get_response(request)


def outcome(method: str, path: str, body: tuple[tuple[str, str], ...] = ()) -> str:
    """What a step led to; whatever it changed is taken back. A refusal of the domain (a sentence) is a passed door."""
    client = Client(raise_request_exception=False)
    if path.startswith("/api/"):
        told, kind = json.dumps(dict(body)), "application/json"
    else:
        told, kind = urlencode(body), "application/x-www-form-urlencoded"
    with transaction.atomic():
        response = client.generic(method, path, told if method != "GET" else "", content_type=kind)
        transaction.set_rollback(True)
    return _read(response)


def _read(response: Any) -> str:
    status = response.status_code
    if status == 401 or (status == 302 and response["Location"].startswith(DOORS)):
        return SIGN_IN
    known = status in {403, 404, 405} or (status >= 500 and status != 503)  # a test has no beat: /readyz says 503
    return str(status) if known else PASSED


def be(person: Any) -> None:
    global _walker
    _walker = person


@dataclass
class World:
    """Two halls of two cities, and one person who works at the first, or in its city."""

    person: Any
    here: Hall
    there: Hall
    made: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def parts(self, row: Row, hall: Hall) -> dict[str, Any]:
        """The parts of the row's address for a thing of the hall; one's own for here, somebody else's for there."""
        if not row.thing:
            return dict(row.values)
        known = (row.thing, hall.pk)
        if known not in self.made:
            owner = self.person if hall == self.here and isinstance(self.person, User) else make_user(hall=hall)
            self.made[known] = MAKERS[row.thing](hall, owner)
        return self.made[known] | dict(row.values)


def world(role: str | None) -> World:
    here = make_hall("ZJ01", region=make_region("JK"))
    far = make_region("GL", parent=make_region("NJ", level=RegionLevel.CITY))
    there = make_hall("NJ01", region=far)
    if role is None:
        return World(AnonymousUser(), here, there)
    city = here.region.parent
    person = make_user("90001", role, region=city) if role in IN_REGIONS else make_user("01001", role, here)
    person.rights  # noqa: B018  worked out once
    return World(person, here, there)


def expected(row: Row, world: World, hall: Hall) -> str:
    """What the table promises to the world's person for a thing of the hall."""
    person = world.person
    known = isinstance(person, User)
    if row.right == OPEN:
        return PASSED
    if not known:
        return FORBIDDEN if DEVICE in row.rights and not row.is_api else SIGN_IN
    if row.right == SIGNED_IN:
        return PASSED
    if row.right == OWN:
        return PASSED if hall == world.here else MISSING
    if row.asks_first and not any(person.may(verb) for verb in row.sees.split(" or ")):
        return FORBIDDEN
    sees = not row.thing or row.sees == OPEN
    sees = sees or (hall == world.here and any(person.may(verb, hall) for verb in row.sees.split(" or ")))
    if not sees:
        return MISSING
    if row.in_hall and not person.employments.exclude(hall=None).exists():
        return FORBIDDEN
    verbs = [verb for verb in row.rights if verb != DEVICE]
    return PASSED if any(person.may(verb, hall if row.thing else None) for verb in verbs) else FORBIDDEN
