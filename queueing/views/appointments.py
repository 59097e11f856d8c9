"""预约: the day of a hall by half hours; book, cancel, and turn an appointment into a number."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from core import time
from core.errors import Refused
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor, Booking
from queueing.models import Appointment
from queueing.queries import appointments as reads
from queueing.queries import tickets
from queueing.states import Source
from queueing.views.halls import hall_for, pick_hall
from staff.requests import StaffRequest

WHAT = "预约"


class DayForm(forms.Form):
    day = forms.DateField(required=False)


class BookForm(forms.Form):
    slot = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M"])
    business = forms.SlugField(max_length=60)
    phone = forms.CharField(max_length=40)


def _hall(request: StaffRequest, code: str) -> Hall:
    return hall_for(request, code, "queue.floor", WHAT)


def _day(request: StaffRequest, now: datetime) -> date:
    form = DayForm({"day": request.POST.get("day") or request.GET.get("day")})
    asked = form.cleaned_data["day"] if form.is_valid() else None
    return asked if asked and 2000 <= asked.year <= 2100 else time.business_day(now)


def _answer(request: StaffRequest, hall: Hall, *, whole: bool = False, **said: Any) -> HttpResponse:
    now = time.now()
    day = _day(request, now)
    slots = reads.day(hall, day, now)
    shown = {
        "hall": hall,
        "day": day,
        "today": time.business_day(now),
        "days": reads.days(hall, now),
        "closed": not slots,
        "past": [slot for slot in slots if slot.ends_at <= now and slot.appointments],
        "slots": [slot for slot in slots if slot.ends_at > now],
        "groups": hall.groups.filter(is_active=True).order_by("order", "code").prefetch_related("businesses"),
        **said,
    }
    return render(request, f"queueing/{'appointments' if whole else '_appointment_day'}.html", shown)


@require_GET
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "queue.floor", WHAT, "appointments-hall")


@require_GET
@login_required
def appointments(request: StaffRequest, code: str) -> HttpResponse:
    return _answer(request, _hall(request, code), whole=True)


@require_GET
@login_required
def panel(request: StaffRequest, code: str) -> HttpResponse:
    return _answer(request, _hall(request, code))


@require_POST
@login_required
def book(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    form = BookForm(request.POST)
    if not form.is_valid():
        wrong = "phone" if "phone" in form.errors else "slot" if "slot" in form.errors else "business"
        what = {"phone": "手机号应为 11 位数字,请核对。", "slot": "请选择时段。", "business": "请选择业务。"}
        raise Refused(f"bad_{wrong}", what[wrong])
    given = form.cleaned_data
    booking = Booking(given["business"], given["slot"], given["phone"], Source.GREETER)
    row = actions.book(hall, booking, actor=Actor(person=request.user), now=time.now())
    return _answer(request, hall, booked=row)


def _check_in(row: Appointment, actor: Actor, now: datetime) -> dict[str, Any]:
    ticket = actions.check_in(row.pk, actor=actor, now=now)
    ahead, wait = tickets.ahead_and_wait(ticket, now)
    return {"taken": {"ticket": ticket, "ahead": ahead, "range": wait.text if wait else ""}}


def _cancel(row: Appointment, actor: Actor, now: datetime) -> dict[str, Any]:
    return {"cancelled": actions.cancel_appointment(row.pk, actor=actor, now=now)}


VERBS: dict[str, Callable[[Appointment, Actor, datetime], dict[str, Any]]] = {
    "check-in": _check_in,
    "cancel": _cancel,
}


@require_POST
@login_required
def act(request: StaffRequest, code: str, pk: int, verb: str) -> HttpResponse:
    hall = _hall(request, code)
    row, run = Appointment.objects.filter(pk=pk, hall=hall).first(), VERBS.get(verb)
    if row is None or run is None:
        raise Http404
    return _answer(request, hall, **run(row, Actor(person=request.user), time.now()))


@require_POST
@login_required
def arrive(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """The same as checking in, from the lobby: answers its own piece."""
    hall, now = _hall(request, code), time.now()
    row = Appointment.objects.filter(pk=pk, hall=hall).first()
    if row is None:
        raise Http404
    ticket = actions.check_in(row.pk, actor=Actor(person=request.user), now=now)
    shown = {"hall": hall, "appointments": reads.today(hall, now), "taken_booked": ticket}
    return render(request, "queueing/_appointments.html", shown)


urlpatterns = [
    path("appointments/", halls, name="appointments"),
    path("appointments/<slug:code>/", appointments, name="appointments-hall"),
    path("appointments/<slug:code>/panel/", panel, name="appointments-panel"),
    path("appointments/<slug:code>/book/", book, name="appointments-book"),
    path("appointments/<slug:code>/<int:pk>/arrive/", arrive, name="appointments-arrive"),
    path("appointments/<slug:code>/<int:pk>/<slug:verb>/", act, name="appointments-act"),
]
