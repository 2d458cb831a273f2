"""The browser client's one page, for every address that is not the API's.

It carries the lobby and who is asking as JSON, so that the first paint has data without another round trip.
"""

import logging
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

SNAPSHOT_OPENING: Final = b'<script type="application/json" id="snapshot">'
SNAPSHOT_PLACE: Final = SNAPSHOT_OPENING + b"</script>"
NOT_BUILT: Final = "The browser client is not built yet: run `make build`."
# Inside a JSON string these are the same characters; outside of one they never occur.
HTML_ESCAPES: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))


@require_safe
@ensure_csrf_cookie
def shell(request: HttpRequest) -> HttpResponse:
    index = settings.FRONTEND_FOLDER / "index.html"
    try:
        changed_at = index.stat().st_mtime_ns
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain")
    before, after = read_page(index, changed_at)
    response = HttpResponse(before + SNAPSHOT_OPENING + make_snapshot(request) + b"</script>" + after)
    response["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=2)
def read_page(index: Path, changed_at: int) -> tuple[bytes, bytes]:
    """The page before and after its empty snapshot. Read again when the file has changed."""
    before, place, after = index.read_bytes().partition(SNAPSHOT_PLACE)
    assert place, "the built page has an empty element for the snapshot"
    return before, after


def make_snapshot(request: HttpRequest) -> bytes:
    """The API's answers to the same person, as they are. What cannot be answered now is left to the client to ask."""
    parts = []
    for name, address in (("lobby", "/api/lobby"), ("me", "/api/me")):
        match = resolve(address)
        response = match.func(request, *match.args, **match.kwargs)
        if response.status_code == 200:
            parts.append(b'"%s":%s' % (name.encode(), response.content))
        else:
            logger.warning("the snapshot lacks %s: status %s", address, response.status_code)
    snapshot = b"{" + b",".join(parts) + b"}"
    for character, escape in HTML_ESCAPES:
        snapshot = snapshot.replace(character, escape)
    return snapshot
