"""评分表: versions, one as auditors will see it, and the editor of the next one with its validation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.forms import tried
from inspections.actions import cards as actions
from inspections.forms import NewCardForm
from inspections.models import CardVersion, Question, Scorecard
from inspections.rules import drafts, wording
from inspections.rules.cards import faults
from inspections.states import CardState, Evidence, Unit
from inspections.views.common import must
from staff.requests import StaffRequest

NO_RIGHT = "评分表由市公司运营维护。"
LOOKS = ("inspection.see", "inspection.cards", "inspection.audit")
BONUS_TERMS = (
    ("rank_max", "同类排名前几名"),
    ("criteria_min", "至少符合几条"),
    ("points_min", "加几分"),
    ("two_points_from", "符合几条加高分"),
    ("points_max", "高分加几分"),
)
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
def new(request: StaffRequest) -> HttpResponse:
    must(request, "inspection.cards", sentence=NO_RIGHT)
    form = NewCardForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        made = tried(form, lambda: actions.begin_card(given["code"], given["name"], given["total"], now=time.now()))
        if made:
            return redirect("inspection-card-edit", made.pk)
    words = {"title": "新建评分表", "submit": "建立草稿", "back": resolve_url("inspection-cards")}
    return render(request, "staff/form.html", {"forms": [form], **words})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One part at a time: the head of the card, or the group `?g=`.

    POST saves what was typed, sound or not; `publish` publishes when it is sound.
    """
    must(request, "inspection.cards", sentence=NO_RIGHT)
    row = get_object_or_404(CardVersion.objects.select_related("card"), pk=pk)
    if row.state == CardState.PUBLISHED:
        return redirect("inspection-card", row.pk)
    if request.method != "POST":
        return render(request, "inspections/card_edit.html", _editor(row, request.GET.get("g", "")))
    content = drafts.typed(row.content, request.POST)
    row = actions.save_draft(row, content, note=request.POST.get("note", row.note), now=time.now())
    if "publish" in request.POST and not faults(row.content):
        actions.publish(row, actor=request.user, now=time.now())
        messages.success(request, f"{row}已发布,新的检查将使用它。")
        return redirect("inspection-card", row.pk)
    messages.success(request, "草稿已保存。")
    return redirect(f"{resolve_url('inspection-card-edit', row.pk)}{_part(request, row)}")


def _part(request: StaffRequest, row: CardVersion) -> str:
    """The part to go on with: a group that was just added, the one that was open, or the head."""
    groups = len(row.content["groups"])
    if request.POST.get("new_group"):
        return f"?g={groups - 1}"
    chosen = request.GET.get("g", "")
    return f"?g={chosen}" if chosen.isdecimal() and int(chosen) < groups else ""


def _editor(row: CardVersion, chosen: str) -> dict[str, Any]:
    names, groups = wording.fact_names(row.content), row.content["groups"]
    at = int(chosen) if chosen.isdecimal() and len(chosen) < 4 and int(chosen) < len(groups) else None
    bonus = row.content.get("bonus")
    terms = [(name, label, (bonus or vars(drafts.FIRST_BONUS))[name]) for name, label in BONUS_TERMS]
    return {
        "version": row,
        "groups": [
            (number, group, sum(one["points_max"] for one in group["items"])) for number, group in enumerate(groups)
        ],
        "at": at,
        "group": groups[at] if at is not None else None,
        "rows": [_editable(one, names) for one in groups[at]["items"]] if at is not None else [],
        "vocabulary": wording.vocabulary(row.content),
        "faults": faults(row.content),
        "facts_text": "\n".join(names),
        "criteria_text": "\n".join(one["name"] for one in (bonus or {}).get("criteria", [])),
        "terms": terms,
        "units": Unit.choices,
        "photo": PHOTO,
        "evidence": Evidence.choices,
    }


def _editable(one: dict[str, Any], facts: dict[str, str]) -> dict[str, Any]:
    return {
        **one,
        "checks_text": wording.say_checks(one["checks"], facts),
        "when_text": wording.say(one.get("when", []), facts),
        "timers_text": wording.say_timers(one.get("timers", []), facts),
        "phrases_text": "\n".join(one.get("phrases", [])),
    }


urlpatterns = [
    path("inspections/cards/", cards, name="inspection-cards"),
    path("inspections/cards/new/", new, name="inspection-card-new"),
    path("inspections/cards/versions/<int:pk>/", version, name="inspection-card"),
    path("inspections/cards/versions/<int:pk>/edit/", edit, name="inspection-card-edit"),
    path("inspections/cards/<int:pk>/draft/", draft, name="inspection-card-draft"),
]
