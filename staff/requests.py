"""Requests whose user is known: what a view gets behind `login_required`, and what the API gets from its tokens."""

from typing import cast

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from halls.models import Device
from staff.models import User


class StaffRequest(HttpRequest):
    """A signed-in person's page request."""

    user: User
    htmx: HtmxDetails


def caller(request: Request) -> User | Device:
    """The person or the machine whose token came with an API request."""
    return cast("User | Device", request.user)
