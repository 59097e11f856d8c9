"""区县周报汇总: the week of a region's halls on one page and in one file."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from core import documents, time
from core.documents.blocks import shown
from overview.papers import roll_up as papers
from overview.queries import roll_up as reads
from overview.queries.regions import regions_of
from overview.rules.weekly import week_text
from overview.views.doors import chosen_region, kind_in, must, today, week_in
from staff.requests import StaffRequest


def _asked(request: StaffRequest) -> tuple[reads.RollUp, Any]:
    """The region and the week that were asked for; last week unless said."""
    must(request, "task.give", sentence="汇总由区县主管查看,本厅请看营业周报。")
    regions = regions_of(request.user, "report.see")
    region = chosen_region(request, regions)
    monday = week_in(request.GET.get("week", ""), today() - timedelta(days=7))
    monday = min(monday, week_in("", today()))
    rolled = reads.of_region(region, monday, time.now())
    return rolled, regions


@require_safe
@login_required
def roll_up(request: StaffRequest) -> HttpResponse:
    rolled, regions = _asked(request)
    this = week_in("", today())
    mondays = sorted({this - timedelta(weeks=at) for at in range(8)} | {rolled.monday}, reverse=True)
    facts = {
        "rolled": rolled,
        "regions": regions,
        "mondays": [(monday, week_text(monday)) for monday in mondays],
        "table": papers.table(rolled),
        "rows": [[shown(cell) for cell in row] for row in papers.table(rolled).rows],
        "sections": [(papers.label_of(one), rolled.written(one)) for one in reads.SHOWN if rolled.written(one)],
        "query": f"region={rolled.region.code}&week={rolled.monday}",
    }
    return render(request, "overview/weekly/roll_up.html", facts)


@require_safe
@login_required
def download(request: StaffRequest, kind: str) -> HttpResponse:
    rolled, _ = _asked(request)
    name = f"{rolled.region.name}周报汇总{rolled.monday:%Y%m%d}"
    made = papers.document(rolled)
    return documents.answer(made, kind_in(kind), name=name, by=request.user.name, now=time.now())


urlpatterns = [
    path("overview/weekly/roll-up/", roll_up, name="weekly-roll-up"),
    path("overview/weekly/roll-up/<slug:kind>/", download, name="weekly-roll-up-download"),
]
