"""The figures of a hall over HTTP: the same numbers as the statistics page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from queueing.api.halls import hall_for
from queueing.queries import figure_tables
from queueing.queries.figure_tables import Wanted
from queueing.queries.figures import Sums
from queueing.states import FigureBy

DAYS_AT_FIRST = 7
MOST_DAYS = 1100


class FiguresIn(serializers.Serializer):
    by = serializers.ChoiceField(
        choices=[one for one in FigureBy.choices if one[0] != FigureBy.HALL], required=False, default=FigureBy.DAY
    )

    def get_fields(self) -> dict[str, Any]:
        """`from` and `to` are words of the language."""
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**days, **super().get_fields()}


@extend_schema(parameters=[FiguresIn], responses={200: dict}, operation_id="halls_figures")
@api_view(["GET"])
def hall_figures(request: Request, code: str) -> Response:
    """Waits, services, windows, care and ratings by day, half hour, business, class or clerk; minutes, shares 0 … 1."""
    hall, now = hall_for(request, code, "figures.see"), time.now()
    asked = FiguresIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    first, last = figure_tables.last_days(now, DAYS_AT_FIRST)
    given = asked.validated_data
    since, until = given.get("from", first), given.get("to", last)
    if since > until or (until - since).days > MOST_DAYS:
        raise ValidationError({"from": ["开始日期须不晚于结束日期,最多三年。"]})
    table = figure_tables.table(Wanted([hall], since, until, given["by"]), now)
    return Response(
        {
            "hall": hall.code,
            "from": since.isoformat(),
            "to": until.isoformat(),
            "by": given["by"],
            "units": {column.name: column.unit for column in figure_tables.ALL.values()},
            "results": [
                {"key": row.key, "label": row.label, "note": row.note, **_values(row.sums)} for row in table.rows
            ],
            "total": _values(table.total),
        }
    )


def _values(sums: Sums) -> dict[str, Any]:
    found = {column.name: column.value(sums) for column in figure_tables.ALL.values()}
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}
