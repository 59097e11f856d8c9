"""Gateways to test against: they write down every delivery, so that a double one can't hide."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

from messaging.gateways import Rejected, Unanswered, Unreachable


class RecordingGateway:
    """Delivers each call it takes, the same id again included: it does not hide a doubling sender."""

    def __init__(self) -> None:
        self.delivered: list[tuple[UUID, str, str]] = []
        self.calls: list[str] = []
        self.mood = "well"
        self.lock = threading.Lock()

    def send(self, message_id: UUID, *, phone: str, text: str) -> None:
        with self.lock:
            self.calls.append("send")
            if self.mood == "dead":
                raise Unreachable("connection refused")
            if self.mood == "rejects":
                raise Rejected("HTTP 422")
            if self.mood == "swallows":
                raise Unanswered("timed out")
            self.delivered.append((message_id, phone, text))
            if self.mood == "takes and says nothing":
                raise Unanswered("timed out")
            if self.mood == "kills the worker":
                raise WorkerKilled

    def known(self, message_id: UUID) -> bool:
        with self.lock:
            self.calls.append("known")
            if self.mood == "dead":
                raise Unreachable("connection refused")
            return message_id in [line[0] for line in self.delivered]

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.delivered]


class WorkerKilled(BaseException):
    """Leaves like a kill: nothing after the call is run."""


class Wire:
    """What a small HTTP gateway on this machine saw, and what it answers."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], dict[str, str]]] = []
        self.gets: list[str] = []
        self.post_status = 202
        self.get_status = 404
        self.silent = threading.Event()
        self.url = ""


@contextmanager
def http_gateway() -> Iterator[Wire]:
    wire = Wire()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            wire.posts.append(({name: str(self.headers[name] or "") for name in HEADERS}, body))
            if wire.silent.is_set():
                self.close_connection = True
                return
            self.answer(wire.post_status)

        def do_GET(self) -> None:
            wire.gets.append(self.path)
            self.answer(wire.get_status)

        def answer(self, status: int) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/sign-in")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    wire.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield wire
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


HEADERS = ("Idempotency-Key", "Authorization", "Content-Type")
