from typing import Any

from django.http import HttpRequest


class SignedInRequest(HttpRequest):
    """Behind `login_required`, in apps below staff: who it is they know only by `may` and `hall_ids`."""

    user: Any
