"""客户查询 and the page of one customer: masked, and open only to who had a reason to come here."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from loyalty.actions import plans
from loyalty.actions import privacy as actions
from loyalty.actions.spending import By
from loyalty.forms.customers import ConsentForm, FindForm, LetterForm
from loyalty.models import Customer, Disclosure
from loyalty.queries import card as cards
from loyalty.queries import gifts
from loyalty.queries import privacy as reads
from loyalty.queries.star_card import star_card
from loyalty.states import CHOSEN_REASONS, Channel, Star
from staff.requests import StaffRequest

NO_FIND = "没有查询客户的权限。如工作需要,请联系店长开通。"
NO_REVEAL = "没有查看完整号码的权限。如工作需要,请联系店长开通。"
BIGGEST = 2**62


def need(request: StaffRequest, verb: str, sentence: str) -> None:
    if not request.user.may(verb):
        raise PermissionDenied(sentence)


def customer_for(request: StaffRequest, pk: int) -> Customer:
    """A customer whose page this person may open now; nobody leafs through ids."""
    need(request, "customer.see", NO_FIND)
    customer = Customer.objects.filter(pk=pk).first() if pk < BIGGEST else None
    if customer is None or not reads.may_open(customer, request.user, time.now()):
        raise Http404
    return customer


@require_safe
@login_required
def start(request: StaffRequest) -> HttpResponse:
    return redirect("customers")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def customers(request: StaffRequest) -> HttpResponse:
    """By the whole number only; the number stands in no address."""
    need(request, "customer.find", NO_FIND)
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.find_customer(form.cleaned_data["phone"], actor=request.user, now=time.now())
        except Refused as no:
            form.add_error("phone", no.message)
        else:
            if found is not None:
                return redirect("redeem" if request.POST.get("then") == "redeem" else "customer", found.pk)
            form.add_error("phone", "没有使用这个号码的客户,请核对号码。")
    return render(request, "loyalty/customers.html", {"form": form})


@never_cache
@require_safe
@login_required
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    return render(request, "loyalty/customer.html", about(request, customer_for(request, pk)))


def about(request: StaffRequest, shown: Customer, **forms: Any) -> dict[str, Any]:
    user, now = request.user, time.now()
    card = cards.card(shown, now)
    has_plan = card.points.plan_is_active or card.points.plan_is_coming or card.points.is_closed
    return {
        "customer": shown,
        "card": card,
        "star": star_card(shown, time.business_day(now)),
        "can_enrol": user.may("points.enrol") and not has_plan and shown.star >= Star.ONE,
        "changes": cards.changes(shown),
        "letters": cards.letters(shown) if user.may("customer.disclose") else [],
        "recent": gifts.of_customer(shown.pk)[:5],
        "can_redeem": user.may("points.redeem"),
        "reasons": CHOSEN_REASONS,
        "can_reveal": user.may("customer.reveal"),
        "can_disclose": user.may("customer.disclose"),
        "can_record": user.may("customer.consent"),
        "consent_form": ConsentForm(),
        "letter_form": LetterForm(),
        **forms,
    }


@never_cache
@require_POST
@login_required
def reveal(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole number and name, in this answer only."""
    shown = customer_for(request, pk)
    need(request, "customer.reveal", NO_REVEAL)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    found = actions.reveal(shown, reason=reason, note=note, actor=request.user, now=time.now())
    return render(request, "loyalty/_revealed.html", {"found": found})


@require_POST
@login_required
def enrol(request: StaffRequest, pk: int) -> HttpResponse:
    """JFJH at the desk, with what proves the customer's wish (R-L-17, R-S-24)."""
    shown, now = customer_for(request, pk), time.now()
    need(request, "points.enrol", "没有开通积分计划的权限。如工作需要,请联系店长开通。")
    consent = " ".join(request.POST.get("consent", "").split())
    if len(consent) < 4:
        raise Refused("consent_needed", "请填写客户同意开通的凭据,如申请单号。")
    by = By(actor=request.user, hall=reads.place_of(request.user, now))
    account = plans.enrol(shown.pk, channel=Channel.HALL, consent=consent, by=by, now=now)
    messages.success(request, f"已开通积分计划,{account.plan_from} 起生效。")
    return redirect("customer", shown.pk)


@require_POST
@login_required
def record_change(request: StaffRequest, pk: int) -> HttpResponse:
    shown = customer_for(request, pk)
    need(request, "customer.consent", "没有登记业务变更的权限。如工作需要,请联系店长开通。")
    form = ConsentForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        consent = actions.Consent(given["evidence"], given["reference"])
        try:
            actions.record_change(shown, given["business"], consent, actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已登记业务变更和客户确认凭证。")
            return redirect("customer", shown.pk)
    return render(request, "loyalty/customer.html", about(request, shown, consent_form=form))


@require_POST
@login_required
def ask_letter(request: StaffRequest, pk: int) -> HttpResponse:
    shown = customer_for(request, pk)
    need(request, "customer.disclose", "没有依法提供客户信息的权限。如工作需要,请联系店长开通。")
    form = LetterForm(request.POST)
    if form.is_valid():
        try:
            letter = actions.Letter(**form.cleaned_data)
            actions.ask_disclosure(shown, letter, actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已登记公函,请另一人核对原件后确认。")
            return redirect("customer", shown.pk)
    return render(request, "loyalty/customer.html", about(request, shown, letter_form=form))


@require_safe
@login_required
def letters(request: StaffRequest) -> HttpResponse:
    need(request, "customer.disclose", "没有依法提供客户信息的权限。如工作需要,请联系店长开通。")
    shown = {"letters": reads.open_letters(request.user), "asked": reads.asked_letters(request.user)}
    return render(request, "loyalty/letters.html", shown)


@require_POST
@login_required
def confirm_letter(request: StaffRequest, pk: int) -> HttpResponse:
    need(request, "customer.disclose", "没有依法提供客户信息的权限。如工作需要,请联系店长开通。")
    mine = Disclosure.objects.filter(asked_by=request.user)
    row = (reads.open_letters(request.user) | mine.select_related("customer", "asked_by", "hall")).filter(pk=pk).first()
    if row is None:
        raise Http404
    actions.confirm_disclosure(row.pk, actor=request.user, now=time.now())
    messages.success(request, f"已确认 {row.authority} {row.letter_no},两人均可按公函查看。")
    return redirect("letters")


urlpatterns = [
    path("loyalty/", start, name="loyalty"),
    path("loyalty/customers/", customers, name="customers"),
    path("loyalty/customers/<int:pk>/", customer, name="customer"),
    path("loyalty/customers/<int:pk>/reveal/", reveal, name="customer-reveal"),
    path("loyalty/customers/<int:pk>/enrol/", enrol, name="enrol"),
    path("loyalty/customers/<int:pk>/changes/", record_change, name="customer-change"),
    path("loyalty/customers/<int:pk>/letters/", ask_letter, name="customer-letter"),
    path("loyalty/letters/", letters, name="letters"),
    path("loyalty/letters/<int:pk>/confirm/", confirm_letter, name="letter-confirm"),
]
