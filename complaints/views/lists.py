"""意见簿 and 客户建议: two lists with rules of their own."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from complaints.models import ComplaintEvent, Deadline
from complaints.queries import desk as reads
from complaints.states import Clock, Did, Kind, Outcome
from complaints.views.doors import chosen_hall, halls_of, need
from core import time
from core.sheets import sheet
from staff.requests import StaffRequest

PER_PAGE = 30


def _page(request: StaffRequest, rows: Any, **shown: Any) -> HttpResponse:
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    halls = halls_of(request, "complaint.see")
    shown |= {"page": page, "query": query.urlencode(), "halls": halls, "hall": chosen_hall(request, "complaint.see")}
    shown |= {"now": time.now(), "may_log": request.user.may("complaint.log")}
    return render(request, "complaints/list.html", shown)


@require_safe
@need("complaint.see", "查看意见簿")
def book(request: StaffRequest) -> HttpResponse:
    """R-C-18: each entry with its 48 hours, reviewed and called back."""
    rows = reads.book(request.user, hall=chosen_hall(request, "complaint.see"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = [one.pk for one in page]
    reviewed = set(
        ComplaintEvent.objects.filter(complaint__in=found, did=Did.REVIEWED).values_list("complaint", flat=True)
    )
    due = {row.complaint_id: row.due_at for row in _book_deadlines(found)}
    lines = [(one, one.pk in reviewed, due.get(one.pk)) for one in page]
    return _page(request, rows, lines=lines, is_book=True, title="意见簿")


def _book_deadlines(pks: list[int]) -> Any:
    return Deadline.objects.filter(complaint__in=pks, clock=Clock.BOOK, level=2)


@require_safe
@need("complaint.see", "查看客户建议")
def suggestions(request: StaffRequest) -> HttpResponse:
    settled = {"open": False, "done": True}.get(request.GET.get("view", ""))
    rows = reads.suggestions(request.user, hall=chosen_hall(request, "complaint.see"), settled=settled)
    if request.GET.get("export"):
        heads = ("单号", "营业厅", "内容", "状态", "结果", "登记时间", "办结时间")
        cells = (
            (one.number, one.hall.name, one.content, one.get_status_display(), one.get_outcome_display(),
             one.logged_at, one.closed_at)
            for one in rows[:20_000]
        )  # fmt: skip
        return sheet("suggestions", "客户建议", heads, cells, by=request.user)
    adopted = rows.filter(outcome=Outcome.ADOPTED).count()
    lines = [(one, None, one.next_due_at) for one in Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))]
    return _page(request, rows, lines=lines, is_book=False, title="客户建议", adopted=adopted, kind=Kind.SUGGESTION)


urlpatterns = [
    path("complaints/book/", book, name="complaint-book"),
    path("complaints/suggestions/", suggestions, name="complaint-suggestions"),
]
