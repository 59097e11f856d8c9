"""Meetings put on record (R-S-19)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock

from django.db import IntegrityError, transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from staff.models import Meeting, MeetingPerson, User
from staff.queries.duties import crew


@dataclass(frozen=True)
class Minutes:
    """What is written down. `answers`: who was there, with the answer to the quiz (None = not asked)."""

    kind: str
    day: date
    begins: clock
    minutes: int
    host: User
    topics: str
    answers: Mapping[int, bool | None]
    question: str = ""
    answer: str = ""


@transaction.atomic
def hold(hall: Hall, said: Minutes, *, actor: User, now: datetime) -> Meeting:
    """Record a meeting of today or an earlier day.

    Raises Refused: not_yet, no_topics, nobody_there, not_here, held_already.
    """
    topics = "\n".join(line.strip() for line in said.topics.splitlines() if line.strip())
    if time.at(said.day, said.begins) > now:
        raise Refused("not_yet", "会议还没有开始,请在会后登记。")
    if not topics:
        raise Refused("no_topics", "请填写会议内容,一行一条。")
    if not said.answers:
        raise Refused("nobody_there", "请勾选到会人员。")
    here = set(crew(hall, said.day).values_list("pk", flat=True))
    if not set(said.answers) | {said.host.pk} <= here:
        raise Refused("not_here", "主持人和到会人员须是当天在本厅任职的人,请核对。")
    facts = {"topics": topics, "question": said.question.strip(), "answer": said.answer.strip()}
    row = Meeting(
        hall=hall,
        kind=said.kind,
        day=said.day,
        begins=said.begins,
        minutes=said.minutes,
        host=said.host,
        recorded_by=actor,
        recorded_at=now,
        **facts,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("held_already", f"{said.day:%m-%d} {said.begins:%H:%M} 的会议已登记。") from error
    asked = bool(facts["question"])
    MeetingPerson.objects.bulk_create(
        MeetingPerson(meeting=row, person_id=pk, is_right=right if asked else None)
        for pk, right in said.answers.items()
    )
    return row
