"""指标明细: from a figure to the numbers or complaints behind it. Phones stay masked; a case opens on its own page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from core import time
from core.sheets import sheet
from halls.models import Hall
from loyalty.actions import privacy
from overview.forms import CompareForm
from overview.queries import behind as reads
from overview.rules.figures import ALL, Figure
from overview.views.cockpit import hall_of
from overview.views.doors import PER_PAGE
from staff.requests import StaffRequest

NO_CASES = "没有查看投诉的权限。如工作需要,请联系店长开通。"


@dataclass(frozen=True)
class Asked:
    """What somebody may see: a figure of a hall on some days. `form` holds what was wrong with the days, if anything;
    `span` is then the usual one."""

    hall: Hall
    figure: Figure
    form: CompareForm
    span: Any
    now: datetime

    @property
    def is_of_cases(self) -> bool:
        return self.figure.key in reads.CASES

    @property
    def query(self) -> str:
        return urlencode({"from": self.span[0], "to": self.span[1]})

    @property
    def title(self) -> str:
        since, until = self.span
        return f"{self.hall.name} {self.figure.name} " + ("此刻" if self.figure.is_now else f"{since} 至 {until}")

    @property
    def note(self) -> str:
        """For the record of what was taken out."""
        return f"指标明细 {self.hall.code} {self.figure.name}"

    def rows(self) -> Any:
        read: Any = reads.cases if self.is_of_cases else reads.numbers
        return read(self.hall, *self.span, self.figure.key, self.now)


def _asked(request: StaffRequest, code: str, key: str) -> Asked:
    hall, now = hall_of(request, code), time.now()
    if key not in reads.DRILLED:
        raise Http404
    if key in reads.CASES and not request.user.may("complaint.see", hall):
        raise PermissionDenied(NO_CASES)
    form = CompareForm(request.GET, today=time.business_day(now))
    asked = form if form.is_valid() else CompareForm({}, today=time.business_day(now))
    asked.is_valid()
    return Asked(hall, ALL[key], form, asked.span, now)


@require_safe
@login_required
def behind(request: StaffRequest, code: str, key: str) -> HttpResponse:
    asked = _asked(request, code, key)
    page = Paginator(asked.rows(), PER_PAGE).get_page(request.GET.get("page"))
    shown: dict[str, Any] = {"asked": asked, "hall": asked.hall, "figure": asked.figure, "page": page}
    if asked.is_of_cases:
        shown["cases"] = page.object_list
    else:
        shown["numbers"] = reads.told(list(page.object_list))
    more = {"form": asked.form, "span": asked.span, "query": asked.query, "is_of_cases": asked.is_of_cases}
    return render(request, "overview/behind.html", {**shown, **more})


@require_safe
@login_required
def export(request: StaffRequest, code: str, key: str) -> HttpResponse:
    """The same rows as a file; days that can't be asked for lead back to the page, which says why."""
    asked = _asked(request, code, key)
    if asked.form.errors:
        return redirect(f"{reverse('behind', args=[code, key])}?{request.GET.urlencode()}")
    rows = asked.rows()
    count = rows.count() if asked.is_of_cases else len(rows)
    title = f"{asked.title},共 {count} {'件' if asked.is_of_cases else '个'}"
    if count > reads.MOST_ROWS:
        title += f",只列最近的 {reads.MOST_ROWS}"
    heads, lines = (CASE_HEADS, reads.case_lines) if asked.is_of_cases else (NUMBER_HEADS, reads.number_lines)
    privacy.record_export(asked.note, rows=min(count, reads.MOST_ROWS), actor=request.user, now=asked.now)
    return sheet(f"behind-{code}-{key}", title, heads, lines(rows[: reads.MOST_ROWS]), by=request.user)


NUMBER_HEADS = ["号码", "日期", "业务", "状态", "取号时间", "等候分钟", "窗口", "营业员", "评价", "手机号"]
CASE_HEADS = ["单号", "登记时间", "类别", "状态", "处理时限"]

HERE = "overview/halls/<slug:code>/behind/<slug:key>/"
urlpatterns = [path(HERE, behind, name="behind"), path(f"{HERE}export/", export, name="behind-export")]
