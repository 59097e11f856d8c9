"""明星与竞赛: stars of the month by the figures and the manager's word, skill competitions and their results."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Hall, Region
from halls.queries import visible_halls
from staff.access import halls_in, regions_below
from staff.actions import awards as actions
from staff.actions.awards import Choice, Plan
from staff.forms.performance import ChoiceForm, CompetitionForm, ScoresForm
from staff.models import Award, Competition, Employment, User
from staff.queries import awards as queries
from staff.queries.people import in_force
from staff.requests import StaffRequest
from staff.rules.performance import month_before
from staff.states import AwardKind
from staff.views.choices import chosen, halls_for, month_in, months

NO_RIGHT = "没有评定明星和竞赛的权限。如工作需要,请联系店长。"
SHOWN = 8


def _asked(request: StaffRequest) -> tuple[list[Hall], Hall, date]:
    halls = halls_for(request, "hall.see", "没有可以查看的营业厅。请联系店长开通岗位。")
    values = request.POST if request.method == "POST" else request.GET
    last = month_before(time.business_day(time.now()))
    return halls, chosen(halls, values.get("hall", "")), month_in(values.get("month", ""), last)


@require_safe
@login_required
def stars(request: StaffRequest) -> HttpResponse:
    return _stars(request)


def _stars(request: StaffRequest, **said: ChoiceForm) -> HttpResponse:
    halls, hall, month = _asked(request)
    decides, now = request.user.may("award.decide", hall), time.now()
    given = {row.kind: row for row in queries.awards({hall.pk}).filter(month=month)}
    kinds = []
    for kind in AwardKind:
        found = queries.candidates(hall, month, kind, now) if decides and kind not in given else []
        form = said.get(kind) or ChoiceForm(people=[one.person for one in found], prefix=kind)
        kinds.append({"kind": kind, "award": given.get(kind), "candidates": found[:SHOWN], "form": form})
    shown = {
        "halls": halls,
        "hall": hall,
        "month": month,
        "months": months(now),
        "kinds": kinds,
        "decides": decides,
        "is_over": month < time.business_day(now).replace(day=1),
        "past": queries.awards({hall.pk}).exclude(month=month)[:12],
        "competitions": queries.competitions(request.user).annotate(entrants=Count("results"))[:6],
    }
    return render(request, "staff/stars.html", shown)


@require_POST
@login_required
def decide(request: StaffRequest) -> HttpResponse:
    _, hall, month = _asked(request)
    if not request.user.may("award.decide", hall):
        raise PermissionDenied(NO_RIGHT)
    kind, now = request.POST.get("kind", ""), time.now()
    if kind not in AwardKind.values:
        raise Refused("no_kind", "请选择称号。")
    found = queries.candidates(hall, month, kind, now)
    form = ChoiceForm(request.POST, people=[one.person for one in found], prefix=kind)
    if form.is_valid():
        choice = Choice(kind, form.cleaned_data["person"], form.cleaned_data["reason"])
        try:
            award = actions.decide(hall, month, choice, actor=request.user, now=now)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, f"{award.person.name} 当选 {month:%Y-%m} {award.get_kind_display()}。")
            return redirect(f"{reverse('service-stars')}?hall={hall.code}&month={month:%Y-%m}")
    return _stars(request, **{kind: form})


@require_POST
@login_required
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    halls = visible_halls(request.user).values("pk")
    award = get_object_or_404(Award.objects.select_related("hall"), pk=pk, hall__in=halls)
    actions.revoke(award.pk, actor=request.user, now=time.now())
    messages.success(request, "已撤销,可以重新评定。")
    return redirect(f"{reverse('service-stars')}?hall={award.hall.code}&month={award.month:%Y-%m}")


def _decider(request: StaffRequest) -> None:
    if not request.user.may("award.decide"):
        raise PermissionDenied(NO_RIGHT)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponse:
    _decider(request)
    form = CompetitionForm(
        request.POST or None,
        halls=visible_halls(request.user, "award.decide").filter(is_live=True).order_by("code"),
        regions=Region.objects.filter(pk__in=request.user.rights.region_ids("award.decide")).order_by("code"),
        initial={"held_on": time.business_day(time.now())},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        place = form.places[given["place"]]
        what = Plan(given["title"], given["subject"], given["held_on"], place, given["points"])
        return redirect("competition", actions.plan(what, actor=request.user).pk)
    return render(request, "staff/competition_edit.html", {"form": form})


def _competition(request: StaffRequest, pk: int) -> Competition:
    return get_object_or_404(queries.competitions(request.user), pk=pk)


def _runs(request: StaffRequest, row: Competition) -> bool:
    if row.hall is not None:
        return request.user.may("award.decide", row.hall)
    return row.region_id in request.user.rights.region_ids("award.decide")


def _entrants(row: Competition) -> list[User]:
    halls = {row.hall_id} if row.hall_id else halls_in(regions_below(row.region_id or 0))
    jobs = Employment.objects.filter(in_force(row.held_on), hall__in=halls)
    return list(User.objects.filter(pk__in=jobs.values("user"), is_active=True).order_by("staff_no"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def competition(request: StaffRequest, pk: int) -> HttpResponse:
    """The results; for those who run it, the boxes to type them into."""
    row = _competition(request, pk)
    runs = _runs(request, row)
    results = list(row.results.select_related("person"))
    form: Any = None
    if runs and row.closed_at is None:
        posted = request.POST if request.method == "POST" else None
        form = ScoresForm(posted, people=_entrants(row), results=results)
    if request.method == "POST":
        if not runs:
            raise PermissionDenied(NO_RIGHT)
        if form is None:
            raise Refused("closed", "成绩已公布,不能再改。")
        if form.is_valid():
            actions.enter_scores(row.pk, form.scores(), actor=request.user)
            if "close" in request.POST:
                actions.close(row.pk, actor=request.user, now=time.now())
            messages.success(request, "成绩已公布。" if "close" in request.POST else "成绩已保存,公布前仍可修改。")
            return redirect("competition", row.pk)
    return render(request, "staff/competition.html", {"competition": row, "results": results, "form": form})


urlpatterns = [
    path("staff/stars/", stars, name="service-stars"),
    path("staff/stars/decide/", decide, name="star-decide"),
    path("staff/stars/<int:pk>/revoke/", revoke, name="star-revoke"),
    path("staff/competitions/new/", new, name="competition-new"),
    path("staff/competitions/<int:pk>/", competition, name="competition"),
]
