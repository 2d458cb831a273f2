"""What Django decides about a request by its scheme, host and origin alone, asked once for each and remembered.

A route that answers before Django gives the same headers and believes the same pages without saying either again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from accounts.middleware import check_csrf
from project.kit.errors import CsrfFailed
from project.security import SecurityHeaders

REMEMBERED_MAX: Final = 256  # a host of ours has a handful; the rest are strangers' inventions
_TOKEN: Final = "0" * 32  # any token: both halves of the proof are the same

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The headers that every answer carries, and whether a page from there may act by cookie."""

    headers: Headers
    is_our_page: bool


class Survey:
    """One for each process."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes | None, bytes | None, bytes | None], Surroundings | None] = {}
        # In the order of MIDDLEWARE: those that set headers whatever the answer is.
        inner = SecurityMiddleware(XFrameOptionsMiddleware(lambda request: HttpResponse()))
        self._dress = SecurityHeaders(lambda request: cast(HttpResponseBase, inner(request)))

    def find(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Surroundings | None:
        """What is known of where a request comes from; None for a host that is not ours."""
        scheme = scope.get("scheme", "http")
        place = (scheme, headers.get(b"host"), headers.get(b"origin"), headers.get(b"x-forwarded-proto"))
        try:
            return self._known[place]
        except KeyError:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            found = self._known[place] = self._look(scope, headers)
            return found

    def _look(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Surroundings | None:
        cookie = f"{settings.CSRF_COOKIE_NAME}={_TOKEN}".encode()
        shown = [(name, headers[name]) for name in (b"host", b"origin", b"x-forwarded-proto") if name in headers]
        shown += [(b"cookie", cookie), (b"x-csrftoken", _TOKEN.encode())]
        request = ASGIRequest({**scope, "headers": shown}, BytesIO())
        try:
            request.get_host()
        except DisallowedHost:
            return None
        response = self._dress(request)
        if response.status_code != 200:  # sent to another address
            return None
        del response["Content-Type"]
        try:
            check_csrf(request)
        except CsrfFailed:
            is_our_page = False
        else:
            is_our_page = True
        return Surroundings(
            tuple((name.encode(), value.encode("latin1")) for name, value in response.items()), is_our_page
        )
