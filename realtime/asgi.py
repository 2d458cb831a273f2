"""The WebSocket door: one endpoint, and a close code instead of a traceback for every other path."""

from typing import Any, Final

from realtime.consumer import SocketConsumer
from realtime.core.closing import UNKNOWN_ENDPOINT
from realtime.core.json_text import write_json
from realtime.hub.writer import Send

SOCKET_PATH: Final = "/ws/v1/"

_consumer = SocketConsumer.as_asgi()


async def websocket_application(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Serve one websocket connection."""
    if scope["path"] == SOCKET_PATH:
        await _consumer(scope, receive, send)
    else:
        await _refuse_path(receive, send)


async def _refuse_path(receive: Any, send: Send) -> None:
    """Only an accepted socket can be told a close code."""
    await receive()
    await send({"type": "websocket.accept"})
    bye = {"op": "bye", "code": UNKNOWN_ENDPOINT.code, "reconnect": False, "retry_ms": 0}
    await send({"type": "websocket.send", "text": write_json(bye)})
    await send({"type": "websocket.close", "code": UNKNOWN_ENDPOINT.code})
