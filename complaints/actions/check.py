"""The nightly proof: what is stored equals what the events say, and no event was touched."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from complaints.actions.catalogue import current_policy
from complaints.actions.journal import stored_state
from complaints.models import Complaint, ComplaintEvent, Deadline
from complaints.queries.policies import VERSIONS
from complaints.rules import chain, timers
from complaints.rules.case import Fact
from complaints.rules.fold import fold
from complaints.states import Told
from core import time
from messaging import actions as messages
from staff.models import Employment, User
from staff.queries.people import in_force
from staff.states import Role

log = logging.getLogger(__name__)
CHUNK = 500


@dataclass
class Checked:
    cases: int = 0
    wrong: list[str] = field(default_factory=list)


def check_all(now: datetime) -> Checked:
    """Replay every case with its chain of hashes; operations hear of each that differs. Changes nothing."""
    current_policy()
    result = Checked()
    for complaint in Complaint.objects.order_by("pk").iterator(chunk_size=CHUNK):
        result.cases += 1
        for what in differences(complaint):
            log.error("complaint %s: %s", complaint.number, what)
            result.wrong.append(f"{complaint.number}: {what}")
    if result.wrong:
        _tell(result, now)
    return result


def differences(complaint: Complaint) -> Iterator[str]:
    """What of a case's row, chain or timers is not what its events say."""
    events = list(ComplaintEvent.objects.filter(complaint=complaint).order_by("seq"))
    broken = list(_broken_links(complaint, events))
    yield from broken
    if broken or not events:  # what was touched can't be replayed
        return
    case = fold((Fact(one.did, one.at, one.data) for one in events), VERSIONS)
    for name, value in stored_state(case, events[-1].at).items():
        if getattr(complaint, name) != value:
            yield name
    wanted = {key: timer.due_at for key, timer in timers.timers(case, VERSIONS).items()}
    rows = Deadline.objects.filter(complaint=complaint)
    fired = {_key(row) for row in rows if row.fired_at is not None}
    waiting = {_key(row): row.due_at for row in rows if row.fired_at is None and row.ended_at is None}
    if waiting != {key: due for key, due in wanted.items() if key not in fired}:
        yield "timers"


def _key(row: Deadline) -> timers.Key:
    return row.clock, row.subject, row.level, row.cycle


def _broken_links(complaint: Complaint, events: list[ComplaintEvent]) -> Iterator[str]:
    before = ""
    for seq, one in enumerate(events, start=1):
        fact = (one.did, one.at, one.data)
        made = chain.link(before, case=complaint.number, seq=seq, person=one.person_id, fact=fact)
        if (one.seq, one.before, one.hash) != (seq, before, made):
            yield f"event {seq}"
            return
        before = made
    if (complaint.last_seq, complaint.last_hash) != (len(events), before):
        yield "last event"


def _tell(result: Checked, now: datetime) -> None:
    jobs = Employment.objects.filter(in_force(time.business_day(now)), role=Role.OPERATIONS, user__is_active=True)
    messages.alert(
        User.objects.filter(pk__in=jobs.values("user")),
        title=f"{len(result.wrong)} 处投诉记录与经过不符",
        body="、".join(result.wrong[:5]),
        url="/complaints/",
        key=f"complaints-check:{now:%Y%m%d}:{Told.CITY}",
    )
