"""What stands in the addresses of inspections."""

from typing import Any
from uuid import uuid4

from core.time import now
from halls.models import Hall
from inspections.models import CardVersion, CorrectiveAction, Finding, Photo, Scorecard, Visit
from staff.models import User
from tests.access.things import days, thing
from tests.factories import make_user
from tests.inspections.rows import JPEG, make_card, make_visit


def _over(hall: Hall, auditor: User | None = None) -> Visit:
    """Handed in, by somebody who is none of the walkers unless named."""
    auditor = auditor or make_user(role=None)
    return make_visit(hall, auditor, state="submitted", submitted_at=now(), score=95)


def _fault(visit: Visit) -> Finding:
    return Finding.objects.create(
        visit=visit, hall=visit.hall, item="A1.1", name="标志服", points=5, found_on=visit.planned_on
    )


@thing("inspection")
def _visit(hall: Hall, person: User) -> dict[str, Any]:
    pk = _over(hall).pk
    return {"pk": pk, "visit_id": pk}


@thing("planned-inspection")
def _planned_visit(hall: Hall, person: User) -> dict[str, Any]:
    """Which the hall must not know of."""
    return {"pk": make_visit(hall, make_user(role=None)).pk}


@thing("corrective-action")
def _corrective_action(hall: Hall, person: User) -> dict[str, Any]:
    finding = _fault(_over(hall))
    facts = {"due_on": days(5), "opened_at": now(), "proof_photo": kept_picture("proofs")}
    pk = CorrectiveAction.objects.create(finding=finding, hall=hall, **facts).pk
    return {"pk": pk, "action_id": pk}


def kept_picture(folder_name: str) -> str:
    from halls.actions import pictures_folder

    folder = pictures_folder(folder_name)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{'ab' * 20}.jpg"
    (folder / name).write_bytes(JPEG)
    return name


@thing("inspection-appeal")
def _appeal(hall: Hall, person: User) -> dict[str, Any]:
    from inspections.models import Appeal

    visit = _over(hall)
    said = {"reason": "有异议", "raised_by": make_user(role=None), "raised_at": now()}
    row = Appeal.objects.create(visit=visit, hall=hall, score_before=95, **said)
    row.findings.add(_fault(visit))
    return {"pk": row.pk, "appeal_id": row.pk}


@thing("inspection-bonus")
def _bonus(hall: Hall, person: User) -> dict[str, Any]:
    from inspections.models import Bonus

    said = {"nominated_by": make_user(role=None), "nominated_at": now()}
    row = Bonus.objects.create(hall=hall, month=days(0).replace(day=1), criteria=["C1"], innovation="导览", **said)
    return {"pk": row.pk, "bonus_id": row.pk}


def _photo(visit: Visit, **fields: Any) -> Photo:
    facts = {"sha256": "0" * 64, "size": len(JPEG), "announced_at": now(), **fields}
    return Photo.objects.create(id=uuid4(), visit=visit, item="A1.1", **facts)


@thing("inspection-photo")
def _shown_photo(hall: Hall, person: User) -> dict[str, Any]:
    from inspections.actions.photos import path_of

    row = _photo(_over(hall), completed_at=now(), extension="jpg")
    path = path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(JPEG)
    return {"photo_id": row.pk}


@thing("photo-of-mine")
def _photo_of_mine(hall: Hall, person: User) -> dict[str, Any]:
    """Announced by one's own tablet, not here yet."""
    return {"photo_id": _photo(make_visit(hall, person)).pk}


# Cards belong to no hall: at the other one stands a card that is not there.


@thing("scorecard")
def _scorecard(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": make_card().card_id if hall.code == "ZJ01" else 0}


@thing("card-version")
def _card_version(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": make_card().pk if hall.code == "ZJ01" else 0}


@thing("card-draft")
def _card_draft(hall: Hall, person: User) -> dict[str, Any]:
    if hall.code != "ZJ01":
        return {"pk": 0}
    card = Scorecard.objects.create(code="draft", name="草稿")
    return {"pk": CardVersion.objects.create(card=card, number=1, content=make_card().content).pk}
