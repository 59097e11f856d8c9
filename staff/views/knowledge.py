"""知识库: what holds, found in a few letters; its versions; the editor. The counter shows the same fragments."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from staff.actions import knowledge as actions
from staff.actions.knowledge import Content, Naming
from staff.forms.documents import ArticleForm, ContentForm, NamingForm, content_values
from staff.models import Article
from staff.queries import knowledge as queries
from staff.requests import StaffRequest

NO_RIGHT = "没有编辑知识库的权限。如工作需要,请联系区县主管。"


def _asked(request: StaffRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:40]


@require_safe
@login_required
def knowledge(request: StaffRequest) -> HttpResponse:
    today, asked = time.business_day(time.now()), _asked(request)
    edits = request.user.may("knowledge.edit")
    shown = {
        "asked": asked,
        "entries": queries.find(asked, today, most=100) if asked.strip() else queries.entries(today),
        "edits": edits,
        "ending": queries.ending(today, days=30) if edits else [],
        "retired": Article.objects.filter(is_active=False) if edits else [],
    }
    return render(request, "staff/knowledge.html", shown)


@require_safe
@login_required
def found(request: StaffRequest) -> HttpResponse:
    """The list under the counter's box: what was typed, or else the business of the customer at the window."""
    today, asked = time.business_day(time.now()), _asked(request)
    business = request.GET.get("business", "").replace("\x00", "")[:30]
    entries = queries.find(asked, today) if asked.strip() else queries.for_business(business, today)
    return render(request, "staff/_knowledge_found.html", {"entries": entries, "asked": asked})


def _article(pk: int) -> Article:
    return get_object_or_404(Article.objects.select_related("business"), pk=pk)


@require_safe
@login_required
def article(request: StaffRequest, pk: int) -> HttpResponse:
    row, today = _article(pk), time.business_day(time.now())
    versions = list(row.versions.select_related("edited_by"))
    shown = {
        "article": row,
        "version": next((one for one in versions if one.is_in_force(today)), None),
        "versions": versions,
        "today": today,
        "edits": request.user.may("knowledge.edit"),
    }
    return render(request, "staff/article.html", shown)


def _editor(request: StaffRequest) -> None:
    if not request.user.may("knowledge.edit"):
        raise PermissionDenied(NO_RIGHT)


def _content(given: dict[str, object]) -> Content:
    return Content(**{name: given[name] for name in Content.__dataclass_fields__})  # type: ignore[arg-type]


def _naming(given: dict[str, object]) -> Naming:
    return Naming(**{name: given[name] for name in Naming.__dataclass_fields__})  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: StaffRequest) -> HttpResponse:
    _editor(request)
    now = time.now()
    form = ArticleForm(request.POST or None, initial={"valid_from": time.business_day(now)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.add_article(_naming(given), _content(given), actor=request.user, now=now)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已添加,窗口现在就能查到。")
            return redirect("article", row.pk)
    return render(request, "staff/article_edit.html", {"form": form, "title": "添加知识"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revise(request: StaffRequest, pk: int) -> HttpResponse:
    """A new version, begun from the newest one."""
    _editor(request)
    row, now = _article(pk), time.now()
    newest = row.versions.first()
    values = content_values(newest, time.business_day(now)) if newest else {}
    form = ContentForm(request.POST or None, initial=values)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise(row.pk, _content(form.cleaned_data), actor=request.user, now=now)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "新版本已保存,旧版本留在历史里。")
            return redirect("article", row.pk)
    shown = {"form": form, "article": row, "title": f"修改「{row.title}」"}
    return render(request, "staff/article_edit.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    _editor(request)
    row = _article(pk)
    values = {"title": row.title, "aliases": row.aliases, "business": row.business}
    form = NamingForm(request.POST or None, initial=values)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(row.pk, _naming(form.cleaned_data), actor=request.user)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已保存,按新的名称和拼音可以查到。")
            return redirect("article", row.pk)
    return render(request, "staff/article_edit.html", {"form": form, "article": row, "title": "标题与别名"})


@require_POST
@login_required
def activate(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an article out of use, or bring it back."""
    _editor(request)
    row = actions.set_active(_article(pk).pk, active=request.POST.get("active") == "1", actor=request.user)
    messages.success(request, "已恢复使用。" if row.is_active else "已停用,窗口不再查到。")
    return redirect("article", row.pk)


urlpatterns = [
    path("staff/knowledge/", knowledge, name="knowledge"),
    path("staff/knowledge/find/", found, name="knowledge-find"),
    path("staff/knowledge/new/", add, name="article-new"),
    path("staff/knowledge/<int:pk>/", article, name="article"),
    path("staff/knowledge/<int:pk>/revise/", revise, name="article-revise"),
    path("staff/knowledge/<int:pk>/rename/", rename, name="article-rename"),
    path("staff/knowledge/<int:pk>/activate/", activate, name="article-activate"),
]
