"""早报: the sheet of the morning meeting, on screen and on paper."""

from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from core import time
from staff.models import MorningSheet
from staff.requests import StaffRequest
from staff.views.choices import chosen, halls_for

NO_RIGHT = "没有查看早报的权限。如工作需要,请联系店长开通。"
SHOWN = 14


@require_safe
@login_required
def morning(request: StaffRequest) -> HttpResponse:
    halls = halls_for(request, "hall.see", NO_RIGHT)
    hall = chosen(halls, request.GET.get("hall", ""))
    sheets = list(MorningSheet.objects.filter(hall=hall)[:SHOWN])
    wanted = _day(request.GET.get("day", ""))
    sheet = next((one for one in sheets if one.day == wanted), sheets[0] if sheets and wanted is None else None)
    if sheet is None and wanted is not None:
        sheet = MorningSheet.objects.filter(hall=hall, day=wanted).first()
    shown = {
        "halls": halls,
        "hall": hall,
        "sheets": sheets,
        "sheet": sheet,
        "is_today": sheet is not None and sheet.day == time.business_day(time.now()),
        "yesterday": date.fromisoformat(sheet.content["yesterday"]["day"]) if sheet else None,
        "wanted": wanted,
        "may_answer": request.user.may("suggestion.answer", hall),
    }
    return render(request, "staff/morning.html", shown)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None


urlpatterns = [path("staff/morning/", morning, name="morning")]
