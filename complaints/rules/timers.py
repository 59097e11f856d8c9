"""Which levels of which clocks are to speak, and when: what the sweep fires, derived from a case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from complaints.rules.case import Case, Policies, Span
from complaints.rules.fold import handling_due
from complaints.rules.policy import Level
from complaints.states import Clock

Key = tuple[str, int, int, int]  # clock, subject, level, cycle


@dataclass(frozen=True)
class Timer:
    due_at: datetime
    to: tuple[str, ...]
    can_wait: bool


def timers(case: Case, policies: Policies) -> dict[Key, Timer]:
    """Every level that has a moment now; what fired before is known by its key and does not fire again."""
    found = _of_handling(case, policies)
    for (clock, subject), span in case.spans.items():
        if span.ended is None:
            for level in policies[case.policy].levels_of(clock):
                found[clock, subject, level.level, 1] = _timer(level, _of_span(level, span))
    return found


def _of_handling(case: Case, policies: Policies) -> dict[Key, Timer]:
    clock, due = case.handling, handling_due(case, policies)
    if clock is None or clock.since is None or due is None:
        return {}
    found: dict[Key, Timer] = {}
    policy = policies[case.policy]
    calendar = policy.counted_on(case.tier)
    for level in policy.levels_of(Clock.HANDLING):
        if level.percent is not None:
            share = clock.total * level.percent / 100
            moment = calendar.add(clock.since, share - clock.consumed)
        else:
            moment = due + timedelta(minutes=level.minutes or 0)
        if not _is_stale(level, moment, case):
            found[Clock.HANDLING, 0, level.level, clock.cycle] = _timer(level, moment)
    return found


def _is_stale(level: Level, moment: datetime, case: Case) -> bool:
    """In a later cycle, what lies before its beginning has been said in an earlier one, or is no news."""
    clock = case.handling
    if clock is None or clock.cycle == 1 or clock.cycle_from is None or moment > clock.cycle_from:
        return False
    return level.is_reminder or case.handling_late


def _of_span(level: Level, span: Span) -> datetime:
    if level.percent is not None:
        return span.begins + (span.due - span.begins) * level.percent / 100
    return span.due + timedelta(minutes=level.minutes or 0)


def _timer(level: Level, moment: datetime) -> Timer:
    return Timer(moment, level.to, level.can_wait)


def answer_before(case: Case, policies: Policies) -> datetime | None:
    """What the customer must have next: the reply, the result or a promise, whichever comes first."""
    due = [span.due for (clock, _), span in case.spans.items() if span.ended is None and clock in PROMISED]
    handling = handling_due(case, policies)
    return min([*due, *([handling] if handling else [])], default=None)


PROMISED = (Clock.REPLY, Clock.PROMISE, Clock.BOOK)
