"""The headers every answer carries. The browser client needs no inline script or style; the admin needs more."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

STRICT_POLICY: Final = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
# unfold's Alpine evaluates its attributes, and Django's widgets carry inline styles.
ADMIN_POLICY: Final = STRICT_POLICY | {
    "script-src": "'self' 'unsafe-eval' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
}
# Live desks are our own pages, without inline script or style.
OWN_ADMIN_PAGES: Final = ("/admin/trading/",)
PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """Sets the content policy of the page's area, unless the view set its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_for(request))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


def policy_for(request: HttpRequest) -> str:
    is_unfold = request.path.startswith("/admin/") and not request.path.startswith(OWN_ADMIN_PAGES)
    policy = dict(ADMIN_POLICY if is_unfold else STRICT_POLICY)
    # 'self' does not cover the socket in every browser, so it is named.
    scheme = "wss" if request.is_secure() else "ws"
    host = request.META.get("HTTP_HOST", "")
    if host and all(letter.isalnum() or letter in ".:-[]" for letter in host):
        policy["connect-src"] += f" {scheme}://{host}"
    return "; ".join(f"{name} {value}" for name, value in policy.items())
