"""营业周报: the list, one report with its form, versions and files."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import documents, time
from core.errors import Refused
from core.sheets import sheet
from overview.actions import weekly as actions
from overview.models import WeeklyReport, WeeklyVersion
from overview.papers import weekly as papers
from overview.queries import weekly as reads
from overview.rules import weekly as rules
from overview.states import ReportState, Section
from overview.views.doors import PER_PAGE, chosen_hall, day_in, kind_in, must, my_halls
from staff.requests import StaffRequest

WEEKS = (6, 12, 26)


def _lines(request: StaffRequest) -> tuple[list[reads.Line], dict[str, Any]]:
    """What a list was narrowed to: a hall, some weeks, a state."""
    now, halls = time.now(), my_halls(request, "report.see")
    hall, state = chosen_hall(request, halls), request.GET.get("state", "")
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in map(str, WEEKS) else WEEKS[0]
    found = reads.lines(request.user, reads.recent_mondays(now, weeks=weeks), now, hall=hall)
    known = [one for one in found if not state or one.state == state]
    wanted = {"hall": hall.code if hall else "", "weeks": weeks, "state": state}
    shown = {
        "halls": halls,
        "hall": hall,
        "weeks": weeks,
        "state": state,
        "choices": WEEKS,
        "states": ReportState.choices,
    }
    return known, {**shown, "query": urlencode({name: value for name, value in wanted.items() if value})}


@require_safe
@login_required
def reports(request: StaffRequest) -> HttpResponse:
    lines, shown = _lines(request)
    today = time.business_day(time.now())
    back = [rules.monday_of(today) - timedelta(weeks=at) for at in range(5)]
    more = {
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "can_begin": request.user.may("report.write"),
        "writes": request.user.hall_ids("report.write"),
        "mondays": [(monday, rules.week_text(monday)) for monday in back],
        "rolls_up": bool(request.user.rights.region_ids("report.see")),
    }
    return render(request, "overview/weekly/list.html", {**shown, **more})


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    lines, _ = _lines(request)
    heads = ["周", "营业厅", "状态", "应交时间", "签字时间", "签字人", "版本"]
    rows = (
        [
            one.week,
            one.hall.name,
            one.words,
            one.report.due_at if one.report else None,
            one.signed.signed_at if one.signed else None,
            one.signed.signed_by.name if one.signed and one.signed.signed_by else "",
            one.signed.number if one.signed else "",
        ]
        for one in lines
    )
    return sheet("weekly-reports", "营业周报提交情况", heads, rows, by=request.user)


@require_POST
@login_required
def begin(request: StaffRequest) -> HttpResponse:
    must(request, "report.write")
    hall = next((one for one in my_halls(request, "report.write") if one.code == request.POST.get("hall")), None)
    if hall is None:
        raise Http404
    monday = day_in(request.POST.get("week", ""))
    try:
        if monday is None:
            raise Refused("bad_week", "请选择要填写的周。")
        version = actions.begin(hall, monday, actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
        return redirect("weekly-reports")
    return redirect("weekly-report", version.report_id)


def _report(request: StaffRequest, pk: int) -> WeeklyReport:
    rows = WeeklyReport.objects.visible_to(request.user).select_related("hall__region__parent__parent")
    found = rows.filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


def _version(report: WeeklyReport, number: int) -> WeeklyVersion:
    found = report.versions.select_related("signed_by", "changed_by").filter(number=number).first()
    if found is None:
        raise Http404
    found.report = report
    return found


@require_safe
@login_required
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft for who writes it, else what is signed."""
    row = _report(request, pk)
    draft = reads.draft_of(row)
    writes = request.user.may("report.write", row.hall)
    version = draft if draft and (writes or row.signed_at is None) else reads.current(row)
    return _page(request, _version(row, version.number))


