"""`manage.py expire_points`: zero promotional points whose last day is over."""

from typing import Any

from config.management.long import LongCommand
from core import time
from loyalty.actions import expiry


class Command(LongCommand):
    help = (
        "Zero promotional points whose last day is over (R-L-22). Beat does it after midnight; again changes nothing."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        told = expiry.expire(time.now())
        return {"rows": told["lots"], **told}
