"""Coming and going: signing in, the lock screen, one's own password and token."""

import re
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from axes.utils import reset as unlock_account
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.authtoken.models import Token

from core import time
from core.forms import tried
from core.redis import too_often
from staff.actions import people as actions
from staff.actions import preferences, sign_ins
from staff.forms.people import BAD_SIGN_IN, PasswordForm, PreferenceForm, SignInForm, UnlockForm
from staff.models import Preference, User
from staff.queries import people as queries
from staff.queries.sign_ins import LOCKED, SEEN
from staff.requests import StaffRequest

OLD_PASSWORD_TRIES = 5
DEVICE_COOKIE = "hallkeeper_device"
DEVICE_SECONDS = 2 * 365 * 86400
DEVICE = re.compile(r"[0-9a-f]{32}")


class SignIn(auth_views.LoginView):
    template_name = "staff/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """A locked screen has its own page, where only the password is asked."""
        if door := getattr(request, "held_by", ""):
            return redirect(f"{resolve_url(door)}?{urlencode({'next': _back(request)})}")
        return super().get(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Where no page was asked for: the person's own start page."""
        user = self.request.user
        return (preferences.start_page(user) if isinstance(user, User) else "") or super().get_default_redirect_url()

    def form_valid(self, form: Any) -> HttpResponse:
        """The way in goes on record; whoever is signed in elsewhere is told so here and now (R-S-13)."""
        response = super().form_valid(form)
        browser = _browser(self.request)
        others = sign_ins.note(form.get_user(), browser, now=time.now())
        for other in others[:1]:
            where = f"{other.device}({other.row.address})"
            messages.warning(self.request, f"本工号还在另一处登录:{where}。如不再使用,请在「登录设备」中结束。")
        secure = self.request.is_secure()
        response.set_cookie(
            DEVICE_COOKIE, browser.device, max_age=DEVICE_SECONDS, httponly=True, samesite="Lax", secure=secure
        )
        return response


def _browser(request: HttpRequest) -> sign_ins.Browser:
    """The browser keeps a random mark of its own, so that halls behind one address can be told apart."""
    kept = request.COOKIES.get(DEVICE_COOKIE, "")
    return sign_ins.Browser(
        session_key=request.session.session_key or "",
        device=kept if DEVICE.fullmatch(kept) else secrets.token_hex(16),
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", ""),
    )


class SignOut(auth_views.LogoutView):
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        sign_ins.signed_out(request.session.session_key or "", now=time.now())
        return super().post(request, *args, **kwargs)


def _back(request: HttpRequest) -> str:
    """Where the person wanted to go; never another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own else "/"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """The same person's password opens the same session where it was left. Wrong ones count as at sign-in."""
    person = getattr(request, "held", None)
    if person is None or request.held_by != "lock":  # type: ignore[attr-defined]
        return redirect(_back(request))
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        known = authenticate(request, username=person.staff_no, password=form.cleaned_data["password"])
        if known == person:
            unlock_account(username=person.staff_no)
            request.session.pop(LOCKED, None)
            request.session[SEEN] = time.now().isoformat()
            return redirect(_back(request))
        form.add_error("password", BAD_SIGN_IN.replace("工号或密码", "密码"))
    return render(request, "staff/lock.html", {"form": form, "person": person, "next": _back(request)})


@require_POST
@login_required
def lock_now(request: StaffRequest) -> HttpResponse:
    request.session[LOCKED] = True
    return redirect(f"{resolve_url('lock')}?{urlencode({'next': _back(request)})}")


@never_cache
@require_http_methods(["GET", "POST"])
def keepalive(request: HttpRequest) -> JsonResponse:
    """POST: somebody is at work. GET (sent as background): how long the screen has left."""
    if not request.user.is_authenticated:
        return JsonResponse({"locked": True, "page": resolve_url(getattr(request, "held_by", "login"))})
    now = time.now()
    seen = datetime.fromisoformat(request.session.get(SEEN) or now.isoformat())
    left = queries.idle_minutes(now) * 60 - (now - seen).total_seconds()
    return JsonResponse({"locked": False, "seconds": max(round(left), 0)})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password: by choice, or because a temporary or old one opens nothing else."""
    forced = getattr(request, "held_by", "") == "password"
    person: Any = request.held if forced else request.user  # type: ignore[attr-defined]
    if not person.is_authenticated:
        return redirect("login")
    form = PasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid() and _knows_old(form, person):
        now, old_key = time.now(), request.session.session_key or ""
        actions.change_password(person, password=form.cleaned_data["new"], now=now)
        request.user = person
        update_session_auth_hash(request, person)
        sign_ins.after_new_password(person, old_key=old_key, new_key=request.session.session_key or "", now=now)
        messages.success(request, "密码已修改,下次请用新密码登录。")
        return redirect(_back(request))
    shown = {"form": form, "forced": forced, "temporary": person.must_change_password, "next": _back(request)}
    return render(request, "staff/password.html", shown)


def _knows_old(form: PasswordForm, person: User) -> bool:
    """An open screen must not be a place to guess the password at."""
    if too_often("old-password", person.pk, limit=OLD_PASSWORD_TRIES, seconds=900):
        form.add_error("old", "尝试次数过多,请 15 分钟后再试。")
    elif not person.check_password(form.cleaned_data["old"]):
        form.add_error("old", "当前密码不对,请核对。")
    return form.is_valid()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: StaffRequest) -> HttpResponse:
    """POST keeps where signing in leads to and how large the text is."""
    user, pages = request.user, preferences.pages_of(request.user)
    row = Preference.objects.filter(user=user).first() or Preference(user=user)
    wish = {"start_page": row.start_page, "text_size": row.text_size}
    form = PreferenceForm(request.POST or None, pages=pages, initial=wish)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: preferences.set_preference(user, **form.cleaned_data))
        if made is not None:
            messages.success(request, "个人设置已保存。")
            return redirect("account")
    shown = {
        "jobs": user.employments.select_related("hall", "region"),
        "token": Token.objects.filter(user=user).first(),
        "today": time.business_day(time.now()),
        "form": form,
    }
    return render(request, "staff/account.html", shown)


@never_cache
@require_POST
@login_required
def renew_token(request: StaffRequest) -> HttpResponse:
    """The new token is shown in this answer and on no other page."""
    token = actions.renew_token(request.user)
    return render(request, "staff/token.html", {"token": token})
