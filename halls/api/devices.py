"""What machines say about themselves."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import time
from core.api import keeps_answer
from core.errors import Refused
from halls import actions
from halls.authentication import COOKIE, leave_cookie
from halls.models import Device


class DevicesOnly(BasePermission):
    message = "只有已配对的设备可以调用。"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Device)


class PulseSerializer(serializers.Serializer):
    paper_out = serializers.BooleanField(required=False)


class PairSerializer(serializers.Serializer):
    code = serializers.RegexField(r"^[0-9]{6}$", error_messages={"invalid": "配对码为 6 位数字。"})


DeviceAnswer = inline_serializer(
    "Device",
    {
        "id": serializers.IntegerField(),
        "hall": serializers.CharField(),
        "kind": serializers.CharField(),
        "name": serializers.CharField(),
        "window": serializers.IntegerField(allow_null=True),
        "zone": serializers.CharField(),
        "paper_out": serializers.BooleanField(),
    },
)
PairAnswer = inline_serializer("DevicePaired", {"token": serializers.CharField(), "device": DeviceAnswer})


def device_json(device: Device) -> dict[str, object]:
    return {
        "id": device.pk,
        "hall": device.hall.code,
        "kind": device.kind,
        "name": device.name,
        "window": device.window_id,
        "zone": device.zone,
        "paper_out": device.paper_out,
    }


@extend_schema(request=PulseSerializer, responses=DeviceAnswer)
@api_view(["POST"])
@permission_classes([DevicesOnly])
@keeps_answer
def pulse(request: Request) -> Response:
    """A machine is alive, and may say whether its printer has paper. Send it every minute."""
    form = PulseSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    device: Any = request.user
    actions.heard(device, paper_out=form.validated_data.get("paper_out"), now=time.now())
    device.paper_out = form.validated_data.get("paper_out", device.paper_out)
    response = Response(device_json(device))
    if request.COOKIES.get(COOKIE) == request.auth:
        leave_cookie(response, str(request.auth))
    return response


@extend_schema(request=PairSerializer, responses=PairAnswer)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def pair(request: Request) -> Response:
    """For machines without a browser: a pairing code against a token, once; no answer is kept for a key.

    429 after too many tries.
    """
    form = PairSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    try:
        device, token = actions.pair(
            form.validated_data["code"], address=request.META.get("REMOTE_ADDR", ""), now=time.now()
        )
    except Refused as no:
        if no.code != "too_many_tries":
            raise
        return Response({"code": no.code, "message": no.message}, status=429)
    return Response({"token": token, "device": device_json(device)})


urlpatterns = [
    path("devices/me/pulse/", pulse, name="api-device-pulse"),
    path("devices/pair/", pair, name="api-device-pair"),
]
