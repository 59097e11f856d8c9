"""The figures of halls, inspections and points, row by row and event by event."""

from datetime import date, datetime, timedelta
from typing import Any

from halls.models import CheckList, Fault, FaultEvent, Hall, Material, Region, Round, TakenDown
from inspections.models import ActionEvent, CorrectiveAction, Visit
from loyalty.models import PointsOperation, Redemption
from tests.overview.reference.days import day_of, days_of, mean, midnight
from tests.overview.reference.people import hours_of

CHECKS = ("opening", "closing", "patrol")


def of_hall(pk: int, first: date, last: date, now: datetime) -> dict[str, Any]:
    hall = Hall.objects.get(pk=pk)
    return {**_floor(hall, first, last, now), **_inspected(hall, first, last, now), **_redeemed(hall, first, last)}


def _floor(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    faults = [_told(row) for row in Fault.objects.filter(hall=hall)]
    walked = _walked(hall, first, last, now)
    named = [one for one in faults if first <= day_of(one["found"]) <= last or one["fixed"] is None]
    if not hall.is_live and not named and walked is None:
        keys = ("faults_found", "repair_hours", "faults_open", "faults_overdue", "materials_expired")
        return {**dict.fromkeys(keys), **dict.fromkeys(_WALKS)}
    found = [one for one in faults if first <= day_of(one["found"]) <= last]
    hours = [(one["fixed"] - one["found"]).total_seconds() / 3600 for one in found if one["fixed"] is not None]
    standing = [one for one in faults if one["fixed"] is None]
    return {
        "faults_found": len(found),
        "repair_hours": mean(hours),
        "faults_open": len(standing),
        "faults_overdue": sum(_is_late(one, now) for one in standing),
        "materials_expired": len(_expired(hall, now)),
        **(walked or dict.fromkeys(_WALKS)),
    }


def _told(row: Fault) -> dict[str, Any]:
    """R-H-4: found, reported and accepted as its events say; the deadlines were fixed when it was found."""
    when = {event.did: event.at for event in FaultEvent.objects.filter(fault=row).order_by("at", "pk")}
    return {
        "found": when["found"], "reported": when.get("reported"), "fixed": when.get("accepted"),
        "report_due": row.report_due, "fix_due": row.fix_due,
    }  # fmt: skip


def _is_late(one: dict[str, Any], now: datetime) -> bool:
    return (one["reported"] or now) > one["report_due"] or now >= one["fix_due"]


def _expired(hall: Hall, now: datetime) -> list[Material]:
    regions, region = [], hall.region_id
    while region is not None:
        regions.append(region)
        region = Region.objects.get(pk=region).parent_id
    down = set(TakenDown.objects.filter(hall=hall).values_list("material_id", flat=True))
    here = [row for row in Material.objects.all() if row.hall_id == hall.pk or row.region_id in regions]
    hangs = [row for row in here if row.carrier != "screen" and row.retired_at is None and row.pk not in down]
    return [row for row in hangs if row.valid_to < day_of(now)]


_WALKS = ("patrols_due", "patrols_done", "patrol_rate", "check_rate")


def _walked(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any] | None:
    """Each check that a day asks for, held against the round that was made for that moment."""
    rounds = list(Round.objects.filter(hall=hall))
    if not rounds or not _lists(hall):
        return None
    made = {(row.kind, row.slot) for row in rounds if row.finished_at is not None}
    begun = min(day_of(row.slot) for row in rounds)
    if max(first, begun) > min(last, day_of(now)):
        return None
    asked = [one for day in days_of(max(first, begun), last) for one in _asked(hall, day) if one[1] <= now]
    patrols = [one in made for one in asked if one[0] == "patrol"]
    doors = [one in made for one in asked if one[0] != "patrol"]
    return {
        "patrols_due": len(patrols),
        "patrols_done": sum(patrols),
        "patrol_rate": mean(patrols),
        "check_rate": mean(doors),
    }


def _lists(hall: Hall) -> list[CheckList]:
    """Of each kind the hall's own, else that of its type, else the one for all."""
    found = []
    for kind in CHECKS:
        rows = [row for row in CheckList.objects.filter(kind=kind) if row.is_active]
        own = [row for row in rows if row.hall_id == hall.pk]
        typed = [row for row in rows if row.hall_id is None and row.hall_type == hall.type]
        general = [row for row in rows if row.hall_id is None and row.hall_type == ""]
        found += (own or typed or general)[:1]
    return found


def _asked(hall: Hall, day: date) -> list[tuple[str, datetime]]:
    hours = hours_of(hall, day)
    if hours is None:
        return []
    found = []
    for row in _lists(hall):
        times = [midnight(day) + timedelta(hours=one.hour, minutes=one.minute) for one in row.times]
        moments = {
            "opening": [hours[0]],
            "closing": [hours[1]],
            "patrol": [one for one in times if hours[0] <= one < hours[1]],
        }
        found += [(row.kind, one) for one in moments[row.kind]]
    return found


def _inspected(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    made = [
        one
        for one in Visit.objects.filter(hall=hall).select_related("version__card")
        if one.kind in {"open", "mystery"}
        and one.state in {"submitted", "appealing", "final"}
        and one.second_of_id is None
        and one.version.card.is_ranked
        and one.score is not None
        and one.started_at is not None
        and first <= day_of(one.started_at) <= last
    ]
    newest = sorted(made, key=lambda one: (one.started_at, one.pk))
    actions = [one for one in CorrectiveAction.objects.filter(hall=hall) if _stands(one)]
    waits = [one for one in actions if _last_did(one) != "proved"]
    known = hall.is_live or bool(actions)
    return {
        "last_score": newest[-1].score if newest else None,
        "actions_open": len(actions) if known else None,
        "actions_overdue": sum(one.due_on < day_of(now) for one in waits) if known else None,
    }


def _last_did(action: CorrectiveAction) -> str:
    """The last thing that moved it; being given to somebody or told upwards does not."""
    moved = [
        one.did
        for one in ActionEvent.objects.filter(action=action).order_by("at", "pk")
        if one.did not in {"assigned", "escalated"}
    ]
    return moved[-1] if moved else "opened"


def _stands(action: CorrectiveAction) -> bool:
    return not action.finding.fixed_on_spot and _last_did(action) in {"opened", "returned", "proved"}


def _redeemed(hall: Hall, first: date, last: date) -> dict[str, Any]:
    """From the ledger: what a redemption took, unless a reversal gave it back."""
    given_back = {one.reverses_id for one in PointsOperation.objects.exclude(reverses=None)}
    rows = list(Redemption.objects.filter(hall=hall).select_related("operation"))
    stand = [one for one in rows if one.operation_id not in given_back and first <= day_of(one.operation.at) <= last]
    if not hall.is_live and not stand:
        return {"redemptions": None, "redeemed_points": None}
    return {"redemptions": len(stand), "redeemed_points": sum(-one.operation.points for one in stand)}
