"""What goes in and comes out, for validation and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from core.errors import Refused
from core.phones import clean_phone
from queueing.rules.notes import REASON_LENGTH
from queueing.rules.windows import MOST_PAUSE_MINUTES
from queueing.states import HoldKind, Lane, PauseReason, Place, Retention, TicketState


class TakeIn(serializers.Serializer):
    business = serializers.CharField(max_length=60, help_text="a business code or a group code of the hall")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    lane = serializers.ChoiceField(choices=Lane.choices, required=False, allow_blank=True, default="")
    simulated = serializers.BooleanField(required=False, default=False)

    def validate_phone(self, value: str) -> str:
        if not value:
            return ""
        try:
            return clean_phone(value)
        except Refused as no:
            raise serializers.ValidationError(no.message, code=no.code) from no


class HoldIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=HoldKind.choices, required=False, default=HoldKind.AWAY)


class TransferIn(serializers.Serializer):
    business = serializers.CharField(max_length=60, required=False, default="")
    window = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=1, max_value=2**62)
    staff = serializers.CharField(max_length=20, required=False, default="", help_text="工号")
    place = serializers.ChoiceField(choices=Place.choices, required=False, default=Place.AGE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["window"] and attrs["staff"]:
            raise serializers.ValidationError("窗口和人员只能选一个。")
        if not (attrs["business"] or attrs["window"] or attrs["staff"]):
            raise serializers.ValidationError("请选择要转到的业务、窗口或人员。")
        return attrs


class AddBusinessIn(serializers.Serializer):
    business = serializers.CharField(max_length=60, help_text="a business code of the hall")


class CallChosenIn(serializers.Serializer):
    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="why this number goes first; kept")


class NoteIn(serializers.Serializer):
    told_online = serializers.BooleanField(required=False, default=None, allow_null=True)
    offer = serializers.CharField(
        max_length=20, required=False, default=None, allow_null=True, allow_blank=True, help_text='"" takes it back'
    )
    accepted = serializers.BooleanField(required=False, default=None, allow_null=True)
    retention = serializers.ChoiceField(
        choices=Retention.choices, required=False, default=None, allow_null=True, allow_blank=True
    )


class ChangeIn(serializers.Serializer):
    business = serializers.CharField(max_length=60, help_text="a business code or a group code of the hall")


class RateIn(serializers.Serializer):
    score = serializers.IntegerField(min_value=1, max_value=5)


class PauseIn(serializers.Serializer):
    reason = serializers.ChoiceField(choices=PauseReason.choices, required=False, default=PauseReason.OTHER)
    minutes = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=MOST_PAUSE_MINUTES, help_text="back after"
    )


class SignInIn(serializers.Serializer):
    simulated = serializers.BooleanField(required=False, default=False)


class SignOutIn(serializers.Serializer):
    reason = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class CallNextIn(serializers.Serializer):
    finish = serializers.BooleanField(required=False, default=False, help_text="end the current service first")


class LineIn(serializers.Serializer):
    change = serializers.ChoiceField(choices=[(1, "+1"), (-1, "-1")])
    simulated = serializers.BooleanField(required=False, default=False)


class GroupRef(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class WindowRef(serializers.Serializer):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()


class TicketOut(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=TicketState.choices)
    state_label = serializers.CharField()
    hall = serializers.CharField()
    group = GroupRef()
    business = serializers.CharField(allow_null=True)
    about = serializers.CharField()
    lane = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    taken_at = serializers.DateTimeField()
    called_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    calls = serializers.IntegerField()
    window = WindowRef(allow_null=True)
    ahead = serializers.IntegerField()
    estimated_wait_seconds = serializers.IntegerField(
        allow_null=True, help_text="half of the customers wait less; null: nobody can know"
    )
    estimated_wait_high_seconds = serializers.IntegerField(allow_null=True, help_text="nine of ten customers wait less")
    why = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True, help_text="masked")
    rating = serializers.IntegerField(allow_null=True)
    url = serializers.URLField()


class WindowOut(serializers.Serializer):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.CharField()
    clerk = serializers.CharField(allow_null=True, help_text="name of who sits there")
    signed_in_at = serializers.DateTimeField(allow_null=True)


class HallWindow(serializers.Serializer):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    reserved = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    businesses = serializers.ListField(child=serializers.CharField())


class HallBusiness(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    minutes = serializers.FloatField()
    documents = serializers.CharField(allow_blank=True)
    e_channel = serializers.CharField(allow_blank=True)


class HallGroup(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    hint = serializers.CharField(allow_blank=True)
    hint_en = serializers.CharField(allow_blank=True)
    letter = serializers.CharField()
    businesses = serializers.ListField(child=serializers.CharField())


class HallRow(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    location = serializers.CharField(help_text="urban or county (R-H-1)")
    operation = serializers.CharField(help_text="self, partner or outsourced (R-H-1)")
    region = serializers.CharField()
    mode = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    is_live = serializers.BooleanField()


class HallOut(HallRow):
    open = serializers.BooleanField()
    issuing = serializers.BooleanField()
    hours = serializers.CharField(allow_null=True)
    windows = HallWindow(many=True)
    businesses = HallBusiness(many=True)
    groups = HallGroup(many=True)


class GivenBack(serializers.Serializer):
    number = serializers.CharField(allow_null=True, help_text="the number that was cancelled")


class LineOut(serializers.Serializer):
    waiting = serializers.IntegerField()
