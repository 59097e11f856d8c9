"""缴款与解款: the money of a hall's day, and the 长短款 ledger."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.models import Hall
from staff.actions import money as actions
from staff.auth import prove
from staff.forms.money import BagForm, DifferenceFilter, DrawerForm, DropForm, TakingsForm, TallyForm
from staff.models import BankDeposit, CashUp, Difference
from staff.queries import money as reads
from staff.requests import StaffRequest
from staff.views.halls import NO_RIGHT, hall_for, pick_hall, query_without

WHAT = "缴款与解款"
PER_PAGE = 20
HEADS = ["营业日", "营业员", "工号", "项目", "差额", "原因", "说明人", "确认人", "状态"]


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    verb = "money.see" if request.user.may("money.see") else "handover.sign"
    return pick_hall(request, verb, WHAT, "money-hall")


def _hall(request: StaffRequest, code: str, *verbs: str) -> Hall:
    """The page is for those who pay in and those who look after the money; its parts have rights of their own."""
    hall = hall_for(request, code, "hall.see", WHAT)
    if not any(request.user.may(verb, hall) for verb in verbs or ("handover.sign", "money.see")):
        raise PermissionDenied(NO_RIGHT.format(what=WHAT))
    return hall


def day_of(text: str, now: datetime) -> date:
    """A day of the address; today when there is none. Raises Http404 for what is no day."""
    try:
        return date.fromisoformat(text) if text else time.business_day(now)
    except ValueError:
        raise Http404 from None


@never_cache
@require_safe
@login_required
def money(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, _hall(request, code))


def _page(request: StaffRequest, hall: Hall, **forms: BaseForm) -> HttpResponse:
    """The whole page; a form that was refused comes with what was typed."""
    now, user = time.now(), request.user
    day = day_of(request.GET.get("day", ""), now)
    sees = user.may("money.see", hall)
    clerks = reads.clerk_days(hall, day)
    mine = [one for one in clerks if sees or one.clerk.pk == user.pk]
    shown: dict[str, Any] = {
        "hall": hall,
        "day": day,
        "today": time.business_day(now),
        "clerks": mine,
        "ways": reads.whole(clerks) if sees else None,
        "system_known": reads.system_is_known(hall, day),
        "full_drawers": reads.full_drawers(hall, day),
        "rule": reads.drawer_rule(hall, now),
        "sees": sees,
        "manages": user.may("money.manage", hall),
        "checks": user.may("handover.manage", hall),
        "pays_in": user.may("handover.sign", hall),
        "tally": TallyForm(hall=hall),
        "drop": DropForm(hall=hall, prefix="d"),
        "drawer": DrawerForm(hall=hall, prefix="c"),
        "bag": BagForm(prefix="b"),
        "takings": TakingsForm(prefix="t", initial={"day": day}),
        "waiting_drop": reads.dropped(hall, user, time.business_day(now)),
        **forms,
    }
    if sees:
        shown["in_safe"] = {"cash": reads.in_safe(hall, "cash"), "cheque": reads.in_safe(hall, "cheque")}
        shown["deposits"] = hall.deposits.select_related("packed_by", "witness")[:8]
        shown["drops"] = hall.safe_drops.filter(day=day).select_related("window", "clerk")
        shown["open_differences"] = hall.differences.filter(confirmed_at=None).count()
    return render(request, "staff/money.html", shown)


def _posted(
    request: StaffRequest, hall: Hall, form: BaseForm, name: str, act: Callable[[], Any], said: str
) -> HttpResponse:
    """A form of this page: done and back to it, or refused with what was typed."""
    if form.is_valid() and tried(form, act) is not None:
        messages.success(request, said)
        return redirect("money-hall", hall.code)
    return _page(request, hall, **{name: form})


@require_POST
@login_required
def cash_up(request: StaffRequest, code: str) -> HttpResponse:
    """轧账缴款, then the slip to print."""
    hall, now = _hall(request, code, "handover.sign"), time.now()
    form = TallyForm(request.POST, hall=hall)
    if form.is_valid():
        window = form.cleaned_data["window"]
        made = tried(form, lambda: actions.cash_up(hall, window, form.tally, clerk=request.user, now=now))
        if made is not None:
            return redirect("money-slip", hall.code, made.pk)
    return _page(request, hall, tally=form)


@require_safe
@login_required
def slip(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """缴款单, for the printer: one's own, or any for those who see the money."""
    hall = _hall(request, code)
    rows = CashUp.objects.select_related("hall", "window", "clerk", "received_by").filter(hall=hall)
    found = get_object_or_404(rows if request.user.may("money.see", hall) else rows.filter(clerk=request.user), pk=pk)
    notes = sorted(found.notes.items(), key=lambda one: -float(one[0]))
    return render(request, "staff/cash_slip.html", {"hall": hall, "slip": found, "notes": notes})


def _slip(request: StaffRequest, code: str, pk: int) -> CashUp:
    hall = _hall(request, code, "money.manage")
    return get_object_or_404(CashUp, pk=pk, hall=hall)


