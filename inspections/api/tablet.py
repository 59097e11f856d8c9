"""The tablet's doors: what it takes along, the operations it tells, the photos it uploads."""

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import pictures, time
from core.api import Problem
from core.errors import Refused
from inspections.actions import photos, sync
from inspections.api import shapes
from inspections.api.people import checked, person
from inspections.models import Photo, Visit
from inspections.queries import tablet as reads
from staff.models import User

MAY_FILL = ("inspection.audit", "inspection.patrol")
PART = "application/octet-stream"
LARGEST_PART = 4 * 1024 * 1024


class PartParser(BaseParser):
    """The bytes as they are."""

    media_type = PART

    def parse(self, stream: IO[bytes], media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        return stream.read(LARGEST_PART + 1)


@extend_schema(responses=shapes.BundleOut, operation_id="inspections_tablet")
@api_view(["GET"])
def bundle(request: Request) -> Response:
    """What the caller's tablet needs to work without network: visits, cards, questions, last faults, evidence."""
    who = person(request, *MAY_FILL)
    get_token(request._request)  # the answer renews the cookie that the tablet signs its posts with
    return Response(reads.bundle(who, time.now()))


@extend_schema(
    request=shapes.OperationsIn, responses={200: shapes.OperationsOut}, operation_id="inspections_operations"
)
@api_view(["POST"])
def operations(request: Request) -> Response:
    """Takes each operation once. One that is refused has a sentence; the others are kept. Repeat what got no answer."""
    who = person(request, *MAY_FILL)
    asked = checked(shapes.OperationsIn, request)
    told = [sync.Told(**one) for one in asked["operations"]]
    outcomes = sync.take(asked["tablet"], told, actor=who, now=time.now())
    visits = Visit.objects.filter(pk__in={one.visit for one in told}, auditor=who)
    return Response(
        {
            "results": [
                {"counter": one.counter, "status": one.status, "code": one.code, "message": one.message}
                for one in outcomes
            ],
            "visits": [{"id": str(one.pk), "state": one.state, "score": one.score} for one in visits],
        }
    )


def _own(who: User, photo_id: UUID) -> Photo:
    photo = Photo.objects.filter(pk=photo_id, visit__auditor=who).first()
    if photo is None:
        raise Http404
    return photo


@extend_schema(
    methods=["GET"],
    parameters=[OpenApiParameter("photo_id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
    responses={200: shapes.ReceivedOut},
    operation_id="inspections_photo_state",
)
@extend_schema(
    methods=["PATCH"],
    parameters=[
        OpenApiParameter("photo_id", OpenApiTypes.UUID, OpenApiParameter.PATH),
        OpenApiParameter("Upload-Offset", OpenApiTypes.INT, OpenApiParameter.HEADER, required=True),
    ],
    request={PART: OpenApiTypes.BINARY},
    responses={200: shapes.ReceivedOut, 409: Problem},
    operation_id="inspections_photo_part",
)
@api_view(["GET", "PATCH"])
@parser_classes([PartParser])
def upload(request: Request, photo_id: UUID) -> Response:
    """GET: how many bytes are here. PATCH: more of them, from `Upload-Offset` on; at most 4 MB a time."""
    photo = _own(person(request, *MAY_FILL), photo_id)
    if request.method == "GET":
        return _received(photos.received(photo))
    offset = request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 12):
        raise ValidationError({"Upload-Offset": ["请注明从第几个字节开始。"]})
    data: Any = request.data
    if not isinstance(data, bytes) or not data:
        raise ValidationError({"detail": ["没有收到照片内容。"]})
    if len(data) > LARGEST_PART:
        raise Refused("part_too_large", "每次最多传 4 MB,请分段上传。")
    return _received(photos.add_part(photo.pk, int(offset), data, now=time.now()))


def _received(here: photos.Received) -> Response:
    return Response({"received": here.received, "size": here.size, "is_complete": here.is_complete})


@extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY}, operation_id="inspections_photo")
@api_view(["GET"])
def photo(request: Request, photo_id: UUID) -> HttpResponseBase:
    """The picture itself, for whoever may see its visit."""
    who = person(request)
    row = Photo.objects.filter(pk=photo_id, is_removed=False, completed_at__isnull=False).first()
    if row is None or not Visit.objects.visible_to(who).filter(pk=row.visit_id).exists():
        raise Http404
    try:
        file = photos.path_of(row).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=pictures.TYPES[row.extension])
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
