"""What benchmarks share: an installation of their own, a client that costs little, and the shape of a result."""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OTHERS = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "HALLKEEPER", "DJANGO", "PORT", "HOST", "SECRET_KEY")
STAMPS = "BENCH_STAMPS"  # set: the server notes when it pushes boards
KEPT_OPEN_SECONDS = 4.0  # the server closes an idle connection after five


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Result:
    name: str
    value: float
    unit: str
    floor: float
    detail: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """`ratio` is value over floor, both in the same unit."""
        shown = {
            "name": self.name,
            "value": round(self.value, 2),
            "unit": self.unit,
            "floor": round(self.floor, 2),
            "ratio": round(self.value / self.floor, 3),
            "detail": self.detail,
        }
        return json.dumps(shown, ensure_ascii=False)


@dataclass(frozen=True)
class Installation:
    var: Path
    port: int


@contextmanager
def installation(*, web: int) -> Iterator[Installation]:
    """`manage.py up` with an empty database in a folder of its own; this process may use its engines by the ORM."""
    with tempfile.TemporaryDirectory(prefix="hallkeeper-bench-") as folder:
        here = Installation(Path(folder) / "var", free_port())
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
        own = {
            "HALLKEEPER_VAR": str(here.var),
            "PORT": str(here.port),
            "DJANGO_SETTINGS_MODULE": "benchmarks.server.settings",
        }
        said = Path(folder) / "said"
        with said.open("wb") as out:
            command = [sys.executable, "manage.py", "up", "--web", str(web), "--no-demo"]
            up = subprocess.Popen(command, cwd=ROOT, env={**kept, **own}, stdout=out, stderr=out)
        try:
            _wait_until_ready(up, said)
            _use(kept, own)
            yield here
        except BaseException:
            say(said.read_text(errors="replace")[-4000:])
            raise
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(30)


@contextmanager
def database(settings: str = "config.settings") -> Iterator[Path]:
    """The engines alone, with an empty migrated database in a folder of their own: nothing else runs beside."""
    from config.engines import Engines

    with tempfile.TemporaryDirectory(prefix="hk-bench-") as folder:
        var = Path(folder) / "var"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
        engines = Engines(var, command="bench")
        engines.acquire()
        engines.start()
        try:
            _use(kept, {"HALLKEEPER_VAR": str(var), "DJANGO_SETTINGS_MODULE": settings})
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            yield Path(folder)
        finally:
            engines.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(up: subprocess.Popen[bytes], said: Path, limit: float = 120) -> None:
    end = time.monotonic() + limit
    while "is ready" not in said.read_text(errors="replace"):
        if up.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the installation did not start")
        time.sleep(0.2)


def _use(kept: dict[str, str], own: dict[str, str]) -> None:
    import django

    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(own)
    django.setup()


class Wire:
    """One kept connection. http.client would cost more than the answer of a fast server."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Token {token}\r\nContent-Type: application/json\r\n"
        self.socket: socket.socket | None = None
        self.used_at = 0.0

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and decoded JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        text = f"{method} {path} HTTP/1.1\r\n{self.head}Content-Length: {len(data)}\r\n\r\n"
        self._connection().sendall(text.encode() + data)
        status, answer = self._answer()
        self.used_at = time.monotonic()
        return status, json.loads(answer) if answer else None

    def _connection(self) -> socket.socket:
        if self.socket is None or time.monotonic() - self.used_at > KEPT_OPEN_SECONDS:
            self.close()
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def _answer(self) -> tuple[int, bytes]:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        size = int(sizes[0].partition(b":")[2]) if sizes else 0
        while len(body) < size:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        assert self.socket is not None
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()


@dataclass(frozen=True)
class Run:
    """What several workers did together: their answers, how long each took, and how long all took."""

    answers: list[Any]
    seconds: list[float]
    elapsed: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.elapsed

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        return round(statistics.quantiles(self.seconds, n=100)[percent - 1] * 1000, 1)


def together(steps: list[Callable[[], Any]]) -> Run:
    """Repeat each step in a thread of its own until it answers None; the clock runs from start to last end."""
    start = threading.Barrier(len(steps) + 1)

    def work(step: Callable[[], Any]) -> list[tuple[Any, float]]:
        done: list[tuple[Any, float]] = []
        start.wait()
        while True:
            began = time.perf_counter()
            answer = step()
            if answer is None:
                return done
            done.append((answer, time.perf_counter() - began))

    with ThreadPoolExecutor(len(steps)) as pool:
        waiting = [pool.submit(work, step) for step in steps]
        start.wait()
        began = time.perf_counter()
        done = [one for each in waiting for one in each.result()]
        elapsed = time.perf_counter() - began
    return Run([answer for answer, _ in done], [seconds for _, seconds in done], elapsed)


def times(count: int, act: Callable[[], Any]) -> Callable[[], Any]:
    """A step that does `act` so many times."""
    left = iter(range(count))
    return lambda: act() if next(left, None) is not None else None


def load_average() -> float:
    return round(os.getloadavg()[0], 2)
