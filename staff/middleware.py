"""Doors every signed-in request passes: the idle lock and the age of the password.

Whoever stands before such a door is nobody: pages open to everyone still open, all others lead to the door.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from core import time
from staff.queries import people as queries
from staff.queries.sign_ins import LOCKED, SEEN
from staff.rules import signing_in as rules

Next = Callable[[HttpRequest], HttpResponse]

NOTED_EVERY = timedelta(seconds=30)  # a write per request would cost more than the seconds are worth


class Door:
    """A signed-in person whom `holds` stops is `request.held` instead of `request.user`."""

    page = ""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        if not self.holds(request):
            return self.get_response(request)
        request.held, request.held_by = request.user, self.page  # type: ignore[attr-defined]
        request.user = AnonymousUser()
        return self.lead(request, self.get_response(request))

    def holds(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def lead(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Turn "sign in first" into the way to the door; a fragment takes its whole page there."""
        if "HX-Request" in request.headers and response.status_code in {302, 401, 403}:
            here = urlsplit(request.headers.get("HX-Current-URL", ""))
            moved = HttpResponse(status=204)
            moved["HX-Redirect"] = self.address(here._replace(scheme="", netloc="").geturl())
            return moved
        to_login = urlsplit(response.get("Location", "")).path == resolve_url(settings.LOGIN_URL)
        if response.status_code == 302 and to_login:
            return HttpResponseRedirect(self.address(request.get_full_path() if request.method == "GET" else ""))
        return response

    def address(self, back: str) -> str:
        return resolve_url(self.page) + (f"?{urlencode({'next': back})}" if back else "")


class IdleLock(Door):
    """A screen left alone shows nobody's work to the next one who comes along."""

    page = "lock"

    def holds(self, request: HttpRequest) -> bool:
        now, session = time.now(), request.session
        if session.get(LOCKED):
            return True
        seen = _moment(session.get(SEEN))
        if seen and rules.is_idle(seen, now, minutes=queries.idle_minutes(now)):
            session[LOCKED] = True
            return True
        fresh = seen is not None and now - seen < NOTED_EVERY
        if not fresh and "X-Background" not in request.headers:
            session[SEEN] = now.isoformat()
        return False


class PasswordAge(Door):
    """A temporary or worn-out password opens nothing but the page where it is changed (R-S-13)."""

    page = "password"

    def holds(self, request: HttpRequest) -> bool:
        return queries.must_change_password(request.user, time.now())  # type: ignore[arg-type]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
