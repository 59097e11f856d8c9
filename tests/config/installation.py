"""An installation of its own for tests that kill things: own folder, own port, real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.processes import Seen, seen, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 600  # other tests share the processors, and whoever else works on this machine
UNWANTED = ("DATABASE_URL", "REDIS_URL", "PYTEST", "PUBLIC_URL", "HALLKEEPER", "DJANGO")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)}
    return {**kept, "HALLKEEPER_VAR": str(var), **more}


def processes_of(var: Path) -> list[Seen]:
    """Every living process that knows this folder: in its environment, command line or as working folder."""
    mark, found = os.fsencode(var), []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            told += os.fsencode(os.readlink(entry / "cwd"))
        except OSError:
            continue
        process = seen(int(entry.name))
        if mark in told and process:
            found.append(process)
    return found


def command_line(process: Seen) -> str:
    try:
        return Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def heed_ctrl_c() -> None:
    """A test run in the background of a script has Ctrl-C ignored, and would hand that on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Installation:
    """`manage.py up` on a folder and a port."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.said = var
        self.starts = 0

    def start(self, *options: str) -> None:
        self.starts += 1
        self.said = self.var.parent / f"{self.var.name}.{self.starts}.said"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--web", "2", "--no-demo", *options],
                cwd=ROOT,
                env=environment(self.var, PORT=str(self.port)),
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=heed_ctrl_c,
            )

    def words(self) -> str:
        return self.said.read_text(errors="replace")

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_ready(self, limit: float = READY_SECONDS) -> None:
        def ready_or_ended() -> bool:
            assert self.process is not None
            return self.process.poll() is not None or "is ready" in self.words()

        assert wait_until(ready_or_ended, limit), self.words()[-4000:]
        assert self.get("/readyz") == 200, self.words()[-4000:]

    def ensure(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.start()
        if "is ready" not in self.words():
            self.wait_ready()

    def find(self, *words: str) -> list[Seen]:
        """Direct children whose command line has all these words."""
        assert self.process is not None
        parent = str(self.process.pid)
        children = []
        for process in processes_of(self.var):
            try:
                fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[1] == parent and all(word in command_line(process) for word in words):
                children.append(process)
        return children

    def stop(self, number: int = signal.SIGTERM, limit: float = 15) -> float:
        """Signal `up` and wait for its end; how long that took."""
        assert self.process is not None
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(limit)
        return time.monotonic() - began

    def nothing_left(self, limit: float = 5) -> bool:
        return wait_until(lambda: not processes_of(self.var), limit)
