"""The site's one door: HTTP goes to Django on persistent threads, WebSockets to `realtime`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from django.conf import settings
from django.urls import get_resolver

from project.memory import settle_memory
from project.threaded_handler import Receive, Scope, Send, ThreadedASGIHandler

from realtime.asgi import websocket_application


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


# What the first request would load is loaded before the memory is frozen.
_ = get_resolver().url_patterns
settle_memory()
