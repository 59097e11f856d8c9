"""What the API of handovers takes and gives."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from staff.models import HandoverLine
from staff.queries import handovers as reads
from staff.rules.money import DENOMINATIONS, MOST_NOTES
from staff.states import HandoverKind, HandoverMode, HandoverState


def _amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2, **options)


class HandoverLineOut(serializers.Serializer):
    """`system` and `difference` are null while a blind count hides them, and where no book speaks."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    system = _amount(allow_null=True)
    counted = _amount(allow_null=True)
    recounted = _amount(allow_null=True)
    difference = _amount(allow_null=True)
    reason = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)


class HandoverWorkOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class HandoverOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    window = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=HandoverKind.choices)
    mode = serializers.ChoiceField(choices=HandoverMode.choices)
    state = serializers.ChoiceField(choices=HandoverState.choices)
    is_blind = serializers.BooleanField()
    giver = serializers.CharField(help_text="工号")
    taker = serializers.CharField(allow_null=True, help_text="工号")
    giver_signed_at = serializers.DateTimeField(allow_null=True)
    taker_signed_at = serializers.DateTimeField(allow_null=True)
    lines = HandoverLineOut(many=True)
    open_work = HandoverWorkOut(many=True)


class HandoverRow(serializers.Serializer):
    id = serializers.IntegerField()
    day = serializers.DateField()
    window = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=HandoverKind.choices)
    state = serializers.ChoiceField(choices=HandoverState.choices)
    giver = serializers.CharField()
    taker = serializers.CharField(allow_null=True)


class HandoversOut(serializers.Serializer):
    results = HandoverRow(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class HandoverStartIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    window = serializers.IntegerField(min_value=1, max_value=99, required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=HandoverKind.choices, default=HandoverKind.COUNTER)
    mode = serializers.ChoiceField(choices=HandoverMode.choices, default=HandoverMode.FACE)
    peak_reason = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class HandoverCountIn(serializers.Serializer):
    id = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    counted = _amount(required=False, allow_null=True, default=None)
    notes = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_NOTES), required=False, default=dict
    )
    first = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    last = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")

    def validate_notes(self, given: dict[str, int]) -> dict[str, int]:
        if set(given) - set(DENOMINATIONS):
            raise serializers.ValidationError(f"面额只能是 {'、'.join(DENOMINATIONS)}。")
        return {name: count for name, count in given.items() if count}


class CountsIn(serializers.Serializer):
    lines = HandoverCountIn(many=True, allow_empty=False)


class GiveIn(serializers.Serializer):
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    taker = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="工号")
    relief_missing = serializers.BooleanField(default=False)
    relief_due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class HandoverTakeIn(serializers.Serializer):
    staff_no = serializers.CharField(max_length=20)
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    accepted = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1), required=False, default=list, max_length=200
    )


class HandoverLineIn(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class WorkIn(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class HandoverNoteIn(serializers.Serializer):
    note = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class CorrectIn(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    after = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=100)


def shown(handover_id: int, status: int = 200) -> Response:
    row = reads.whole(handover_id)
    sees = row.revealed_at is not None or row.state != HandoverState.FILLING
    return Response(
        {
            "id": row.pk,
            "hall": row.hall.code,
            "window": row.window.number if row.window else None,
            "kind": row.kind,
            "mode": row.mode,
            "state": row.state,
            "is_blind": row.is_blind,
            "giver": row.giver.staff_no,
            "taker": row.taker.staff_no if row.taker else None,
            "giver_signed_at": row.giver_signed_at,
            "taker_signed_at": row.taker_signed_at,
            "lines": [_line(line, sees) for line in row.lines.all()],
            "open_work": [
                {
                    "id": one.pk,
                    "kind": one.kind,
                    "title": one.title,
                    "detail": one.detail,
                    "accepted_at": one.accepted_at,
                }
                for one in row.open_work.all()
            ],
        },
        status=status,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _line(line: HandoverLine, sees: bool) -> dict[str, Any]:
    return {
        "id": line.pk,
        "code": line.item.code,
        "name": line.item.label,
        "unit": line.item.unit,
        "system": _text(line.system) if sees else None,
        "counted": _text(line.counted),
        "recounted": _text(line.recounted),
        "difference": _text(line.difference) if sees else None,
        "reason": line.reason,
        "confirmed_by": line.confirmed_by.name if line.confirmed_by else None,
    }
