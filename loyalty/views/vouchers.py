"""电子券: looked up by the whole code, used at a shop, extended by a complaint's decision (R-L-30)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from core import time
from core.errors import Refused
from core.redis import too_often
from loyalty.actions import vouchers as actions
from loyalty.forms.redemption import VoucherForm
from loyalty.models import Shop, Voucher
from loyalty.queries import gifts as reads
from loyalty.states import VoucherState
from loyalty.views.customers import need
from loyalty.views.redemptions import NO_DESK
from staff.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def vouchers(request: StaffRequest) -> HttpResponse:
    """By the whole code; who tries one after the other is stopped."""
    need(request, "points.redeem", NO_DESK)
    form, found = VoucherForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        if too_often("voucher-find", request.user.pk, limit=20, seconds=60):
            form.add_error("code", "查询过于频繁,请一分钟后再试。")
        else:
            found = reads.voucher_by_code(form.cleaned_data["code"])
            if found is None:
                form.add_error("code", "没有这张券,请核对券码。")
    return render(request, "loyalty/vouchers.html", {"form": form, **_shown(request, found)})


def _shown(request: StaffRequest, found: Voucher | None) -> dict[str, Any]:
    if found is None:
        return {}
    state = found.state_on(time.business_day(time.now()))
    return {
        "voucher": found,
        "state": state,
        "shops": found.redemption.gift.shops.filter(is_active=True),
        "can_extend": request.user.may("gift.stock") and state in (VoucherState.VALID, VoucherState.EXPIRED),
    }


def _voucher(request: StaffRequest) -> Voucher:
    """Named by its whole code again, not by a number that counts up."""
    found = reads.voucher_by_code(request.POST.get("code", ""))
    if found is None:
        raise Refused("no_voucher", "没有这张券,请核对券码。")
    return found


@require_POST
@login_required
def use(request: StaffRequest) -> HttpResponse:
    need(request, "points.redeem", NO_DESK)
    shop = Shop.objects.filter(code=request.POST.get("shop", "")[:20].replace("\0", "")).first()
    if shop is None:
        raise Refused("no_shop", "请选择客户用券的合作商户。")
    row = actions.use_voucher(_voucher(request).pk, shop, actor=request.user, now=time.now())
    messages.success(request, f"券 {row.masked} 已在{shop.name}核销。")
    return redirect("vouchers")


@require_POST
@login_required
def extend(request: StaffRequest) -> HttpResponse:
    need(request, "gift.stock", "券延期由值班经理或店长办理。")
    days = request.POST.get("days", "")
    number = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0
    decision = request.POST.get("decision", "")
    row = actions.extend_voucher(_voucher(request).pk, number, decision=decision, actor=request.user, now=time.now())
    messages.success(request, f"券 {row.masked} 已延期到 {row.expires_on}。")
    return redirect("vouchers")


urlpatterns = [
    path("loyalty/vouchers/", vouchers, name="vouchers"),
    path("loyalty/vouchers/use/", use, name="voucher-use"),
    path("loyalty/vouchers/extend/", extend, name="voucher-extend"),
]
