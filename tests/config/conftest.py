"""One installation for all tests of group `up`, which run one after another in one process."""

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest

from tests.config.installation import Installation, processes_of


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("up") / "var")
    yield installation
    if installation.process:
        installation.stop(signal.SIGKILL)
        for process in processes_of(installation.var):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)


@pytest.fixture
def running(place: Installation) -> Installation:
    place.ensure()
    return place
