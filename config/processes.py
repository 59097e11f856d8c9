"""Processes that end with us: start them, recognise them again, end them. Linux only, no Django."""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LAUNCHER = Path(__file__).with_name("launch.py")
SYSTEM_USER = "hallkeeper"
SYSTEM_PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Identity:
    """Who an engine runs as; `uid` None means: as ourselves."""

    uid: int | None = None
    gid: int | None = None
    through_closed_folders: bool = False

    def own(self, *paths: Path) -> None:
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Seen:
    """A process by number *and* start time: a number alone may since belong to somebody else."""

    pid: int
    started: int

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.started


def start_time(pid: int) -> int | None:
    """Clock ticks after boot at which the process began; None when it is gone or only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def seen(pid: int) -> Seen | None:
    started = start_time(pid)
    return None if started is None else Seen(pid, started)


def running_in(folder: Path, program: str) -> Iterator[Seen]:
    """Every process of this program whose working folder is ours: true whatever a pid file says."""
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            if os.readlink(f"/proc/{entry.name}/cwd") != str(folder):
                continue
            executable = os.readlink(f"/proc/{entry.name}/exe").removesuffix(" (deleted)")
        except OSError:
            continue
        found = seen(int(entry.name))
        if found and os.path.basename(executable) == program:
            yield found


def _plan(death_signal: int, identity: Identity, *, private: bool, probe: Sequence[str] = ()) -> list[str]:
    plan = {
        "death_signal": int(death_signal),
        "uid": identity.uid,
        "gid": identity.gid,
        "through_closed_folders": identity.through_closed_folders,
        "parent": os.getpid(),
        "private": private,
        "probe": list(probe),
    }
    return [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(plan)]


def spawn(
    command: Sequence[str],
    *,
    death_signal: int,
    output: IO[bytes] | int | None,
    identity: Identity = Identity(),
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; the kernel signals it when our main thread ends."""
    return subprocess.Popen(
        [*_plan(death_signal, identity, private=identity.uid is not None), *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=environment,
        cwd=folder,
        pass_fds=keep_open,
    )


def can_reach(identity: Identity, paths: Sequence[Path]) -> bool:
    """Whether this identity may enter the folders and run the programs named."""
    probe = _plan(signal.SIGKILL, identity, private=True, probe=[str(path) for path in paths])
    return subprocess.run(probe, check=False, capture_output=True, cwd="/").returncode == 0


def wait_until(true: Callable[[], bool], limit: float, step: float = 0.02) -> bool:
    """Ask again and again, less and less often, until it is true or the time is up."""
    ends = time.monotonic() + limit
    while not true():
        if time.monotonic() >= ends:
            return False
        time.sleep(step)
        step = min(step * 1.5, 0.25)
    return True


def end(process: subprocess.Popen[bytes], *, gently: int, limit: float) -> None:
    """Ask a child to stop, then end it and whatever is left of its session."""
    if process.poll() is None:
        process.send_signal(gently)
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            pass
    end_session(process.pid)
    process.wait()


def end_session(pid: int) -> None:
    """Children of ours lead their process group, so one signal reaches what they started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def end_leftovers(folder: Path, program: str, *, gently: int, limit: float) -> None:
    """Wait for processes of an owner that was killed; end those that do not go by themselves."""
    for number, limit_of_step in ((gently, limit), (signal.SIGKILL, 10.0)):
        left = list(running_in(folder, program))
        for process in left:
            _signal(process, number)
        if wait_until(lambda: not any(running_in(folder, program)), limit_of_step if left else 0):
            return
    raise RuntimeError(f"{program} processes of an earlier run in {folder} do not end")


def _signal(process: Seen, number: int) -> None:
    if process.alive:
        try:
            os.kill(process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass


def system_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: the user that runs it instead, made when it is missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=SYSTEM_PATHS)
    if useradd:
        make = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run([*make, SYSTEM_USER], check=False, capture_output=True)
    for name in (SYSTEM_USER, "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and no other user could be found or made")


def group_of(uid: int, default: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return default if default != grp.getgrgid(0).gr_gid else uid
