"""积分活动: promotional points for named customers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from core import time
from core.forms import tried
from loyalty.actions import campaign_lists, point_rules
from loyalty.forms.points import CampaignForm, ListForm
from loyalty.models import Lot, PromoCampaign
from loyalty.states import LotKind
from staff.requests import StaffRequest

NO_CAMPAIGNS = "没有查看积分活动的权限。如工作需要,请联系市公司运营。"
NO_CHANGE = "积分活动由市公司维护。如需调整,请联系市公司运营。"


def _see(request: StaffRequest) -> bool:
    if not (request.user.may("points.rules") or request.user.may("points.report")):
        raise PermissionDenied(NO_CAMPAIGNS)
    return request.user.may("points.rules")


def _given(rows: list[PromoCampaign]) -> list[dict[str, Any]]:
    lots = Lot.objects.filter(kind=LotKind.PROMO, source__in=[row.pk for row in rows]).order_by()
    counted = lots.values_list("source").annotate(n=Count("account_id"), p=Sum("points"))
    sums = {source: (customers, points) for source, customers, points in counted}
    today = time.business_day(time.now())
    return [
        {
            "row": row,
            "customers": sums.get(row.pk, (0, 0))[0],
            "points": sums.get(row.pk, (0, 0))[1],
            "is_on": row.starts_on <= today and (row.ends_on is None or today <= row.ends_on),
            "is_over": row.ends_on is not None and row.ends_on < today,
        }
        for row in rows
    ]


@require_safe
@login_required
def campaigns(request: StaffRequest) -> HttpResponse:
    can_change = _see(request)
    rows = _given(list(PromoCampaign.objects.all()[:200]))
    return render(request, "loyalty/campaigns.html", {"rows": rows, "can_change": can_change})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def campaign(request: StaffRequest, code: str) -> HttpResponse:
    """One campaign; POST gives points to a list."""
    can_change, row = _see(request), get_object_or_404(PromoCampaign, code=code)
    form, given = ListForm(request.POST or None), None
    if request.method == "POST":
        if not can_change:
            raise PermissionDenied(NO_CHANGE)
        if form.is_valid():
            text = form.cleaned_data["rows"]
            given = tried(form, lambda: campaign_lists.give(row, text, now=time.now()))
            if given is not None and not given.passed:
                messages.success(request, f"已为 {given.customers} 位客户发放积分。")
                return redirect("promo-campaign", row.code)
    shown = {"form": form, "given": given, "can_change": can_change, **_given([row])[0]}
    return render(request, "loyalty/campaign.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, code: str = "") -> HttpResponse:
    if not _see(request):
        raise PermissionDenied(NO_CHANGE)
    before = get_object_or_404(PromoCampaign, code=code) if code else None
    form = CampaignForm(request.POST or None, instance=before)
    if request.method == "POST" and form.is_valid():
        made = point_rules.save_campaign(form, actor=request.user)
        return redirect("promo-campaign", made.code)
    return render(
        request, "loyalty/gift_form.html", {"form": form, "thing": before, "what": "积分活动", "back": "campaigns"}
    )


urlpatterns = [
    path("loyalty/campaigns/", campaigns, name="promo-campaigns"),
    path("loyalty/campaigns/new/", edit, name="campaign-new"),
    path("loyalty/campaigns/<slug:code>/", campaign, name="promo-campaign"),
    path("loyalty/campaigns/<slug:code>/edit/", edit, name="campaign-edit"),
]
