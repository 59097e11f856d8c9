"""Keeps the processes of one installation running, and ends all of them with itself.

One loop in the main thread: the kernel's parent-death signal follows the thread that started a child, so no
other thread may start one.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from types import FrameType
from typing import IO

from config import processes
from config.console import Console
from config.engines import EngineError, Engines

TICK = 0.2
CHILDREN_LIMIT = 5.0  # children and engines together stay below the ten seconds that are promised
ENGINES_LIMIT = 4.0
STEADY_AFTER = 20.0
LONGEST_WAIT = 10.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end; not an Exception, so nothing on the way swallows it."""


@dataclass
class Patience:
    """How long to wait before the next start of something that keeps ending."""

    failures: int = 0
    started: float = field(default_factory=time.monotonic)
    due: float = 0.0

    def ended(self) -> float:
        now = time.monotonic()
        self.failures = 0 if now - self.started > STEADY_AFTER else self.failures + 1
        wait = min(0.1 * 2.5**self.failures, LONGEST_WAIT) if self.failures else 0.0
        self.due = now + wait
        return wait

    def begin(self) -> None:
        self.started, self.due = time.monotonic(), 0.0


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: dict[str, str]
    keep_open: Sequence[int] = ()
    process: Popen[bytes] | None = None
    unfinished: bytes = b""
    patience: Patience = field(default_factory=Patience)

    @property
    def output(self) -> IO[bytes]:
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout


class Supervisor:
    def __init__(self, console: Console, folder: Path) -> None:
        self.console = console
        self.engines: Engines | None = None
        self._folder = folder
        self._children: list[Child] = []
        self._engine_patience: dict[str, Patience] = {}
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = False
        self._interruptible = False
        self._listen_to_signals()

    def _listen_to_signals(self) -> None:
        self._wake, wake = socket.socketpair()
        for end in (self._wake, wake):
            end.setblocking(False)
        self._wake_other = wake
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # started by nohup: stays ignored
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True
        if self._interruptible:
            self._interruptible = False
            raise Stopped

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Around a call that blocks: a signal ends it at once instead of after it."""
        if self._asked_to_stop:
            raise Stopped
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    def start_engines(self, engines: Engines) -> None:
        with self.interruptible():
            engines.start()
        self.engines = engines
        for name in engines.names:
            self._engine_patience[name] = Patience()

    def run_step(self, child: Child) -> int:
        """Run a command to its end, with its lines shown; its return code."""
        self._start(child)
        assert child.process is not None
        try:
            while child.process.poll() is None:
                self._turn()
                self._watch_engines()
        finally:
            processes.end(child.process, gently=signal.SIGTERM, limit=2)
            self._drain(child)
        return child.process.returncode

    def add(self, child: Child) -> None:
        self._start(child)
        self._children.append(child)

    def turn(self) -> None:
        """Pass on what was said and start again what has ended. Raises Stopped when asked to."""
        self._turn()
        self._watch_engines()
        for child in self._children:
            self._watch(child)

    def _turn(self) -> None:
        for key, _ in self._selector.select(TICK):
            if key.data is None:
                self._wake.recv(4096)
            else:
                self._read(key.data)
        if self._asked_to_stop:
            raise Stopped

    def _start(self, child: Child) -> None:
        child.process = processes.spawn(
            child.command,
            death_signal=signal.SIGKILL,
            output=PIPE,
            environment=child.environment,
            folder=self._folder,
            keep_open=child.keep_open,
        )
        os.set_blocking(child.output.fileno(), False)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        child.patience.begin()

    def _read(self, child: Child) -> bool:
        output = child.output
        try:
            data = os.read(output.fileno(), 65536)
        except BlockingIOError:
            return False
        *lines, child.unfinished = (child.unfinished + data).split(b"\n")
        for line in lines if data else [child.unfinished]:
            if line.strip():
                self.console.line(child.name, line.decode(errors="replace").rstrip())
        if not data:
            child.unfinished = b""
            self._selector.unregister(output)
            output.close()
        return bool(data)

    def _drain(self, child: Child) -> None:
        output = child.output
        while not output.closed and self._read(child):
            pass
        if not output.closed:
            self._selector.unregister(output)
            output.close()

    def _watch(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.patience.due:
                self._start(child)
        elif (code := child.process.poll()) is not None:
            processes.end_session(child.process.pid)  # what it had started holds ports and locks
            self._drain(child)
            child.process = None
            wait = child.patience.ended()
            self.console.say(f"{child.name} ended ({_how(code)}); started again" + _after(wait))

    def _watch_engines(self) -> None:
        for name in self.engines.dead() if self.engines else []:
            patience = self._engine_patience[name]
            if not patience.due:
                wait = patience.ended()
                self.console.say(f"{name} ended; started again" + _after(wait))
            elif time.monotonic() >= patience.due:
                self._respawn(name, patience)

    def _respawn(self, name: str, patience: Patience) -> None:
        assert self.engines is not None
        patience.begin()
        try:
            self.engines.respawn(name)
        except (EngineError, OSError) as error:
            self.console.say(f"{name}: {error}")

    def stop(self) -> None:
        """End children, then engines, within the limit whatever they are doing."""
        self._asked_to_stop = True
        running = [child for child in self._children if child.process]
        for child in running:
            assert child.process is not None
            if child.process.poll() is None:
                child.process.terminate()
        self._wait_for_the_end(running)
        for child in running:
            assert child.process is not None
            processes.end(child.process, gently=signal.SIGKILL, limit=1)
            self._drain(child)
        self._children.clear()
        if self.engines:
            self.engines.stop(patience=0.2, limit=ENGINES_LIMIT)

    def _wait_for_the_end(self, running: Sequence[Child]) -> None:
        ends = time.monotonic() + CHILDREN_LIMIT
        while time.monotonic() < ends and any(c.process and c.process.poll() is None for c in running):
            for key, _ in self._selector.select(0.05):
                if key.data is None:
                    self._wake.recv(4096)
                else:
                    self._read(key.data)


def _how(code: int) -> str:
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"


def _after(wait: float) -> str:
    return f" in {wait:.1f} s" if wait else ""
