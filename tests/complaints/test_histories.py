"""Random lives of complaints: replay equals increment, and an independent count of running time agrees.

HALLKEEPER_HISTORIES sets how many (10,000 before a release; fewer by default).
"""

import copy
import os
import random
from datetime import datetime, timedelta

import pytest

from complaints.rules.case import Case, Fact
from complaints.rules.fold import apply, consumed, fold, handling_due
from complaints.rules.moves import fits
from complaints.rules.timers import timers
from complaints.states import OVER, Did
from tests.complaints.histories import POLICIES, when

COUNT = int(os.environ.get("HALLKEEPER_HISTORIES", "2000"))
NATURAL_VERSIONS = (1, 2, 3)
STEPS = (
    *(Did.NOTED, Did.REPLIED, Did.DISPATCHED, Did.RETURNED, Did.ANSWERED, Did.PAUSED, Did.RESUMED, Did.EXTENDED),
    *(Did.POLICY_APPLIED, Did.TIER_CORRECTED, Did.ABSORBED, Did.PROMISED, Did.PROMISE_KEPT, Did.FLAGGED, Did.CLOSED),
    *(Did.REOPENED, Did.WITHDRAWN, Did.ARCHIVED, Did.MERGED, Did.FOLLOWED_UP, Did.TAKEN, Did.PAUSED, Did.RESUMED),
)


def life(seed: int) -> list[Fact]:
    """One possible history, beginning near a month's end, a leap day or a year's end."""
    draw = random.Random(seed)
    now = when(draw.choice(["2026-02-28 12:00", "2028-02-28 23:00", "2026-12-31 20:00", "2026-11-22 09:30"]))
    now += timedelta(seconds=draw.randrange(86400))
    facts = [Fact(Did.LOGGED, now, {"kind": "complaint", "source": "window", "policy": draw.choice(NATURAL_VERSIONS)})]
    if draw.random() < 0.1:
        facts.append(Fact(Did.OWNER_ASKED, now, {}))
        now += timedelta(hours=draw.randrange(30))
        facts.append(Fact(Did.OWNER_CONFIRMED, now, {}))
    facts.append(Fact(Did.ACCEPTED, now, {"tier": draw.choice(["vip", "gotone", "other"])}))
    case = fold(facts, POLICIES)
    for _ in range(draw.randrange(1, 16)):
        now += timedelta(seconds=draw.choice([0, 1, draw.randrange(3600), draw.randrange(100_000)]))
        step = draw.choice(STEPS)
        if case.status in OVER or not fits(step, case):
            continue
        fact = Fact(step, now, _said(step, case, now, draw))
        facts.append(fact)
        apply(case, fact, POLICIES)
    return facts


def _said(step: str, case: Case, now: datetime, draw: random.Random) -> dict:
    later = (now + timedelta(minutes=draw.randrange(1, 4000))).isoformat()
    return {
        Did.DISPATCHED: {"answer_due": later},
        Did.EXTENDED: {
            "until": ((handling_due(case, POLICIES) or now) + timedelta(hours=draw.randrange(1, 48))).isoformat()
        },
        Did.POLICY_APPLIED: {"policy": draw.choice(NATURAL_VERSIONS)},
        Did.TIER_CORRECTED: {"tier": draw.choice(["vip", "gotone", "other"])},
        Did.ABSORBED: {"handling_due": later, "reply_due": later},
        Did.PROMISED: {"due": later},
        Did.PROMISE_KEPT: {"promise": draw.randrange(1, 4)},
    }.get(step, {})


STARTS = {Did.ACCEPTED, Did.RESUMED, Did.REOPENED}
STOPS = {Did.PAUSED, Did.CLOSED, Did.WITHDRAWN, Did.MERGED, Did.REJECTED}


def running_time(facts: list[Fact], until: datetime) -> timedelta:
    """Counted another way: the stretches between what starts and what stops the clock."""
    total, since = timedelta(0), None
    for fact in facts:
        if fact.did in STARTS and since is None:
            since = fact.at
        elif fact.did in STOPS and since is not None:
            total, since = total + (fact.at - since), None
    return total + (until - since if since is not None else timedelta(0))


def test_replay_equals_increment_and_an_independent_count():
    for seed in range(COUNT):
        facts, stepwise = life(seed), Case()
        for place, fact in enumerate(facts, start=1):
            stepwise = copy.deepcopy(stepwise)  # as a row is read again each time
            before = handling_due(stepwise, POLICIES)
            apply(stepwise, fact, POLICIES)
            if fact.did == Did.RESUMED:
                paused = next(one for one in reversed(facts[: place - 1]) if one.did == Did.PAUSED)
                changed = facts[facts.index(paused) + 1 : place - 1]
                if not any(one.did in {Did.POLICY_APPLIED, Did.TIER_CORRECTED, Did.ABSORBED} for one in changed):
                    due_then = handling_due(fold(facts[: facts.index(paused)], POLICIES), POLICIES)
                    assert (seed, handling_due(stepwise, POLICIES)) == (seed, due_then + (fact.at - paused.at))
            if fact.did in {Did.NOTED, Did.REPLIED, Did.DISPATCHED, Did.ANSWERED, Did.FLAGGED, Did.TAKEN}:
                assert (seed, handling_due(stepwise, POLICIES)) == (seed, before)
        whole = fold(facts, POLICIES)
        assert (seed, whole) == (seed, stepwise)
        assert (seed, timers(whole, POLICIES)) == (seed, timers(stepwise, POLICIES))
        end = facts[-1].at + timedelta(hours=3)
        assert (seed, consumed(whole, end, POLICIES)) == (seed, running_time(facts, end))


def test_nothing_speaks_for_a_case_that_is_over_and_nothing_stale_after_a_reopening():
    for seed in range(COUNT):
        facts = life(seed)
        for place in range(1, len(facts) + 1):
            case = fold(facts[:place], POLICIES)
            found = timers(case, POLICIES)
            if case.status in OVER:
                assert (seed, found) == (seed, {})
            if case.paused_at is not None:
                assert (seed, [key for key in found if key[0] == "handling"]) == (seed, [])
            if facts[place - 1].did == Did.REOPENED:
                assert (seed, [t for t in found.values() if t.due_at <= facts[place - 1].at]) == (seed, [])


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_a_breach_stays_whatever_comes_after(seed):
    facts = life(seed)
    seen = False
    for place in range(1, len(facts) + 1):
        late = fold(facts[:place], POLICIES).handling_late
        assert late or not seen
        seen = seen or late
