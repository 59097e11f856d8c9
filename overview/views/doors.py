"""What pages of reports share: who may open them, and which week, month, hall or region is meant."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from core import time
from halls.models import Hall, Region
from halls.queries import visible_halls
from overview.rules.weekly import monday_of
from staff.requests import StaffRequest

NO_RIGHT = "没有这项工作的权限。如工作需要,请联系店长或区县主管开通。"
PER_PAGE = 25
KINDS = ("docx", "pdf", "xlsx")


def must(request: StaffRequest, *verbs: str, hall: Hall | None = None, sentence: str = NO_RIGHT) -> None:
    if not any(request.user.may(verb, hall) for verb in verbs):
        raise PermissionDenied(sentence)


def my_halls(request: StaffRequest, verb: str) -> QuerySet[Hall]:
    must(request, verb)
    return visible_halls(request.user, verb).filter(is_live=True).order_by("code")


def chosen_hall(request: StaffRequest, among: QuerySet[Hall]) -> Hall | None:
    """The hall named in the address; 404 for one that is not among one's own."""
    code = request.GET.get("hall", "")
    if not code:
        return None
    found = next((one for one in among if one.code == code), None)
    if found is None:
        raise Http404
    return found


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def week_in(text: str, otherwise: date) -> date:
    """The Monday of the day that was asked for; of `otherwise` for anything that is no day."""
    return monday_of(day_in(text) or otherwise)


def month_in(text: str, otherwise: date) -> date:
    return day_in(f"{text}-01") or otherwise.replace(day=1)


def chosen_region(request: StaffRequest, among: list[Region]) -> Region:
    """The region named in the address, else the first. 404 for a strange one or none at all."""
    code = request.GET.get("region", "")
    found = next((one for one in among if one.code == code), None) if code else next(iter(among), None)
    if found is None:
        raise Http404
    return found


def kind_in(text: str) -> str:
    if text not in KINDS:
        raise Http404
    return text


def today() -> date:
    return time.business_day(time.now())
