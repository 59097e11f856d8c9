"""待我审批: one list for everything that waits for this person, made for a phone."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from overview.actions.approvals import Answer, clean, decide
from overview.queries.asks import SOURCES, asks_for, count_for
from overview.rules.approvals import WORDS_LENGTH
from staff.requests import StaffRequest

PER_PAGE = 30


@require_safe
@never_cache
@login_required
def approvals(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(request: StaffRequest, refused: dict[str, Any] | None = None) -> HttpResponse:
    now, kind = time.now(), request.GET.get("kind", "")
    everything = asks_for(request.user, now)
    counts = Counter(one.kind for one in everything)
    kind = kind if kind in counts else ""
    rows = [one for one in everything if kind in ("", one.kind)]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "cards": [_card(one, now, refused) for one in page],
        "all": len(everything),
        "late": sum(one.is_late(now) for one in everything),
        "kind": kind,
        "kinds": [(key, SOURCES[key].kind.label, counts[key]) for key in SOURCES if key in counts],
        "query": f"kind={kind}" if kind else "",
        "longest": WORDS_LENGTH,
    }
    return render(request, "overview/approvals.html", shown)


def _card(ask: Any, now: Any, refused: dict[str, Any] | None) -> dict[str, Any]:
    mine = refused if refused and (ask.kind, ask.pk) == (refused["kind"], refused["pk"]) else {}
    return {"ask": ask, "late": ask.is_late(now), "soon": ask.is_soon(now), "since": ask.since_words(now), **mine}


@require_safe
@never_cache
def mark(request: HttpRequest) -> HttpResponse:
    """The number beside the bell. Signed out is no redirect, which would draw a sign-in page in the bar."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return render(request, "overview/_approvals_mark.html", {"count": count_for(request.user)})


@require_POST
@login_required
def answer(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """After a refusal the list again, with the sentence and what was typed at its card, when it still waits."""
    words = clean(request.POST.get("words", ""))
    given = Answer(request.POST.get("agree") == "yes", words, request.user, time.now())
    try:
        messages.success(request, decide(kind, pk, given))
    except LookupError:
        raise Http404 from None
    except Refused as no:
        waits = any((one.kind, one.pk) == (kind, pk) for one in asks_for(request.user, given.now, kind=kind))
        if waits:
            return _page(request, {"kind": kind, "pk": pk, "refusal": no.message, "words": words})
        messages.error(request, no.message)
    return redirect("approvals")


urlpatterns = [
    path("approvals/", approvals, name="approvals"),
    path("approvals/mark/", mark, name="approvals-mark"),
    path("approvals/<slug:kind>/<int:pk>/", answer, name="approval-answer"),
]
