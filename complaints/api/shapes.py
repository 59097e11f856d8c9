"""What goes in and comes out. Inputs are checked by the forms of the pages; their shapes are read off these forms."""

from typing import Any

from django import forms
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from complaints.states import Clock, Did, Kind, Money, Part, Source, Status, Tier


class ComplaintOut(serializers.Serializer):
    """One case. The customer's number is masked; times are those of the clocks."""

    number = serializers.CharField()
    hall = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=Status.choices)
    status_text = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices, allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    content = serializers.CharField(allow_blank=True)
    wish = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True, help_text="masked")
    ticket = serializers.CharField(allow_null=True)
    first_handler = serializers.CharField(allow_blank=True, help_text="工号")
    handler = serializers.CharField(allow_blank=True, help_text="工号")
    logged_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    first_replied_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    handling_due_at = serializers.DateTimeField(allow_null=True)
    reply_due_at = serializers.DateTimeField(allow_null=True)
    next_due_at = serializers.DateTimeField(allow_null=True)
    handling_late = serializers.BooleanField()
    reply_late = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    level = serializers.IntegerField()
    outcome = serializers.CharField(allow_blank=True)
    satisfied = serializers.CharField(allow_blank=True)


class EventOut(serializers.Serializer):
    seq = serializers.IntegerField()
    did = serializers.ChoiceField(choices=Did.choices)
    at = serializers.DateTimeField()
    person = serializers.CharField(allow_blank=True)
    data = serializers.DictField()  # type: ignore[assignment]


class DeadlineOut(serializers.Serializer):
    clock = serializers.ChoiceField(choices=Clock.choices)
    level = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    fired_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class StoryOut(serializers.Serializer):
    events = EventOut(many=True)
    deadlines = DeadlineOut(many=True)


class PaymentOut(serializers.Serializer):
    part = serializers.ChoiceField(choices=Part.choices)
    amount = serializers.DecimalField(max_digits=8, decimal_places=2)
    state = serializers.ChoiceField(choices=Money.choices)
    batch = serializers.CharField(allow_blank=True)
    paid_at = serializers.DateTimeField(allow_null=True)


class RefundOut(serializers.Serializer):
    id = serializers.IntegerField()
    complaint = serializers.CharField()
    item = serializers.CharField()
    ground = serializers.CharField()
    charged = serializers.DecimalField(max_digits=8, decimal_places=2)
    overcharge = serializers.DecimalField(max_digits=8, decimal_places=2)
    total = serializers.DecimalField(max_digits=8, decimal_places=2)
    is_pre = serializers.BooleanField()
    rung = serializers.CharField()
    verify_due_at = serializers.DateTimeField(allow_null=True)
    payments = PaymentOut(many=True)


class PaidIn(serializers.Serializer):
    part = serializers.ChoiceField(choices=Part.choices)


def shape_of(name: str, form: type[forms.Form]) -> Any:
    """The OpenAPI shape of a form's fields."""
    fields = {field: _field(one) for field, one in form.base_fields.items()}
    return inline_serializer(name, fields=fields) if fields else None


def _field(field: forms.Field) -> serializers.Field:
    facts: dict[str, Any] = {"required": field.required, "help_text": str(field.label or "")}
    if isinstance(field, forms.DateTimeField):
        return serializers.DateTimeField(**facts)
    if isinstance(field, forms.DecimalField):
        return serializers.DecimalField(max_digits=12, decimal_places=2, **facts)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**facts)
    if isinstance(field, forms.UUIDField):
        return serializers.UUIDField(**facts)
    return serializers.CharField(**facts)


def typed(body: Any) -> dict[str, Any]:
    """A JSON body as a form reads it: plain values by name. Raises ValidationError for anything else."""
    if not isinstance(body, dict):
        raise ValidationError({"non_field_errors": ["请求内容应为 JSON 对象。"]})
    bad = [name for name, value in body.items() if isinstance(value, (dict, list))]
    if bad:
        raise ValidationError({name: ["应为单个值。"] for name in bad})
    return {name: _text(value) for name, value in body.items() if value is not None}


def _text(value: Any) -> str:
    return str(value).replace("\x00", "")
