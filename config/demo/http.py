"""A patient HTTP client: what was not acknowledged is said again, with the same `Idempotency-Key`."""

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

AGAIN = {408, 425, 429, 500, 502, 503, 504}
PAUSE_FIRST, PAUSE_MOST = 0.05, 2.0


class NoAnswer(Exception):
    """The server did not answer within our patience; whether it acted is unknown."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def code(self) -> str:
        """The code of a refusal, else empty."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) and self.status == 409 else ""


class Server:
    """The running product. Every thread keeps a connection of its own open."""

    def __init__(self, url: str, *, patience: float = 120.0, timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self.patience = patience
        self.timeout = timeout
        self.counts: Counter[str] = Counter()
        self._parts = urlsplit(self.url)
        self._own = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def get(self, path: str, *, token: str = "", patience: float | None = None) -> Answer:
        return self._until_answered("GET", path, None, _headers(token), patience)

    def post(
        self, path: str, body: dict[str, Any] | None = None, *, token: str = "", patience: float | None = None
    ) -> Answer:
        """Raises NoAnswer. One key for all tries, so that the act happens at most once."""
        headers = _headers(token) | {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return self._until_answered("POST", path, json.dumps(body or {}), headers, patience)

    def _until_answered(
        self, method: str, path: str, body: str | None, headers: dict[str, str], patience: float | None
    ) -> Answer:
        until = time.monotonic() + (self.patience if patience is None else patience)
        pause = PAUSE_FIRST
        while True:
            self.counts["requests"] += 1
            wait, used = 0.0, self._connection().sock is not None
            try:
                answer, wait = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._drop()
                if used:
                    continue  # the server had closed a connection that was idle for long
                self.counts["unreachable"] += 1
                why = f"{type(error).__name__} {error}"
            else:
                if answer.status not in AGAIN:
                    return answer
                self.counts[f"status_{answer.status}"] += 1
                why = f"{answer.status} {answer.body}"
            if time.monotonic() >= until:
                raise NoAnswer(f"{method} {path}: {why}")
            time.sleep(min(max(pause, wait), PAUSE_MOST))
            pause = min(pause * 2, PAUSE_MOST)

    def _once(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[Answer, float]:
        connection = self._connection()
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        raw = response.read()
        wait = response.headers.get("Retry-After", "")
        if response.will_close:
            self._drop()
        is_json = raw and "json" in response.headers.get("Content-Type", "")
        return Answer(response.status, json.loads(raw) if is_json else None), float(wait) if wait.isdigit() else 0.0

    def _connection(self) -> http.client.HTTPConnection:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            secure = self._parts.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            host, port = self._parts.hostname or "127.0.0.1", self._parts.port
            connection = self._own.connection = kind(host, port, timeout=self.timeout)
            self._all.append(connection)
        return connection

    def hang_up(self) -> None:
        """Close the connections of all threads, so that the server need not keep any."""
        for connection in self._all:
            connection.close()

    def _drop(self) -> None:
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None


def _headers(token: str) -> dict[str, str]:
    words = {"Accept": "application/json"}
    if token:
        words["Authorization"] = f"{'Device' if token.startswith('hkd_') else 'Token'} {token}"
    return words
