"""我的月度单, and the manager's list of those to sign."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from staff.actions import month_sheets as actions
from staff.forms.documents import WordsForm
from staff.models import Award, MonthSheet
from staff.queries import targets
from staff.queries.month_lines import Lines
from staff.requests import StaffRequest
from staff.rules.performance import month_before, month_of
from staff.states import MonthSheetState
from staff.views.choices import chosen, halls_for, month_in, months, table_response

NO_RIGHT = "没有签认月度单的权限。如工作需要,请联系店长。"


@require_safe
@login_required
def my_months(request: StaffRequest) -> HttpResponse:
    now = time.now()
    rows = MonthSheet.objects.filter(person=request.user).select_related("hall")
    this = month_of(time.business_day(now))
    shown = {
        "sheets": [Lines(row) for row in rows],
        "month": this,
        "targets": targets.own(request.user, this, now),
        "awards": Award.objects.filter(person=request.user, revoked_at=None).select_related("hall", "decided_by"),
    }
    return render(request, "staff/my_months.html", shown)


@require_safe
@login_required
def to_sign(request: StaffRequest) -> HttpResponse:
    halls, hall, month = _asked(request)
    found = _of_hall(hall, month)
    shown = {
        "halls": halls,
        "hall": hall,
        "month": month,
        "months": months(time.now()),
        "sheets": found,
        "open": sum(not one.sheet.is_signed for one in found),
        "objected": sum(one.sheet.state == MonthSheetState.OBJECTED for one in found),
    }
    return render(request, "staff/months.html", shown)


def _asked(request: StaffRequest) -> tuple[Any, Any, Any]:
    halls = halls_for(request, "sheet.sign", NO_RIGHT)
    last = month_before(time.business_day(time.now()))
    return halls, chosen(halls, request.GET.get("hall", "")), month_in(request.GET.get("month", ""), last)


def _of_hall(hall: Any, month: Any) -> list[Lines]:
    rows = MonthSheet.objects.filter(hall=hall, month=month).select_related("hall", "person", "signed_by")
    return [Lines(row) for row in rows.order_by("person__staff_no")]


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponseBase:
    _, hall, month = _asked(request)
    heads = ["工号", "姓名", "办结", "平均办理分钟", "平均评价", "评价数", "不满意", "投诉", "稽核差错", "推荐成功"]
    heads += ["竞赛绩效分", "明星", "迟到", "缺勤", "考试平均分", "违规认定", "状态", "签认人"]
    rows = [
        [
            one.sheet.person.staff_no,
            one.sheet.person.name,
            *(one.text(name) for name in ("served", "mean_service", "rating", "ratings", "low_ratings", "complaints")),
            *(one.text(name) for name in ("errors", "accepted", "competition_points", "stars")),
            *(one.text(name) for name in ("late", "missing", "exam_score", "violations")),
            one.sheet.get_state_display(),
            one.sheet.signed_by.name if one.sheet.signed_by else "",
        ]
        for one in _of_hall(hall, month)
    ]
    return table_response(f"months-{hall.code}-{month:%Y-%m}", [heads, *rows])


def _sheet(request: StaffRequest, pk: int) -> MonthSheet:
    rows = MonthSheet.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("hall", "person", "answered_by", "signed_by"), pk=pk)


def _page(request: StaffRequest, sheet: MonthSheet, **forms: Any) -> HttpResponse:
    is_own = sheet.person_id == request.user.pk
    shown = {
        "sheet": sheet,
        "lines": Lines(sheet),
        "is_own": is_own,
        "signs": not is_own and request.user.may("sheet.sign", sheet.hall),
        "awards": Award.objects.filter(person=sheet.person, hall=sheet.hall, month=sheet.month, revoked_at=None),
        "objection_form": WordsForm(label="哪个数字有疑问"),
        "answer_form": WordsForm(label="答复"),
        **forms,
    }
    return render(request, "staff/month.html", shown)


@require_safe
@login_required
def month(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _sheet(request, pk))


@require_POST
@login_required
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    actions.accept(_sheet(request, pk).pk, person=request.user, now=time.now())
    messages.success(request, "已确认数字无误,等候店长签认。")
    return redirect("month-sheet", pk)


@require_POST
@login_required
def object_to(request: StaffRequest, pk: int) -> HttpResponse:
    sheet, form = _sheet(request, pk), WordsForm(request.POST, label="哪个数字有疑问")
    if form.is_valid():
        try:
            actions.object_to(sheet.pk, form.cleaned_data["words"], person=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "异议已提交,答复前不会签认。")
            return redirect("month-sheet", pk)
    return _page(request, sheet, objection_form=form)


@require_POST
@login_required
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    sheet, form = _sheet(request, pk), WordsForm(request.POST, label="答复")
    if form.is_valid():
        try:
            actions.answer(sheet.pk, form.cleaned_data["words"], actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已答复,数字已按最新记录重新统计。")
            return redirect("month-sheet", pk)
    return _page(request, sheet, answer_form=form)


@require_POST
@login_required
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    sheet = _sheet(request, pk)
    actions.sign(sheet.pk, actor=request.user, now=time.now())
    messages.success(request, f"{sheet.person.name} 的月度单已签认锁定。")
    return redirect("month-sheet", pk)


urlpatterns = [
    path("staff/my-months/", my_months, name="my-months"),
    path("staff/months/", to_sign, name="month-sheets"),
    path("staff/months/export/", export, name="month-sheets-export"),
    path("staff/months/<int:pk>/", month, name="month-sheet"),
    path("staff/months/<int:pk>/accept/", accept, name="month-sheet-accept"),
    path("staff/months/<int:pk>/object/", object_to, name="month-sheet-object"),
    path("staff/months/<int:pk>/answer/", answer, name="month-sheet-answer"),
    path("staff/months/<int:pk>/sign/", sign, name="month-sheet-sign"),
]
