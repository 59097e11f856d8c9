"""The register of violations (R-S-20, R-S-24): noted, answered by the person, decided, objected to, reviewed."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core import parameters, time
from core.errors import Refused
from halls.models import Hall
from messaging.actions import notify
from staff.access import RANK
from staff.models import ConductNote, User
from staff.queries.duties import crew
from staff.rules import conduct as rules
from staff.states import MatterState

MOST = 300


@dataclass(frozen=True)
class Seen:
    matter: str
    what: str
    happened_at: datetime


@transaction.atomic
def note(hall: Hall, person: User, seen: Seen, *, actor: User, now: datetime) -> ConductNote:
    """Write down something to be looked into. Raises Refused: not_here, in_the_future, words_missing, oneself."""
    if person == actor:
        raise Refused("oneself", "本人的情况请由他人登记。")
    if not crew(hall, time.business_day(seen.happened_at)).filter(pk=person.pk).exists():
        raise Refused("not_here", f"{person.name}当天不在本厅任职,请核对。")
    if seen.happened_at > now:
        raise Refused("in_the_future", "发生时间不能晚于现在,请核对。")
    row = ConductNote.objects.create(
        hall=hall,
        person=person,
        matter=seen.matter,
        what=_words(seen.what, "请写明看到的情况。"),
        happened_at=seen.happened_at,
        noted_by=actor,
        noted_at=now,
    )
    _tell(row, person, "有一条情况待核实,请查看并说明")
    return row


@transaction.atomic
def say(row: ConductNote, text: str, *, actor: User, now: datetime) -> ConductNote:
    """The person's own words before the decision. Raises Refused: not_yours, decided_already, words_missing."""
    row = _own(row, actor)
    if row.state != MatterState.NOTED:
        raise Refused("decided_already", "已有认定意见。如不同意,请提出异议。")
    row.said, row.said_at = _words(text, "请填写说明。"), now
    row.save(update_fields=["said", "said_at"])
    return row


@transaction.atomic
def decide(row: ConductNote, *, confirmed: bool, why: str, actor: User, now: datetime) -> ConductNote:
    """A manager's decision, with the reason. Raises Refused: bad_move, words_missing; PermissionDenied."""
    row = _locked(row)
    _may_judge(row, actor)
    if row.state != MatterState.NOTED:
        raise Refused("bad_move", "这条情况已有认定意见。")
    _move(row, MatterState.CONFIRMED if confirmed else MatterState.DISMISSED)
    row.decided_by, row.decided_at, row.decision = actor, now, _words(why, "请填写认定意见。")
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _tell(row, row.person, f"已有认定意见:{row.get_state_display()}")
    return row


@transaction.atomic
def object_to(row: ConductNote, why: str, *, actor: User, now: datetime) -> ConductNote:
    """The person does not agree; somebody else looks again.

    Raises Refused: not_yours, bad_move, too_late, words_missing.
    """
    row = _own(row, actor)
    if row.state != MatterState.CONFIRMED or row.reviewed_at is not None or row.decided_at is None:
        raise Refused("bad_move", "现在没有可以提出异议的认定。")
    days = parameters.number(rules.OBJECTION_DAYS, on=time.business_day(now))
    if not rules.may_object(row.decided_at, now, days=days):
        raise Refused("too_late", f"认定已超过 {days} 天,不能再提异议。")
    _move(row, MatterState.OBJECTED)
    row.objection, row.objected_at = _words(why, "请填写异议理由。"), now
    row.save(update_fields=["state", "objection", "objected_at"])
    return row


@transaction.atomic
def review(row: ConductNote, *, confirmed: bool, why: str, actor: User, now: datetime) -> ConductNote:
    """The second look, by somebody else; it is the last. Raises Refused: bad_move, same_judge; PermissionDenied."""
    row = _locked(row)
    _may_judge(row, actor)
    if row.state != MatterState.OBJECTED:
        raise Refused("bad_move", "没有待复核的异议。")
    if row.decided_by_id == actor.pk:
        raise Refused("same_judge", "复核须由另一位管理者办理,请联系上级。")
    _move(row, MatterState.CONFIRMED if confirmed else MatterState.DISMISSED)
    row.reviewed_by, row.reviewed_at, row.review = actor, now, _words(why, "请填写复核意见。")
    row.save(update_fields=["state", "reviewed_by", "reviewed_at", "review"])
    _tell(row, row.person, f"复核完成:{row.get_state_display()}")
    return row


def may_judge(row: ConductNote, actor: User) -> bool:
    """Never about oneself; of equals and superiors somebody higher decides."""
    if actor.pk == row.person_id or not actor.may("violation.decide", row.hall):
        return False
    ranks = [RANK[job.role] for job in row.person.employments.all()]
    return actor.is_superuser or actor.rights.rank > max(ranks, default=0)


def _may_judge(row: ConductNote, actor: User) -> None:
    if not may_judge(row, actor):
        raise PermissionDenied("没有认定这条情况的权限,请由上级办理。")


def _move(row: ConductNote, after: MatterState) -> None:
    if not rules.may_move(row.state, after):
        raise Refused("bad_move", "这条情况的状态已变,请看过最新内容后再操作。")
    row.state = after


def _own(row: ConductNote, actor: User) -> ConductNote:
    row = _locked(row)
    if row.person_id != actor.pk:
        raise Refused("not_yours", "只有本人可以说明或提出异议。")
    return row


def _locked(row: ConductNote) -> ConductNote:
    return ConductNote.objects.select_for_update(of=("self",)).select_related("hall", "person").get(pk=row.pk)


def _words(text: str, missing: str) -> str:
    text = text.strip()
    if not text or "\x00" in text:
        raise Refused("words_missing", missing)
    return text[:MOST]


def _tell(row: ConductNote, person: User, title: str) -> None:
    url = reverse("violation", args=[row.pk])
    notify([person], title=title, body=row.get_matter_display(), url=url, key=f"conduct:{row.pk}:{row.state}:{title}")