@require_POST
@login_required
def receive(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    found = actions.receive(_slip(request, code, pk).pk, receiver=request.user, now=time.now())
    messages.success(request, f"缴款单 {found.number} 已签收,{found.total} 元入厅。")
    return redirect("money-hall", code)


@require_POST
@login_required
def send_back(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    why = request.POST.get("why", "").replace("\x00", "")
    found = actions.send_back(_slip(request, code, pk).pk, why, receiver=request.user, now=time.now())
    messages.success(request, f"缴款单 {found.number} 已退回。")
    return redirect("money-hall", code)


@require_POST
@login_required
def drop(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code, "handover.sign"), time.now()
    form = DropForm(request.POST, hall=hall, prefix="d")

    def act() -> Any:
        given = form.cleaned_data
        return actions.drop(given["window"], form.notes, given["envelope"], clerk=request.user, now=now)

    return _posted(request, hall, form, "drop", act, "已登记投入保险柜。")


@require_POST
@login_required
def check_drawer(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code, "handover.manage"), time.now()
    form = DrawerForm(request.POST, hall=hall, prefix="c")

    def act() -> Any:
        given = form.cleaned_data
        hundreds = given["hundreds"] or 0
        return actions.check_drawer(given["window"], given["small"], hundreds, checker=request.user, now=now)

    return _posted(request, hall, form, "drawer", act, "抽屉检查已登记。")


@never_cache
@sensitive_post_parameters("b-password")
@require_POST
@login_required
def pack(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code, "money.manage"), time.now()
    form = BagForm(request.POST, prefix="b")

    def act() -> Any:
        given = form.cleaned_data
        witness = prove(request, given["staff_no"], given["password"])
        if not witness.may("handover.sign", hall):
            raise Refused("not_allowed", "复核人不在本厅,请另一位同事复核。")
        return actions.pack(hall, form.packed, packer=request.user, witness=witness, now=now)

    return _posted(request, hall, form, "bag", act, "解款封包已登记。")


@require_POST
@login_required
def hand_to_bank(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = _hall(request, code, "money.manage")
    get_object_or_404(BankDeposit, pk=pk, hall=hall)
    carrier = request.POST.get("carrier", "").replace("\x00", "")
    made = actions.hand_to_bank(pk, carrier, actor=request.user, now=time.now())
    messages.success(request, f"封包 {made.bag} 已交出。")
    return redirect("money-hall", code)


@require_POST
@login_required
def note_takings(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code, "money.manage"), time.now()
    form = TakingsForm(request.POST, prefix="t")

    def act() -> Any:
        source = actions.Source(typist=request.user)
        return actions.note_takings(hall, form.cleaned_data["day"], form.figure, source=source, now=now)

    return _posted(request, hall, form, "takings", act, "系统金额已录入。")


@require_safe
@login_required
def differences(request: StaffRequest, code: str) -> HttpResponse:
    """长短款台账."""
    hall = _hall(request, code)
    form, found = _differences(request, hall)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "hall": hall,
        "form": form,
        "page": page,
        "query": query_without(request, "page"),
        "confirms": request.user.may("money.confirm", hall),
        "explains": request.user.may("money.manage", hall),
    }
    return render(request, "staff/differences.html", shown)


def _differences(request: StaffRequest, hall: Hall) -> tuple[DifferenceFilter, Any]:
    form = DifferenceFilter(request.GET)
    found = reads.differences(hall, form.cleaned_data if form.is_valid() else {})
    return form, found if request.user.may("money.see", hall) else found.filter(clerk=request.user)


@require_safe
@login_required
def export(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    _, found = _differences(request, hall)
    return sheet("differences", f"{hall.name} 长短款", HEADS, _rows(found[:5000]), by=request.user)


def _rows(found: Any) -> Iterator[list[Any]]:
    for row in found:
        yield [
            row.day,
            row.clerk.name,
            row.clerk.staff_no,
            row.get_leg_display(),
            str(row.amount),
            row.reason,
            row.explained_by.name if row.explained_by else "",
            row.confirmed_by.name if row.confirmed_by else "",
            row.state_label,
        ]


@require_POST
@login_required
def explain(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """By the clerk whose day it is, or by who looks after the money."""
    hall = _hall(request, code)
    row = get_object_or_404(Difference, pk=pk, hall=hall)
    if row.clerk_id != request.user.pk and not request.user.may("money.manage", hall):
        raise PermissionDenied("只能说明本人的长短款。")
    reason = request.POST.get("reason", "").replace("\x00", "")
    actions.explain(pk, reason, actor=request.user, now=time.now())
    messages.success(request, "原因已登记,等店长确认。")
    return redirect("money-differences", code)


@require_POST
@login_required
def confirm(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = _hall(request, code, "money.confirm")
    get_object_or_404(Difference, pk=pk, hall=hall)
    row = actions.confirm(pk, manager=request.user, now=time.now())
    messages.success(request, f"{row.words}已确认。")
    return redirect("money-differences", code)


urlpatterns = [
    path("money/", halls, name="money"),
    path("money/<slug:code>/", money, name="money-hall"),
    path("money/<slug:code>/cash-up/", cash_up, name="money-cash-up"),
    path("money/<slug:code>/slips/<int:pk>/", slip, name="money-slip"),
    path("money/<slug:code>/slips/<int:pk>/receive/", receive, name="money-receive"),
    path("money/<slug:code>/slips/<int:pk>/send-back/", send_back, name="money-send-back"),
    path("money/<slug:code>/drop/", drop, name="money-drop"),
    path("money/<slug:code>/drawer/", check_drawer, name="money-drawer"),
    path("money/<slug:code>/bags/", pack, name="money-pack"),
    path("money/<slug:code>/bags/<int:pk>/handed/", hand_to_bank, name="money-handed"),
    path("money/<slug:code>/takings/", note_takings, name="money-takings"),
    path("money/<slug:code>/differences/", differences, name="money-differences"),
    path("money/<slug:code>/differences/export/", export, name="money-differences-export"),
    path("money/<slug:code>/differences/<int:pk>/explain/", explain, name="money-explain"),
    path("money/<slug:code>/differences/<int:pk>/confirm/", confirm, name="money-confirm"),
]
