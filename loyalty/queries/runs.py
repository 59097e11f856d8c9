"""How far a run is and what came out of it, for pages, commands and programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Sum

from loyalty.models import GenerationRun
from loyalty.states import NotEarned, RunState


@dataclass(frozen=True)
class Progress:
    """`seconds_left` None: nothing is done yet."""

    parts: int
    parts_done: int
    bills: int
    bills_per_second: float
    seconds_left: float | None


def progress(run: GenerationRun, now: datetime) -> Progress:
    told = run.parts.aggregate(
        parts=Count("pk"), done=Count("done_at"), bills=Sum("bills"), newest=Max("done_at"), spent=Sum(F("seconds"))
    )
    until = told["newest"] if run.state != RunState.RUNNING else now
    elapsed = max(((until or now) - run.started_at).total_seconds(), 0.001)
    left = None
    if told["done"]:
        left = elapsed / told["done"] * (told["parts"] - told["done"])
    bills = told["bills"] or 0
    return Progress(told["parts"], told["done"], bills, bills / elapsed, left)


def result(run: GenerationRun) -> dict[str, Any]:
    """What a finished run says to a program: amounts in fen, reasons by name."""
    reasons = {NotEarned(int(code)).name.lower(): told["bills"] for code, told in run.counts.items()}
    return {
        "month": f"{run.month:%Y-%m}",
        "state": run.state,
        "rows": run.bills,
        "earned": run.earned,
        "points": run.points,
        "eligible_fen": run.counts.get("0", {}).get("eligible_fen", 0),
        "not_earned": {name: count for name, count in reasons.items() if name != "earned"},
        "without_bill": run.without_bill,
    }
