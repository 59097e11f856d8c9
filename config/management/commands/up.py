"""`manage.py up`: everything one installation needs, in one process tree."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import engines
from config.console import Console
from config.demo import seeding
from config.engines import EngineError, Engines, EnginesBusy
from config.supervisor import Child, Stopped, Supervisor
from core import time as moments

WEB_OPTIONS = ["--no-access-log", "--no-server-header", "--ws-max-size", "65536"]
WEB_OPTIONS += ["--log-level", "warning"]
WEB_OPTIONS += ["--timeout-graceful-shutdown", "4"]  # below what the supervisor waits
WORKER_OPTIONS = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
WORKER_OPTIONS += ["--include", "config.pool"]


class Command(BaseCommand):
    help = "Start engines, web, worker and beat; migrate first and fill an empty database with the demo city."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = min(os.cpu_count() or 1, 4)
        parser.add_argument("--web", type=int, default=default, metavar="N", help="web processes")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *, web: int, no_demo: bool, **options: Any) -> None:
        with _bind() as door:
            console = Console(settings.VAR / "logs")
            supervisor = Supervisor(console, settings.ROOT)
            installation = Installation(supervisor, console)
            try:
                installation.prepare(demo=settings.EMBEDDED and not no_demo)
                installation.serve(door, web)
            except Stopped:
                console.say("stopping …")
            except EngineError as error:
                raise CommandError(str(error)) from error
            finally:
                supervisor.stop()
            console.say("stopped 已停止")


def _bind() -> socket.socket:
    """Take the port first: a port in use should be said before anything expensive begins.

    It is only bound here; web processes listen on it, so until then browsers are refused, not kept waiting.
    """
    host, port = settings.ENV.host, settings.ENV.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CommandError(f"HOST {host} is not an address of this machine") from error
    door = socket.socket(family, kind, protocol)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection. Uvicorn takes a given socket for a unix one and would not set it:
        # 44 ms for each answer on a kept connection instead of one.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        door.bind(address)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            text = f"port {port} on {host} is already in use; set PORT to another one"
            raise CommandError(f"{text} 端口 {port} 已被占用,请用 PORT 换一个") from error
        raise CommandError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return door


class Installation:
    def __init__(self, supervisor: Supervisor, console: Console) -> None:
        self.supervisor = supervisor
        self.console = console
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1"}

    def prepare(self, *, demo: bool) -> None:
        names = engines.needed()
        if names:
            self._start_engines(names)
        self._step("migrate", "--noinput", "--verbosity", "1")
        self._collect_static()
        if demo:
            self._load_demo()
        connection.close()

    def _start_engines(self, names: tuple[str, ...]) -> None:
        self.console.say("starting " + " and ".join(names))
        own = Engines(settings.VAR, names=names, command="up")
        told = False
        while True:
            try:
                own.acquire()
                break
            except EnginesBusy as busy:
                owner = engines.owner_of(settings.VAR)
                if owner and owner.command == "up":
                    raise EngineError(f"already running: process {owner.pid} serves {settings.VAR}") from busy
                if not told:
                    self.console.say(f"waiting for {busy} to end: it uses the same database")
                told = True
            with self.supervisor.interruptible():
                time.sleep(0.2)
        self.supervisor.start_engines(own)
        for remark in own.remarks:
            self.console.say(remark)

    def _child(self, name: str, *command: str, **more: Any) -> Child:
        return Child(name, [sys.executable, *command], {**self.environment, **more.pop("extra", {})}, **more)

    def _step(self, *command: str) -> None:
        if self.supervisor.run_step(self._child("up", "manage.py", *command)) != 0:
            raise CommandError(f"`manage.py {command[0]}` failed, see above")

    def _collect_static(self) -> None:
        """Only when a source has changed: hashing and compressing the fonts takes a while."""
        stamp = settings.VAR / "static.stamp"
        fingerprint = _fingerprint(settings.ROOT)
        if stamp.exists() and stamp.read_text() == fingerprint and settings.STATIC_ROOT.exists():
            return
        self._step("collectstatic", "--noinput", "--verbosity", "1")
        stamp.write_text(fingerprint)

    def _load_demo(self) -> None:
        """Once; a city that stands gets only links that lead to the present address."""
        if apps.get_model("halls", "Hall").objects.exists():
            if remark := seeding.freshen_logins(moments.now()):
                self.console.say(remark)
            return
        self.console.say("loading the demo city 正在载入演示数据 …")
        self._step("seed_demo")

    def serve(self, door: socket.socket, web: int) -> None:
        metrics = settings.VAR / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        run = ["-m", "uvicorn", "config.asgi:application", "--fd", str(door.fileno()), *WEB_OPTIONS]
        extra = {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        for number in range(1, web + 1):
            self.supervisor.add(self._child(f"web-{number}", *run, keep_open=[door.fileno()], extra=extra))
        celery = ["-m", "celery", "--quiet", "-A", "config"]
        calm = {"PYTHONWARNINGS": "ignore:You're running the worker"}  # root is usual on a bare machine
        self.supervisor.add(self._child("worker", *celery, "worker", *WORKER_OPTIONS, extra=calm))
        schedule = ["--schedule", str(settings.VAR / "beat-schedule"), "--pidfile=", "--loglevel", "WARNING"]
        self.supervisor.add(self._child("beat", *celery, "beat", *schedule))
        self._until_ready(door)
        self.console.say(welcome())
        while True:
            self.supervisor.turn()

    def _until_ready(self, door: socket.socket) -> None:
        host, port = door.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        url = f"http://[{host}]:{port}/readyz" if ":" in host else f"http://{host}:{port}/readyz"
        next_question, answer = 0.0, "no answer"
        told = time.monotonic() + 30
        while answer != "ready":
            self.supervisor.turn()
            now = time.monotonic()
            if now >= next_question:
                answer, next_question = _ask(url), now + 0.4
            if now >= told:
                self.console.say(f"not ready yet: {answer}")
                told = now + 30


def _ask(url: str) -> str:
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=2):
            return "ready"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(300).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def _fingerprint(root: Path) -> str:
    found = [root / "requirements" / "base.txt", root / "config" / "settings.py"]
    found += sorted(path for path in (root / "static").rglob("*") if path.is_file())
    marks = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in found if path.exists()]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def _columns(first: str, *others: str | None) -> str:
    return f"  {first:<18} " + "  ".join(f"{other or '-':<10}" for other in others).rstrip()


def _is_shown(row: dict[str, Any], people: list[dict[str, Any]]) -> bool:
    """The clerks of the first hall, and one person of every other role."""
    same = [one for one in people if one["role"] == row["role"]]
    return row is same[0] or (row["role"] == "clerk" and row["hall"] == same[0]["hall"])


def welcome() -> str:
    lines = ["", f"Hallkeeper 厅管家 is ready 已就绪: {settings.PUBLIC_URL}/"]
    try:
        logins = json.loads((settings.VAR / "demo_logins.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        logins = []
    people = [row for row in logins if row.get("username")]
    screens = [row for row in logins if row.get("url")]
    if people and settings.EMBEDDED:
        lines.append("demo logins 演示账号 (role 角色 / user 工号 / password 密码 / hall 厅):")
        shown = [row for row in people if _is_shown(row, people)]
        lines += [_columns(row["role"], row["username"], row["password"], row.get("hall")) for row in shown]
        lines.append(f"  … all {len(people)} 全部账号: {settings.VAR / 'demo_logins.json'}")
    if screens and settings.EMBEDDED:
        lines.append("screens 屏幕 (open once to pair 打开一次即配对):")
        lines += [_columns(row["role"], row.get("hall"), row["url"]) for row in screens]
    if people and settings.EMBEDDED:
        lines.append("see a hall move 看营业厅动起来 (in another terminal 另开终端):")
        lines.append(f"  .venv/bin/python manage.py simulate_day {people[0]['hall'] or 'ZJ01'} --speed 60")
    lines.append("Ctrl-C stops everything 按 Ctrl-C 全部停止")
    return "\n".join(line or " " for line in lines)
