"""The embedded engines: one owner, many users, nothing left behind, whoever is killed."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from config import processes
from config.engines import Engines, EnginesBusy, addresses, borrowed, needed, owner_of
from config.processes import Seen, seen, wait_until
from config.programs import SOCKET_PATH_LIMIT, EngineError, short_name, socket_folder
from tests.config.installation import ROOT, command_line, environment, processes_of

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("engines")]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")


@pytest.fixture
def var(tmp_path):
    folder = tmp_path / "var"
    yield folder
    for process in processes_of(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


@pytest.fixture
def engines(var):
    mine = Engines(var, durable=False)
    mine.start()
    yield mine
    mine.stop(patience=0)


def ask(var, sql, *parameters):
    with contextlib.closing(psycopg2.connect(addresses(var).database_url)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            row = cursor.fetchone() if cursor.description else None
        connection.commit()
    return row[0] if row else None


def answers(var):
    try:
        redis.Redis.from_url(addresses(var).redis_url).ping()
        return ask(var, "SELECT 1") == 1
    except (redis.RedisError, psycopg2.OperationalError):
        return False


def own(var, *before, **more):
    """An owner in a process of its own; returns once the engines answer."""
    owner = subprocess.Popen(
        [*before, sys.executable, "-m", "tests.config.owner", str(var)],
        cwd=ROOT,
        env=environment(var, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    first = owner.stdout.readline()
    if first.strip() != "ready":
        raise AssertionError(first + owner.communicate()[0])
    return owner


def finish(owner):
    said, _ = owner.communicate(timeout=20)
    return said


def left(var):
    return [command_line(process) for process in processes_of(var)]


def test_addresses_are_known_before_anything_runs(tmp_path):
    found = addresses(Path("/srv/hall/var"))

    assert found.database_url == "postgresql://hallkeeper@/hallkeeper?host=/srv/hall/var/run"
    assert found.redis_url == "unix:///srv/hall/var/run/valkey.sock?db=0"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("length", "inside"), [(40, True), (81, True), (82, False), (200, False)])
def test_socket_paths_always_fit(length, inside):
    var = Path("/" + "v" * (length - 1))

    folder = socket_folder(var)

    assert (folder == var / "run") == inside
    assert len(str(folder / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT


def test_servers_given_by_environment_are_not_started(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert needed() == ("postgres", "valkey")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")
    assert needed() == ("postgres",)
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/secrets/database_url")
    assert needed() == ()


def test_the_engines_are_set_up_as_the_product_needs(engines, var):
    assert ask(var, "SHOW server_version").startswith("18.")
    assert ask(var, "SHOW max_connections") == "300"
    assert ask(var, "SHOW listen_addresses") == ""
    assert ask(var, "SHOW timezone") == "UTC"
    assert ask(var, "SELECT datlocale FROM pg_database WHERE datname = 'hallkeeper'") == "C.UTF-8"
    for extension in ("btree_gist", "pg_trgm", "pg_stat_statements"):
        ask(var, f"CREATE EXTENSION {extension}")


def test_durable_engines_write_everything_down(var):
    with borrowed(var):
        assert ask(var, "SHOW fsync") == "on"
        client = redis.Redis.from_url(addresses(var).redis_url)
        assert client.config_get("append*")["appendonly"] == "yes"
        client.set("kept", "1")
        ask(var, "CREATE TABLE kept AS SELECT 7 AS number")

    with borrowed(var):
        assert ask(var, "SELECT number FROM kept") == 7
        assert redis.Redis.from_url(addresses(var).redis_url).get("kept") == b"1"


def test_a_killed_owner_leaves_nothing_and_the_next_one_starts(var):
    owner = own(var)
    owner.kill()
    owner.wait()

    assert wait_until(lambda: not processes_of(var), 5), left(var)
    assert owner_of(var) is None
    with borrowed(var, durable=False):
        assert answers(var)
    assert left(var) == []


def test_the_next_owner_need_not_wait_for_the_last_ones_engines_to_end(var):
    owner = own(var)
    owner.kill()
    owner.wait()

    with borrowed(var, durable=False):
        assert answers(var)


def test_a_pid_file_that_names_a_stranger_does_not_block(var):
    with borrowed(var, durable=False):
        pass
    lines = [str(os.getpid()), str(var / "postgres"), "1", "5432", str(var / "run"), "", "", "ready"]
    for path in (var / "postgres" / "postmaster.pid", socket_folder(var) / ".s.PGSQL.5432.lock"):
        path.write_text("\n".join(lines) + "\n")

    with borrowed(var, durable=False):
        assert answers(var)


def test_an_owner_whose_number_was_given_to_another_process_is_not_believed(var):
    with borrowed(var, durable=False):
        pass
    (var / "engines.lock").write_text(json.dumps({"pid": os.getpid(), "started": 1, "command": "up"}))

    assert owner_of(var) is None
    with borrowed(var, durable=False):
        assert owner_of(var).pid == os.getpid()


def test_half_a_database_of_a_killed_set_up_is_thrown_away(var):
    (var / "postgres.new" / "base").mkdir(parents=True)
    (var / "postgres.new" / "PG_VERSION").write_text("18\n")

    with borrowed(var, durable=False):
        assert answers(var)


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_engine_is_seen_and_can_be_started_again(engines, var, name):
    first = engines.process(name)
    os.kill(first.pid, signal.SIGKILL)
    assert wait_until(lambda: engines.dead() == [name], 5)

    engines.respawn(name)

    assert wait_until(lambda: engines.answers(name), 20)
    assert engines.process(name) != first
    assert engines.dead() == []
    assert wait_until(lambda: answers(var), 5)


def test_busy_connections_do_not_keep_a_killed_postgres_from_starting_again(engines, var):
    connection = psycopg2.connect(addresses(var).database_url)
    connection.cursor().execute("SELECT 1")
    postmaster = engines.process("postgres")
    backends = [p for p in processes_of(var) if "idle in transaction" in command_line(p)]
    assert len(backends) == 1
    os.kill(backends[0].pid, signal.SIGSTOP)  # a backend that cannot notice the death of its parent
    os.kill(postmaster.pid, signal.SIGKILL)
    assert wait_until(lambda: engines.dead() == ["postgres"], 5)

    engines.respawn("postgres")

    assert wait_until(lambda: engines.answers("postgres"), 20)
    connection.close()


def test_one_folder_has_one_owner(engines, var):
    with pytest.raises(EnginesBusy):
        Engines(var).acquire()


def test_a_second_command_uses_what_runs_and_the_owner_waits_for_it(var):
    owner, user = own(var), own(var)
    postgres = [p for p in processes_of(var) if "/bin/postgres" in command_line(p)]
    owner.stdin.close()

    assert not wait_until(lambda: owner.poll() is not None, 1.5)
    assert answers(var)
    assert finish(user) == "ended\n"
    owner.stdin = None
    assert "waiting for other commands" in finish(owner)
    assert len(postgres) == 1
    assert left(var) == []


def test_ctrl_c_for_the_owner_is_not_heard_by_the_engines(engines):
    for name in engines.names:
        assert os.getsid(engines.process(name).pid) != os.getsid(0)


def test_an_engine_that_cannot_start_says_why_and_leaves_nothing(var):
    with borrowed(var, durable=False):
        pass
    shutil.rmtree(var / "postgres" / "global")

    with pytest.raises(EngineError, match="postgres does not start"), borrowed(var, durable=False):
        pass

    assert left(var) == []
    assert owner_of(var) is None or owner_of(var).pid == os.getpid()


def closed_folder(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o700)
    return folder


@needs_root
def test_root_may_keep_data_below_a_folder_that_only_root_may_enter(tmp_path):
    closed = closed_folder(tmp_path)
    var = closed / "below" / "var"

    with borrowed(var, durable=False):
        assert answers(var)
        [postgres] = [p for p in processes_of(var) if "/bin/postgres" in command_line(p)]
        assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0

    assert closed.stat().st_mode & 0o777 == 0o700
    assert left(var) == []


@needs_root
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_root_without_that_power_keeps_the_data_elsewhere_and_says_so(tmp_path):
    var = closed_folder(tmp_path) / "var"
    without = "-dac_override,-dac_read_search"
    become = ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"]

    owner = subprocess.run(
        [*become, sys.executable, "-m", "tests.config.owner", str(var)],
        cwd=ROOT,
        env=environment(var),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    elsewhere = Path("/var/lib") / f"hallkeeper-{short_name(var)}"
    shutil.rmtree(elsewhere, ignore_errors=True)
    assert owner.stdout == "ready\nended\n"
    assert owner.stderr.strip() == f"the engines' user cannot enter {var}; their data is in {elsewhere}"


def uid_of(pid: int) -> int | None:
    """Who a process runs as; None when it is over, as helpers of PostgreSQL are at any moment."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except FileNotFoundError:
        return None


@needs_root
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_an_ordinary_user_needs_no_other_user_and_root_can_go_on(tmp_path):
    nobody = pwd.getpwnam("nobody")
    if not processes.can_reach(processes.Identity(nobody.pw_uid, nobody.pw_gid), [ROOT, Path(sys.executable)]):
        pytest.skip("this checkout is closed to other users")
    home = Path("/var/tmp") / f"hallkeeper-test-{os.getpid()}"
    home.mkdir()
    shutil.chown(home, nobody.pw_uid, nobody.pw_gid)
    become = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    try:
        owner = own(home / "var", *become, PYTHONDONTWRITEBYTECODE="1")
        owners = [uid_of(process.pid) for process in processes_of(home / "var")]
        users = {owner for owner in owners if owner is not None}
        assert finish(owner) == "ended\n"
        with borrowed(home / "var", durable=False):
            assert answers(home / "var")
    finally:
        shutil.rmtree(home)

    assert users == {nobody.pw_uid}


def test_a_process_is_known_by_its_number_and_its_start():
    me = seen(os.getpid())

    assert me.alive
    assert not Seen(me.pid, me.started + 1).alive
    assert seen(2**22 + 1) is None
