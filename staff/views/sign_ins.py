"""Where one is signed in, and how to end it (R-S-13)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from rest_framework.authtoken.models import Token

from core import time
from staff.actions import sign_ins as actions
from staff.models import SignIn
from staff.queries import sign_ins as queries
from staff.requests import StaffRequest
from staff.views.jobs import back_to, managed


@require_safe
@login_required
def mine(request: StaffRequest) -> HttpResponse:
    shown = {
        "open": queries.open_sign_ins(request.user, time.now()),
        "ended": queries.ended_sign_ins(request.user),
        "token": Token.objects.filter(user=request.user).first(),
        "here": request.session.session_key,
    }
    return render(request, "staff/sign_ins.html", shown)


@require_POST
@login_required
def end(request: StaffRequest, pk: int) -> HttpResponse:
    actions.end(get_object_or_404(SignIn, user=request.user, pk=pk), actor=request.user, now=time.now())
    messages.success(request, "这次登录已结束,该设备上的页面不能再使用。")
    return redirect("sign-ins")


@require_POST
@login_required
def end_others(request: StaffRequest) -> HttpResponse:
    many = actions.end_others(request.user, keep=request.session.session_key or "", now=time.now())
    messages.success(request, f"已结束其他 {many} 处登录。" if many else "没有其他登录。")
    return redirect("sign-ins")


@require_POST
@login_required
def end_for(request: StaffRequest, staff_no: str, pk: int) -> HttpResponse:
    """A manager ends somebody's sign-in."""
    person = managed(request, staff_no)
    actions.end(get_object_or_404(SignIn, user=person, pk=pk), actor=request.user, now=time.now())
    messages.success(request, f"已结束 {person.name} 的这次登录。")
    return redirect(back_to(person))