@require_safe
@login_required
def version(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    return _page(request, _version(_report(request, pk), number))


def _page(request: StaffRequest, version: WeeklyVersion, **more: Any) -> HttpResponse:
    report, now, may = version.report, time.now(), request.user.may
    shown = reads.shown(version, now)
    typed = more.pop("typed", None)
    texts = {**shown.texts, **(typed.texts if typed else {})}
    asks = list(typed.asks if typed else version.asks)
    writes = not version.is_signed and may("report.write", report.hall)
    facts = {
        "report": report,
        "version": version,
        "line": reads.lines_of([report.hall], [report.monday], now)[0],
        "tiles": papers.tiles(shown.figures),
        "chart": _chart(shown.figures),
        "figures": shown.figures,
        "parts": _parts(shown, texts, more.get("code") == "moved_on"),
        "asks": asks,
        "blank_asks": range(len(asks), min(len(asks) + 2, rules.MOST_ASKS)) if writes else (),
        "problems": [(one.value, _problem_name(one)) for one in rules.PROBLEMS],
        "versions": report.versions.select_related("signed_by", "changed_by").order_by("-number"),
        "requests": report.support_requests.select_related("owner"),
        "writes": writes,
        "signs": writes and may("report.sign", report.hall),
        "corrects": version.is_signed and may("report.sign", report.hall) and reads.draft_of(report) is None,
        "edits": version.edits,
        "limit": rules.LONGEST_TEXT,
        **more,
    }
    return render(request, "overview/weekly/report.html", facts)


def _problem_name(section: Section) -> str:
    return next(name for _, groups in rules.PARTS for name, sections in groups if section in sections)


def _chart(figures: Any) -> dict[str, Any]:
    bars = papers.waits(figures)
    issued = [one["issued"] for one in figures.get("days") or ()]
    return {"days": list(bars.labels), "waits": list(bars.values), "issued": issued, "limit": bars.limit}


def _parts(shown: reads.Shown, texts: dict[str, str], is_behind: bool) -> Any:
    """The structure with what stands in each place; for who was too late with what a colleague has saved meanwhile."""
    parts: list[dict[str, Any]] = [
        {"name": part, "groups": [_group(name, sections, shown, texts) for name, sections in groups]}
        for part, groups in rules.PARTS
    ]
    for row in (row for part in parts for group in part["groups"] for row in group["sections"]) if is_behind else ():
        saved = shown.texts.get(row["code"], "")
        row["saved"] = saved if saved != row["text"] else ""
    return parts


def _group(name: str, sections: tuple[Section, ...], shown: reads.Shown, texts: dict[str, str]) -> Any:
    rows = [
        {
            "code": section.value,
            "label": "" if section in papers.ALONE else section.label,
            "text": texts.get(section, ""),
            "proposed": shown.proposed.get(section, ""),
            "is_typed": section in shown.version.texts and not shown.version.is_signed,
            "tables": papers.lists(shown.figures, section),
            "asks": papers.asks_of(shown.version, section),
        }
        for section in sections
    ]
    return {"name": name, "sections": rows}


def _written(request: StaffRequest) -> actions.Written:
    """What the form holds; sections that still read as they were proposed to it are not said to be typed."""
    given = request.POST
    texts = {code: rules.written(given[f"text-{code}"]) for code in Section.values if f"text-{code}" in given}
    seen = {code: rules.written(given.get(f"seen-{code}", "")) for code in texts}
    rows = zip(given.getlist("ask-key"), given.getlist("ask-section"), given.getlist("ask-text"), strict=False)
    asks = [{"key": key, "section": section, "text": text} for key, section, text in rows]
    edits = given.get("edits", "")
    number = int(edits) if edits.isascii() and edits.isdigit() and len(edits) < 9 else -1
    return actions.Written(rules.typed(texts, seen), asks, number)


@require_POST
@login_required
def save(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Saves; with `sign` signs as well. What was typed stays on the page when it is refused."""
    version, now = _version(_report(request, pk), number), time.now()
    hall, signs = version.report.hall, "sign" in request.POST
    must(request, "report.write", hall=hall, sentence="周报由本厅店长或值班经理填写。")
    if signs:
        must(request, "report.sign", hall=hall, sentence="周报由店长签字。")
    written = _written(request)
    try:
        saved = actions.save(version, written, actor=request.user, now=now)
        if signs:
            actions.sign(saved, edits=saved.edits, actor=request.user, now=now)
    except Refused as no:
        return _page(request, _version(version.report, number), typed=written, refused=no.message, code=no.code)
    messages.success(request, "已签字,数据已锁定。" if signs else "已保存。")
    return redirect("weekly-report", pk)


@require_POST
@login_required
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """更正: a new version beside the signed one; or, with `drop`, the unsigned one away again."""
    row = _report(request, pk)
    must(request, "report.sign", hall=row.hall, sentence="周报由店长更正。")
    try:
        if "drop" in request.POST:
            actions.drop_correction(row, actor=request.user)
            messages.success(request, "更正稿已撤销,原签字版本不变。")
        else:
            actions.correct(row, request.POST.get("reason", ""), actor=request.user, now=time.now())
            messages.success(request, "已建立更正稿,原签字版本保留。")
    except Refused as no:
        return _page(request, _version(row, reads.current(row).number), refused=no.message)
    return redirect("weekly-report", pk)


@require_safe
@login_required
def download(request: StaffRequest, pk: int, number: int, kind: str) -> HttpResponse:
    version, now = _version(_report(request, pk), number), time.now()
    made = papers.document(reads.shown(version, now))
    return documents.answer(made, kind_in(kind), name=papers.file_name(version), by=request.user.name, now=now)


urlpatterns = [
    path("overview/weekly/", reports, name="weekly-reports"),
    path("overview/weekly/export/", export, name="weekly-reports-export"),
    path("overview/weekly/begin/", begin, name="weekly-begin"),
    path("overview/weekly/<int:pk>/", report, name="weekly-report"),
    path("overview/weekly/<int:pk>/correct/", correct, name="weekly-correct"),
    path("overview/weekly/<int:pk>/versions/<int:number>/", version, name="weekly-version"),
    path("overview/weekly/<int:pk>/versions/<int:number>/save/", save, name="weekly-save"),
    path("overview/weekly/<int:pk>/versions/<int:number>/<slug:kind>/", download, name="weekly-download"),
]
