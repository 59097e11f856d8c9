"""时限规则: the limits, who is told when, and which running deadlines a change would move."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from complaints.actions import policies as actions
from complaints.actions.catalogue import current_policy
from complaints.forms.policy import PolicyForm
from complaints.models import PolicyVersion
from complaints.views.doors import need
from core import time
from core.forms import tried
from halls.models import CalendarDay
from staff.requests import StaffRequest

SHOWN = 50


@require_http_methods(["GET", "POST"])
@need("complaint.policy", "修改投诉时限规则")
def policy(request: StaffRequest) -> HttpResponse:
    """「查看影响」 shows what would move; 「保存」 writes a new version."""
    now, row = time.now(), current_policy()
    form = PolicyForm(request.POST or None, body=row.body, after=row.version)
    shown: dict[str, Any] = {"form": form, "row": row, "versions": PolicyVersion.objects.select_related("made_by")[:10]}
    if request.method == "POST" and form.is_valid():
        body = with_calendar(form.new_body())
        if "preview" in request.POST:
            moved = tried(form, lambda: actions.preview(body, now))
            if moved is not None:
                sooner = Counter(one.after < one.before for one in moved)
                shown |= {"moved": moved[:SHOWN], "count": len(moved), "sooner": sooner[True], "later": sooner[False]}
        else:
            given = form.cleaned_data
            made = tried(
                form,
                lambda: actions.make_version(body, given["note"], after=given["after"], person=request.user, now=now),
            )
            if made is not None:
                count = actions.apply_to_running(made, person=request.user, now=now) if given["running"] else 0
                applied = f",{count} 张正在处理的投诉单已改用" if given["running"] else ",只用于新登记的投诉单"
                messages.success(request, f"时限规则第 {made.version} 版已生效{applied}。")
                return redirect("complaint-policy")
    return render(request, "complaints/policy.html", shown)


def with_calendar(body: dict[str, Any]) -> dict[str, Any]:
    """A version keeps the holidays as they are known when it is made, so that replay never changes."""
    if not body["working_tiers"]:
        return body
    days = CalendarDay.objects.order_by("day").values_list("day", "kind")
    off = [day.isoformat() for day, kind in days if kind != "makeup"]
    on = [day.isoformat() for day, kind in days if kind == "makeup"]
    return body | {"calendar": body["calendar"] | {"off": off, "on": on}}


urlpatterns = [path("complaints/policy/", policy, name="complaint-policy")]
