"""催办: a hall is urged for what it owes, once in each stage, by a person or by the clock."""

from datetime import datetime

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from messaging.actions import alert
from overview.models import Urging
from overview.queries.owed import Owed, owed
from overview.states import OwedKind
from staff.models import User
from staff.queries.people import managers_of, supervisors_of


def find(hall_ids: set[int], hall: Hall, key: str, now: datetime) -> Owed:
    """What is owed by that name. Raises Refused("not_owed") when it has come in the meantime."""
    kind = key.partition(":")[0]
    known = owed({hall.pk} & hall_ids, now, kind=kind) if kind in OwedKind.values else []
    found = next((one for one in known if one.key == key), None)
    if found is None:
        raise Refused("not_owed", "这一项已经提交,不用再催。")
    return found


@transaction.atomic
def urge(item: Owed, *, actor: User | None, now: datetime) -> Urging:
    """Tell those who answer for it. Raises Refused("urged_already") when this stage has had its urging."""
    assert item.stage is not None  # only what is due or late is on the list
    facts = {"hall": item.hall, "kind": item.kind, "subject": item.subject, "stage": item.stage}
    row, fresh = Urging.objects.get_or_create(**facts, defaults={"at": now, "by": actor})
    if not fresh:
        when = f"{time.local(row.at):%m-%d %H:%M}"
        raise Refused("urged_already", f"「{item.stage.label}」阶段已于 {when} 催办过,每个阶段只催一次。")
    people = supervisors_of(item.hall) if item.kind == OwedKind.APPEAL else managers_of(item.hall.pk)
    due = time.local(item.due)
    title = f"催办:{item.hall.name} {item.what},应在 {due.month} 月 {due.day} 日 {due:%H:%M} 前完成"
    alert(people, title=title[:100], url=item.url, key=f"overview.urge.{row.pk}")
    return row


def urge_all(items: list[Owed], *, actor: User, now: datetime) -> int:
    """Everything on a list that this stage has not urged for yet."""
    return sum(_quietly(one, actor, now) for one in items if one.urged is None)


def _quietly(item: Owed, actor: User | None, now: datetime) -> bool:
    try:
        urge(item, actor=actor, now=now)
    except Refused:
        return False
    return True


def urge_due(now: datetime) -> int:
    """Sweep: tasks, the month's safety check and circulars are urged for by themselves, a stage at a time; the other
    things have clocks of their own."""
    halls = set(Hall.objects.filter(is_live=True).values_list("pk", flat=True))
    rows = [one for kind in (OwedKind.TASK, OwedKind.SAFETY, OwedKind.CIRCULAR) for one in owed(halls, now, kind=kind)]
    return sum(_quietly(one, None, now) for one in rows if one.urged is None)
