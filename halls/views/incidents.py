"""Incidents with their playbooks, and the small registers: loans, visitors, supplies."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.requests import SignedInRequest
from halls.actions import incidents as acts
from halls.forms.operations import IncidentForm, LoanForm, SupplyForm, VisitorForm
from halls.models import Incident, IncidentTell, Playbook, SupplyRequest, UmbrellaLoan, Visitor
from halls.states import IncidentKind
from halls.views.checks import due_page
from halls.views.choice import back, chosen, must

VERB, MANAGE, ANSWER = "hall.check", "hall.operate", "supplies.answer"
SHOWN = 50


@require_safe
@login_required
def incidents(request: SignedInRequest) -> HttpResponse:
    return _incidents_page(request)


def _incidents_page(request: SignedInRequest, form: IncidentForm | None = None) -> HttpResponse:
    choice = chosen(request, VERB)
    rows = choice.hall.incidents.select_related("opened_by", "ended_by")[:SHOWN]
    books = Playbook.objects.prefetch_related("tells")
    shown = {"choice": choice, "incidents": rows, "books": books, "form": form or IncidentForm()}
    return render(request, "halls/incidents.html", shown, status=422 if form else 200)


@require_POST
@login_required
def begin(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    form, kind = IncidentForm(request.POST), request.POST.get("kind", "")
    if kind not in IncidentKind.values:
        form.add_error(None, "请先选择是哪一种情况。")
    if not form.is_valid():
        return _incidents_page(request, form)
    row = acts.open_incident(choice.hall, kind, form.cleaned_data["text"], actor=request.user, now=time.now())
    return redirect("incident", row.pk)


def _incident(request: SignedInRequest, pk: int, verb: str) -> Incident:
    row = get_object_or_404(Incident.objects.select_related("hall", "opened_by", "ended_by"), pk=pk)
    must(request, verb, row.hall)
    return row


@require_safe
@login_required
def incident(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _incident(request, pk, VERB)
    shown = {
        "incident": row,
        "book": Playbook.objects.filter(kind=row.kind).first(),
        "tells": row.tells.select_related("told_by"),
        "now": time.now(),
        "may_manage": request.user.may(MANAGE, row.hall),
    }
    return render(request, "halls/incident.html", shown)


@require_POST
@login_required
def told(request: SignedInRequest, pk: int) -> HttpResponse:
    tell = get_object_or_404(IncidentTell.objects.select_related("incident__hall"), pk=pk)
    must(request, VERB, tell.incident.hall)
    acts.note_told(tell, actor=request.user, now=time.now())
    return redirect("incident", tell.incident_id)


@require_POST
@login_required
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _incident(request, pk, MANAGE)
    try:
        acts.end_incident(row, request.POST.get("measures", ""), actor=request.user, now=time.now())
        messages.success(request, "已结束,记录已保存。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("incident", row.pk)


@require_POST
@login_required
def lend(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    form = LoanForm(request.POST)
    if form.is_valid():
        try:
            acts.lend(choice.hall, acts.Borrowing(**form.cleaned_data), actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
    if form.errors:
        return due_page(request, "convenience", form)
    messages.success(request, "已登记借出。")
    return back("convenience", choice.hall)


@require_POST
@login_required
def returned(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(UmbrellaLoan.objects.select_related("hall"), pk=pk)
    must(request, VERB, row.hall)
    acts.give_back(row, now=time.now())
    return back("convenience", row.hall)


@require_safe
@login_required
def registers(request: SignedInRequest) -> HttpResponse:
    return _registers_page(request)


def _registers_page(
    request: SignedInRequest, visitor_form: VisitorForm | None = None, supply_form: SupplyForm | None = None
) -> HttpResponse:
    choice = chosen(request, VERB)
    shown = {
        "choice": choice,
        "visitors": choice.hall.visitors.select_related("host")[:SHOWN],
        "supplies": choice.hall.supply_requests.select_related("asked_by", "answered_by")[:SHOWN],
        "visitor_form": visitor_form or VisitorForm(),
        "supply_form": supply_form or SupplyForm(),
        "may_answer": request.user.may(ANSWER, choice.hall),
    }
    return render(request, "halls/registers.html", shown, status=422 if visitor_form or supply_form else 200)


@require_POST
@login_required
def come(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    form = VisitorForm(request.POST)
    if not form.is_valid():
        return _registers_page(request, visitor_form=form)
    given = form.cleaned_data
    acts.let_in(choice.hall, (given["name"], given["company"], given["purpose"]), actor=request.user, now=time.now())
    return back("registers", choice.hall)


@require_POST
@login_required
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Visitor.objects.select_related("hall"), pk=pk)
    must(request, VERB, row.hall)
    acts.let_out(row, now=time.now())
    return back("registers", row.hall)


@require_POST
@login_required
def ask(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    form = SupplyForm(request.POST)
    if not form.is_valid():
        return _registers_page(request, supply_form=form)
    acts.ask_supplies(choice.hall, acts.Supplies(**form.cleaned_data), actor=request.user, now=time.now())
    messages.success(request, "已提交申领,答复后会显示在这里。")
    return back("registers", choice.hall)


@require_POST
@login_required
def grant(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(SupplyRequest.objects.select_related("hall"), pk=pk)
    must(request, ANSWER, row.hall)
    asked = request.POST.get("granted", "")
    granted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else -1
    try:
        acts.answer_supplies(row, granted, request.POST.get("answer", ""), actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
    return back("registers", row.hall)
