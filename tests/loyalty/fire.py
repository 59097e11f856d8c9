"""Run by the kill tests in a process of its own: fill a month, generate it in many small parts, or show what is there.

`python -m tests.loyalty.fire fill|generate|show`
"""

import json
import sys
import time
from datetime import date

import django

MAY = date(2015, 5, 1)
CUSTOMERS, PART = 6_000, 200


def fill() -> None:
    from django.core.management import call_command

    from benchmarks.points_rows import make_bills, make_members

    call_command("migrate", verbosity=0)
    make_members(CUSTOMERS)
    make_bills(MAY, CUSTOMERS)


def generate() -> None:
    """One line for each part; slowly, so that there is a middle to be killed in."""
    from core import time as moments
    from loyalty.actions import generation

    generation.PART_CUSTOMERS = PART
    run = generation.start(MAY, on=date(2015, 7, 1), now=moments.now())

    def told(part: object) -> None:
        print("part", flush=True)
        time.sleep(0.05)

    generation.work(run.pk, told=told)
    print(generation.finish(run.pk, moments.now()).state, flush=True)


def show() -> None:
    from loyalty.models import GenerationPart, GenerationRun, Lot

    rows = Lot.objects.order_by("account_id").values_list(
        "account_id", "month", "kind", "source", "points", "eligible_fen", "star", "multiplier_hundredths"
    )
    run = GenerationRun.objects.first()
    done = GenerationPart.objects.exclude(done_at=None).count()
    print(
        json.dumps(
            {
                "lots": [list(map(str, row)) for row in rows],
                "state": run.state if run else "",
                "points": run.points if run else 0,
                "counts": run.counts if run else {},
                "parts_done": done,
            }
        )
    )


if __name__ == "__main__":
    django.setup()
    {"fill": fill, "generate": generate, "show": show}[sys.argv[1]]()
