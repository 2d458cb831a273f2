"""Ordinary Channels consumers: a group that everybody joins, and one handler that sends what the group was sent."""

from typing import Any

import django
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from bench.stream.publishers import GROUP
from bench.stream.updates import plain_image

django.setup()


class OrdinaryConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """As the documentation of Channels writes it. The text is ready: nothing is encoded for each client."""

    groups = [GROUP]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data=plain_image())

    async def bench_update(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


class WithoutDatabaseHop(OrdinaryConsumer):
    """The same without the trip to a thread that closes old database connections before every message."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        await getattr(self, get_handler_name(message))(message)


sockets = [path("ordinary/", OrdinaryConsumer.as_asgi()), path("without-hop/", WithoutDatabaseHop.as_asgi())]
application = ProtocolTypeRouter({"websocket": URLRouter(sockets)})
