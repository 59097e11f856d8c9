"""A visit is handed in: scored, locked, its deductions written down, their improvement asked for."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core import time
from inspections.actions import improvement
from inspections.live import visit_moved
from inspections.models import Finding, Photo, Visit
from inspections.queries.appeal_time import appeal_until
from inspections.rules import sheet as sheets
from inspections.rules.cards import Card
from inspections.rules.scoring import Score
from inspections.states import Answer, VisitState

VETO = "V1"
LONGEST_WAIT = timedelta(days=30)


def submit(visit: Visit, card: Card, *, now: datetime) -> None:
    """Called with the visit's row held; the caller saves it. Photos that are still under way keep it 待上传."""
    reading = sheets.read(card, visit.sheet, visit.hall_snapshot, visit.planned_on)
    visit.submitted_at = now
    visit.started_at = visit.started_at or now
    write_score(visit, reading.score)
    visit.breakdown = breakdown(reading)
    Finding.objects.bulk_create(findings_of(visit, card, reading.score))
    visit.state = VisitState.UPLOADING
    if not missing_photos(visit):
        arrive(visit, now=now)


def breakdown(reading: sheets.Reading) -> dict[str, Any]:
    """What is kept of a reading beside its number; an item nobody answered counts as 未查到."""
    return {
        **score_document(reading.score),
        "unseen": [*reading.unseen, *reading.unanswered],
        "not_applicable": list(reading.not_applicable),
        "peak": reading.situation.peak,
    }


def write_score(visit: Visit, score: Score) -> None:
    visit.score, visit.is_vetoed = score.total, score.is_vetoed


def score_document(score: Score) -> dict[str, Any]:
    """The arithmetic as it was at the moment of handing in."""
    return {
        "text": score.text,
        "groups": [
            {
                "code": group.code,
                "name": group.name,
                "max": group.max_points,
                "left": group.left,
                "text": group.text,
                "lines": [
                    {"item": line.item, "name": line.name, "points": line.points, "text": line.text}
                    for line in group.lines
                ],
            }
            for group in score.groups
        ],
    }


def findings_of(visit: Visit, card: Card, score: Score) -> list[Finding]:
    """One per item, or per occurrence where these count; only what was deducted for, whatever the cap took back."""
    charged = {line.item for group in score.groups for line in group.lines}
    counted = sheets.entries(visit.sheet)
    rows = [_of_entry(visit, card, name, one) for name, one in counted.items() if one["item"] in charged]
    with_entries = {one["item"] for one in counted.values()}
    for code, answer in sheets.answers(visit.sheet).items():
        if answer == Answer.FAIL and code in charged and code not in with_entries:
            rows.append(_of_item(visit, card, code))
    if score.is_vetoed:
        rows.append(_of_veto(visit, card))
    return rows


def _of_veto(visit: Visit, card: Card) -> Finding:
    """The veto stands like a deduction of everything: it is improved, and can be appealed, like any other."""
    watch = sheets.value(visit.sheet, "veto") or {}
    began, ended = sheets.moment(watch.get("started_at")), sheets.moment(watch.get("ended_at"))
    note = f"{time.local(began):%H:%M} 至 {time.local(ended):%H:%M} 前台无人" if began and ended else ""
    return Finding(
        visit=visit,
        hall=visit.hall,
        item=VETO,
        name="前台无人值守满时限",
        points=card.total_points,
        note=note,
        found_on=found_on(visit),
    )


def _of_item(visit: Visit, card: Card, code: str) -> Finding:
    who = sheets.value(visit.sheet, f"who:{code}") or {}
    return Finding(
        visit=visit,
        hall=visit.hall,
        item=code,
        name=card.items[code].name,
        points=card.items[code].points_min,
        note=sheets.value(visit.sheet, f"note:{code}") or "",
        person=who.get("person", ""),
        window=who.get("window"),
        fixed_on_spot=bool(sheets.value(visit.sheet, f"fixed:{code}")),
        found_on=found_on(visit),
    )


def _of_entry(visit: Visit, card: Card, name: str, one: dict[str, Any]) -> Finding:
    item = card.items[one["item"]]
    points = one.get("points")
    note = one.get("note") or sheets.value(visit.sheet, f"note:{item.code}") or ""
    return Finding(
        visit=visit,
        hall=visit.hall,
        item=item.code,
        name=item.name,
        entry=name,
        points=item.points_min if points is None else points,
        note=note,
        person=one.get("person", ""),
        window=one.get("window"),
        fixed_on_spot=bool(one.get("fixed") or sheets.value(visit.sheet, f"fixed:{item.code}")),
        found_on=found_on(visit),
    )


def found_on(visit: Visit) -> Any:
    return time.business_day(visit.started_at) if visit.started_at else visit.planned_on


def missing_photos(visit: Visit) -> bool:
    return Photo.objects.filter(visit=visit, completed_at=None, is_removed=False).exists()


def arrive(visit: Visit, *, now: datetime) -> None:
    """The last photo is there: the visit is on record, and improvement begins. The caller saves the visit."""
    visit.state = VisitState.SUBMITTED
    improvement.open_for(visit, now=now)
    visit_moved(visit)


@transaction.atomic
def close_appeal_time(now: datetime) -> int:
    """已定分 once nobody can appeal any more; visits that wait for photos that will never come are closed too."""
    for visit in Visit.objects.select_for_update().filter(
        state=VisitState.UPLOADING, submitted_at__lt=now - LONGEST_WAIT
    ):
        arrive(visit, now=now)
        visit.save(update_fields=["state"])
    count = 0
    today = time.business_day(now)
    for visit in (
        Visit.objects.select_for_update(of=("self",)).select_related("hall__region").filter(state=VisitState.SUBMITTED)
    ):
        until = appeal_until(visit, now)
        if until is not None and today > until:
            visit.state = VisitState.FINAL
            visit.save(update_fields=["state"])
            count += 1
    return count
