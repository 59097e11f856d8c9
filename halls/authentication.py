"""How a machine proves which machine it is: its token in a header, or in the cookie that pairing left."""

import hashlib
from datetime import timedelta

from django.db.models import Q
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core import time
from halls.models import Device

TOKEN_PREFIX = "hkd_"
COOKIE = "device_token"
SEEN_EVERY = timedelta(seconds=30)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def device_of(token: str) -> Device | None:
    """The machine behind a token that is neither revoked nor expired."""
    now = time.now()
    if not token.startswith(TOKEN_PREFIX):
        return None
    live = Device.objects.filter(token_hash=token_hash(token), revoked_at=None)
    device = live.filter(Q(expires_at=None) | Q(expires_at__gt=now)).select_related("hall", "window").first()
    if device and (device.last_seen_at is None or now - device.last_seen_at > SEEN_EVERY):
        Device.objects.filter(pk=device.pk).update(last_seen_at=now, silence_noticed_at=None)
    return device


class DeviceToken(BaseAuthentication):
    """`Authorization: Device hkd_…` (or `Token hkd_…`); pages of a paired browser send `X-Device: 1` with the cookie."""

    def authenticate(self, request: Request) -> tuple[Device, str] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if len(words) == 2 and words[0].lower() in {"device", "token"} and words[1].startswith(TOKEN_PREFIX):
            token = words[1]
        elif request.headers.get("X-Device"):
            token = request.COOKIES.get(COOKIE, "")
        else:
            return None
        device = device_of(token)
        if device is None:
            raise AuthenticationFailed("设备未配对或令牌已失效,请重新配对。", code="bad_device")
        return device, token

    def authenticate_header(self, request: Request) -> str:
        return "Device"
