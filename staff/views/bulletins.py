"""通知公告: what I have to confirm; for those who write them, who has not."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Region
from halls.queries import visible_halls
from staff.actions import bulletins as actions
from staff.actions.bulletins import Text
from staff.forms.documents import BulletinFilter, BulletinForm, bulletin_values
from staff.models import Bulletin
from staff.queries import bulletins as queries
from staff.requests import StaffRequest
from staff.views.choices import table_response

PER_PAGE = 20
NO_RIGHT = "没有发布业务通知的权限。如工作需要,请联系店长或区县主管。"


@require_safe
@login_required
def bulletins(request: StaffRequest) -> HttpResponse:
    """What holds for me, unconfirmed first; with `show=written` those I may write, with how many confirmed."""
    today = time.business_day(time.now())
    writes = request.user.may("bulletin.write")
    written = writes and request.GET.get("show") == "written"
    form = BulletinFilter(request.GET)
    rows = _filtered(form, Bulletin.objects.written_for(request.user.rights)) if written else None
    page = Paginator(
        queries.for_person(request.user, today) if rows is None else rows.prefetch_related("halls", "regions"), PER_PAGE
    ).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "page": page,
        "form": form,
        "query": query.urlencode(),
        "written": written,
        "writes": writes,
        "today": today,
        "rows": _rows(page.object_list, today, counted=written),
        "waiting": queries.unconfirmed(request.user, today).count(),
    }
    return render(request, "staff/bulletins.html", shown)


def _rows(bulletins: Iterable[Bulletin], today: date, *, counted: bool) -> list[dict[str, Any]]:
    """Each notice, with how many of how many have confirmed where that is asked."""
    rows = list(bulletins)
    counts = queries.counts(rows, today) if counted else {}
    return [{"bulletin": one, "count": counts.get(one.pk), "in_force": one.is_in_force(today)} for one in rows]


def _filtered(form: BulletinFilter, rows: QuerySet[Bulletin]) -> QuerySet[Bulletin]:
    wanted = form.cleaned_data if form.is_valid() else {}
    if find := wanted.get("find"):
        rows = rows.filter(Q(title__icontains=find) | Q(body__icontains=find))
    chosen = {name: wanted[name] for name in ("kind", "state") if wanted.get(name)}
    return rows.filter(**chosen).select_related("author")


def _bulletin(request: StaffRequest, pk: int) -> Bulletin:
    rows = queries.readable(request.user, time.business_day(time.now())).select_related("author")
    return get_object_or_404(rows, pk=pk)


def _may_manage(request: StaffRequest, bulletin: Bulletin) -> bool:
    """Whether all of its audience is within reach: only then may it be issued or withdrawn."""
    rights = request.user.rights
    halls = set(bulletin.halls.values_list("pk", flat=True))
    regions = set(bulletin.regions.values_list("pk", flat=True))
    return halls <= rights.hall_ids("bulletin.write") and regions <= rights.region_ids("bulletin.write")


@require_safe
@login_required
def bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    row, today = _bulletin(request, pk), time.business_day(time.now())
    writes = request.user.may("bulletin.write")
    readers = queries.readers(row, today, request.user.rights) if writes else []
    shown = {
        "bulletin": row,
        "in_force": row.is_in_force(today),
        "confirmed": row.confirmations.filter(person=request.user).first(),
        "is_addressed": queries.addressees(row, today).filter(pk=request.user.pk).exists(),
        "manages": writes and _may_manage(request, row),
        "writes": writes,
        "readers": readers,
        "missing": sum(one.confirmed_at is None for one in readers),
    }
    return render(request, "staff/bulletin.html", shown)


@require_safe
@login_required
def readers(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Who has confirmed and who has not, for Excel."""
    _writer(request)
    row, today = _bulletin(request, pk), time.business_day(time.now())
    heads = ["工号", "姓名", "岗位", "确认时间"]
    rows = [
        [
            one.person.staff_no,
            one.person.name,
            "、".join(one.jobs),
            f"{time.local(one.confirmed_at):%Y-%m-%d %H:%M}" if one.confirmed_at else "未确认",
        ]
        for one in queries.readers(row, today, request.user.rights)
    ]
    return table_response(f"bulletin-{row.pk}", [heads, *rows])


def _writer(request: StaffRequest) -> None:
    if not request.user.may("bulletin.write"):
        raise PermissionDenied(NO_RIGHT)


def _form(request: StaffRequest, today: date, row: Bulletin | None = None) -> BulletinForm:
    rights = request.user.rights
    return BulletinForm(
        request.POST if request.method == "POST" else None,
        regions=Region.objects.filter(pk__in=rights.region_ids("bulletin.write")).order_by("code"),
        halls=visible_halls(request.user, "bulletin.write").filter(is_live=True).order_by("code"),
        initial=bulletin_values(row) if row else {"valid_from": today},
    )


def _text(given: dict[str, Any]) -> Text:
    return Text(**{name: given[name] for name in Text.__dataclass_fields__})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new draft, or one of mine changed; 发布 saves and issues at once."""
    _writer(request)
    now = time.now()
    row = _bulletin(request, pk) if pk else None
    form = _form(request, time.business_day(now), row)
    if request.method == "POST" and form.is_valid():
        try:
            text = _text(form.cleaned_data)
            if row:
                saved = actions.rewrite(row.pk, text, author=request.user, now=now)
            else:
                saved = actions.draft(text, author=request.user, now=now)
            if "issue" in request.POST:
                actions.issue(saved.pk, actor=request.user, now=now)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已发布,有关人员已收到提醒。" if "issue" in request.POST else "草稿已保存。")
            return redirect("bulletin", saved.pk)
    return render(request, "staff/bulletin_edit.html", {"form": form, "bulletin": row})


@require_POST
@login_required
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    row = _bulletin(request, pk)
    actions.confirm(row.pk, person=request.user, now=time.now())
    messages.success(request, f"已确认「{row.title}」。")
    return redirect("bulletins")


@require_POST
@login_required
def act(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Issue, urge or withdraw."""
    _writer(request)
    row, now = _bulletin(request, pk), time.now()
    if verb == "issue":
        actions.issue(row.pk, actor=request.user, now=now)
        messages.success(request, "已发布,有关人员已收到提醒。")
    elif verb == "urge":
        count = actions.urge(row.pk, actor=request.user, now=now)
        messages.success(request, f"已催办 {count} 人,每人每天最多提醒一次。")
    else:
        actions.withdraw(row.pk, actor=request.user, now=now)
        messages.success(request, "通知已撤回,确认记录保留。")
    return redirect("bulletin", row.pk)


urlpatterns = [
    path("staff/bulletins/", bulletins, name="bulletins"),
    path("staff/bulletins/new/", edit, name="bulletin-new"),
    path("staff/bulletins/<int:pk>/", bulletin, name="bulletin"),
    path("staff/bulletins/<int:pk>/edit/", edit, name="bulletin-edit"),
    path("staff/bulletins/<int:pk>/readers/", readers, name="bulletin-readers"),
    path("staff/bulletins/<int:pk>/confirm/", confirm, name="bulletin-confirm"),
    path("staff/bulletins/<int:pk>/issue/", act, {"verb": "issue"}, name="bulletin-issue"),
    path("staff/bulletins/<int:pk>/urge/", act, {"verb": "urge"}, name="bulletin-urge"),
    path("staff/bulletins/<int:pk>/withdraw/", act, {"verb": "withdraw"}, name="bulletin-withdraw"),
]
