"""The product's addresses, and the floor: a view that does nothing but know who asks."""

from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from benchmarks.server import stamps
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@api_view(["GET"])
def empty(request: Request) -> Response:
    return Response({})


urlpatterns = [path("api/v1/empty/", empty), *product]

stamps.install()
