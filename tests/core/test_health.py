from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from core.redis import client, key
from core.tasks import beat_pulse, forget_old_answers


def test_ready_when_all_is_well(client: Client, db: Any) -> None:
    beat_pulse()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_not_ready_without_a_beat(db: Any) -> None:
    client().delete(key("beat"))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["beat"]) == (503, "silent")
    assert answer["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/halls/ZJ01/board/", "application/json"), ("/login/", "text/html")]
)
def test_an_engine_that_is_down_is_503(monkeypatch: pytest.MonkeyPatch, db: Any, path: str, kind: str) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("halls.models.Hall.objects.filter", down)
    monkeypatch.setattr("django.contrib.auth.views.LoginView.get_context_data", down)
    browser = Client(raise_request_exception=False)
    answer = browser.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"].startswith(kind)


def test_metrics_are_for_near_addresses_or_the_token(settings: Any, db: Any) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="8.8.8.8").get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "secret"
    assert Client().get("/metrics").status_code == 403
    assert Client(headers={"Authorization": "Bearer secret"}).get("/metrics").status_code == 200


def test_every_answer_names_its_request_and_allows_no_inline_code(db: Any) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": "abcd-1234"})
    assert answer["X-Request-ID"] == "abcd-1234"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_kept_answers_are_forgotten_after_a_day(db: Any) -> None:
    from datetime import timedelta

    from core import time
    from core.models import KeptAnswer

    for name, hours in [("old", 24.1), ("new", 23.9)]:
        KeptAnswer.objects.create(owner="x", key=name, fingerprint="", at=time.now() - timedelta(hours=hours))
    forget_old_answers()
    assert [row.key for row in KeptAnswer.objects.all()] == ["new"]
