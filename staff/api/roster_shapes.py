"""What the API of rosters takes and gives."""

from typing import Any

from rest_framework import serializers

from staff.models import Roster, SolverRun, Turn
from staff.states import ChangeKind, ChangeState, Post, RosterState, RunState

SHIFT_CODE = 20


class TurnOut(serializers.Serializer):
    staff_no = serializers.CharField()
    name = serializers.CharField()
    day = serializers.DateField()
    shift = serializers.CharField(help_text="code of the hall's shift type")
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    post = serializers.ChoiceField(choices=Post.choices)
    meal_at = serializers.TimeField(allow_null=True)


class RosterOut(serializers.Serializer):
    id = serializers.IntegerField()
    hall = serializers.CharField()
    month = serializers.CharField(help_text="2026-12")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RosterState.choices)
    turns = TurnOut(many=True)


class BreachOut(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    day = serializers.DateField()
    staff_no = serializers.CharField(allow_null=True)
    is_hard = serializers.BooleanField()


class ChecksOut(serializers.Serializer):
    needed = serializers.IntegerField(help_text="window half hours")
    uncovered = serializers.IntegerField()
    breaches = BreachOut(many=True)


class CellIn(serializers.Serializer):
    staff_no = serializers.CharField(max_length=20)
    day = serializers.DateField()
    shift = serializers.CharField(max_length=SHIFT_CODE, allow_blank=True, help_text="empty = day off")
    post = serializers.ChoiceField(choices=Post.choices, required=False, default="", allow_blank=True)


class PublishIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class RunIn(serializers.Serializer):
    seconds = serializers.IntegerField(min_value=1, max_value=240, required=False, default=60)


class RunOut(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RunState.choices)
    seconds = serializers.IntegerField()
    elapsed = serializers.FloatField()
    uncovered = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField(allow_null=True)
    bound = serializers.FloatField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class ShiftChangeIn(serializers.Serializer):
    day = serializers.DateField()
    colleague = serializers.CharField(max_length=20, help_text="工号")
    other_day = serializers.DateField(required=False, default=None, allow_null=True)
    reason = serializers.CharField(max_length=100)


class ShiftChangeAct(serializers.Serializer):
    act = serializers.ChoiceField(choices=["accept", "decline", "withdraw", "sign", "refuse"])
    answer = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class ShiftChangeOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    state = serializers.ChoiceField(choices=ChangeState.choices)
    asker = serializers.CharField()
    colleague = serializers.CharField()
    day = serializers.DateField()
    other_day = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)


class AttendanceOut(serializers.Serializer):
    day = serializers.DateField()
    due_at = serializers.DateTimeField()
    checked_in_at = serializers.DateTimeField(allow_null=True)
    checked_out_at = serializers.DateTimeField(allow_null=True)
    is_punctual = serializers.BooleanField(allow_null=True)


def turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "staff_no": turn.person.staff_no,
        "name": turn.person.name,
        "day": turn.day.isoformat(),
        "shift": turn.shift.code,
        "begins_at": turn.begins_at.isoformat(),
        "ends_at": turn.ends_at.isoformat(),
        "post": turn.post,
        "meal_at": turn.meal_at.isoformat() if turn.meal_at else None,
    }


def roster_json(roster: Roster) -> dict[str, Any]:
    turns = roster.turns.select_related("person", "shift")
    return {
        "id": roster.pk,
        "hall": roster.hall.code,
        "month": f"{roster.month:%Y-%m}",
        "version": roster.version,
        "state": roster.state,
        "turns": [turn_json(turn) for turn in turns],
    }


def run_json(run: SolverRun) -> dict[str, Any]:
    names = ("state", "seconds", "elapsed", "uncovered", "cost", "bound", "note")
    return {"id": run.pk, **{name: getattr(run, name) for name in names}}
