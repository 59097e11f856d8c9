"""What goes in and comes out, for validation and for the OpenAPI document."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from core import time
from inspections.actions.sync import APPLIED, KNOWN, REFUSED
from inspections.models import Appeal, Bonus, CorrectiveAction, MonthResult, Visit
from inspections.rules.operations import LARGEST
from inspections.states import ActionState, AppealState, BonusState, VisitKind, VisitState

MOST_OPERATIONS = 500


class OperationIn(serializers.Serializer):
    visit = serializers.UUIDField()
    counter = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="grows by one per tap of a tablet")
    clock = serializers.IntegerField(min_value=0, max_value=LARGEST, help_text="Lamport clock: the later one stands")
    key = serializers.CharField(max_length=100, help_text="the register it sets, e.g. answer:A1.1")
    value = serializers.JSONField(allow_null=True)
    at = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class OperationsIn(serializers.Serializer):
    tablet = serializers.UUIDField()
    operations = OperationIn(many=True, max_length=MOST_OPERATIONS)  # type: ignore[call-arg]


class OutcomeOut(serializers.Serializer):
    counter = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[APPLIED, KNOWN, REFUSED])
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class InspectionStateOut(serializers.Serializer):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=VisitState.choices)
    score = serializers.IntegerField(allow_null=True)


class OperationsOut(serializers.Serializer):
    results = OutcomeOut(many=True)
    visits = InspectionStateOut(many=True)


class ReceivedOut(serializers.Serializer):
    received = serializers.IntegerField()
    size = serializers.IntegerField()
    is_complete = serializers.BooleanField()


class BundleOut(serializers.Serializer):
    person = serializers.DictField()
    now = serializers.DateTimeField()
    patrols = serializers.ListField(child=serializers.DictField())
    photo_bytes = serializers.IntegerField()
    visits = serializers.ListField(child=serializers.DictField())
    cards = serializers.ListField(child=serializers.DictField())


class ArrangeIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    auditor = serializers.CharField(max_length=20, help_text="工号")
    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=[VisitKind.OPEN, VisitKind.MYSTERY])


class PatrolIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=[VisitKind.PATROL, VisitKind.SELF_CHECK], default=VisitKind.PATROL)


class FindingOut(serializers.Serializer):
    id = serializers.IntegerField()
    item = serializers.CharField()
    name = serializers.CharField()
    points = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    withdrawn = serializers.BooleanField()


class InspectionOut(serializers.Serializer):
    id = serializers.UUIDField()
    hall = serializers.CharField()
    card = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    state = serializers.ChoiceField(choices=VisitState.choices)
    planned_on = serializers.DateField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)
    is_vetoed = serializers.BooleanField()
    arithmetic = serializers.ListField(child=serializers.CharField())
    findings = FindingOut(many=True)


class InspectionsOut(serializers.Serializer):
    results = InspectionOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class MonthOut(serializers.Serializer):
    hall = serializers.CharField()
    month = serializers.CharField()
    hall_type = serializers.CharField()
    visits = serializers.IntegerField()
    score = serializers.DecimalField(max_digits=5, decimal_places=2)
    spread = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    bonus = serializers.IntegerField()
    total = serializers.DecimalField(max_digits=5, decimal_places=2)


class MonthsOut(serializers.Serializer):
    results = MonthOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class BonusIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    month = serializers.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$")
    criteria = serializers.ListField(child=serializers.CharField(max_length=5), max_length=20)
    innovation = serializers.CharField(max_length=500)
    is_region_wide = serializers.BooleanField(default=False)


class BonusOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    month = serializers.CharField()
    state = serializers.ChoiceField(choices=BonusState.choices)
    points = serializers.IntegerField()


class BonusDecisionIn(serializers.Serializer):
    approved = serializers.BooleanField()
    answer = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CorrectiveOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    item = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=ActionState.choices)
    owner = serializers.CharField(allow_null=True)
    due_on = serializers.DateField()
    proof = serializers.CharField(allow_blank=True)


class CorrectivesOut(serializers.Serializer):
    results = CorrectiveOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class CorrectiveProofIn(serializers.Serializer):
    proof = serializers.CharField(max_length=500)


class CorrectiveRecheckIn(serializers.Serializer):
    passed = serializers.BooleanField()
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class InspectionAppealIn(serializers.Serializer):
    findings = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), max_length=200)
    reason = serializers.CharField(max_length=1000)


class InspectionAppealOut(serializers.Serializer):
    id = serializers.IntegerField()
    visit = serializers.UUIDField()
    state = serializers.ChoiceField(choices=AppealState.choices)
    score_before = serializers.IntegerField()
    score_after = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)


class AppealDecisionIn(serializers.Serializer):
    granted = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), max_length=200)
    answer = serializers.CharField(max_length=1000)


def moment(at: datetime | None) -> str | None:
    return time.local(at).isoformat() if at else None


def visit(row: Visit) -> dict[str, Any]:
    groups = (row.breakdown or {}).get("groups", [])
    return {
        "id": str(row.pk),
        "hall": row.hall.code,
        "card": row.version.card.code,
        "version": row.version.number,
        "kind": row.kind,
        "state": row.state,
        "planned_on": row.planned_on.isoformat(),
        "submitted_at": moment(row.submitted_at),
        "score": row.score,
        "is_vetoed": row.is_vetoed,
        "arithmetic": [f"{group['name']}:{group['text']}" for group in groups],
        "findings": [
            {
                "id": one.pk,
                "item": one.item,
                "name": one.name,
                "points": one.points,
                "note": one.note,
                "withdrawn": one.withdrawn_at is not None,
            }
            for one in row.findings.all()
        ],
    }


def month_result(row: MonthResult) -> dict[str, Any]:
    return {
        "hall": row.hall.code,
        "month": f"{row.month:%Y-%m}",
        "hall_type": row.hall_type,
        "visits": row.visits,
        "score": str(row.score),
        "spread": None if row.spread is None else str(row.spread),
        "rank": row.rank,
        "bonus": row.bonus,
        "total": str(row.total),
    }


def bonus(row: Bonus) -> dict[str, Any]:
    month = f"{row.month:%Y-%m}"
    return {"id": row.pk, "hall": row.hall.code, "month": month, "state": row.state, "points": row.points}


def action(row: CorrectiveAction) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hall": row.hall.code,
        "item": row.finding.item,
        "name": row.finding.name,
        "state": row.state,
        "owner": row.owner.staff_no if row.owner else None,
        "due_on": row.due_on.isoformat(),
        "proof": row.proof,
    }


def appeal(row: Appeal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "visit": str(row.visit_id),
        "state": row.state,
        "score_before": row.score_before,
        "score_after": row.score_after,
        "answer": row.answer,
    }
