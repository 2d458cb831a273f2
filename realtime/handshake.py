"""What a socket's opening request says about who sent it, before any frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import parse_cookie


@dataclass(frozen=True)
class Handshake:
    """The parts of the opening request that decide."""

    path: str
    address: str
    origin: str | None
    cookie_session: str
    token: str | None

    @property
    def is_from_our_page(self) -> bool:
        """An Origin is always a browser's word for the page; only exactly ours may open a socket."""
        return self.origin is not None and self.origin in settings.ALLOWED_ORIGINS

    @property
    def may_connect(self) -> bool:
        """Another page's script may not; a native client sends no Origin, but then a cookie is not its either."""
        if self.origin is not None:
            return self.is_from_our_page
        return not self.cookie_session


def read_handshake(scope: Mapping[str, Any]) -> Handshake:
    """The handshake of an ASGI websocket scope."""
    headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope.get("headers", [])}
    client = scope.get("client")
    return Handshake(
        path=scope["path"],
        address=str(client[0]) if client else "",
        origin=headers.get("origin"),
        cookie_session=_session_cookie(headers.get("cookie", "")),
        token=headers.get("x-session-token"),
    )


def _session_cookie(header: str) -> str:
    """Read as Django reads it: another site's odd cookie on the same host must not hide ours."""
    return parse_cookie(header).get(settings.SESSION_COOKIE_NAME, "")
