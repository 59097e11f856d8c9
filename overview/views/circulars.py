"""月度通报: the list, one circular with its form, photos, versions, receipts and files."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import documents, parameters, pictures, time
from core.documents.blocks import shown as words
from core.errors import Refused
from core.sheets import sheet
from halls.actions import pictures_folder
from overview.actions import circulars as actions
from overview.actions.circular_photos import FOLDER, pictures_of
from overview.models import Circular, CircularVersion
from overview.papers import circulars as papers
from overview.queries import circular_photos as photo_reads
from overview.queries import circulars as reads
from overview.rules import circulars as rules
from overview.rules import months
from overview.rules.weekly import typed, written
from overview.states import CircularPart, CircularState
from overview.views.doors import PER_PAGE, kind_in, month_in, must, my_halls, today
from staff.requests import StaffRequest

ISSUERS = "通报由区县主管或市公司起草、印发。"


def _lines(request: StaffRequest) -> tuple[list[reads.Line], dict[str, Any]]:
    """What a list was narrowed to: a region, a year, a state."""
    must(request, "report.see")
    rows = reads.visible(request.user)
    regions = {one.region.code: one.region for one in rows}
    years = sorted({one.month.year for one in rows}, reverse=True)
    given = {name: request.GET.get(name, "") for name in ("region", "year", "state")}
    found = [one for one in rows if given["region"] in {"", one.region.code}]
    found = [one for one in found if given["year"] in {"", str(one.month.year)}]
    lines = [one for one in reads.lines(found, request.user) if given["state"] in {"", one.state}]
    shown = {"regions": list(regions.values()), "years": years, "states": CircularState.choices, "wanted": given}
    return lines, {**shown, "query": urlencode({name: value for name, value in given.items() if value})}


@require_safe
@login_required
def circulars(request: StaffRequest) -> HttpResponse:
    lines, shown = _lines(request)
    back = parameters.number(rules.BACK_MONTHS, on=today())
    more = {
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "issuing": reads.issuing_regions(request.user),
        "months": [(month, months.month_text(month)) for month in months.closed_months(today(), back=back)],
    }
    return render(request, "overview/circulars/list.html", {**shown, **more})


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    lines, _ = _lines(request)
    heads = ["月份", "区域", "状态", "版本", "印发时间", "印发人", "应签收", "已签收"]
    rows = (
        [
            one.month,
            one.circular.region.name,
            one.state.label,
            one.issued.number if one.issued else "",
            one.issued.issued_at if one.issued else None,
            one.issued.issued_by.name if one.issued and one.issued.issued_by else "",
            one.audience,
            one.read,
        ]
        for one in lines
    )
    return sheet("circulars", "月度通报", heads, rows, by=request.user)


@require_POST
@login_required
def begin(request: StaffRequest) -> HttpResponse:
    must(request, "circular.issue", sentence=ISSUERS)
    code = request.POST.get("region")
    region = next((one for one in reads.issuing_regions(request.user) if one.code == code), None)
    if region is None:
        raise Http404
    try:
        month = month_in(request.POST.get("month", ""), today())
        version = actions.begin(region, month, actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
        return redirect("circulars")
    return redirect("circular", version.circular_id)


def _circular(request: StaffRequest, pk: int) -> Circular:
    found = reads.visible(request.user).filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


def _must_issue(request: StaffRequest, circular: Circular) -> None:
    if not reads.issues(request.user, circular.region):
        raise PermissionDenied(ISSUERS)


def _version(request: StaffRequest, circular: Circular, number: int) -> CircularVersion:
    """Drafts are there for who issues, and for nobody else."""
    rows = circular.versions.select_related("issued_by", "changed_by")
    found = rows.filter(number=number).first() if number < 2**15 else None
    if found is None or not (found.is_issued or reads.issues(request.user, circular.region)):
        raise Http404
    found.circular = circular
    return found


@require_safe
@login_required
def circular(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft for who issues it, else what was issued last."""
    row = _circular(request, pk)
    draft = reads.draft_of(row) if reads.issues(request.user, row.region) else None
    version = draft or reads.issued_of(row)
    assert version is not None  # without either the circular is not visible
    return _page(request, _version(request, row, version.number))


