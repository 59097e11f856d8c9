"""`manage.py up`, from outside: it comes up, mends itself and leaves nothing behind."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import redis

from config.engines import addresses
from config.processes import Seen, wait_until
from tests.config.installation import ROOT, command_line, environment, processes_of

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("up")]
CHILDREN = {
    "web": ("uvicorn",),
    "worker": ("celery", "worker"),
    "beat": ("celery", "beat"),
    "postgres": ("/bin/postgres",),
    "valkey": ("valkey-server",),
}


def manage(installation, *arguments, **more):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(installation.var, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_says_where_it_is_once_it_is_ready(running):
    said = running.words()

    assert f"http://127.0.0.1:{running.port}/" in said
    assert running.get("/healthz") == 200
    engines = json.loads((running.var / "engines.json").read_text())["engines"]
    assert {name: Seen(**process).alive for name, process in engines.items()} == {
        "postgres": True,
        "valkey": True,
    }


def test_answers_on_a_kept_connection_are_not_held_back(running):
    """40 ms each would mean that the kernel waits for more to send (TCP_NODELAY is off)."""
    connection, took = http.client.HTTPConnection("127.0.0.1", running.port), []
    for _ in range(40):
        began = time.monotonic()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        took.append(time.monotonic() - began)
    connection.close()

    assert sorted(took)[20] < 0.025


@pytest.mark.parametrize("name", CHILDREN)
def test_what_is_killed_comes_back_by_itself(running, name):
    before = running.find(*CHILDREN[name])
    if name in {"worker", "beat"}:  # readiness rests on their last sign of life, so take that away
        with contextlib.closing(redis.Redis.from_url(addresses(running.var).redis_url)) as client:
            client.delete(*client.keys("*:beat"))

    for process in before:
        os.kill(process.pid, signal.SIGKILL)

    assert wait_until(lambda: not any(process.alive for process in before), 5)
    assert wait_until(lambda: len(running.find(*CHILDREN[name])) == len(before), 20)
    assert wait_until(lambda: running.get("/readyz") == 200, 45), running.words()[-3000:]


def test_a_command_uses_the_engines_that_run(running):
    before = running.find("/bin/postgres")

    done = manage(running, "showmigrations", "halls")

    assert done.returncode == 0, done.stderr
    assert running.find("/bin/postgres") == before


def test_a_second_one_on_the_same_folder_says_who_is_there(running):
    done = manage(running, "up", PORT="1" + str(running.port)[-4:])

    assert done.returncode == 1
    assert f"already running: process {running.process.pid} serves" in done.stderr


def test_a_port_in_use_is_said_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment(tmp_path / "var", PORT=port),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is already in use" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "var" / "postgres").exists()


def test_it_stops_within_ten_seconds_though_a_web_process_hangs(running):
    hanging = running.find(*CHILDREN["web"])[0]
    os.kill(hanging.pid, signal.SIGSTOP)

    took = running.stop(signal.SIGTERM)

    assert took < 10
    assert running.process.returncode == 0
    assert running.nothing_left(0.5), [command_line(process) for process in processes_of(running.var)]
    assert not (running.var / "engines.json").exists()


def test_ctrl_c_stops_it_too(running):
    assert running.stop(signal.SIGINT) < 10
    assert running.process.returncode == 0
    assert running.nothing_left(0.5), [command_line(process) for process in processes_of(running.var)]


def test_killed_itself_it_leaves_nothing_and_starts_again(running):
    running.stop(signal.SIGKILL)

    assert running.nothing_left(8), [command_line(process) for process in processes_of(running.var)]
    running.ensure()
    assert running.get("/readyz") == 200
