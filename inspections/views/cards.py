"""评分表: versions, one as auditors will see it, and the editor of the next one with its validation."""

from copy import deepcopy
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from inspections.actions import cards as actions
from inspections.models import CardVersion, Question, Scorecard
from inspections.rules import wording
from inspections.rules.cards import faults
from inspections.states import CardState, Unit
from inspections.views.common import must
from staff.requests import StaffRequest

NO_RIGHT = "评分表由市公司运营维护。"
LOOKS = ("inspection.see", "inspection.cards", "inspection.audit")
VETO = {"code": "V1", "name": "前台无人值守"}
PHOTO = (("wanted", "需要"), ("optional", "可选"), ("none", "不需要"))


@require_safe
@login_required
def cards(request: StaffRequest) -> HttpResponse:
    must(request, *LOOKS)
    shown = {
        "cards": Scorecard.objects.prefetch_related("versions"),
        "questions": Question.objects.select_related("business"),
        "may_edit": request.user.may("inspection.cards"),
        "may_set": request.user.may("settings.change"),
        "today": time.business_day(time.now()),
    }
    return render(request, "inspections/cards.html", shown)


@require_safe
@login_required
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """The preview: groups, items, guidance, when an item applies."""
    must(request, *LOOKS)
    row = get_object_or_404(CardVersion.objects.select_related("card"), pk=pk)
    facts = wording.fact_names(row.content)
    groups = [{**group, "rows": [_item(one, facts) for one in group["items"]]} for group in row.content["groups"]]
    may_edit = request.user.may("inspection.cards")
    shown = {"version": row, "groups": groups, "faults": faults(row.content), "may_edit": may_edit}
    return render(request, "inspections/card.html", shown)


def _item(one: dict[str, Any], facts: dict[str, str]) -> dict[str, Any]:
    when = wording.say(one.get("when", []), facts, between=" 或 ")
    return {**one, "unit_words": Unit(one.get("unit", Unit.ITEM)).label, "when_words": when}


@require_POST
@login_required
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """The next version begins as a copy of the newest."""
    must(request, "inspection.cards", sentence=NO_RIGHT)
    card = get_object_or_404(Scorecard, pk=pk)
    made = actions.begin_draft(card, now=time.now())
    return redirect("inspection-card-edit", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """POST saves what was typed, sound or not; `publish` publishes when it is sound."""
    must(request, "inspection.cards", sentence=NO_RIGHT)
    row = get_object_or_404(CardVersion.objects.select_related("card"), pk=pk)
    if row.state == CardState.PUBLISHED:
        return redirect("inspection-card", row.pk)
    if request.method == "POST":
        content = typed(row.content, request.POST)
        row = actions.save_draft(row, content, note=request.POST.get("note", ""), now=time.now())
        if "publish" in request.POST and not faults(row.content):
            actions.publish(row, actor=request.user, now=time.now())
            messages.success(request, f"{row}已发布,新的检查将使用它。")
            return redirect("inspection-card", row.pk)
        messages.success(request, "草稿已保存。")
        return redirect("inspection-card-edit", row.pk)
    names = wording.fact_names(row.content)
    groups = [{**group, "rows": [_editable(one, names) for one in group["items"]]} for group in row.content["groups"]]
    shown = {
        "version": row,
        "groups": list(enumerate(groups)),
        "vocabulary": wording.vocabulary(row.content),
        "faults": faults(row.content),
        "units": Unit.choices,
        "photo": PHOTO,
    }
    return render(request, "inspections/card_edit.html", shown)


def _editable(one: dict[str, Any], facts: dict[str, str]) -> dict[str, Any]:
    when, timers = wording.say(one.get("when", []), facts), wording.say_timers(one.get("timers", []), facts)
    return {**one, "when_text": when, "timers_text": timers}


def typed(content: dict[str, Any], data: Any) -> dict[str, Any]:
    """The document with what the form says put in; what the form does not send stays as it is."""
    fresh = deepcopy(content)
    facts = wording.fact_names(fresh)
    fresh["name"] = data.get("name", fresh["name"])[:40]
    fresh["total_points"] = _number(data.get("total"), fresh["total_points"])
    if "veto" in data:
        minutes = _number(data["veto"], 0)
        fresh["veto"] = {**VETO, **(fresh.get("veto") or {}), "minutes": minutes} if minutes else None
    for g, group in enumerate(fresh["groups"]):
        group["name"] = data.get(f"g{g}.name", group["name"])[:40]
        group["max_points"] = _number(data.get(f"g{g}.max"), group["max_points"])
        kept = []
        for i, item in enumerate(group["items"]):
            if data.get(f"g{g}.i{i}.drop"):
                continue
            kept.append(_typed_item(item, data, f"g{g}.i{i}", facts))
        group["items"] = kept
        if data.get(f"g{g}.new"):
            kept.append(_new_item(group, data[f"g{g}.new"]))
    return fresh


def _typed_item(item: dict[str, Any], data: Any, at: str, facts: dict[str, str]) -> dict[str, Any]:
    checks = data.get(f"{at}.checks")
    if checks is not None:
        lines = [line.strip()[:200] for line in checks.splitlines() if line.strip()]
        known = {check["text"]: check for check in item["checks"]}
        item["checks"] = [known.get(line, {"text": line}) for line in lines]
    read = {"when": wording.read, "timers": wording.read_timers}
    for name, reader in read.items():
        text = data.get(f"{at}.{name}")
        if text is not None and (found := reader(text, facts)) != item.get(name, []):
            item[name] = found
    item["name"] = data.get(f"{at}.name", item["name"])[:60]
    item["points_min"] = _number(data.get(f"{at}.min"), item["points_min"])
    item["points_max"] = _number(data.get(f"{at}.max"), item["points_max"])
    item["unit"] = data.get(f"{at}.unit", item.get("unit", "item"))
    item["photo"] = data.get(f"{at}.photo", item.get("photo", "optional"))
    return item


def _new_item(group: dict[str, Any], name: str) -> dict[str, Any]:
    numbers = [int(one["code"].rsplit(".", 1)[1]) for one in group["items"] if one["code"].rsplit(".", 1)[-1].isdigit()]
    code = f"{group['code']}.{max(numbers, default=0) + 1}"
    points = {"points_min": 1, "points_max": 1, "unit": "item"}
    return {"code": code, "name": name[:40], **points, "checks": [], "photo": "optional", "phrases": []}


def _number(text: Any, otherwise: int) -> int:
    text = str(text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise


urlpatterns = [
    path("inspections/cards/", cards, name="inspection-cards"),
    path("inspections/cards/versions/<int:pk>/", version, name="inspection-card"),
    path("inspections/cards/versions/<int:pk>/edit/", edit, name="inspection-card-edit"),
    path("inspections/cards/<int:pk>/draft/", draft, name="inspection-card-draft"),
]
