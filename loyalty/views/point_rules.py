"""积分规则: multipliers, bands, parts of the score with caps, deadlines, days; what changes is tried first."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from core import parameters, time
from core.forms import tried
from core.models import Parameter
from loyalty.actions import point_rules as actions
from loyalty.forms.points import BandForm, DatesForm, DeadlineForm, MultiplierForm, NumbersForm, ScoreForm
from loyalty.models import StarBand, StarMultiplier
from loyalty.queries import effects, judging, number_effects, rating
from loyalty.rules import months, policy
from loyalty.rules.stars import SCORE_FIELDS
from staff.requests import StaffRequest

DEADLINE = (policy.PAYMENT_MONTHS, policy.PAYMENT_EXTRA_DAYS)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def point_rules(request: StaffRequest, what: str = "") -> HttpResponse:
    """POST shows the effect; with `save` it writes. Each of the five parts has a form of its own."""
    if not (request.user.may("points.rules") or request.user.may("points.report")):
        raise PermissionDenied("没有查看积分规则的权限。如工作需要,请联系市公司运营。")
    if what and what not in PARTS:
        raise Http404
    can_change, shown = request.user.may("points.rules"), _forms(request, what)
    if request.method == "POST":
        part = PARTS[what]
        if not can_change:
            raise PermissionDenied("积分规则由市公司维护。如需调整,请联系市公司运营。")
        form = shown[f"{what}_form"]
        if form.is_valid():
            if "save" in request.POST and tried(form, lambda: part[1](request, form)) is not None:
                messages.success(request, "已保存,到生效日期开始执行。")
                return redirect("point-rules")
            shown |= {"tried": what, "effect": part[0](form)}
    return render(request, "loyalty/point_rules.html", {**shown, "can_change": can_change, **_standing()})


def _forms(request: StaffRequest, what: str) -> dict[str, Any]:
    today = time.business_day(time.now())
    coming = months.plus(months.first_of(today), 1)
    given: Callable[[str], Any] = lambda name: request.POST if what == name and request.method == "POST" else None  # noqa: E731
    bands, multipliers = rating.bands_on(today), judging.multipliers_on(today)
    scores = {name: policy.number(name, today) for name in SCORE_FIELDS}
    dates = {name: policy.number(name, today) for name in number_effects.EFFECTS}
    deadline = {
        "payment_months": policy.number(policy.PAYMENT_MONTHS, today),
        "payment_extra_days": policy.number(policy.PAYMENT_EXTRA_DAYS, today),
        "valid_from": today + timedelta(days=1),
    }
    return {
        "multipliers_form": MultiplierForm(given("multipliers"), now=multipliers, initial={"valid_from": coming}),
        "bands_form": BandForm(given("bands"), now=bands, initial={"valid_from": coming}),
        "score_form": ScoreForm(given("score"), now=scores, initial={"valid_from": coming}),
        "deadline_form": DeadlineForm(given("deadline"), initial=deadline),
        "dates_form": DatesForm(given("dates"), now=dates, initial={"valid_from": coming}),
    }


def _standing() -> dict[str, Any]:
    today = time.business_day(time.now())
    return {
        "planned_multipliers": StarMultiplier.objects.filter(valid_from__gt=today).order_by("valid_from", "star"),
        "planned_bands": StarBand.objects.filter(valid_from__gt=today).order_by("valid_from", "star"),
        "planned_score": _planned(SCORE_FIELDS, today),
        "planned_deadline": _planned(DEADLINE, today),
        "planned_dates": _planned(number_effects.EFFECTS, today),
        "last_run": effects.last_run(),
    }


def _planned(names: Iterable[str], today: date) -> list[str]:
    rows = Parameter.objects.filter(name__in=names, scope="", valid_from__gt=today).order_by("valid_from", "name")
    return [f"{parameters.about(row.name).label} {row.value},{row.valid_from} 起" for row in rows]


def _multiplier_effect(form: MultiplierForm) -> dict[str, Any]:
    rows = effects.of_multipliers(form.wished)
    return {"rows": rows, "before": sum(row.before for row in rows), "after": sum(row.after for row in rows)}


def _band_effect(form: BandForm) -> dict[str, Any]:
    rows = effects.of_bands(form.wished, time.business_day(time.now()))
    return {"rows": rows, "customers": sum(row.customers for row in rows)}


def _score_effect(form: ScoreForm) -> dict[str, Any]:
    today = time.business_day(time.now())
    return {"found": effects.of_score(form.wished, form.cleaned_data["valid_from"], today)}


def _deadline_effect(form: DeadlineForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {"row": effects.of_deadline(given["payment_months"], given["payment_extra_days"])}


def _dates_effect(form: DatesForm) -> dict[str, Any]:
    today = time.business_day(time.now())
    return {"changes": number_effects.of_numbers(form.wished, form.cleaned_data["valid_from"], today)}


def _save_multipliers(request: StaffRequest, form: MultiplierForm) -> int:
    since = form.cleaned_data["valid_from"]
    return actions.set_multipliers(form.wished, since, actor=request.user, now=time.now())


def _save_bands(request: StaffRequest, form: BandForm) -> int:
    return actions.set_bands(form.wished, form.cleaned_data["valid_from"], actor=request.user, now=time.now())


def _save_numbers(request: StaffRequest, form: NumbersForm) -> int:
    return actions.set_numbers(form.wished, form.cleaned_data["valid_from"], actor=request.user, now=time.now())


def _save_deadline(request: StaffRequest, form: DeadlineForm) -> int:
    given = form.cleaned_data
    wished = {policy.PAYMENT_MONTHS: given["payment_months"], policy.PAYMENT_EXTRA_DAYS: given["payment_extra_days"]}
    return actions.set_numbers(wished, given["valid_from"], actor=request.user, now=time.now())


PARTS: dict[str, tuple[Callable[[Any], dict[str, Any]], Callable[[StaffRequest, Any], int]]] = {
    "multipliers": (_multiplier_effect, _save_multipliers),
    "bands": (_band_effect, _save_bands),
    "score": (_score_effect, _save_numbers),
    "deadline": (_deadline_effect, _save_deadline),
    "dates": (_dates_effect, _save_numbers),
}

urlpatterns = [
    path("loyalty/rules/", require_safe(point_rules), name="point-rules"),
    path("loyalty/rules/<slug:what>/", point_rules, name="point-rules-part"),
]
