"""`manage.py convert_points`: old points become 1.25 times as many, once."""

from typing import Any

from config.management.long import LongCommand
from core import time
from loyalty.actions import conversion


class Command(LongCommand):
    help = "Convert what was earned before today at 1 : 1.25 (R-L-26). Once; after a crash it goes on where it was."

    def run(self, **options: Any) -> dict[str, Any]:
        done = conversion.convert(time.now())
        return {"rows": done.lots, "points": done.points, "on": done.on.isoformat()}
