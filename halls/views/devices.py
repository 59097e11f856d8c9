"""Machines of a hall: listed, paired and revoked by managers; and the page where a machine types its code."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.requests import SignedInRequest
from halls import actions, queries
from halls.authentication import device_of, leave_cookie
from halls.forms.places import DeviceForm, PairForm
from halls.models import Device, Hall, PairingCode

NO_RIGHT = "没有配对设备的权限。如工作需要,请联系店长开通。"


def _halls(request: SignedInRequest) -> list[Hall]:
    if not request.user.may("device.pair"):
        raise PermissionDenied(NO_RIGHT)
    return list(queries.visible_halls(request.user, "device.pair"))


def _device(request: SignedInRequest, pk: int) -> Device:
    """A machine of a hall that this person may see; 404 for others, 403 without the right to pair there."""
    seen = Device.objects.filter(hall__in=request.user.hall_ids("hall.see")).select_related("hall", "window")
    device = get_object_or_404(seen, pk=pk)
    if not request.user.may("device.pair", device.hall):
        raise PermissionDenied(NO_RIGHT)
    return device


def _list(hall: Hall) -> HttpResponse:
    return redirect(f"{resolve_url('devices')}?{urlencode({'hall': hall.code})}")


def _shown(request: SignedInRequest, halls: list[Hall], hall: Hall, **more: Any) -> dict[str, Any]:
    form = more.pop("form", None) or DeviceForm(hall=hall)
    machines = queries.devices_with_state(hall, time.now())
    return {"halls": halls, "hall": hall, "machines": machines, "form": form, **more}


@require_safe
@login_required
def devices(request: SignedInRequest) -> HttpResponse:
    halls = _halls(request)
    wanted = request.GET.get("hall", "")
    hall = next((one for one in halls if one.code == wanted), halls[0] if halls and not wanted else None)
    if hall is None:
        return render(request, "halls/no_halls.html", {"title": "设备配对"}, status=404 if wanted else 200)
    return render(request, "halls/devices.html", _shown(request, halls, hall))


@require_POST
@login_required
def add(request: SignedInRequest, code: str) -> HttpResponse:
    hall = get_object_or_404(queries.visible_halls(request.user), code=code)
    if not request.user.may("device.pair", hall):
        raise PermissionDenied(NO_RIGHT)
    form = DeviceForm(request.POST, hall=hall)
    if not form.is_valid():
        return render(request, "halls/devices.html", _shown(request, _halls(request), hall, form=form, adding=True))
    device = actions.add_device(form.save(commit=False), actor=request.user)
    messages.success(request, f"已添加{device}。请生成配对码,在设备上打开「/pair/」输入。")
    return _list(hall)


@never_cache
@require_POST
@login_required
def make_code(request: SignedInRequest, pk: int) -> HttpResponse:
    device = _device(request, pk)
    code: PairingCode = actions.make_code(device, actor=request.user, now=time.now())
    address = request.build_absolute_uri(resolve_url("pair"))
    return render(request, "halls/pairing_code.html", {"device": device, "code": code, "address": address})


@require_POST
@login_required
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    device = actions.revoke(_device(request, pk).pk, actor=request.user, now=time.now())
    messages.success(request, f"已停用{device},它手里的令牌即刻失效。")
    return _list(device.hall)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest) -> HttpResponse:
    """Opened on the machine itself, by nobody in particular."""
    form = PairForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "halls/pair.html", {"form": form})
    try:
        device, token = actions.pair(
            form.cleaned_data["code"], address=request.META.get("REMOTE_ADDR", ""), now=time.now()
        )
    except Refused as no:
        form.add_error("code", no.message)
        return render(request, "halls/pair.html", {"form": form}, status=429 if no.code == "too_many_tries" else 200)
    return _paired(request, device, token)


@never_cache
@require_safe
def pair_by_token(request: HttpRequest, token: str) -> HttpResponse:
    """One visit pairs this browser as a machine that has its token already (provisioning)."""
    device = device_of(token)
    if device is None:
        form = PairForm(None)
        return render(
            request,
            "halls/pair.html",
            {"form": form, "refused": "链接已失效,请在「设备配对」页重新生成配对码。"},
            status=403,
        )
    return _paired(request, device, token)


def _paired(request: HttpRequest, device: Device, token: str) -> HttpResponse:
    """To the page of the machine; one without a screen is told its token, once."""
    response = (
        redirect(device.home)
        if device.home
        else render(request, "halls/paired.html", {"device": device, "token": token})
    )
    leave_cookie(response, token)
    return response
