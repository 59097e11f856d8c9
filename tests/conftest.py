"""What every test gets: quick passwords, plain static files, forgotten parameters; and recorders for pushes."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from django.db import connection
from hypothesis import HealthCheck
from pytest_django.plugin import DjangoDbBlocker

from core import live, parameters
from core.redis import client, key
from queueing.queries import layout
from tests.template import template

# How long an example takes says nothing while other tests share the processors.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Several processes copy one migrated database; a single one migrates its own."""
    if run := os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = template(run)


@pytest.fixture(autouse=True)
def quick_settings(settings: Any) -> None:
    """Argon2 is slow on purpose, and hashed static files need a collectstatic that tests do not run."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def fresh_parameters() -> Iterator[None]:
    """Parameters and the layouts of halls are kept for seconds; a test must not see those of another."""
    parameters.forget()
    layout.forget()
    yield
    parameters.forget()


@pytest.fixture(autouse=True)
def unspent_throttles() -> None:
    """Counters in Redis do not go back with the test's transaction."""
    if used := list(client().scan_iter(key("throttle", "*"), count=1000)):
        client().delete(*used)


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Every nudge asked for, as (topic, event, id). Inside a rolled-back test on_commit never fires."""
    asked: list[tuple[str, str, str]] = []
    _replace(monkeypatch, live.nudge, lambda topic, event, pk: asked.append((topic, event, str(pk))))
    return asked


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Every board document sent, as (hall code, document)."""
    sent: list[tuple[str, dict[str, Any]]] = []
    _replace(monkeypatch, live.publish_board, lambda code, document: sent.append((code, document)))
    return sent


def _replace(monkeypatch: pytest.MonkeyPatch, original: Callable[..., Any], recorder: Callable[..., Any]) -> None:
    """Also where a module holds the function under a name of its own."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").partition(".")[0] in {
            "core",
            "halls",
            "staff",
            "messaging",
            "queueing",
            "complaints",
            "inspections",
            "overview",
        }:
            for name in [name for name, value in vars(module).items() if value is original]:
                monkeypatch.setattr(module, name, recorder)
