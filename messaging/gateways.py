"""The ways out to phones. Each is told a message by its id, and can be asked about it later by that id.

`send` returns when the gateway has taken the message and raises otherwise: `Unreachable` nothing was handed
over · `Unanswered` it may have been · `Rejected` the gateway says no to this message.
`known` says whether the gateway has taken an id; it raises `Unreachable` when it can't tell.
"""

import fcntl
import json
import logging
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from core.phones import masked_phone

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
ABOUT_THE_MESSAGE = {400, 413, 422}
MAYBE_TAKEN = {408, 409, *range(500, 600)}


class Unreachable(Exception):
    """This attempt has certainly handed nothing over, for a reason that is not the message's."""


class Unanswered(Exception):
    """Nobody knows whether the gateway took the message: ask by id before sending it again."""


class Rejected(Exception):
    """The gateway read the message and will not take it."""


class Gateway(Protocol):
    def send(self, message_id: UUID, *, phone: str, text: str) -> None: ...

    def known(self, message_id: UUID) -> bool: ...


class ConsoleGateway:
    """For a machine without a gateway: a log line per text. It remembers nothing, so it knows no id."""

    def send(self, message_id: UUID, *, phone: str, text: str) -> None:
        log.info("sms %s to %s: %s", message_id, masked_phone(phone), text)

    def known(self, message_id: UUID) -> bool:
        return False


class FileGateway:
    """One JSON line per text, for trials and tests; the same id is written once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message_id: UUID, *, phone: str, text: str) -> None:
        line = json.dumps({"id": str(message_id), "phone": phone, "text": text}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if message_id not in _ids(file):
                    file.write(line.encode() + b"\n")
        except OSError as error:
            raise Unanswered(str(error)) from error

    def known(self, message_id: UUID) -> bool:
        try:
            with self.path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                return message_id in _ids(file)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unreachable(str(error)) from error


def _ids(file: BinaryIO) -> set[UUID]:
    """The ids in a locked file, after cutting off a last line that a killed writer left unfinished."""
    file.seek(0)
    content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        file.truncate(len(whole))
    file.seek(0, 2)
    return {UUID(json.loads(line)["id"]) for line in whole.splitlines()}


class HttpGateway:
    """`POST url {id, phone, text}` to send, `GET url/{id}` to ask.

    By http.client, because it tells a connection that was never made from an answer that never came,
    follows no redirect (a sign-in page is not a delivery) and takes no proxy from the environment.
    """

    def __init__(self, url: str, token: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url = urlsplit(url)
        self.timeout = timeout
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, message_id: UUID, *, phone: str, text: str) -> None:
        body = json.dumps({"id": str(message_id), "phone": phone, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": str(message_id)}
        status = self._status("POST", "", headers, body)
        if 200 <= status < 300:
            return
        if status in ABOUT_THE_MESSAGE:
            raise Rejected(f"HTTP {status}")
        raise (Unanswered if status in MAYBE_TAKEN else Unreachable)(f"HTTP {status}")

    def known(self, message_id: UUID) -> bool:
        try:
            status = self._status("GET", f"/{message_id}", {}, None)
        except Unanswered as error:
            raise Unreachable(str(error)) from error
        if status == 404:
            return False
        if not 200 <= status < 300:
            raise Unreachable(f"HTTP {status} when asked")
        return True

    def _status(self, method: str, below: str, headers: Mapping[str, str], body: bytes | None) -> int:
        """The answer's status; its body is not read, so a gateway that dribbles can't hold the worker."""
        kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = kind(self.url.hostname or "", self.url.port, timeout=self.timeout)
        target = (self.url.path.rstrip("/") + below if below else self.url.path) or "/"
        try:
            try:
                connection.connect()
            except OSError as error:
                raise Unreachable(str(error)) from error
            try:
                query = f"?{self.url.query}" if self.url.query else ""
                connection.request(method, target + query, body, {**self.headers, **headers})
                return connection.getresponse().status
            except (OSError, HTTPException) as error:
                raise Unanswered(str(error) or type(error).__name__) from error
        finally:
            connection.close()


def chosen() -> Gateway:
    """The gateway named by the settings."""
    if settings.SMS_GATEWAY == "http":
        return HttpGateway(settings.SMS_URL, settings.SMS_TOKEN)
    if settings.SMS_GATEWAY == "file":
        return FileGateway(settings.VAR / "sms" / "outbox.jsonl")
    return ConsoleGateway()
