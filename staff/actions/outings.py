"""流动营业厅 and 主动营销: planned with people and place, held with results, or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from core import time
from core.errors import Refused
from core.texts import whole
from halls import live
from halls.models import Hall, Outing
from halls.states import OutingState
from messaging.actions import notify
from staff.models import User
from staff.queries import outings as reads

MOST = 999_999


@transaction.atomic
def plan_outing(draft: Outing, people: Sequence[User], *, by: User, now: datetime) -> Outing:
    """Put an event on the calendar and tell who goes. Raises Refused: nobody, in_the_past, wrong_times, busy."""
    if not people:
        raise Refused("nobody", "请选择参加人员。")
    if draft.ends_at <= draft.begins_at:
        raise Refused("wrong_times", "结束时间须晚于开始时间。")
    if draft.begins_at < now:
        raise Refused("in_the_past", "开始时间已经过去,请改为现在以后。")
    Hall.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.hall_id)
    taken = reads.busy(people, draft.begins_at, draft.ends_at)
    if taken:
        person, other = taken[0]
        raise Refused("busy", f"{person.name}这段时间已安排「{other}」,请换人或改时间。")
    draft.planned_at, draft.planned_by, draft.state = now, by, OutingState.PLANNED
    draft.save(force_insert=True)
    draft.people.set(people)
    _tell(draft, people, "请参加外出活动")
    return draft


def _tell(row: Outing, people: Sequence[User], what: str) -> None:
    when = time.local(row.begins_at)
    notify(
        people,
        title=f"{what}:{row.title}",
        body=f"{when.month} 月 {when.day} 日 {when:%H:%M},{row.place}",
        url=reverse("outing", args=[row.pk]),
        key=f"outing:{row.pk}:{row.state}",
    )
    live.hall_changed(row.hall, "outing.changed", row.pk)


@dataclass(frozen=True)
class Result:
    reached: int
    handled: int
    leads: int
    text: str


@transaction.atomic
def close_outing(row: Outing, result: Result, *, by: User, now: datetime) -> Outing:
    """It was held; what came of it. Raises Refused: bad_move, too_early, bad_count, no_text."""
    locked = _planned(row)
    if now < locked.begins_at:
        raise Refused("too_early", "活动还没有开始,请在活动后登记结果。")
    counts = (result.reached, result.handled, result.leads)
    if any(not 0 <= one <= MOST for one in counts) or result.handled > result.reached:
        raise Refused("bad_count", "办理数不能大于接待人数,请核对。")
    if not result.text.strip():
        raise Refused("no_text", "请写一句小结。")
    locked.reached, locked.handled, locked.leads = counts
    locked.result = whole(result.text, 300, "小结")
    return _end(locked, OutingState.DONE, by, now)


@transaction.atomic
def cancel_outing(row: Outing, why: str, *, by: User, now: datetime) -> Outing:
    """It is not held; who would have gone is told. Raises Refused: bad_move, no_reason."""
    locked = _planned(row)
    if not why.strip():
        raise Refused("no_reason", "请写明取消原因。")
    locked.result = whole(why, 300, "取消原因")
    _end(locked, OutingState.CANCELLED, by, now)
    _tell(locked, list(locked.people.all()), "外出活动已取消")
    return locked


def _planned(row: Outing) -> Outing:
    locked = Outing.objects.select_for_update(of=("self",)).select_related("hall").get(pk=row.pk)
    if locked.state != OutingState.PLANNED:
        raise Refused("bad_move", f"「{locked}」{locked.get_state_display()},不能再改。")
    return locked


def _end(row: Outing, state: OutingState, by: User, now: datetime) -> Outing:
    row.state, row.closed_at, row.closed_by = state, now, by
    row.save(update_fields=["state", "closed_at", "closed_by", "reached", "handled", "leads", "result"])
    live.hall_changed(row.hall, "outing.changed", row.pk)
    return row
