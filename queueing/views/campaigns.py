"""营销活动: campaigns with what the halls can carry and what they brought (R-H-14)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.models import Campaign, CampaignDay, Hall
from halls.queries import visible_halls
from halls.states import CampaignState
from queueing.actions import campaigns as acts
from queueing.forms import CampaignDayForm, CampaignForm
from queueing.queries import campaigns as reads
from queueing.queries.load import visible_checks
from staff.models import User
from staff.requests import StaffRequest

SEE, MANAGE = "hall.check", "campaign.manage"
NO_RIGHT = "没有营销活动的权限。如工作需要,请联系店长开通。"
PER_PAGE, DAYS_SHOWN = 20, 31
HEADS = ("日期", "营业厅", "推荐人数", "办理数", "登记人")


def _must_see(request: StaffRequest) -> None:
    if not request.user.may(SEE):
        raise PermissionDenied(NO_RIGHT)


def mine(user: User, verb: str = SEE) -> QuerySet[Hall]:
    return visible_halls(user, verb).order_by("code")


def campaign_for(user: User, pk: int, verb: str = SEE) -> Campaign:
    """404 for one of strange halls only; to manage it, one must be in charge of each of its halls."""
    row = get_object_or_404(Campaign.objects.select_related("made_by", "ended_by"), pk=pk)
    halls = list(row.halls.all())
    if not any(user.may("hall.see", hall) for hall in halls):
        raise Http404
    allowed = any if verb == SEE else all
    if not allowed(user.may(verb, hall) for hall in halls):
        raise PermissionDenied(NO_RIGHT)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def campaigns(request: StaffRequest) -> HttpResponse:
    """The list; who may, adds one, and sees at once whether the halls can carry it."""
    _must_see(request)
    may_manage = request.user.may(MANAGE)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied(NO_RIGHT)
    now = time.now()
    form = CampaignForm(request.POST or None, halls=mine(request.user, MANAGE)) if may_manage else None
    if request.method == "POST" and form is not None and form.is_valid():
        wanted, halls = form.save(commit=False), list(form.cleaned_data["halls"])
        made = tried(form, lambda: acts.start_campaign(wanted, halls, by=request.user, now=now))
        if made is not None:
            return redirect("campaign", made.pk)
    state = request.GET.get("state", "")
    state = state if state in CampaignState.values else ""
    today = time.business_day(now)
    rows = reads.in_state(reads.visible_to(request.user), state, today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "rows": reads.standings(list(page.object_list), today),
        "form": form,
        "state": state,
        "state_label": CampaignState(state).label if state else "",
        "states": [("", "全部"), *CampaignState.choices],
        "query": urlencode({"state": state}),
    }
    return render(request, "queueing/campaigns.html", shown, status=422 if form is not None and form.errors else 200)


@require_safe
@login_required
def campaign(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, campaign_for(request.user, pk))


def _page(request: StaffRequest, row: Campaign, form: CampaignDayForm | None = None) -> HttpResponse:
    today = time.business_day(time.now())
    halls = list(mine(request.user).filter(campaigns=row))
    days = CampaignDay.objects.filter(campaign=row, hall__in=halls).select_related("hall", "noted_by")
    check = row.load_checks.first()
    shown: dict[str, Any] = {
        "standing": reads.standings([row], today)[0],
        "campaign": row,
        "brought": reads.by_hall(row, halls),
        "days": days[:DAYS_SHOWN],
        "mine": halls,
        "check": check,
        "may_see_check": check is not None and visible_checks(request.user).filter(pk=check.pk).exists(),
        "outings": row.outings.filter(hall__in=halls).select_related("hall"),
        "form": form,
        "today": today,
        "may_manage": all(request.user.may(MANAGE, hall) for hall in row.halls.all()),
    }
    return render(request, "queueing/campaign.html", shown, status=422 if form else 200)


@require_POST
@login_required
def note(request: StaffRequest, pk: int) -> HttpResponse:
    """Today's numbers of one hall, or those of a day past."""
    row = campaign_for(request.user, pk)
    hall = mine(request.user).filter(campaigns=row, code=request.POST.get("hall", "").replace("\x00", "")).first()
    form = CampaignDayForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    count = acts.Count(form.cleaned_data["day"], form.cleaned_data["offered"], form.cleaned_data["accepted"])
    try:
        if hall is None:
            raise Refused("other_hall", "请选择参加活动的营业厅。")
        acts.note_day(row, hall, count, by=request.user, now=time.now())
    except Refused as no:
        form.add_error(None, no.message)
        return _page(request, row, form)
    messages.success(request, f"已登记{hall.name} {count.day.month} 月 {count.day.day} 日的办理情况。")
    return redirect("campaign", row.pk)


@require_POST
@login_required
def end(request: StaffRequest, pk: int) -> HttpResponse:
    row = campaign_for(request.user, pk, MANAGE)
    try:
        acts.end_campaign(row, by=request.user, now=time.now())
        messages.success(request, f"「{row}」已提前结束。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("campaign", row.pk)


@require_safe
@login_required
def export(request: StaffRequest, pk: int) -> HttpResponse:
    row = campaign_for(request.user, pk)
    days = CampaignDay.objects.filter(campaign=row, hall__in=mine(request.user)).select_related("hall", "noted_by")
    rows = ((one.day, one.hall.name, one.offered, one.accepted, one.noted_by.name) for one in days)
    return sheet("campaign", f"营销活动 {row}", HEADS, rows, by=request.user)


urlpatterns = [
    path("campaigns/", campaigns, name="campaigns"),
    path("campaigns/<int:pk>/", campaign, name="campaign"),
    path("campaigns/<int:pk>/note/", note, name="campaign-note"),
    path("campaigns/<int:pk>/end/", end, name="campaign-end"),
    path("campaigns/<int:pk>/export/", export, name="campaign-export"),
]
