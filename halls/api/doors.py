"""What the doors of hall operations share: whose hall it is, and whether the body can be read."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from halls.models import Device, Hall
from halls.views.choice import NO_RIGHT

Row = TypeVar("Row", bound=Model)


def person(request: Request) -> Any:
    """People run a hall; machines do not."""
    who: Any = request.user
    if isinstance(who, Device):
        raise PermissionDenied(NO_RIGHT)
    return who


def must(actor: Any, verb: str, hall: Hall) -> None:
    """404 for a stranger to the hall, 403 for a colleague without the right."""
    if not actor.may("hall.see", hall):
        raise Http404
    if not actor.may(verb, hall):
        raise PermissionDenied(NO_RIGHT)


def hall_for(request: Request, code: str, verb: str) -> Hall:
    hall = Hall.objects.filter(code=code).select_related("region__parent__parent").first()
    if hall is None:
        raise Http404
    must(person(request), verb, hall)
    return hall


def row_for(request: Request, rows: QuerySet[Row], pk: int, verb: str) -> Row:
    """A row with a `hall`, by its id."""
    row = rows.select_related("hall__region__parent__parent").filter(pk=pk).first() if pk < 2**62 else None
    if row is None:
        raise Http404
    must(person(request), verb, row.hall)  # type: ignore[attr-defined]
    return row


def checked(shape: type[Serializer], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def asked(shape: type[Serializer], request: Request) -> dict[str, Any]:
    """The same for what stands behind the question mark."""
    given = shape(data=request.query_params)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def facts(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
