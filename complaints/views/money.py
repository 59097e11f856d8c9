"""退费与补偿: what waits for agreement, what billing gets, what has been paid; and 主动补偿."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.actions import billing, compensation, refunds
from complaints.forms.money import DecisionForm, FindingForm, UnpromptedForm
from complaints.models import Compensation, Refund, RefundPayment
from complaints.queries import money as reads
from complaints.states import Money, Part
from complaints.views.doors import NO_RIGHT, chosen_hall, halls_of, need
from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.queries import visible_halls
from staff.requests import StaffRequest

PER_PAGE = 30
MOST_ROWS = 20_000
WHAT = "查看退费与补偿"


def _filters(request: StaffRequest) -> dict[str, Any]:
    state = request.GET.get("state", "")
    find = request.GET.get("find", "")[:40].replace("\x00", "").strip()
    return {
        "state": state if state in Money.values else "",
        "hall": chosen_hall(request, "complaint.see"),
        "find": find,
    }


@require_safe
@need("complaint.see", WHAT)
def money(request: StaffRequest) -> HttpResponse:
    """Refunds on one tab, compensation on the other."""
    tab = "offers" if request.GET.get("tab") == "offers" else "refunds"
    given = _filters(request)
    rows: Any = reads.compensations(request.user, **given) if tab == "offers" else reads.payments(request.user, **given)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "tab": tab,
        "page": page,
        "rows": [_row(request, one, tab) for one in page],
        "given": given,
        "states": Money.choices,
        "halls": halls_of(request, "complaint.see"),
        "totals": reads.totals(reads.payments(request.user, **given)) if tab == "refunds" else {},
        "query": query.urlencode(),
        "bills": request.user.may("complaint.team"),
        "may_offer": request.user.may("complaint.handle"),
    }
    return render(request, "complaints/money.html", shown)


def _row(request: StaffRequest, one: Any, tab: str) -> dict[str, Any]:
    """What this person may do with a line now."""
    rung, asked_by, hall, first = (
        (one.rung, one.asked_by_id, one.hall, True)
        if tab == "offers"
        else (
            one.refund.rung,
            one.refund.asked_by_id,
            one.refund.complaint.hall,
            one.part != Part.SECOND,
        )
    )
    decides = one.state == Money.ASKED and first and asked_by != request.user.pk
    return {
        "one": one,
        "can_decide": decides and reads.may_agree(request.user, rung, hall),
        "can_verify": one.state == Money.VERIFYING
        and one.refund.verify_due_at is not None
        and reads.may_agree(request.user, "team", hall),
        "can_pay": one.state in {Money.AGREED, Money.SENT} and request.user.may("complaint.handle", hall),
    }


def _refund(request: StaffRequest, pk: int) -> Refund:
    rows = Refund.objects.filter(complaint__hall__in=request.user.hall_ids("complaint.see"))
    found = rows.select_related("complaint__hall").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _offer(request: StaffRequest, pk: int) -> Compensation:
    rows = Compensation.objects.filter(hall__in=request.user.hall_ids("complaint.see")).select_related("hall")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _decision(request: StaffRequest) -> dict[str, Any]:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Refused("bad_decision", "请选择同意或驳回。")
    return form.cleaned_data


@require_POST
@need("complaint.see", WHAT)
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    found, given = _refund(request, pk), _decision(request)
    refunds.decide_refund(found.pk, given["agree"], given["words"], person=request.user, now=time.now())
    messages.success(request, f"已{'同意' if given['agree'] else '驳回'} {found.complaint.number} 的退费。")
    return redirect("complaint-money")


@require_POST
@need("complaint.see", WHAT)
def verify(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _refund(request, pk), FindingForm(request.POST)
    if not form.is_valid():
        raise Refused("words_needed", "请选择查证结果并填写查证结论。")
    given = form.cleaned_data
    refunds.verify(found.pk, given["confirmed"], given["words"], person=request.user, now=time.now())
    messages.success(request, f"{found.complaint.number} 的预退已查证。")
    return redirect("complaint-money")


@require_POST
@need("complaint.handle", "登记到账")
def paid(request: StaffRequest, pk: int, part: str) -> HttpResponse:
    found = _refund(request, pk)
    if not request.user.may("complaint.handle", found.complaint.hall):
        raise PermissionDenied(NO_RIGHT.format(what="登记到账"))
    if part not in Part.values:
        raise Http404
    refunds.mark_paid(found.pk, part, person=request.user, now=time.now())
    messages.success(request, f"{found.complaint.number} 已登记到账。")
    return redirect("complaint-money")


@require_http_methods(["GET", "POST"])
@need("complaint.handle", "申请主动补偿")
def unprompted(request: StaffRequest) -> HttpResponse:
    """主动补偿: our mistake, and nobody has complained yet."""
    places = visible_halls(request.user, "complaint.handle").select_related("region__parent").order_by("code")
    form = UnpromptedForm(request.POST or None, halls=places)
    if request.method == "POST" and form.is_valid():
        given, now = form.cleaned_data, time.now()
        made = tried(
            form,
            lambda: compensation.ask_unprompted(
                given["hall"], given["phone"], form.offer(), person=request.user, now=now
            ),
        )
        if made is not None:
            messages.success(request, f"已申请补偿 {made.amount} 元,待{made.get_rung_display()}审批。")
            return redirect("/complaints/refunds/?tab=offers")
    words = {"title": "主动补偿", "submit": "提交", "back": "/complaints/refunds/?tab=offers"}
    return render(request, "staff/form.html", {"forms": [form], **words})


@require_POST
@need("complaint.see", WHAT)
def decide_offer(request: StaffRequest, pk: int) -> HttpResponse:
    found, given = _offer(request, pk), _decision(request)
    compensation.decide(found.pk, given["agree"], given["words"], person=request.user, now=time.now())
    messages.success(request, f"已{'同意' if given['agree'] else '驳回'} {found.amount} 元补偿。")
    return redirect("/complaints/refunds/?tab=offers")


@require_POST
@need("complaint.handle", "登记到账")
def give_offer(request: StaffRequest, pk: int) -> HttpResponse:
    found = _offer(request, pk)
    if not request.user.may("complaint.handle", found.hall):
        raise PermissionDenied(NO_RIGHT.format(what="登记到账"))
    compensation.mark_given(found.pk, person=request.user, now=time.now())
    messages.success(request, f"已登记 {found.amount} 元补偿到账。")
    return redirect("/complaints/refunds/?tab=offers")


BILL_HEADS = ("批次", "种类", "投诉单", "营业厅", "手机号", "收费项目", "部分", "金额", "审批人", "审批时间")


@require_POST
@need("complaint.team", "导出出账")
def bill(request: StaffRequest) -> HttpResponse:
    """The batch for the billing system: whole numbers, because money is booked to them; the export is stamped."""
    batch = billing.send_to_billing(person=request.user, now=time.now())
    pks = [one.pk for one in batch.payments]
    payments = RefundPayment.objects.filter(pk__in=pks).select_related("refund__complaint__hall", "decided_by")
    offers = Compensation.objects.filter(pk__in=[one.pk for one in batch.compensations])
    rows = [_bill_refund(one) for one in payments] + [
        _bill_offer(one) for one in offers.select_related("hall", "complaint", "decided_by")
    ]
    return sheet("refunds", f"退费与补偿出账 {batch.name}", BILL_HEADS, rows, by=request.user)


def _bill_refund(one: RefundPayment) -> tuple[Any, ...]:
    case, part = one.refund.complaint, one.get_part_display()
    head = (one.batch, "退费", case.number, case.hall.name, case.phone, one.refund.item, part, str(one.amount))
    return (*head, one.decided_by.name if one.decided_by else "", one.decided_at)


def _bill_offer(one: Compensation) -> tuple[Any, ...]:
    number = one.complaint.number if one.complaint else ""
    head = (one.batch, "补偿", number, one.hall.name, one.phone, one.form, "全额", str(one.amount))
    return (*head, one.decided_by.name if one.decided_by else "", one.decided_at)


urlpatterns = [
    path("complaints/refunds/", money, name="complaint-money"),
    path("complaints/refunds/bill/", bill, name="complaint-bill"),
    path("complaints/refunds/offer/", unprompted, name="complaint-unprompted"),
    path("complaints/refunds/<int:pk>/decide/", decide, name="complaint-decide"),
    path("complaints/refunds/<int:pk>/verify/", verify, name="complaint-verify"),
    path("complaints/refunds/<int:pk>/paid/<slug:part>/", paid, name="complaint-paid"),
    path("complaints/offers/<int:pk>/decide/", decide_offer, name="complaint-decide-offer"),
    path("complaints/offers/<int:pk>/given/", give_offer, name="complaint-give-offer"),
]
