"""Starts daphne on the site, with a limit it lacks: daphne buffers a body of any size before anybody can refuse it."""

import argparse
from typing import Any, Final

import daphne.server  # first: it decides which event loop Twisted uses
from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings

from project.asgi import application

# Twice what the application accepts, so that its own refusal, which says more, comes first where it can.
BODY_BYTES_MAX: Final = 2 * settings.UPLOAD_BYTES_MAX
HTTP_TIMEOUT_S: Final = 60
REFUSAL: Final = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne ships no types
    """Drops the connection of a body that is too large, announced or not, before it fills the memory."""

    received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802  Twisted's name
        if length is not None and length > BODY_BYTES_MAX:
            self._drop()
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        self.received += len(data)
        if self.received > BODY_BYTES_MAX:
            self._drop()
            return
        super().handleContentChunk(data)

    def _drop(self) -> None:
        transport = self.channel.transport
        transport.write(REFUSAL)
        transport.loseConnection()


class BoundedFactory(HTTPFactory):  # type: ignore[misc]  # daphne ships no types
    """Makes bounded requests of every connection."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m project.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=settings.PORT)
    options = parser.parse_args()
    # daphne offers no other way to choose the factory.
    daphne.server.HTTPFactory = BoundedFactory
    daphne.server.Server(
        application,
        endpoints=[f"tcp:port={options.port}:interface={options.host}"],
        http_timeout=HTTP_TIMEOUT_S,
        websocket_timeout=-1,  # sockets live as long as both ends want
        proxy_forwarded_address_header="X-Forwarded-For" if settings.IS_BEHIND_PROXY else None,
        proxy_forwarded_proto_header="X-Forwarded-Proto" if settings.IS_BEHIND_PROXY else None,
        server_name="touchline",
    ).run()


if __name__ == "__main__":
    main()
