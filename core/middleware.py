"""Request id, engines that are down, and refusals turned into sentences."""

import re
import secrets
import time as clock
from collections.abc import Callable

import redis
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core import metrics
from core.api import engine_down_json, refused_json
from core.errors import Refused
from core.logs import request_id

Next = Callable[[HttpRequest], HttpResponse]
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
ENGINE_ERRORS = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


class RequestId:
    """Names each request, in its log lines, its answer and the 500 page; and counts it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(4).upper()
        token = request_id.set(name)
        began = clock.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = name
        match = request.resolver_match
        metrics.observe(match.view_name if match else "none", response.status_code, clock.perf_counter() - began)
        return response


class EngineDown:
    """503 with Retry-After while PostgreSQL or Redis is away, instead of 500."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return engine_down(request) if isinstance(error, ENGINE_ERRORS) else None


def engine_down(request: HttpRequest) -> HttpResponse:
    response = engine_down_json() if request.path.startswith("/api/") else render(request, "503.html", status=503)
    response["Retry-After"] = "5"
    return response


class RefusedToMessage:
    """A refusal that reaches the top of a page: the sentence, beside what the person was looking at."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        if getattr(request, "htmx", False) or "application/json" in request.headers.get("Accept", ""):
            return refused_json(error)
        messages.error(request, error.message)
        back = request.headers.get("Referer", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back if safe else "/")
