"""Signing in: who may, and what is said when an account is locked."""

from typing import Any

from axes.utils import reset as unlock_account
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.errors import Refused
from staff.models import User

LOCKED = "密码连续输错 5 次,账号已锁定 15 分钟。请稍后再试,或请店长重置密码。"


def may_sign_in(user: User) -> bool:
    """Active, and employed somewhere today (or the owner of the system)."""
    return user.is_active and (user.is_superuser or bool(user.rights.halls))


class StaffBackend(ModelBackend):
    def user_can_authenticate(self, user: Any) -> bool:
        return user is not None and may_sign_in(user)


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers after five failures (R-S-13: one number, one person)."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "locked_out", "message": LOCKED}, status=429)
    return render(request, "staff/locked_out.html", {"message": LOCKED}, status=429)


def prove(request: HttpRequest, staff_no: str, password: str) -> User:
    """Who signs with 工号 and password on somebody's screen. Wrong ones count as at signing in.

    Raises Refused("bad_signature").
    """
    known = authenticate(request, username=staff_no.strip()[:20], password=password[:128])
    if not isinstance(known, User):
        raise Refused("bad_signature", "工号或密码不对,没有签名。请核对后再试,连续输错 5 次将锁定 15 分钟。")
    unlock_account(username=known.staff_no)
    return known
