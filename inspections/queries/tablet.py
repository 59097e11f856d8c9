"""All that a tablet must have before it goes where there is no network."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from core import time
from core.parameters import number as number_on
from halls.models import Hall
from inspections.models import AskedQuestion, Finding, Photo, Visit
from inspections.queries.evidence import evidence, peak_now
from inspections.rules import route
from inspections.rules.operations import PHOTO_MEGABYTES
from inspections.rules.route import Place
from inspections.states import OPEN_STATES, SHOWN_STATES, VisitState
from staff.models import User

MOST_FLOORS = 3
AHEAD, BACK = timedelta(days=35), timedelta(days=14)


def bundle(person: User, now: datetime) -> dict[str, Any]:
    """Visits of the weeks around now that are this person's and not over; their cards; what was wrong last time."""
    today = time.business_day(now)
    asked = Prefetch("asked", AskedQuestion.objects.select_related("question__business"))
    visits = list(
        Visit.objects.filter(
            auditor=person,
            state__in=[*OPEN_STATES, VisitState.UPLOADING],
            planned_on__lte=today + AHEAD,
        )
        .exclude(state=VisitState.PLANNED, planned_on__lt=today - BACK)
        .select_related("hall__region__parent", "version")
        .prefetch_related(asked)
        .order_by("planned_on", "hall__code")
    )
    cards = {visit.version_id: visit.version.content for visit in visits}
    ways = _ways(visits)
    return {
        "person": {"id": person.pk, "name": person.name, "staff_no": person.staff_no},
        "now": time.local(now).isoformat(),
        "patrols": _patrols(person),
        "photo_bytes": number_on(PHOTO_MEGABYTES, on=today) * 1048576,
        "visits": [{**_visit(visit, now), "way": ways.get(visit.pk)} for visit in visits],
        "cards": [{"id": pk, "content": content} for pk, content in cards.items()],
    }


def _ways(visits: list[Visit]) -> dict[UUID, dict[str, int]]:
    """The place of each visit in its day's way, and the metres from the one before; of halls whose place is known."""
    days: dict[date, dict[UUID, Place]] = defaultdict(dict)
    for visit in visits:
        if visit.hall.latitude is not None and visit.hall.longitude is not None:
            days[visit.planned_on][visit.pk] = (float(visit.hall.latitude), float(visit.hall.longitude))
    return {
        pk: {"stop": stop, "metres": metres}
        for stops in days.values()
        for stop, (pk, metres) in enumerate(route.shortest(stops), 1)
    }


def _patrols(person: User) -> list[dict[str, str]]:
    """Halls where this person may begin a patrol; somebody who may everywhere walks no floor."""
    halls = person.hall_ids("inspection.patrol")
    if len(halls) > MOST_FLOORS:
        return []
    return [{"hall": one.code, "name": one.name} for one in Hall.objects.filter(pk__in=halls).order_by("code")]


def _visit(visit: Visit, now: datetime) -> dict[str, Any]:
    is_today = visit.planned_on == time.business_day(now)
    return {
        "id": str(visit.pk),
        "card": visit.version_id,
        "hall": visit.hall_snapshot,
        "kind": visit.kind,
        "kind_name": visit.get_kind_display(),
        "planned_on": visit.planned_on.isoformat(),
        "state": visit.state,
        "sheet": visit.sheet,
        "questions": [
            {
                "id": str(one.question_id),
                "business": one.question.business.name,
                "text": one.question.text,
                "points": one.question.points,
            }
            for one in visit.asked.all()
        ],
        "before": faults_before(visit),
        "evidence": evidence(visit.hall, now) if is_today else {},
        "peak": peak_now(visit.hall, now) if is_today else None,
        "evidence_at": time.local(now).isoformat() if is_today else None,
    }


def faults_before(visit: Visit) -> list[dict[str, Any]]:
    """What the hall lost points for at its last visit by the same card: looked at first."""
    last = (
        Visit.objects.filter(hall=visit.hall, state__in=SHOWN_STATES, version__card=visit.version.card_id)
        .exclude(pk__in=[visit.pk, visit.second_of_id])
        .order_by("-submitted_at")
        .first()
    )
    if last is None:
        return []
    rows = Finding.objects.filter(visit=last, withdrawn_at=None).order_by("id")
    pictures: dict[str, list[str]] = {}
    for item, pk in Photo.objects.filter(visit=last, is_removed=False, completed_at__isnull=False).values_list(
        "item", "id"
    ):
        pictures.setdefault(item, []).append(str(pk))
    return [
        {
            "item": row.item,
            "name": row.name,
            "note": row.note,
            "on": row.found_on.isoformat(),
            "photos": pictures.get(row.item, [])[:3],
        }
        for row in rows
    ]
