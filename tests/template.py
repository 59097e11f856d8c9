"""One migrated database for all processes of a run to copy: migrating takes twenty seconds of a processor each time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.core.management import call_command
from django.db import connection

from config.engines import addresses

PREFIX = "migrated_"


def template(run: str) -> str:
    """The name of this run's migrated database; the first process that asks makes it, and those of other runs go."""
    name = f"{PREFIX}{run}"
    var = Path(os.environ["HALLKEEPER_VAR"])
    with _alone(var / "template.lock"), closing(psycopg2.connect(addresses(var).database_url)) as engine:
        engine.autocommit = True
        cursor = engine.cursor()
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        found = {row[0] for row in cursor.fetchall()}
        if name not in found:
            for old in found:
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f'CREATE DATABASE "{name}_unready"')
            _migrate(f"{name}_unready")
            cursor.execute(f'ALTER DATABASE "{name}_unready" RENAME TO "{name}"')
    return name


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(name: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
