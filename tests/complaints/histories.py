"""Cases told as a list of what happened and when; for the pure tests."""

from datetime import datetime, time, timedelta
from typing import Any

from complaints.rules.case import Case, Fact
from complaints.rules.fold import fold
from complaints.rules.policy import FIRST_BODY, Policy, read
from complaints.rules.timers import timers
from core.time import at

FIRST = read(1, FIRST_BODY)
HOUR = timedelta(hours=1)


def policy(version: int, **changes: Any) -> Policy:
    return read(version, FIRST_BODY | changes)


POLICIES: dict[int, Policy] = {
    1: FIRST,
    2: policy(2, handling_hours={"vip": 6, "gotone": 12, "other": 24}),
    3: policy(3, handling_hours={"vip": 12, "gotone": 48, "other": 96}),
    4: policy(
        4, working_tiers=["other"], calendar={"opens": "08:30", "closes": "17:30", "off": ["2026-10-01"], "on": []}
    ),
}


def when(text: str) -> datetime:
    """「2026-11-22 10:00」 or with seconds, in Shanghai."""
    moment = datetime.fromisoformat(text)
    return at(moment.date(), moment.time())


def day(text: str, clock: str = "00:00") -> datetime:
    return at(datetime.fromisoformat(text).date(), time.fromisoformat(clock))


def logged(moment: str, *, kind: str = "complaint", source: str = "window", version: int = 1) -> Fact:
    return Fact("logged", when(moment), {"kind": kind, "source": source, "policy": version})


def accepted(moment: str, tier: str = "other", **data: Any) -> Fact:
    return Fact("accepted", when(moment), {"tier": tier, **data})


def did(word: str, moment: str, **data: Any) -> Fact:
    return Fact(word, when(moment), data)


def case(*facts: Fact) -> Case:
    return fold(facts, POLICIES)


def levels(found: Case, clock: str = "handling") -> dict[tuple[int, int], datetime]:
    """(level, cycle) → when it speaks."""
    return {(key[2], key[3]): timer.due_at for key, timer in timers(found, POLICIES).items() if key[0] == clock}
