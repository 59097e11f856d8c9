"""What several staff pages choose by: a hall of mine, a month; and tables for Excel."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse

from core import time
from halls.models import Hall
from halls.queries import visible_halls
from staff.requests import StaffRequest
from staff.rules.performance import month_before, month_of, next_month

MONTHS_SHOWN = 12


def halls_for(request: StaffRequest, verb: str, refusal: str) -> list[Hall]:
    """The live halls where the person has a right; 403 where there is none."""
    halls = list(visible_halls(request.user, verb).filter(is_live=True).order_by("code"))
    if not halls:
        raise PermissionDenied(refusal)
    return halls


def chosen(halls: Sequence[Hall], code: str) -> Hall:
    """The hall that was asked for, or the first; compared here, because anything may stand in an address."""
    return next((hall for hall in halls if hall.code == code), halls[0])


def month_in(text: str, otherwise: date) -> date:
    """`2026-11`, or what stands in for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        return otherwise


def months(now: datetime, *, ahead: int = 0) -> list[date]:
    """The last months, newest first, after some that are to come."""
    month = month_of(time.business_day(now))
    for _ in range(ahead):
        month = next_month(month)
    found = []
    for _ in range(MONTHS_SHOWN + ahead):
        found.append(month)
        month = month_before(month)
    return found


class _Echo:
    def write(self, text: str) -> bytes:
        return text.encode()


def table_response(name: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A table for Excel: with the mark that tells it the text is UTF-8, and no cell that it takes for a formula."""
    writer = csv.writer(_Echo())
    response = StreamingHttpResponse(_written(writer, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _written(writer: object, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for row in rows:
        yield writer.writerow([plain(str(cell)) for cell in row])  # type: ignore[attr-defined]


def plain(cell: str) -> str:
    """Excel takes a cell that begins like a formula for one."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
