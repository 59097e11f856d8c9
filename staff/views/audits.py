"""业务稽核: yesterday's list to go through, and what has to be put right."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import Styled
from halls.models import Hall
from halls.queries import visible_halls
from staff.actions import audits as actions
from staff.forms.documents import FindingForm, WordsForm, day_field
from staff.models import AuditDay, AuditItem
from staff.queries import audits as queries
from staff.requests import StaffRequest
from staff.states import AuditGround, AuditState
from staff.views.choices import table_response

PER_PAGE = 30


class AuditFilter(Styled, forms.Form):
    hall = forms.ModelChoiceField(
        queryset=Hall.objects.none(), to_field_name="code", required=False, empty_label="全部营业厅"
    )
    state = forms.ChoiceField(choices=[("", "全部状态"), *AuditState.choices], required=False)
    ground = forms.ChoiceField(choices=[("", "必查和抽查"), *AuditGround.choices], required=False)
    day = day_field("营业日", required=False)
    find = forms.CharField(max_length=40, required=False)

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]


def _wanted(request: StaffRequest) -> tuple[AuditFilter, QuerySet[AuditItem]]:
    form = AuditFilter(request.GET, halls=visible_halls(request.user, "audit.check").order_by("code"))
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.items(request.user)
    rows = rows.filter(**{name: wanted[name] for name in ("hall", "state", "ground", "day") if wanted.get(name)})
    if find := wanted.get("find"):
        rows = rows.filter(Q(person__name__icontains=find) | Q(label__iexact=find))
    return form, rows.order_by("-day", "hall", "ground", "handled_at")


@require_safe
@login_required
def audits(request: StaffRequest) -> HttpResponse:
    form, rows = _wanted(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    checks = request.user.hall_ids("audit.check")
    shown = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "today": time.business_day(time.now()),
        "checks": bool(checks),
        "days": AuditDay.objects.filter(hall__in=checks).select_related("hall").order_by("-day", "hall")[:6],
        "mine": queries.to_correct(request.user),
        "open": queries.to_check(checks),
    }
    return render(request, "staff/audits.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponseBase:
    _, rows = _wanted(request)
    heads = [
        "营业日",
        "营业厅",
        "号码",
        "办理内容",
        "办理人",
        "缘由",
        "状态",
        "差错类别",
        "问题",
        "改正期限",
        "改正说明",
    ]
    lines = (
        [
            one.day,
            one.hall.name,
            one.label,
            one.about,
            one.person.name,
            one.get_ground_display(),
            one.get_state_display(),
            one.get_error_kind_display(),
            one.finding,
            one.correct_by or "",
            one.correction,
        ]
        for one in rows
    )
    return table_response("audits", [heads, *lines])


def _item(request: StaffRequest, pk: int) -> AuditItem:
    return get_object_or_404(queries.items(request.user), pk=pk)


def _page(request: StaffRequest, item: AuditItem, **forms_: Any) -> HttpResponse:
    checks = request.user.may("audit.check", item.hall)
    shown = {
        "item": item,
        "is_late": item.is_late(time.business_day(time.now())),
        "checks": checks and item.person_id != request.user.pk,
        "corrects": item.state == AuditState.WRONG and (checks or item.person_id == request.user.pk),
        "finding_form": FindingForm(),
        "words_form": WordsForm(label="怎样改正的", length=300),
        **forms_,
    }
    return render(request, "staff/audit.html", shown)


@require_safe
@login_required
def audit(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _item(request, pk))


@require_POST
@login_required
def passed(request: StaffRequest, pk: int) -> HttpResponse:
    """Nothing was wrong; on to the next one of the hall's day."""
    item, now = _item(request, pk), time.now()
    actions.pass_item(item.pk, actor=request.user, now=now)
    return _next(request, item, now)


def _next(request: StaffRequest, item: AuditItem, now: datetime) -> HttpResponse:
    rows = queries.items(request.user).filter(hall=item.hall, day=item.day, state=AuditState.OPEN)
    after = rows.exclude(person=request.user).order_by("ground", "handled_at").first()
    if after is None:
        messages.success(request, f"{item.day:%m-%d} 的稽核单已全部看完。")
        return redirect("audits")
    return redirect("audit", after.pk)


@require_POST
@login_required
def wrong(request: StaffRequest, pk: int) -> HttpResponse:
    item, now = _item(request, pk), time.now()
    form = FindingForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.find_wrong(item.pk, given["kind"], given["finding"], actor=request.user, now=now)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, f"已登记,{item.person.name} 须在 {row.correct_by:%m-%d} 前改正。")
            return _next(request, item, now)
    return _page(request, item, finding_form=form)


@require_POST
@login_required
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    form = WordsForm(request.POST, label="怎样改正的", length=300)
    if form.is_valid():
        try:
            actions.correct(item.pk, form.cleaned_data["words"], actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已登记改正。")
            return redirect("audit", item.pk)
    return _page(request, item, words_form=form)


urlpatterns = [
    path("staff/audits/", audits, name="audits"),
    path("staff/audits/export/", export, name="audits-export"),
    path("staff/audits/<int:pk>/", audit, name="audit"),
    path("staff/audits/<int:pk>/pass/", passed, name="audit-pass"),
    path("staff/audits/<int:pk>/wrong/", wrong, name="audit-wrong"),
    path("staff/audits/<int:pk>/correct/", correct, name="audit-correct"),
]
