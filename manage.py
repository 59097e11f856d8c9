#!/usr/bin/env python
"""Hallkeeper's commands. On a bare machine the engines run for as long as a command needs them."""

import contextlib
import os
import sys
from pathlib import Path

# These neither read nor write data, so they need not wait for engines.
WITHOUT_ENGINES = {
    "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages",
    "spectacular", "startapp", "up", "version", "--help", "-h", "--version",
}  # fmt: skip


def _engines(arguments: list[str]) -> contextlib.AbstractContextManager[object]:
    from config import engines

    names = engines.needed()
    asks_for_help = {"-h", "--help"} & set(arguments)
    if not arguments or arguments[0] in WITHOUT_ENGINES or asks_for_help or not names:
        return contextlib.nullcontext()
    default = Path(__file__).resolve().parent / "var"
    return engines.borrowed(Path(os.environ.get("HALLKEEPER_VAR") or default).resolve(), names=names)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.engines import EngineError

    try:
        with _engines(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except EngineError as error:
        sys.exit(f"hallkeeper: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
