"""How a case is called: TS20261122-ZJ01-0007."""

from datetime import date

PREFIX = {"complaint": "TS", "suggestion": "JY", "vas_doubt": "ZZ"}


def number_text(kind: str, day: date, hall: str, serial: int) -> str:
    return f"{PREFIX[kind]}{day:%Y%m%d}-{hall}-{serial:04d}"
