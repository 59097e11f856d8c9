"""派单, 退单, 催办, 回单: a case goes to those who can answer it. The first handler keeps following it (R-C-2)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from complaints.actions.journal import Entry, locked, write
from complaints.models import Complaint, Team
from complaints.queries.people import Recipients
from complaints.rules.clocks import end_of_day
from complaints.rules.texts import SHORT, clean, needed
from complaints.states import Did, Status, Told
from core.errors import Refused
from core.redis import too_often
from messaging import actions as messages
from staff.models import User

URGES_PER_HOUR = 3


def answer_due(team: Team, now: datetime) -> datetime:
    """When a team's answer is due: its own hours, or the end of this day."""
    return end_of_day(now, days=0) if team.answer_hours is None else now + timedelta(hours=team.answer_hours)


@transaction.atomic
def dispatch(
    complaint_id: int, team: Team, words: str, *, person: User, now: datetime, outside_no: str = ""
) -> Complaint:
    """Send it to a team with what is asked of them. Raises Refused: bad_move, no_team, too_long."""
    if not team.is_active:
        raise Refused("no_team", f"{team.name}已停用,请选择其他团队。")
    complaint = locked(complaint_id)
    outside = clean(outside_no, "外部工单号", most=60)
    data: dict[str, Any] = {
        "team": team.code,
        "name": team.name,
        "words": clean(words, "派单说明"),
        "answer_due": answer_due(team, now).isoformat(),
        "outside_no": outside,
    }
    write(complaint, Entry(Did.DISPATCHED, data), person=person, now=now, team=team, outside_no=outside)
    _tell_team(complaint, title=f"{complaint.number} 派到{team.name}", now=now, turn=f"{complaint.last_seq}")
    return complaint


def _tell_team(complaint: Complaint, *, title: str, now: datetime, turn: str) -> None:
    word = Told.HALL if complaint.team is not None and complaint.team.is_hall else Told.TEAM
    messages.alert(
        Recipients(now).of(complaint, [word]),
        title=title,
        body=complaint.about,
        url=f"/complaints/{complaint.number}/",
        key=f"complaint-dispatch:{complaint.pk}:{turn}",
    )


@transaction.atomic
def send_back(complaint_id: int, reason: str, *, person: User, now: datetime) -> Complaint:
    """退单: not theirs, or not enough to go on; the reason goes to the handler."""
    complaint = locked(complaint_id)
    data = {"words": needed(reason, "退单原因", most=SHORT), "team": complaint.team.code if complaint.team else ""}
    write(complaint, Entry(Did.RETURNED, data), person=person, now=now)
    _tell_handler(complaint, f"{complaint.number} 已退单", data["words"])
    return complaint


def _tell_handler(complaint: Complaint, title: str, body: str) -> None:
    people = {one.pk: one for one in (complaint.handler, complaint.first_handler) if one is not None}
    messages.alert(
        people.values(),
        title=title,
        body=body,
        url=f"/complaints/{complaint.number}/",
        key=f"complaint-back:{complaint.pk}:{complaint.last_seq}",
    )


@transaction.atomic
def urge(complaint_id: int, words: str, *, person: User, now: datetime) -> Complaint:
    """催办: ask the team again, a few times an hour at most. Raises Refused: urged_enough, bad_move."""
    complaint = locked(complaint_id)
    if complaint.status == Status.DISPATCHED and too_often("urge", complaint.pk, limit=URGES_PER_HOUR, seconds=3600):
        raise Refused("urged_enough", "一小时内已催办多次,请稍后再催或直接致电对方。")
    said = clean(words, "催办说明", most=SHORT)
    write(complaint, Entry(Did.URGED, {"words": said}), person=person, now=now)
    _tell_team(complaint, title=f"催办:{complaint.number}", now=now, turn=f"{complaint.last_seq}")
    return complaint


@transaction.atomic
def answer(complaint_id: int, words: str, *, person: User, now: datetime) -> Complaint:
    """回单: the team's finding. The customer does not have it yet, so no clock towards them stops."""
    complaint = locked(complaint_id)
    data = {"words": needed(words, "回单内容"), "team": complaint.team.code if complaint.team else ""}
    write(complaint, Entry(Did.ANSWERED, data), person=person, now=now)
    _tell_handler(complaint, f"{complaint.number} 已回单,请答复客户", data["words"][:200])
    return complaint
