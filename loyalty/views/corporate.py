"""集团客户: the table by class, the companies, their members and figures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.queries import visible_halls
from loyalty.actions import corporate as acts
from loyalty.forms.corporate import FiguresForm, GroupForm, PhoneForm
from loyalty.models import CorporateGroup, CorporateMember
from loyalty.queries import corporate as reads
from loyalty.states import CorporateGrade
from staff.models import User
from staff.requests import StaffRequest
from staff.rules.performance import month_before, month_of, next_month
from staff.views.choices import month_in

SEE, MANAGE = "corporate.see", "corporate.manage"
NO_RIGHT = "没有集团客户的权限。如工作需要,请联系店长开通。"
PER_PAGE, MONTHS = 30, 12
HEADS = ("名称", "类别", "服务营业厅", "客户经理", "联系人", "人数", "成员", "入网日期", "离网日期")


def _asked(request: StaffRequest) -> dict[str, str]:
    grade = request.GET.get("grade", "")
    return {
        "find": request.GET.get("find", "").replace("\x00", "").strip()[:40],
        "grade": grade if grade in CorporateGrade.values else "",
    }


def _month(request: StaffRequest) -> Any:
    return month_in(request.GET.get("month", ""), month_before(month_of(time.business_day(time.now()))))


def _managers() -> Any:
    return reads.managers(time.business_day(time.now()))


def _form(request: StaffRequest, instance: CorporateGroup | None = None) -> GroupForm:
    halls = visible_halls(request.user, MANAGE).order_by("code")
    return GroupForm(request.POST or None, instance=instance, halls=halls, managers=_managers())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def groups(request: StaffRequest) -> HttpResponse:
    if not request.user.may(SEE):
        raise PermissionDenied(NO_RIGHT)
    may_manage = request.user.may(MANAGE)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied(NO_RIGHT)
    form = _form(request) if may_manage else None
    if request.method == "POST" and form is not None and form.is_valid():
        draft = form.save(commit=False)
        row = tried(form, lambda: acts.save_group(draft, actor=request.user, now=time.now()))
        if row is not None:
            messages.success(request, f"已登记{row}。")
            return redirect("corporate-group", row.pk)
    asked, month = _asked(request), _month(request)
    shown = {
        "page": Paginator(reads.search(request.user, **asked), PER_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "month": month,
        "table": reads.table(reads.visible_to(request.user), month, next_month(month)),
        "grades": CorporateGrade.choices,
        "form": form,
        "query": urlencode({**asked, "month": f"{month:%Y-%m}"}),
    }
    return render(request, "loyalty/corporate.html", shown, status=422 if form is not None and form.errors else 200)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    if not request.user.may(SEE):
        raise PermissionDenied(NO_RIGHT)
    rows = (
        (
            one.name,
            one.grade,
            one.hall.name,
            one.manager.name if one.manager else "",
            one.contact,
            one.headcount,
            one.member_count,
            one.joined_on,
            one.left_on,
        )
        for one in reads.search(request.user, **_asked(request))
    )
    return sheet("corporate", "集团客户", HEADS, rows, by=request.user)


def group_for(user: User, pk: int, verb: str = SEE) -> CorporateGroup:
    """404 for a company of a strange hall, 403 without the right."""
    row = get_object_or_404(CorporateGroup.objects.select_related("hall", "manager"), pk=pk)
    if not user.may("hall.see", row.hall):
        raise Http404
    if not user.may(verb, row.hall):
        raise PermissionDenied(NO_RIGHT)
    return row


def _page(request: StaffRequest, row: CorporateGroup, **forms: Any) -> HttpResponse:
    may_manage = row.left_on is None and request.user.may(MANAGE, row.hall)
    fresh = CorporateGroup.objects.select_related("hall", "manager").get(pk=row.pk)
    halls = visible_halls(request.user, MANAGE).order_by("code")
    shown = {
        "group": fresh,
        "members": row.members.select_related("customer")[:200],
        "figures": row.figures.select_related("noted_by")[:MONTHS],
        "may_manage": may_manage,
        "edit": forms.get("edit") or GroupForm(instance=fresh, halls=halls, managers=_managers()),
        "noting": forms.get("noting") or FiguresForm(initial={"month": month_of(time.business_day(time.now()))}),
    }
    return render(request, "loyalty/corporate_group.html", shown, status=422 if forms else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def group(request: StaffRequest, pk: int) -> HttpResponse:
    row = group_for(request.user, pk, MANAGE if request.method == "POST" else SEE)
    if request.method != "POST":
        return _page(request, row)
    form = _form(request, row)
    if form.is_valid():
        draft = form.save(commit=False)
        if tried(form, lambda: acts.save_group(draft, actor=request.user, now=time.now())) is not None:
            messages.success(request, "已保存。")
            return redirect("corporate-group", pk)
    return _page(request, row, edit=form)


@require_POST
@login_required
def note(request: StaffRequest, pk: int) -> HttpResponse:
    row, form = group_for(request.user, pk, MANAGE), FiguresForm(request.POST)
    if form.is_valid():
        told = form.figures()
        if tried(form, lambda: acts.note_figures(row, told, actor=request.user, now=time.now())) is not None:
            messages.success(request, f"已登记 {told.month.year} 年 {told.month.month} 月指标。")
            return redirect("corporate-group", pk)
    return _page(request, row, noting=form)


@require_POST
@login_required
def add_member(request: StaffRequest, pk: int) -> HttpResponse:
    row, form = group_for(request.user, pk, MANAGE), PhoneForm(request.POST)
    try:
        phone = form.cleaned_data["phone"] if form.is_valid() else ""
        made = acts.add_member(row, phone, now=time.now())
        messages.success(request, f"{made.customer}已加入。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("corporate-group", pk)


@require_POST
@login_required
def remove_member(request: StaffRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(CorporateMember, pk=pk)
    row = group_for(request.user, member.group_id, MANAGE)
    acts.remove_member(member, now=time.now())
    return redirect("corporate-group", row.pk)


@require_POST
@login_required
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    row = group_for(request.user, pk, MANAGE)
    try:
        acts.leave(row, actor=request.user, now=time.now())
        messages.success(request, f"{row}已登记离网。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("corporate-group", pk)


urlpatterns = [
    path("corporate/", groups, name="corporate"),
    path("corporate/export/", export, name="corporate-export"),
    path("corporate/<int:pk>/", group, name="corporate-group"),
    path("corporate/<int:pk>/figures/", note, name="corporate-figures"),
    path("corporate/<int:pk>/members/", add_member, name="corporate-member-add"),
    path("corporate/members/<int:pk>/remove/", remove_member, name="corporate-member-remove"),
    path("corporate/<int:pk>/leave/", leave, name="corporate-leave"),
]
