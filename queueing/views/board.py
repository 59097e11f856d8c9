"""The screens that nobody touches: the lobby TV and the small display above each window."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from core.middleware import ENGINE_ERRORS
from halls.authentication import COOKIE, device_of
from halls.models import Hall, Window


@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    """The page holds no data: while the engines are down it is served all the same and fills itself later."""
    try:
        hall = Hall.objects.filter(code=code, is_live=True).first()
    except ENGINE_ERRORS:
        name = ""
    else:
        if hall is None:
            raise Http404
        name = hall.name
    return as_screen(render(request, "queueing/board.html", {"code": code, "name": name, "build": build()}))


@require_safe
def display(request: HttpRequest, window_id: int) -> HttpResponse:
    """For a paired device of the hall, or somebody who may see it."""
    window = get_object_or_404(Window.objects.select_related("hall"), pk=window_id, is_active=True)
    who = device_of(request.COOKIES.get(COOKIE, "")) or request.user
    if not who.is_authenticated:
        return unpaired(request)
    if not who.may("hall.see", window.hall):
        raise Http404
    facts = {"window": window, "hall": window.hall, "build": build()}
    return as_screen(render(request, "queueing/display.html", facts))


def unpaired(request: HttpRequest) -> HttpResponse:
    """Looks again by itself: at once, because a browser keeps the cookie back when a local file led here, then twice
    a minute, so that the screen lights up as soon as it is paired."""
    message = "本屏尚未配对。请先配对窗口屏,或由工作人员登录后打开。"
    response = as_screen(render(request, "403.html", {"message": message}, status=403))
    response["Refresh"] = "30" if "again" in request.GET else "0; url=?again=1"
    return response


def as_screen(response: HttpResponse) -> HttpResponse:
    """Never kept; and readable for the launcher, a local file that must see whether the page is really there."""
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def build() -> str:
    """Which static files this server has; a screen that sees another build reloads itself at night."""
    return str(getattr(staticfiles_storage, "manifest_hash", ""))


urlpatterns = [
    path("board/<slug:code>/", board, name="board"),
    path("display/<int:window_id>/", display, name="display"),
]
