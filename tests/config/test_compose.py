"""The compose file, read and run: no container engine is at hand, so our services start as plain processes.

Commands, environments and health checks come from the file; only addresses and paths are put in the test's place.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
import pytest
import yaml

from config.engines import addresses
from config.processes import wait_until
from tests.config.installation import ROOT, environment, free_port, processes_of

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("compose")]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("hallkeeper:")}
DATABASE = f"compose_{os.getpid()}"


def sql(statement):
    url = addresses(Path(os.environ["HALLKEEPER_VAR"])).database_url
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


class Containers:
    """What `docker compose up` would give our services, in a folder instead of containers."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.running = {}
        engines = addresses(Path(os.environ["HALLKEEPER_VAR"]))
        self.secrets = {
            "database_url": engines.database_url.replace("@/hallkeeper?", f"@/{DATABASE}?"),
            "redis_url": engines.redis_url.replace("db=0", "db=9"),
            "secret_key": "a key of fifty characters, as long as Django asks for, and random",
        }
        for name, text in self.secrets.items():
            (folder / name).write_text(text + "\n")

    def _here(self, text):
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(text))
        places = {"/run/secrets/": f"{self.folder}/", "/srv/var": f"{self.folder}/var", "/tmp/": f"{self.folder}/"}
        return re.sub("|".join(places), lambda found: places[found[0]], text)

    def environment(self, name):
        told = {key: self._here(value) for key, value in SERVICES[name]["environment"].items()}
        told |= {"HOST": "127.0.0.1", "PORT": str(self.port), "BEAT_SCHEDULE": f"{self.folder}/beat-schedule"}
        told["PROMETHEUS_MULTIPROC_DIR"] = f"{self.folder}/metrics"
        told["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**environment(self.folder / "var"), **told}

    def start(self, name):
        command = [self._here(word) for word in SERVICES[name]["command"]]
        log = (self.folder / f"{name}.log").open("wb")
        with log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def healthy(self, name):
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        assert kind == "CMD"
        environment = self.environment(name)
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0

    def get(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": "localhost"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self):
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def containers(tmp_path):
    sql(f"CREATE DATABASE {DATABASE}")
    mine = Containers(tmp_path)
    yield mine
    mine.stop()
    for process in processes_of(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    sql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def test_it_has_the_shape_of_production():
    assert set(SERVICES) == {"postgres", "valkey", "migrate", "web", "worker", "beat", "proxy"}
    assert sorted(OURS) == ["beat", "migrate", "web", "worker"]
    assert SERVICES["postgres"]["image"].startswith("postgres:18")
    assert SERVICES["valkey"]["image"].startswith("valkey/valkey:")
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert [name for name in SERVICES if "healthcheck" not in SERVICES[name]] == ["migrate"]
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["proxy"]


@pytest.mark.parametrize("name", ["postgres", "valkey", *sorted(OURS)])
def test_secrets_come_by_file(name):
    service = SERVICES[name]
    told = service.get("environment", {})

    assert set(service["secrets"]) <= set(COMPOSE["secrets"])
    for key, value in told.items():
        if re.search(r"PASSWORD|SECRET|TOKEN|_URL_FILE", key):
            assert key.endswith("_FILE"), key
            assert str(value).removeprefix("/run/secrets/") in service["secrets"]
    assert not {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"} & set(told)


def test_each_of_our_services_comes_up(containers):
    containers.start("migrate")
    assert containers.running["migrate"].wait(300) == 0, containers.said("migrate")

    for name in ("worker", "beat", "web"):
        containers.start(name)

    assert wait_until(lambda: containers.get("/healthz") == 200, 30), containers.said("web")
    assert wait_until(lambda: containers.get("/readyz") == 200, 45), containers.said("web")
    for name in ("web", "worker", "beat"):
        assert containers.healthy(name), containers.said(name)
    time.sleep(1)
    codes = {name: containers.running[name].poll() for name in ("web", "worker", "beat")}
    assert codes == {"web": None, "worker": None, "beat": None}


def test_a_service_without_its_secret_says_what_is_missing(containers):
    (containers.folder / "secret_key").unlink()

    containers.start("migrate")

    assert containers.running["migrate"].wait(60) != 0
    assert "SECRET_KEY_FILE" in containers.said("migrate")
