"""What long commands share: progress on standard error once a second, and one JSON line at the end."""

import json
import sys
import time as clock
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refused


class LongCommand(BaseCommand):
    """`run` does the work and returns the result; a refusal is an error with its sentence."""

    requires_system_checks: list[str] = []
    _told_at = 0.0

    def handle(self, **options: Any) -> None:
        began = clock.monotonic()
        try:
            result = self.run(**options)
        except Refused as no:
            raise CommandError(f"{no.code}: {no.message}") from no
        self.stdout.write(json.dumps({**result, "seconds": round(clock.monotonic() - began, 2)}, ensure_ascii=False))
        self.stdout.flush()
        if result.get("rejected"):
            sys.exit(1)

    def run(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def tell(self, text: str, *, always: bool = False) -> None:
        """A line of progress, at most one a second."""
        if always or clock.monotonic() - self._told_at >= 1:
            self._told_at = clock.monotonic()
            self.stderr.write(text)
            self.stderr.flush()

    def of_file(self, share: float, rows: int) -> None:
        self.tell(f"{share:4.0%} {rows:,} lines 行")
