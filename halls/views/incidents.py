"""Incidents with their playbooks, and the small registers: loans, visitors, supplies."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.requests import SignedInRequest
from core.sheets import sheet
from halls.actions import incidents as acts
from halls.forms.operations import IncidentForm, LoanForm, SupplyForm, VisitorForm
from halls.models import Hall, Incident, IncidentTell, Playbook, SupplyRequest, UmbrellaLoan, Visitor
from halls.states import IncidentKind
from halls.views.checks import due_page
from halls.views.choice import back, chosen, must

VERB, MANAGE, ANSWER = "hall.check", "hall.operate", "supplies.answer"
PER_PAGE = 30
STATES = {"": "全部", "open": "处置中", "ended": "已结束"}
HEADS = ("种类", "经过", "发生时间", "登记人", "告知", "处置结果", "结束时间", "结束人")
VISITOR_HEADS = ("姓名", "单位", "事由", "陪同人", "进入时间", "离开时间")
SUPPLY_HEADS = ("物品", "数量", "用途", "申领人", "申领时间", "批准数量", "答复", "答复人", "答复时间")


@require_safe
@login_required
def incidents(request: SignedInRequest) -> HttpResponse:
    return _incidents_page(request)


def _incidents_page(request: SignedInRequest, form: IncidentForm | None = None) -> HttpResponse:
    choice, asked = chosen(request, VERB), _asked(request)
    rows = _found(choice.hall, asked).select_related("opened_by", "ended_by")
    shown = {
        "choice": choice,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "states": STATES,
        "kinds": IncidentKind.choices,
        "query": urlencode({"hall": choice.hall.code, **asked}),
        "books": Playbook.objects.prefetch_related("tells"),
        "form": form or IncidentForm(),
    }
    return render(request, "halls/incidents.html", shown, status=422 if form else 200)


def _asked(request: SignedInRequest) -> dict[str, str]:
    state, kind = request.GET.get("state", ""), request.GET.get("only", "")
    return {"state": state if state in STATES else "", "only": kind if kind in IncidentKind.values else ""}


def _found(hall: Hall, asked: dict[str, str]) -> QuerySet[Incident]:
    rows = hall.incidents.all()
    if asked["state"]:
        rows = rows.filter(ended_at__isnull=asked["state"] == "open")
    return rows.filter(kind=asked["only"]) if asked["only"] else rows


@require_safe
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """With who was told when."""
    hall = chosen(request, VERB).hall
    found = _found(hall, _asked(request)).select_related("opened_by", "ended_by").prefetch_related("tells__told_by")
    rows = (
        (
            one.get_kind_display(),
            one.text,
            one.began_at,
            one.opened_by.name,
            ";".join(tell.told for tell in one.tells.all()),
            one.measures,
            one.ended_at,
            one.ended_by.name if one.ended_by else "",
        )
        for one in found
    )
    return sheet("incidents", f"{hall.name} 突发事件", HEADS, rows, by=request.user)


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
    return _one(request, _incident(request, pk, VERB))


def _one(request: SignedInRequest, row: Incident, typed: str = "", trouble: str = "") -> HttpResponse:
    shown = {
        "typed": typed or row.measures,
        "trouble": trouble,
        "incident": row,
        "book": Playbook.objects.filter(kind=row.kind).first(),
        "tells": row.tells.select_related("told_by"),
        "now": time.now(),
        "may_manage": request.user.may(MANAGE, row.hall),
    }
    return render(request, "halls/incident.html", shown, status=422 if trouble else 200)


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
    row, measures = _incident(request, pk, MANAGE), request.POST.get("measures", "").replace("\x00", "")
    try:
        acts.end_incident(row, measures, actor=request.user, now=time.now())
    except Refused as no:
        if no.code == "not_told":
            acts.note_measures(row, measures)  # telling somebody loads the page anew
        return _one(request, row, measures, no.message)
    messages.success(request, "已结束,记录已保存。")
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
    choice, asked = chosen(request, VERB), _search(request)
    visitors, supplies = _visitors(choice.hall, asked), _supplies(choice.hall, asked)
    shown = {
        "choice": choice,
        "find": asked,
        "visitors": Paginator(visitors, PER_PAGE).get_page(request.GET.get("page")),
        "supplies": Paginator(supplies, PER_PAGE).get_page(request.GET.get("page")),
        "query": urlencode({"hall": choice.hall.code, "find": asked}),
        "visitor_form": visitor_form or VisitorForm(),
        "supply_form": supply_form or SupplyForm(),
        "may_answer": request.user.may(ANSWER, choice.hall),
    }
    return render(request, "halls/registers.html", shown, status=422 if visitor_form or supply_form else 200)


def _search(request: SignedInRequest) -> str:
    return request.GET.get("find", "").replace("\x00", "").strip()[:40]


def _visitors(hall: Hall, find: str) -> QuerySet[Visitor]:
    rows = hall.visitors.select_related("host").order_by(F("left_at").desc(nulls_first=True), "-came_at")
    told = Q(name__icontains=find) | Q(company__icontains=find) | Q(purpose__icontains=find)
    return rows.filter(told) if find else rows


def _supplies(hall: Hall, find: str) -> QuerySet[SupplyRequest]:
    rows = hall.supply_requests.select_related("asked_by", "answered_by")
    rows = rows.order_by(F("answered_at").desc(nulls_first=True), "-asked_at")
    return rows.filter(Q(thing__icontains=find) | Q(reason__icontains=find)) if find else rows


@require_safe
@login_required
def visitors_export(request: SignedInRequest) -> HttpResponse:
    hall = chosen(request, VERB).hall
    found = _visitors(hall, _search(request))
    rows = ((one.name, one.company, one.purpose, one.host.name, one.came_at, one.left_at) for one in found)
    return sheet("visitors", f"{hall.name} 工作区来访登记", VISITOR_HEADS, rows, by=request.user)


@require_safe
@login_required
def supplies_export(request: SignedInRequest) -> HttpResponse:
    hall = chosen(request, VERB).hall
    rows = (
        (
            *(one.thing, one.quantity, one.reason, one.asked_by.name, one.asked_at, one.granted, one.answer),
            one.answered_by.name if one.answered_by else "",
            one.answered_at,
        )
        for one in _supplies(hall, _search(request))
    )
    return sheet("supplies", f"{hall.name} 物品申领", SUPPLY_HEADS, rows, by=request.user)


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