@require_safe
@login_required
def version(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    return _page(request, _version(request, _circular(request, pk), number))


def _page(request: StaffRequest, version: CircularVersion, **more: Any) -> HttpResponse:
    row, shown = version.circular, reads.shown(version, time.now())
    given = more.pop("typed", None)
    texts = {**shown.texts, **(given.texts if given else {})}
    issues = reads.issues(request.user, row.region)
    writes, has_draft = issues and not version.is_issued, reads.draft_of(row) is not None
    rows = row.versions.select_related("issued_by", "changed_by").order_by("-number")
    (line,) = reads.lines([row], request.user)
    facts = {
        "circular": row,
        "version": version,
        "line": line,
        "title": papers.title(version),
        "content": shown.content,
        "tiles": papers.tiles(shown.content),
        "parts": [_part(part, shown, texts, more.get("code") == "moved_on") for part in CircularPart],
        "photos": _photos(request, version, given) if writes else version.photos,
        "most_photos": rules.MOST_PHOTOS,
        "writes": writes,
        "corrects": issues and version.is_issued and not has_draft,
        "versions": [one for one in rows if one.is_issued or issues],
        "receipts": reads.receipts(version) if version.is_issued else [],
        "to_receive": line.unread if version.is_issued and line.issued == version else [],
        "limit": rules.LONGEST_TEXT,
        **more,
    }
    return render(request, "overview/circulars/circular.html", facts)


def _part(part: CircularPart, shown: reads.Shown, texts: dict[str, str], is_behind: bool) -> dict[str, Any]:
    saved = shown.texts.get(part, "")
    text = texts.get(part, "")
    tables = papers.tables(shown.content, part)
    return {
        "code": part.value,
        "name": papers.heading(part),
        "text": text,
        "proposed": shown.proposed.get(part, ""),
        "is_typed": part in shown.version.texts and not shown.version.is_issued,
        "saved": saved if is_behind and saved != text else "",
        "tables": [(one, [[words(value) for value in row] for row in one.rows]) for one in tables],
        "has_photos": part == CircularPart.FAULTS,
    }


def _photos(request: StaffRequest, version: CircularVersion, given: actions.Written | None) -> list[dict[str, Any]]:
    """What may be chosen, and what is chosen though it can be chosen no more."""
    circular = version.circular
    chosen = {one["photo"]: one["caption"] for one in (given.photos if given else version.photos)}
    found = photo_reads.choices(circular.region, circular.month, request.user)
    rows = [
        {
            "key": one.key,
            "caption": chosen.get(one.key, one.caption),
            "is_chosen": one.key in chosen,
            "day": one.photo.visit.planned_on,
        }
        for one in found
    ]
    shown = {one.key for one in found}
    return rows + [
        {"key": key, "caption": caption, "is_chosen": True, "is_gone": True}
        for key, caption in chosen.items()
        if key not in shown
    ]


def _written(request: StaffRequest) -> actions.Written:
    """What the form holds; parts that still read as they were proposed to it are not said to be typed."""
    given = request.POST
    texts = {code: written(given[f"text-{code}"]) for code in CircularPart.values if f"text-{code}" in given}
    seen = {code: written(given.get(f"seen-{code}", "")) for code in texts}
    chosen = [{"photo": key[:40], "caption": given.get(f"caption-{key}", "")} for key in given.getlist("photo")]
    edits = given.get("edits", "")
    number = int(edits) if edits.isascii() and edits.isdigit() and len(edits) < 9 else -1
    return actions.Written(typed(texts, seen), chosen, number)


@require_POST
@login_required
def save(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Saves; with `issue` issues as well. What was typed stays on the page when it is refused."""
    row, now = _circular(request, pk), time.now()
    _must_issue(request, row)
    version, given = _version(request, row, number), _written(request)
    try:
        saved = actions.save(version, given, actor=request.user, now=now)
    except Refused as no:
        return _page(request, _version(request, row, number), typed=given, refused=no.message, code=no.code)
    if "issue" not in request.POST:
        messages.success(request, "已保存。")
        return redirect("circular", pk)
    try:
        actions.issue(saved, edits=saved.edits, actor=request.user, now=now)
    except Refused as no:
        return _page(request, _version(request, row, number), refused=no.message, code=no.code)
    messages.success(request, "已印发,各厅已收到提醒。")
    return redirect("circular", pk)


@require_POST
@login_required
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """更正: a new version beside the issued one; or, with `drop`, the draft away."""
    row = _circular(request, pk)
    _must_issue(request, row)
    try:
        if "drop" in request.POST:
            stays = actions.drop(row)
            messages.success(request, "更正稿已撤销,已印发的版本不变。" if stays else "草稿已撤销。")
            return redirect("circular", pk) if stays else redirect("circulars")
        actions.correct(row, request.POST.get("reason", ""), actor=request.user, now=time.now())
        messages.success(request, "已建立更正稿,已印发的版本保留。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("circular", pk)


@require_POST
@login_required
def receive(request: StaffRequest, pk: int) -> HttpResponse:
    """签收 for one of one's own halls."""
    row = _circular(request, pk)
    must(request, "circular.receive", sentence="通报由本厅店长或值班经理签收。")
    halls = my_halls(request, "circular.receive")
    hall = next((one for one in halls if one.code == request.POST.get("hall")), None)
    if hall is None:
        raise Http404
    try:
        actions.receive(row, hall, actor=request.user, now=time.now())
        messages.success(request, f"{hall.name}已签收。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("circular", pk)


@require_safe
@login_required
def download(request: StaffRequest, pk: int, number: int, kind: str) -> HttpResponse:
    version, now = _version(request, _circular(request, pk), number), time.now()
    kind = kind_in(kind)
    made = papers.document(reads.shown(version, now), pictures_of(version))
    return documents.answer(made, kind, name=papers.file_name(version), by=request.user.name, now=now)


@require_safe
@login_required
def photo(request: StaffRequest, pk: int, number: int, at: int) -> HttpResponseBase:
    """A photo of what was issued, for whoever may read it."""
    version = _version(request, _circular(request, pk), number)
    name = version.photos[at - 1].get("file", "") if 0 < at <= len(version.photos) else ""
    file = pictures_folder(FOLDER) / name
    if not name or not file.exists():
        raise Http404
    response = FileResponse(file.open("rb"), content_type=pictures.TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "private, no-store"
    return response


HERE = "overview/circulars/<int:pk>/"
urlpatterns = [
    path("overview/circulars/", circulars, name="circulars"),
    path("overview/circulars/export/", export, name="circulars-export"),
    path("overview/circulars/begin/", begin, name="circular-begin"),
    path(HERE, circular, name="circular"),
    path(f"{HERE}correct/", correct, name="circular-correct"),
    path(f"{HERE}receive/", receive, name="circular-receive"),
    path(f"{HERE}versions/<int:number>/", version, name="circular-version"),
    path(f"{HERE}versions/<int:number>/save/", save, name="circular-save"),
    path(f"{HERE}versions/<int:number>/photos/<int:at>/", photo, name="circular-photo"),
    path(f"{HERE}versions/<int:number>/<slug:kind>/", download, name="circular-download"),
]
