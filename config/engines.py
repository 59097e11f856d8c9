"""The embedded engines of a bare machine: PostgreSQL and Valkey, owned by one process, used by many.

Whoever starts them holds `engines.lock`; whoever uses them shares `engines.users`, which the owner must have
for itself before it stops them. Both are flocks, so the kernel releases them however a process ends, and a
parent-death signal takes the engines down with their owner. No pid file is ever believed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from config import processes
from config.processes import Seen
from config.programs import (
    DATABASE,
    ROLE,
    EngineError,
    Place,
    Postgres,
    Program,
    Valkey,
    find_place,
    make_folder,
    run_once,
    socket_folder,
)

START_LIMIT = 60.0
LEFTOVER_LIMIT = 15.0
RETRY_LIMIT = 4.0
LOG_LIMIT = 20 * 2**20
PROGRAMS: tuple[type[Program], ...] = (Postgres, Valkey)
ALL = tuple(program.name for program in PROGRAMS)


class EnginesBusy(EngineError):
    """Another process owns the engines of this folder."""


@dataclass(frozen=True)
class Addresses:
    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Owner:
    pid: int
    started: int
    command: str


def addresses(var: Path) -> Addresses:
    """Where the engines are, or will be: a pure function of the folder, so settings can load first."""
    run = socket_folder(var)
    return Addresses(f"postgresql://{ROLE}@/{DATABASE}?host={run}", f"unix://{run}/valkey.sock?db=0")


def needed() -> tuple[str, ...]:
    """The engines that no environment variable replaces by a server elsewhere."""
    servers = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    given = {name for name, key in servers.items() if os.environ.get(key) or os.environ.get(f"{key}_FILE")}
    return tuple(name for name in ALL if name not in given)


def owner_of(var: Path) -> Owner | None:
    """Who holds the engines now, if that process still lives."""
    try:
        owner = Owner(**json.loads((var / "engines.lock").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return owner if Seen(owner.pid, owner.started).alive else None


def _open_lock(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+", encoding="utf-8")
    except PermissionError as error:
        hint = "run as the user who made it, or set HALLKEEPER_VAR"
        raise EngineError(f"{path} may not be written: {hint}") from error


def _lock(file: IO[str], kind: int, *, limit: float = 0.0) -> bool:
    def taken() -> bool:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return processes.wait_until(taken, limit)


class Engines:
    """The engines of one folder, as their owner sees them."""

    def __init__(self, var: Path, *, names: Iterable[str] = ALL, durable: bool = True, command: str = "") -> None:
        self.var = var
        self.names = tuple(names)
        self.durable = durable
        self.remarks: list[str] = []
        self._command = command or Path(sys.argv[0]).name
        self._programs: dict[str, Program] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._owner_lock: IO[str] | None = None

    def acquire(self) -> None:
        """Become the owner, or raise EnginesBusy at once."""
        lock = _open_lock(self.var / "engines.lock")
        if not _lock(lock, fcntl.LOCK_EX):
            lock.close()
            owner = owner_of(self.var)
            raise EnginesBusy(f"`{owner.command}` (process {owner.pid})" if owner else "another process")
        me = processes.seen(os.getpid())
        assert me is not None
        lock.truncate(0)
        lock.write(json.dumps({"pid": me.pid, "started": me.started, "command": self._command}))
        lock.flush()
        self._owner_lock = lock

    def start(self) -> None:
        """Start what is needed and return when it answers; after a failure nothing is left running."""
        if self._owner_lock is None:
            self.acquire()
        try:
            place = find_place(self.var)
            self.remarks = place.remarks
            make_folder(place, place.run)
            (self.var / "logs").mkdir(exist_ok=True)
            for program_class in PROGRAMS:
                if program_class.name in self.names:
                    self._start_first(program_class(place, durable=self.durable), place)
            for program in self._programs.values():
                self._wait_for(program)
                program.first_steps()
            self._publish()
        except BaseException:
            self.stop(patience=0)
            raise

    def _start_first(self, program: Program, place: Place) -> None:
        self._programs[program.name] = program
        self._end_leftovers(program)
        program.prepare(lambda command: run_once(place, command, place.base))
        self._spawn(program)

    def _end_leftovers(self, program: Program, limit: float = LEFTOVER_LIMIT) -> None:
        """We own the folder, so whatever still runs in it belongs to an owner that was killed."""
        try:
            processes.end_leftovers(program.folder, program.process_name, gently=program.death_signal, limit=limit)
        except RuntimeError as error:
            raise EngineError(str(error)) from error
        program.forget_the_dead()

    def log_path(self, name: str) -> Path:
        return self.var / "logs" / f"{name}.log"

    def _spawn(self, program: Program) -> None:
        path = self.log_path(program.name)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            self._processes[program.name] = processes.spawn(
                program.command(),
                death_signal=program.death_signal,
                output=log,
                identity=program.place.identity,
                environment={"PATH": processes.SYSTEM_PATHS, "LC_ALL": "C", "TZ": "UTC"},
                folder=program.folder,
            )

    def _wait_for(self, program: Program) -> None:
        """Ready within the limit. A program that ends at once is tried again: memory may still be in use."""
        ends = time.monotonic() + START_LIMIT
        process = self._processes[program.name]

        def answers_or_ended() -> bool:
            return process.poll() is not None or program.answers()

        while processes.wait_until(answers_or_ended, ends - time.monotonic()):
            if process.poll() is None:
                return
            if time.monotonic() > ends - START_LIMIT + RETRY_LIMIT:
                break
            time.sleep(0.5)
            self.respawn(program.name)
            process = self._processes[program.name]
        tail = self.log_path(program.name).read_text(errors="replace").splitlines()[-8:]
        raise EngineError(f"{program.name} does not start:\n" + "\n".join(tail))

    def dead(self) -> list[str]:
        """Engines that have ended since they were started."""
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def answers(self, name: str) -> bool:
        return self._processes[name].poll() is None and self._programs[name].answers()

    def respawn(self, name: str) -> None:
        """Start a dead engine again without waiting for its answer."""
        program = self._programs[name]
        processes.end(self._processes[name], gently=signal.SIGKILL, limit=5)
        self._end_leftovers(program, limit=1)  # without their parent they have nothing to finish
        self._spawn(program)
        self._publish()

    def process(self, name: str) -> Seen | None:
        return processes.seen(self._processes[name].pid)

    def _publish(self) -> None:
        """`engines.json`: for people and other programs; whether it is true is told by the start times."""
        running = {}
        for name in self._processes:
            if process := self.process(name):
                running[name] = {"pid": process.pid, "started": process.started}
        where = addresses(self.var)
        document: dict[str, Any] = {"database_url": where.database_url, "redis_url": where.redis_url}
        fresh = self.var / f"engines.json.{os.getpid()}"
        fresh.write_text(json.dumps({**document, "owner": os.getpid(), "engines": running}, indent=1) + "\n")
        fresh.replace(self.var / "engines.json")

    def stop(self, *, patience: float = 5.0, limit: float = 8.0) -> None:
        """Wait up to `patience` for other users, then end the engines and give up ownership."""
        if self._owner_lock is None:
            return
        with _open_lock(self.var / "engines.users") as users:
            _lock(users, fcntl.LOCK_EX, limit=patience)
            for name, process in self._processes.items():
                if process.poll() is None:
                    process.send_signal(self._programs[name].death_signal)
            ends = time.monotonic() + limit
            for name, process in self._processes.items():
                left = max(ends - time.monotonic(), 0.1)
                processes.end(process, gently=self._programs[name].death_signal, limit=left)
            self._processes.clear()
            (self.var / "engines.json").unlink(missing_ok=True)
            self._owner_lock.close()
            self._owner_lock = None


def _running(var: Path) -> bool:
    """True when the engines in `engines.json` are those processes and answer."""
    try:
        engines = json.loads((var / "engines.json").read_text())["engines"]
        alive = all(Seen(**process).alive for process in engines.values())
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return alive and bool(engines)


@contextlib.contextmanager
def borrowed(
    var: Path,
    *,
    durable: bool = True,
    names: Iterable[str] = ALL,
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True),
) -> Iterator[Addresses]:
    """Use the engines of this folder: those that run, else our own for as long as the block lasts."""
    with _open_lock(var / "engines.users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits here while an owner is stopping them
        mine = _own_or_wait(Engines(var, names=names, durable=durable, command=" ".join(sys.argv[:2])))
        for remark in mine.remarks if mine else []:
            say(remark)
        try:
            yield addresses(var)
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if mine:
                _stop_when_unused(mine, say)


def _own_or_wait(engines: Engines) -> Engines | None:
    """Our own started engines, or None when somebody else's answer."""
    ends = time.monotonic() + 2 * START_LIMIT
    while time.monotonic() < ends:
        try:
            engines.acquire()
        except EnginesBusy:
            if _running(engines.var):
                return None
            time.sleep(0.1)
        else:
            engines.start()
            return engines
    raise EngineError(f"the engines in {engines.var} are held by another process but do not run")


def _stop_when_unused(engines: Engines, say: Callable[[str], None]) -> None:
    """Others may have begun to use what we started: they come to an end first."""
    with _open_lock(engines.var / "engines.users") as users:
        unused = _lock(users, fcntl.LOCK_EX, limit=1)
    if not unused:
        say("waiting for other commands that use the same database …")
    engines.stop(patience=0 if unused else 3600)
