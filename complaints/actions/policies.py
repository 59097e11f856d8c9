"""A new version of the limits: for new cases, and on choice for running ones, each by one event of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from complaints.actions.catalogue import current_policy
from complaints.actions.journal import Entry, locked, write
from complaints.models import Complaint, PolicyVersion
from complaints.queries import history
from complaints.queries.policies import VERSIONS, running
from complaints.rules.case import Case, Fact, Policies
from complaints.rules.fold import apply, handling_due
from complaints.rules.policy import Policy, draft
from complaints.rules.texts import SHORT, needed
from complaints.states import Clock, Did
from core import changes
from core.errors import Refused
from staff.models import User


@dataclass(frozen=True)
class Moved:
    """A running deadline that a new version would move."""

    complaint: Complaint
    clock: str
    before: datetime
    after: datetime


class _With(dict[int, Policy]):
    """The known versions and one that is not saved yet."""

    def __missing__(self, version: int) -> Policy:
        return VERSIONS[version]


def preview(body: dict[str, Any], now: datetime) -> list[Moved]:
    """Which running deadlines would move if this were applied to them; nothing is written.

    Raises Refused("bad_policy").
    """
    wished = draft(body)
    return [moved for complaint in running() for moved in _moves(complaint, wished, now)]


def _moves(complaint: Complaint, wished: Policy, now: datetime) -> Iterable[Moved]:
    policies: Policies = _With({0: wished})
    case = history.case_of(complaint)
    before = _due(case, policies)
    apply(case, Fact(Did.POLICY_APPLIED, now, {"policy": 0}), policies)
    after = _due(case, policies)
    for clock, moment in before.items():
        if clock in after and after[clock] != moment:
            yield Moved(complaint, clock, moment, after[clock])


def _due(case: Case, policies: Policies) -> dict[str, datetime]:
    found = {}
    if (due := handling_due(case, policies)) is not None:
        found[str(Clock.HANDLING)] = due
    reply = case.span(Clock.REPLY)
    if reply is not None and reply.ended is None:
        found[str(Clock.REPLY)] = reply.due
    return found


@transaction.atomic
def make_version(body: dict[str, Any], note: str, *, after: int, person: User, now: datetime) -> PolicyVersion:
    """Write the next version; `after` is the one the person had before them.

    Raises Refused: bad_policy, moved_on, same_policy, words_needed.
    """
    draft(body)
    newest = PolicyVersion.objects.select_for_update().get(pk=current_policy().pk)
    if newest.version != after:
        raise Refused("moved_on", "时限规则刚被更新,请看过最新内容后再操作。")
    if newest.body == body:
        raise Refused("same_policy", "时限规则没有变化。")
    said = needed(note, "修改说明", most=SHORT)
    row = PolicyVersion.objects.create(version=after + 1, body=body, note=said, made_at=now, made_by=person)
    changes.record(row, "时限规则", actor=person, before=f"第 {after} 版", after=f"第 {row.version} 版:{said}")
    return row


def apply_to_running(version: PolicyVersion, *, person: User, now: datetime) -> int:
    """Move the clocks of running cases to a version, one event each, one transaction each. Safe to repeat."""
    done = 0
    for pk in list(running().exclude(policy=version.version).values_list("pk", flat=True)):  # type: ignore[attr-defined]
        done += _apply(pk, version, person=person, now=now)
    return done


@transaction.atomic
def _apply(complaint_id: int, version: PolicyVersion, *, person: User, now: datetime) -> bool:
    complaint = locked(complaint_id)
    if complaint.policy == version.version or not complaint.is_open:
        return False
    data = {"policy": version.version, "before": complaint.policy}
    write(complaint, Entry(Did.POLICY_APPLIED, data), person=person, now=now)
    return True
