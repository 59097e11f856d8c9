"""One port for everything: health and bodies in ASGI, pages and API by WSGI threads, sockets by Channels."""

from config.wsgi import application as django_wsgi  # first: it sets Django up  # isort: skip

from typing import Any

from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.urls import path

from core.bodies import BodyGate
from core.consumers import BoardConsumer, LiveConsumer
from core.heartbeat import Heartbeat
from core.roof import Roof

sockets = AllowedHostsOriginValidator(
    AuthMiddlewareStack(
        URLRouter(
            [
                path("ws/halls/<slug:code>/board/", BoardConsumer.as_asgi()),
                path("ws/live/", LiveConsumer.as_asgi()),
            ]
        )
    )
)

pages: Any = WSGIMiddleware(django_wsgi, workers=settings.WEB_THREADS)  # type: ignore[arg-type]

application = Roof(
    http=BodyGate(pages, limit=settings.MAX_BODY_BYTES),
    websocket=sockets,
    background=[Heartbeat()],
)
