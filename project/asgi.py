"""The site's one door: HTTP goes to Django on persistent threads, sockets and event streams to `realtime`.

Slips have a route of their own before Django.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from django.conf import settings
from django.urls import get_resolver

from project.memory import settle_memory
from project.slip_route import SLIPS_PATH, SlipRoute
from project.threaded_handler import Receive, Scope, Send, ThreadedASGIHandler

from realtime.asgi import websocket_application
from realtime.event_query import STREAM_PATH
from realtime.hub.process import current_hub, drain_hub
from realtime.server_sent_events import serve_events


http_application = ThreadedASGIHandler(body_bytes_max=settings.UPLOAD_BYTES_MAX)
slip_route = SlipRoute(http_application)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == STREAM_PATH:
        await serve_events(scope, receive, send)
    elif scope["type"] == "http":
        # daphne takes a root path from a header of the client's; rules that go by the path must not be led by it.
        scope["root_path"] = ""
        is_slip = scope["path"] == SLIPS_PATH and scope["method"] == "POST"
        await (slip_route if is_slip else http_application)(scope, receive, send)
    elif scope["type"] == "websocket":
        await websocket_application(scope, receive, send)
    elif scope["type"] == "lifespan":
        await answer_lifespan(receive, send)


async def answer_lifespan(receive: Receive, send: Send) -> None:
    """The hub begins with the server, so that operations see it before its first socket, and drains with it."""
    await receive()
    current_hub()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await drain_hub()
    await send({"type": "lifespan.shutdown.complete"})


# What the first request would load is loaded before the memory is frozen.
_ = get_resolver().url_patterns
settle_memory()
