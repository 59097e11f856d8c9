from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from messaging import actions, queries
from messaging.models import Notice

PER_PAGE = 20


@require_safe
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """The fragment behind the bell. Signed out is no redirect, which would draw a sign-in page in the bar."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    shown = {"unread": queries.unread_count(request.user), "notices": queries.latest_notices(request.user)}
    return render(request, "messaging/_bell.html", shown)


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    own = Notice.objects.visible_to(request.user)
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(own.unread() if only_unread else own, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "only_unread": only_unread, "unread": queries.unread_count(request.user)}
    return render(request, "messaging/notices.html", shown)


@require_POST
@login_required
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go to the page that the notice is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    actions.mark_read(request.user, ids=[notice.pk])
    return redirect(notice.url or "notices")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(request.user)
    return redirect("notices")
