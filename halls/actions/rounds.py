"""Checks at set times, and stains (R-H-5, R-H-6, R-H-7, R-H-17)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core import time
from core.errors import Refused
from core.texts import whole
from halls import live, queries
from halls.models import CheckItem, Hall, Round, RoundAnswer, Stain
from halls.queries import rounds as reads
from halls.rules import rounds as rules
from halls.states import Answer, RoundState


@dataclass(frozen=True)
class Found:
    """What was seen at one line of a list. `picture` is the stored name of a photo."""

    answer: str
    note: str = ""
    picture: str = ""


@transaction.atomic
def start_round(hall: Hall, kind: str, slot: datetime, *, actor: Any, now: datetime) -> Round:
    """Begin a round, or go on with the one that was begun.

    Raises Refused: no_such_round, too_early.
    """
    due = next((one for one in reads.due_on(hall, time.business_day(slot), now) if one.is_for(kind, slot)), None)
    if due is None:
        raise Refused("no_such_round", "没有这次检查,请刷新页面。")
    if due.state == RoundState.COMING:
        raise Refused("too_early", f"{due.label} {time.local(due.opens):%H:%M} 起可以检查。")
    row, _ = Round.objects.get_or_create(
        hall=hall, kind=kind, slot=slot, defaults={"list": due.list, "started_at": now, "by": actor}
    )
    live.hall_changed(hall, "round.changed", row.pk)
    return row


@transaction.atomic
def answer_item(row: Round, item: CheckItem, found: Found, *, actor: Any, now: datetime) -> RoundAnswer:
    """Say how one line is, again if need be.

    Raises Refused: round_finished, other_list, no_note, no_photo, too_long.
    """
    locked = Round.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.finished_at is not None:
        raise Refused("round_finished", "这次检查已经完成,不能再改。")
    if item.list_id != locked.list_id:
        raise Refused("other_list", "这一项不在本次检查表里,请刷新页面。")
    if rules.needs_note(found.answer, found.note):
        raise Refused("no_note", f"「{item.text}」有问题,请写明情况。")
    before = RoundAnswer.objects.filter(round=locked, item=item).first()
    picture = found.picture or (before.picture if before else "")
    if item.wants_photo and found.answer != Answer.ABSENT and not picture:
        raise Refused("no_photo", f"「{item.text}」需要一张照片。")
    facts = {"answer": found.answer, "note": whole(found.note, 200, "说明"), "picture": picture, "at": now, "by": actor}
    answer, _ = RoundAnswer.objects.update_or_create(round=locked, item=item, defaults=facts)
    return answer


@transaction.atomic
def finish_round(row: Round, *, actor: Any, now: datetime) -> Round:
    """Sign a round; every line has an answer then. Raises Refused: unanswered, round_finished."""
    locked = Round.objects.select_for_update(of=("self",)).select_related("hall__region__parent__parent").get(pk=row.pk)
    if locked.finished_at is not None:
        raise Refused("round_finished", "这次检查已经完成,不能再改。")
    items = list(CheckItem.objects.filter(list=locked.list_id, is_active=True).values_list("pk", flat=True))
    left = rules.unanswered(items, list(locked.answers.values_list("item", flat=True)))
    if left:
        raise Refused("unanswered", f"还有 {len(left)} 项未检查,不能完成。")
    _, until = reads.span_of(locked.hall, locked.kind, locked.slot, now)
    locked.finished_at, locked.by, locked.in_time = now, actor, now <= until
    locked.save(update_fields=["finished_at", "by", "in_time"])
    live.hall_changed(locked.hall, "round.changed", locked.pk)
    return locked


@transaction.atomic
def find_stain(hall: Hall, place: str, *, relaxed: bool, actor: Any, now: datetime) -> Stain:
    """R-H-5. Raises Refused: no_place."""
    if not place.strip():
        raise Refused("no_place", "请写明污渍在哪里。")
    minutes = queries.number(rules.stain_parameter(hall.type, relaxed=relaxed), hall, now)
    row = Stain.objects.create(
        hall=hall, place=whole(place, 30, "位置"), is_relaxed=relaxed, minutes=minutes, found_at=now, found_by=actor
    )
    live.hall_changed(hall, "stain.changed", row.pk)
    return row


@transaction.atomic
def clean_stain(row: Stain, *, by: str, now: datetime) -> Stain:
    """Wiped up, by somebody named in words (cleaners have no 工号). Raises Refused: no_name, already_clean."""
    if not by.strip():
        raise Refused("no_name", "请写明清理人。")
    locked = Stain.objects.select_for_update(of=("self",)).select_related("hall").get(pk=row.pk)
    if locked.cleaned_at is not None:
        raise Refused("already_clean", f"{locked.place}已由{locked.cleaned_by}清理。")
    locked.cleaned_at, locked.cleaned_by = now, whole(by, 20, "清理人")
    locked.save(update_fields=["cleaned_at", "cleaned_by"])
    live.hall_changed(locked.hall, "stain.changed", locked.pk)
    return locked
