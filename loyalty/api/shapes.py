"""What goes in and comes out, for validation and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from core.errors import Refused
from core.phones import clean_phone
from loyalty.rules.privacy import NOTE_LENGTH, REFERENCE_LENGTH
from loyalty.states import CHOSEN_REASONS, Brand, CustomerStatus, Evidence, Star


class PhoneField(serializers.CharField):
    """The 11 digits; blanks and dashes are taken out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return clean_phone(super().to_internal_value(data))
        except Refused as no:
            raise serializers.ValidationError(no.message, code=no.code) from no


class FindIn(serializers.Serializer):
    phone = PhoneField(help_text="the whole number; nothing shorter finds anybody")


class RevealIn(serializers.Serializer):
    reason = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in CHOSEN_REASONS],
        required=False,
        allow_blank=True,
        default="",
        help_text="not needed for the customer at one's own window",
    )
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, allow_blank=True, default="", help_text="only for `other`"
    )


class CustomerVisitOut(serializers.Serializer):
    day = serializers.DateField()
    about = serializers.CharField()
    hall = serializers.CharField()
    state = serializers.CharField()
    minutes_waited = serializers.IntegerField(allow_null=True)


class StarPartOut(serializers.Serializer):
    part = serializers.CharField()
    figure = serializers.CharField(help_text="what was counted", allow_blank=True)
    points = serializers.IntegerField()


class StarWhyOut(serializers.Serializer):
    """Why the customer has this star, and until when."""

    verdict = serializers.CharField()
    score = serializers.IntegerField(allow_null=True)
    parts = StarPartOut(many=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    next_on = serializers.DateField(allow_null=True, help_text="when the next rating takes effect")
    former = serializers.CharField(allow_blank=True, help_text="the star before this one")


class CustomerOut(serializers.Serializer):
    id = serializers.IntegerField()
    phone = serializers.CharField(help_text="masked")
    name = serializers.CharField(help_text="masked", allow_blank=True)
    brand = serializers.ChoiceField(choices=Brand.choices)
    star = serializers.ChoiceField(choices=Star.choices)
    star_label = serializers.CharField()
    star_why = StarWhyOut()
    vip = serializers.BooleanField()
    status = serializers.ChoiceField(choices=CustomerStatus.choices)
    real_name = serializers.BooleanField()
    personal = serializers.BooleanField()
    joined_on = serializers.DateField()
    visits = CustomerVisitOut(many=True)


class CustomersOut(serializers.Serializer):
    results = CustomerOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class RevealOut(serializers.Serializer):
    id = serializers.IntegerField()
    phone = serializers.CharField(help_text="whole")
    name = serializers.CharField(help_text="whole", allow_blank=True)
    look = serializers.IntegerField(help_text="number of the row in the log")


class ServiceChangeIn(serializers.Serializer):
    business = serializers.CharField(max_length=60, help_text="a business code")
    evidence = serializers.ChoiceField(
        choices=[*Evidence.choices, ("oral", "口头")], help_text="`oral` is refused: it proves nothing"
    )
    reference = serializers.CharField(max_length=REFERENCE_LENGTH)


class ServiceChangeOut(serializers.Serializer):
    id = serializers.IntegerField()
    business = serializers.CharField()
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    reference = serializers.CharField()
    at = serializers.DateTimeField()


def checked(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    asked = shape(data=request.query_params if request.method == "GET" else request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data
