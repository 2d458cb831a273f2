"""The site's one door: HTTP goes to Django on persistent threads, WebSockets to `realtime`."""

import gc
import os
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from django.conf import settings
from django.urls import get_resolver

from project.threaded_handler import Receive, Scope, Send, ThreadedASGIHandler

from realtime.asgi import websocket_application


# What lives from start to end is taken out of the collector's sight, and it looks for garbage less often:
# its full passes were most of the slowest answers.
GC_THRESHOLDS: Final = (50_000, 20, 50)

http_application = ThreadedASGIHandler(body_bytes_max=settings.UPLOAD_BYTES_MAX)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        # daphne takes a root path from a header of the client's; rules that go by the path must not be led by it.
        await http_application(scope | {"root_path": ""}, receive, send)
    elif scope["type"] == "websocket":
        await websocket_application(scope, receive, send)
    elif scope["type"] == "lifespan":
        await answer_lifespan(receive, send)


async def answer_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def settle_memory() -> None:
    """Load what the first request would load, then freeze it."""
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


settle_memory()
