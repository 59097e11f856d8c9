"""员工建议 (R-S-18): what I suggested, what I have to answer, what was adopted."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import parameters, time
from core.errors import Refused
from core.forms import Styled
from halls.models import Hall
from halls.queries import visible_halls
from staff.actions import suggestions as actions
from staff.forms.documents import SuggestionForm, WordsForm
from staff.models import Suggestion
from staff.queries import suggestions as queries
from staff.requests import StaffRequest
from staff.rules import suggestions as rules
from staff.states import SuggestionState, SuggestionTopic
from staff.views.choices import table_response

PER_PAGE = 20


class SuggestionFilter(Styled, forms.Form):
    find = forms.CharField(max_length=40, required=False)
    state = forms.ChoiceField(choices=[("", "全部状态"), *SuggestionState.choices], required=False)
    topic = forms.ChoiceField(choices=[("", "全部类别"), *SuggestionTopic.choices], required=False)
    hall = forms.ModelChoiceField(
        queryset=Hall.objects.none(), to_field_name="code", required=False, empty_label="全部营业厅"
    )

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]


def _wanted(request: StaffRequest) -> tuple[SuggestionFilter, QuerySet[Suggestion]]:
    form = SuggestionFilter(request.GET, halls=visible_halls(request.user).order_by("code"))
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = Suggestion.objects.visible_to(request.user).select_related("hall", "author", "answered_by")
    rows = rows.filter(**{name: wanted[name] for name in ("state", "topic", "hall") if wanted.get(name)})
    if find := wanted.get("find"):
        rows = rows.filter(Q(title__icontains=find) | Q(text__icontains=find))
    return form, rows


@require_safe
@login_required
def suggestions(request: StaffRequest) -> HttpResponse:
    form, rows = _wanted(request)
    now = time.now()
    days = parameters.number(rules.ANSWER_DAYS, on=time.business_day(now))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "form": form,
        "page": page,
        "rows": [(one, one.days_open(now), one.days_open(now) > days) for one in page],
        "query": query.urlencode(),
        "counts": queries.counts(request.user),
        "answers": request.user.may("suggestion.answer"),
        "days": days,
    }
    return render(request, "staff/suggestions.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponseBase:
    _, rows = _wanted(request)
    heads = ["提出时间", "营业厅", "提出人", "类别", "标题", "内容", "状态", "答复", "答复人"]
    lines = (
        [
            f"{time.local(one.made_at):%Y-%m-%d %H:%M}",
            one.hall.name,
            one.author.name,
            one.get_topic_display(),
            one.title,
            one.text,
            one.get_state_display(),
            one.answer,
            one.answered_by.name if one.answered_by else "",
        ]
        for one in rows
    )
    return table_response("suggestions", [heads, *lines])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponse:
    halls = visible_halls(request.user).filter(is_live=True).order_by("code")
    form = SuggestionForm(request.POST or None, halls=halls)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.suggest(
                given["hall"],
                author=request.user,
                words=(given["title"], given["text"]),
                topic=given["topic"],
                now=time.now(),
            )
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "建议已提交,答复后会提醒。")
            return redirect("suggestion", row.pk)
    return render(request, "staff/suggestion_new.html", {"form": form, "has_halls": halls.exists()})


def _suggestion(request: StaffRequest, pk: int) -> Suggestion:
    rows = Suggestion.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("hall", "author", "answered_by", "decided_by"), pk=pk)


def _page(request: StaffRequest, row: Suggestion, form: WordsForm | None = None) -> HttpResponse:
    shown = {
        "suggestion": row,
        "days": row.days_open(time.now()),
        "answers": request.user.may("suggestion.answer", row.hall) and row.author_id != request.user.pk,
        "form": form or WordsForm(label="答复", length=1000),
    }
    return render(request, "staff/suggestion.html", shown)


@require_safe
@login_required
def suggestion(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _suggestion(request, pk))


@require_POST
@login_required
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    row, form = _suggestion(request, pk), WordsForm(request.POST, label="答复", length=1000)
    if form.is_valid():
        try:
            actions.answer(row.pk, form.cleaned_data["words"], actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已答复,提出人已收到提醒。")
            return redirect("suggestion", pk)
    return _page(request, row, form)


@require_POST
@login_required
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    row = _suggestion(request, pk)
    adopted = request.POST.get("adopted") == "1"
    actions.decide(row.pk, adopted=adopted, actor=request.user, now=time.now())
    messages.success(request, "已采纳。" if adopted else "已登记为未采纳。")
    return redirect("suggestion", pk)


urlpatterns = [
    path("staff/suggestions/", suggestions, name="suggestions"),
    path("staff/suggestions/new/", new, name="suggestion-new"),
    path("staff/suggestions/export/", export, name="suggestions-export"),
    path("staff/suggestions/<int:pk>/", suggestion, name="suggestion"),
    path("staff/suggestions/<int:pk>/answer/", answer, name="suggestion-answer"),
    path("staff/suggestions/<int:pk>/decide/", decide, name="suggestion-decide"),
]
