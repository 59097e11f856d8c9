"""The ticket machine's page. It shows nothing about a customer, and only a paired machine or the staff may open it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from halls.authentication import COOKIE, device_of
from halls.models import Device, Hall
from halls.states import DeviceKind


@require_GET
@never_cache
@ensure_csrf_cookie
def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """The kiosk of a hall: for its paired machine, or for somebody who may take numbers for others there."""
    hall = get_object_or_404(Hall, code=code)
    if hall.is_line or not hall.is_live:
        return render(request, "queueing/kiosk_closed_door.html", {"hall": hall, "no_machine": True})
    device = device_of(request.COOKIES.get(COOKIE, ""))
    if is_kiosk_of(device, hall):
        return render(request, "queueing/kiosk.html", {"hall": hall, "device": device})
    if request.user.is_authenticated and request.user.may("queue.issue", hall):
        return render(request, "queueing/kiosk.html", {"hall": hall, "device": None})
    return render(request, "queueing/kiosk_closed_door.html", {"hall": hall, "device": device}, status=403)


def is_kiosk_of(device: Device | None, hall: Hall) -> bool:
    return device is not None and device.kind == DeviceKind.KIOSK and device.hall_id == hall.pk


urlpatterns = [path("kiosk/<slug:code>/", kiosk, name="kiosk")]
