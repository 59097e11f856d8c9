"""How a machine proves which machine it is: its token in a header, or in the cookie that pairing left."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core import time
from halls.models import Device

TOKEN_PREFIX = "hkd_"
COOKIE = "device_token"
COOKIE_LIFE = timedelta(days=400)  # the longest that browsers keep one; every pulse makes it last that long again
SEEN_EVERY = timedelta(seconds=30)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def device_of(token: str) -> Device | None:
    """The machine behind a token that is neither revoked nor expired."""
    now = time.now()
    if not token.startswith(TOKEN_PREFIX):
        return None
    known = Device.objects.filter(token_hash=token_hash(token), revoked_at=None)
    device = known.select_related("hall__region", "window").first()
    if device is None or not device.is_valid(now):
        return None
    if device.last_seen_at is None or now - device.last_seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
    return device


def leave_cookie(response: HttpResponseBase, token: str) -> None:
    """Only our own pages send it back, and no script can read it."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, token, max_age=COOKIE_LIFE, httponly=True, samesite="Strict", secure=secure)


class DeviceToken(BaseAuthentication):
    """`Authorization: Device hkd_…` (or `Token hkd_…`); a paired browser sends its cookie and `X-Device: 1`."""

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
