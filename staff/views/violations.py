"""违规登记: what is to be looked into, what the person says, what was decided."""

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import parameters, time
from core.forms import tried
from halls.queries import visible_halls
from staff.actions import conduct as actions
from staff.forms.hall_life import NoteForm, WordsForm
from staff.models import ConductNote
from staff.queries import conduct as queries
from staff.queries import duties as hall_queries
from staff.requests import StaffRequest
from staff.rules import conduct as rules
from staff.states import MatterState
from staff.views.choices import table_response
from staff.views.duties import hall_of
from staff.views.jobs import page

PER_PAGE = 20
NO_RIGHT = "没有登记的权限。如工作需要,请联系店长。"


@require_safe
@login_required
def violations(request: StaffRequest) -> HttpResponse:
    rows, state = queries.visible_to(request.user), request.GET.get("state", "")
    if state in MatterState.values:
        rows = rows.filter(state=state)
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "state": state,
        "states": MatterState.choices,
        "bans": rules.BANS.values(),
        "halls": visible_halls(request.user, "violation.note").filter(is_live=True).order_by("code"),
    }
    return render(request, "staff/violations.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> StreamingHttpResponse:
    def rows() -> Iterator[list[object]]:
        yield ["发生时间", "营业厅", "人员", "事项", "情况", "状态", "认定意见"]
        for row in queries.visible_to(request.user).iterator(chunk_size=500):
            at = f"{time.local(row.happened_at):%Y-%m-%d %H:%M}"
            yield [at, row.hall, row.person, row.get_matter_display(), row.what, row.get_state_display(), row.decision]

    return table_response(f"conduct-{time.business_day(time.now())}", rows())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def note(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = hall_of(request, code, "violation.note", NO_RIGHT), time.now()
    crew = hall_queries.crew(hall, time.business_day(now)).exclude(pk=request.user.pk)
    form = NoteForm(request.POST or None, crew=crew, initial={"happened_at": time.local(now)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        seen = actions.Seen(given["matter"], given["what"], given["happened_at"])
        row = tried(form, lambda: actions.note(hall, given["person"], seen, actor=request.user, now=now))
        if row is not None:
            messages.success(request, f"已登记,{row.person.name} 会收到通知并可说明。")
            return redirect("violation", row.pk)
    hint = "登记后本人即可看到并说明;由店长或区县认定后才算违规。"
    return page(request, [form], title=f"{hall.name}:登记情况", submit="登记", back=reverse("violations"), hint=hint)


def _row(request: StaffRequest, pk: int) -> ConductNote:
    return get_object_or_404(queries.visible_to(request.user), pk=pk)


@require_safe
@login_required
def violation(request: StaffRequest, pk: int) -> HttpResponse:
    row, now = _row(request, pk), time.now()
    days = parameters.number(rules.OBJECTION_DAYS, on=time.business_day(now))
    mine = row.person_id == request.user.pk
    judges = actions.may_judge(row, request.user)
    shown = {
        "row": row,
        "ban": rules.BANS.get(row.matter, ""),
        "can_say": mine and row.state == MatterState.NOTED,
        "can_object": mine
        and row.state == MatterState.CONFIRMED
        and row.reviewed_at is None
        and row.decided_at is not None
        and rules.may_object(row.decided_at, now, days=days),
        "can_decide": judges and row.state == MatterState.NOTED,
        "can_review": judges and row.state == MatterState.OBJECTED and row.decided_by_id != request.user.pk,
        "days": days,
        "form": WordsForm(label="说明"),
    }
    return render(request, "staff/violation.html", shown)


def _act(request: StaffRequest, pk: int, act: Callable[[ConductNote, str], ConductNote], said: str) -> HttpResponse:
    row = _row(request, pk)
    act(row, request.POST.get("why", ""))
    messages.success(request, said)
    return redirect("violation", row.pk)


@require_POST
@login_required
def say(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda row, why: actions.say(row, why, actor=request.user, now=time.now()), "说明已提交。")


@require_POST
@login_required
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    confirmed = request.POST.get("verdict") == "confirmed"
    return _act(
        request,
        pk,
        lambda row, why: actions.decide(row, confirmed=confirmed, why=why, actor=request.user, now=time.now()),
        "认定意见已提交,本人会收到通知。",
    )


@require_POST
@login_required
def object_to(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda row, why: actions.object_to(row, why, actor=request.user, now=time.now()),
        "异议已提交,将由另一位管理者复核。",
    )


@require_POST
@login_required
def review(request: StaffRequest, pk: int) -> HttpResponse:
    confirmed = request.POST.get("verdict") == "confirmed"
    return _act(
        request,
        pk,
        lambda row, why: actions.review(row, confirmed=confirmed, why=why, actor=request.user, now=time.now()),
        "复核意见已提交,本人会收到通知。",
    )


urlpatterns = [
    path("staff/violations/", violations, name="violations"),
    path("staff/violations/export/", export, name="violations-export"),
    path("staff/violations/<slug:code>/new/", note, name="violation-new"),
    path("staff/violations/<int:pk>/", violation, name="violation"),
    path("staff/violations/<int:pk>/say/", say, name="violation-say"),
    path("staff/violations/<int:pk>/decide/", decide, name="violation-decide"),
    path("staff/violations/<int:pk>/object/", object_to, name="violation-object"),
    path("staff/violations/<int:pk>/review/", review, name="violation-review"),
]
