"""The people of my halls."""

import csv
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.phones import masked_phone
from halls.queries import visible_halls
from staff import access
from staff.actions import people as actions
from staff.forms.people import PeopleFilter
from staff.models import User
from staff.queries import people as queries
from staff.requests import StaffRequest

PER_PAGE = 20


def _wanted(request: StaffRequest) -> tuple[PeopleFilter, QuerySet[User]]:
    if not request.user.may("staff.see"):
        raise PermissionDenied("没有查看人员的权限。如工作需要,请联系店长开通。")
    form = PeopleFilter(request.GET, halls=visible_halls(request.user, "staff.see"))
    wanted = form.cleaned_data if form.is_valid() else {}
    found = queries.people(
        request.user, find=wanted.get("find", ""), hall=wanted.get("hall"), role=wanted.get("role", "")
    )
    return form, found


@require_safe
@login_required
def people(request: StaffRequest) -> HttpResponse:
    form, found = _wanted(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = {"form": form, "page": page, "query": query.urlencode(), "filtered": bool(form.data and query)}
    return render(request, "staff/people.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> StreamingHttpResponse:
    """The same list as a table for Excel: with the mark that tells it the text is UTF-8."""
    _, found = _wanted(request)
    writer = csv.writer(_Echo())
    response = StreamingHttpResponse(
        (writer.writerow(row) for row in _rows(found)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="staff-{time.business_day(time.now())}.csv"'
    return response


class _Echo:
    def write(self, text: str) -> bytes:
        return text.encode()


def _rows(found: QuerySet[User]) -> Iterator[list[str]]:
    yield ["\ufeff工号", "姓名", "岗位", "手机号", "状态"]
    for person in found.iterator(chunk_size=500):
        jobs = "、".join(str(job) for job in person.jobs)  # type: ignore[attr-defined]
        state = "在职" if person.is_active else "已停用"
        yield [_plain(cell) for cell in (person.staff_no, person.name, jobs, masked_phone(person.phone), state)]


def _plain(cell: str) -> str:
    """Excel takes a cell that begins like a formula for one."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@require_safe
@login_required
def person(request: StaffRequest, staff_no: str) -> HttpResponse:
    shown = get_object_or_404(User.objects.visible_to(request.user), staff_no=staff_no)
    return render(request, "staff/person.html", _about(request, shown))


def _about(request: StaffRequest, shown: User) -> dict[str, object]:
    """History only as far as one's own right to see: a manager does not read of jobs elsewhere."""
    jobs = shown.employments.select_related("hall", "region")
    rights = request.user.rights
    mine = shown.pk == request.user.pk
    return {
        "person": shown,
        "jobs": [job for job in jobs if mine or rights.reaches("staff.see", job)],
        "today": time.business_day(time.now()),
        "can_reset": shown.is_active and access.may_reset_password(request.user, shown),
        "locked": queries.is_locked(shown, time.now()),
        "temporary": None,
    }


@never_cache
@require_POST
@login_required
def reset_password(request: StaffRequest, staff_no: str) -> HttpResponse:
    """The temporary password is in this answer only; it is kept nowhere."""
    shown = get_object_or_404(User.objects.visible_to(request.user), staff_no=staff_no)
    temporary = actions.reset_password(shown, actor=request.user, now=time.now())
    return render(request, "staff/person.html", _about(request, shown) | {"temporary": temporary})
