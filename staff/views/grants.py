"""合作厅授权 (R-H-18): what a partner's people were granted to see, given and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from staff.actions import grants as actions
from staff.forms.grants import GrantFilter, GrantForm
from staff.models import Grant
from staff.queries import grants as queries
from staff.requests import StaffRequest
from staff.views.choices import table_response
from staff.views.jobs import page

PER_PAGE = 30
NO_RIGHT = "没有查看授权的权限。如工作需要,请联系店长或区县主管。"
NO_GIVING = "没有授权的权限。合作厅人员的授权由区县主管办理。"


def _wanted(request: StaffRequest) -> tuple[GrantFilter, QuerySet[Grant]]:
    if not request.user.may("access_log.review"):
        raise PermissionDenied(NO_RIGHT)
    form = GrantFilter(request.GET, halls=queries.partners(request.user, "access_log.review"))
    given = form.cleaned_data if form.is_valid() else {}
    wanted = {name: given[name] for name in ("hall", "state", "find") if given.get(name)}
    return form, queries.seen_by(request.user, time.business_day(time.now()), **wanted)


@require_safe
@login_required
def grants(request: StaffRequest) -> HttpResponse:
    form, rows = _wanted(request)
    today = time.business_day(time.now())
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    mine = request.user.hall_ids("grant.manage")
    query = request.GET.copy()
    query.pop("page", None)
    facts = {
        "form": form,
        "page": shown,
        "rows": [(one, one.state(today), one.hall_id in mine) for one in shown],
        "query": query.urlencode(),
        "can_give": queries.partners(request.user, "grant.manage").exists(),
        "has_partners": form.fields["hall"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "staff/grants.html", facts)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponseBase:
    _, rows = _wanted(request)
    today = time.business_day(time.now())
    heads = ["营业厅", "工号", "姓名", "权限", "第一天", "最后一天", "状态", "原因", "授权人", "收回人"]
    lines = (
        [
            one.hall.name,
            one.user.staff_no,
            one.user.name,
            one.get_verb_display(),
            one.valid_from,
            one.valid_to,
            one.state(today).label,
            one.reason,
            one.given_by.name if one.given_by else "",
            one.ended_by.name if one.ended_by else "",
        ]
        for one in rows
    )
    return table_response("合作厅授权", [heads, *lines])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def give(request: StaffRequest) -> HttpResponse:
    if not request.user.may("grant.manage"):
        raise PermissionDenied(NO_GIVING)
    now = time.now()
    halls = queries.partners(request.user, "grant.manage")
    form = GrantForm(request.POST or None, halls=halls, today=time.business_day(now))
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        row = tried(form, lambda: actions.give(person, form.wish(), actor=request.user, now=now))
        if row is not None:
            messages.success(request, f"已授权{person.name},{row.valid_to:%Y-%m-%d} 到期自动失效。")
            return redirect("grants")
    hint = "合作厅人员的岗位不含查看客户完整信息的权限。只授给确需的人,每次查看都会留下记录。"
    return page(request, [form], title="授权合作厅人员", submit="授权", back=reverse("grants"), hint=hint)


@require_POST
@login_required
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.seen_by(request.user, time.business_day(time.now())), pk=pk)
    try:
        actions.take_back(row, actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, f"已收回{row.user.name}的授权,立即生效。")
    return redirect("grants")


urlpatterns = [
    path("staff/grants/", grants, name="grants"),
    path("staff/grants/export/", export, name="grants-export"),
    path("staff/grants/new/", give, name="grant-new"),
    path("staff/grants/<int:pk>/take-back/", take_back, name="grant-take-back"),
]
