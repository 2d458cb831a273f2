"""An application that gives back what it gets. The site's own server runs it for the conformance tests."""

from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def echo(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Accept every socket and return each message as it came."""
    assert scope["type"] == "websocket"
    while True:
        message = await receive()
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif message["type"] == "websocket.receive":
            text, content = message.get("text"), message.get("bytes")
            member = {"bytes": content} if text is None else {"text": text}
            await send({"type": "websocket.send", **member})
        else:
            return
