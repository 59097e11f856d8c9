"""What managers take out of a hall as tables: equipment, faults, checks, stains, loans."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from core import time
from core.requests import SignedInRequest
from core.sheets import sheet
from halls.queries import faults as reads
from halls.queries import rounds
from halls.views.checks import SHOWN, day_in
from halls.views.choice import chosen
from halls.views.faults import asked

VERB = "hall.check"
EQUIPMENT = ("名称", "类别", "窗口", "位置", "维保单位", "维保电话", "启用日期", "有效期至", "状态")
FAULTS = ("设备", "现象", "状态", "发现时间", "报修时间", "维修计划", "计划修好", "修复时间", "费用(元)", "超期")
CHECKS = ("检查", "应检时间", "状态", "完成时间", "检查人", "按时", "有问题")
STAINS = ("位置", "发现时间", "发现人", "限时(分钟)", "高峰或雨雪", "清理时间", "清理人", "按时")
LOANS = ("物品", "借用人", "借出时间", "经办人", "应还日期", "归还时间")


def _yes(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


@require_safe
@login_required
def equipment(request: SignedInRequest) -> HttpResponse:
    hall = chosen(request, VERB).hall
    rows = (
        (
            *(one.name, one.kind.name, one.window.label if one.window else "", one.place),
            *(one.supplier, one.supplier_phone, one.installed_on, one.expires_on),
            "故障" if getattr(one, "broken", 0) else "正常",
        )
        for one in reads.equipment_of(hall)
    )
    return sheet("equipment", f"{hall.name} 设备清单", EQUIPMENT, rows, by=request.user)


@require_safe
@login_required
def faults(request: SignedInRequest) -> HttpResponse:
    hall, (state, find) = chosen(request, VERB).hall, asked(request)
    rows = (
        (
            *(one.row.equipment.name, one.row.symptom, one.row.get_state_display(), one.row.found_at),
            *(one.row.reported_at, one.row.plan, one.row.planned_on, one.row.fixed_at, one.row.cost),
            _yes(one.is_late),
        )
        for one in reads.faults_of([hall.pk], time.now(), find=find, state=state)
    )
    return sheet("faults", f"{hall.name} 故障与维修", FAULTS, rows, by=request.user)


def _month(request: SignedInRequest) -> tuple[date, date]:
    """The month of the asked day, as far as it has gone."""
    today = time.business_day(time.now())
    day = min(day_in(request) or today, today)
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, min(following - timedelta(days=1), today)


@require_safe
@login_required
def checks(request: SignedInRequest, page: str) -> HttpResponse:
    """A month of checks of the page's kinds: made, made late, and not made."""
    if page not in SHOWN:
        raise Http404
    hall, (first, last) = chosen(request, VERB).hall, _month(request)
    title, kinds = SHOWN[page]
    found = rounds.between(hall, first, last, time.now())
    troubles = rounds.troubles([one.round.pk for one in found if one.round])
    rows = (
        (
            *(one.label, one.slot, str(one.state.label)),
            *((one.round.finished_at, one.round.by.name, _yes(one.round.in_time)) if one.round else (None, "", "")),
            troubles.get(one.round.pk, "") if one.round else "",
        )
        for one in found
        if one.list.kind in kinds
    )
    return sheet(page, f"{hall.name} {title} {first:%Y-%m}", CHECKS, rows, by=request.user)


@require_safe
@login_required
def stains(request: SignedInRequest) -> HttpResponse:
    hall, (first, last) = chosen(request, VERB).hall, _month(request)
    begins, ends = time.day_bounds(first)[0], time.day_bounds(last)[1]
    found = hall.stains.filter(found_at__gte=begins, found_at__lt=ends).select_related("found_by").order_by("found_at")
    rows = (
        (
            *(one.place, one.found_at, one.found_by.name, one.minutes, _yes(one.is_relaxed)),
            *(one.cleaned_at, one.cleaned_by, _yes(one.in_time)),
        )
        for one in found
    )
    return sheet("stains", f"{hall.name} 污渍清理 {first:%Y-%m}", STAINS, rows, by=request.user)


@require_safe
@login_required
def loans(request: SignedInRequest) -> HttpResponse:
    """Without phones: they are kept for the return only."""
    hall = chosen(request, VERB).hall
    found = hall.loans.select_related("lent_by")
    rows = ((one.thing, one.borrower, one.lent_at, one.lent_by.name, one.due_on, one.returned_at) for one in found)
    return sheet("loans", f"{hall.name} 便民借用", LOANS, rows, by=request.user)
