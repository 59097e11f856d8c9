"""The lines `up` shows: who said it, in a colour of their own on a terminal, and the same in var/logs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

LOG_LIMIT = 20 * 2**20
COLOURS = {"web": 36, "worker": 33, "beat": 35, "up": 32}
WIDTH = 8


class Console:
    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._files: dict[str, IO[str]] = {}
        self._screen: IO[str] | None = sys.stdout
        self._coloured = sys.stdout.isatty()
        logs.mkdir(parents=True, exist_ok=True)

    def say(self, text: str) -> None:
        for line in text.splitlines():
            self.line("up", line)

    def line(self, name: str, text: str) -> None:
        self._file(name).write(text + "\n")
        prefix = f"{name:<{WIDTH}}|"
        if self._coloured:
            prefix = f"\x1b[{COLOURS.get(name.partition('-')[0], 37)}m{prefix}\x1b[0m"
        self._show(f"{prefix} {text}\n")

    def _show(self, text: str) -> None:
        """A reader that went away (`make run | head`) must not stop the halls."""
        if self._screen is None:
            return
        try:
            self._screen.write(text)
            self._screen.flush()
        except OSError:
            self._screen = None

    def _file(self, name: str) -> IO[str]:
        if name not in self._files:
            path = self._logs / f"{name}.log"
            if path.exists() and path.stat().st_size > LOG_LIMIT:
                path.replace(path.with_suffix(".log.1"))
            self._files[name] = path.open("a", encoding="utf-8", buffering=1)
        return self._files[name]
