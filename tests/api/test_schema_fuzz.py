"""Whatever the OpenAPI document lets a caller send, and much that it forbids, is answered, and never by a 500.

`HALLKEEPER_FUZZ=100` sends that many requests to each operation.
"""

import os
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from rest_framework.authtoken.models import Token
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from tests.factories import make_customer, make_hall, make_owner, make_session, make_ticket

EXAMPLES = int(os.environ.get("HALLKEEPER_FUZZ", "4"))  # of each operation, each sent twice

schema = schemathesis.openapi.from_dict(
    SchemaGenerator().get_schema(request=None, public=True),
    config=SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                generation=GenerationConfig(
                    modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
                    max_examples=EXAMPLES,
                    deterministic=True,
                    no_shrink=True,
                    database="none",
                )
            )
        )
    ),
)
schema.app = WSGIHandler()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The end of a request must not close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def real(db: Any, one_connection: None) -> dict[str, Any]:
    """A hall at work: what paths must name for a request to come further than 404."""
    hall = make_hall()
    clerk = make_owner()
    make_customer()
    make_session(hall.windows.get(number=1), clerk)
    window = hall.windows.get(number=1)
    states = ("waiting", "called", "held", "done", "no_show", "waiting")
    tickets = [make_ticket(hall, state, window=None if state == "waiting" else window) for state in states]
    return {
        "token": Token.objects.create(user=clerk).key,
        "code": cycle([hall.code]),
        "window_id": cycle(str(one.pk) for one in hall.windows.order_by("number")),
        "ticket_id": cycle(str(ticket.pk) for ticket in tickets),
    }


@schema.parametrize()
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_request_is_answered_by_a_500(case: schemathesis.Case, real: dict[str, Any]) -> None:
    headers = {"Authorization": f"Token {real['token']}"}
    as_drawn = case.call(headers=headers)
    assert as_drawn.status_code < 500, f"{case.as_curl_command()}\n{as_drawn.text[:2000]}"
    drawn = case.path_parameters or {}
    case.path_parameters = {name: next(real[name]) if name in real else value for name, value in drawn.items()}
    aimed = case.call(headers=headers)
    assert aimed.status_code < 500, f"{case.as_curl_command()}\n{aimed.text[:2000]}"
