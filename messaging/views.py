from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.forms import tried
from messaging import actions, queries
from messaging.forms import WishForm
from messaging.models import Notice
from messaging.states import Channel, NoticeTopic

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
    """通知中心: what was told to this person, by topic, and whether it went by SMS as well."""
    only_unread, topic = request.GET.get("show") == "unread", request.GET.get("topic", "")
    find = request.GET.get("find", "").replace("\x00", "").strip()[:40]
    topic = topic if topic in NoticeTopic.values else ""
    rows = queries.listed(request.user, topic=topic, only_unread=only_unread, find=find)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    texts = queries.texts_of(request.user, page)
    shown = {
        "page": page,
        "rows": [{"notice": one, "text": texts.get(one.pk)} for one in page],
        "only_unread": only_unread,
        "unread": queries.unread_count(request.user),
        "topic": topic,
        "topics": NoticeTopic.choices,
        "find": find,
        "query": urlencode({"show": "unread" if only_unread else "", "topic": topic, "find": find}),
    }
    return render(request, "messaging/notices.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def wishes(request: HttpRequest) -> HttpResponse:
    """通知设置: which topics by which channel, quiet hours, the daily digest."""
    row = queries.settings_of(request.user)
    form = WishForm(request.POST or None, settings=row)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.set_wishes(request.user, form.wish, now=time.now()))
        if made is not None:
            messages.success(request, "通知设置已保存。")
            return redirect("notice-settings")
    shown = {"form": form, "lines": form.lines(), "channels": Channel.choices}
    return render(request, "messaging/settings.html", shown)


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
