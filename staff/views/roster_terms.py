"""人员排班条件: what the hall's manager notes about people for the roster. Nobody else sees this page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.states import Weekday
from staff.actions import roster_terms as actions
from staff.models import PostSkill, PrivateRule, Unavailability, User, WorkTerms
from staff.queries.people import in_force
from staff.requests import StaffRequest
from staff.states import Post, PrivateKind
from staff.views.rosters import _person, hall_for

SIGN = "roster.sign"


@require_safe
@login_required
def terms(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, SIGN)
    today = time.business_day(time.now())
    people = User.objects.filter(
        pk__in=hall.employments.filter(in_force(today)).values("user"), is_active=True
    ).order_by("staff_no")
    able = set(PostSkill.objects.filter(user__in=people, post=Post.ZONE).values_list("user", flat=True))
    hours = dict(WorkTerms.objects.filter(in_force(today), user__in=people).values_list("user", "weekly_hours"))
    shown = {
        "hall": hall,
        "rows": [(person, hours.get(person.pk), person.pk in able) for person in people],
        "rules": PrivateRule.objects.filter(in_force(today), user__in=people).select_related("user", "made_by"),
        "times": Unavailability.objects.filter(user__in=people).select_related("user"),
        "kinds": PrivateKind.choices,
        "weekdays": Weekday.choices,
    }
    return render(request, "staff/rosters/terms.html", shown)


@require_POST
@login_required
def act(request: StaffRequest, code: str) -> HttpResponse:
    """One of the small forms of the page, named by `act`."""
    hall = hall_for(request, code, SIGN)
    _do(request, hall, request.POST.get("act", ""))
    messages.success(request, "已保存,下次排班时生效。")
    return redirect("roster-terms", hall.code)


def _do(request: StaffRequest, hall: Hall, wanted: str) -> None:
    given, now = request.POST, time.now()
    if wanted == "end-rule":
        actions.end_private_rule(hall, get_object_or_404(PrivateRule, pk=_number(given.get("row"))).pk)
    elif wanted == "end-time":
        actions.end_unavailability(hall, get_object_or_404(Unavailability, pk=_number(given.get("row"))).pk)
    elif wanted == "rule" and given.get("kind") in PrivateKind.values:
        reason = given.get("reason", "")[:60]
        actions.add_private_rule(hall, _person(request, "person"), given["kind"], reason=reason, actor=request.user)
    elif wanted == "hours":
        person = _person(request, "person")
        actions.set_hours(hall, person, _number(given.get("hours")), since=time.business_day(now))
    elif wanted == "time" and _number(given.get("weekday"), 7) < 7:
        span = (given.get("begins", ""), given.get("ends", ""))
        try:
            actions.add_unavailability(hall, _person(request, "person"), int(given["weekday"]), span=span, now=now)
        except ValueError as error:
            raise Refused("bad_span", "时间不能识别,请重新填写。") from error
    elif wanted in {"able", "unable"}:
        actions.set_zone_skill(hall, _person(request, "person"), able=wanted == "able")
    else:
        raise Refused("unknown", "没有认出要做什么,请重新填写。")


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else otherwise


urlpatterns = [
    path("rosters/<slug:code>/people/", terms, name="roster-terms"),
    path("rosters/<slug:code>/people/act/", act, name="roster-terms-act"),
]
