"""What every request under /api/ gets: an id, limits before anything is read, and problems instead of HTML pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from project.kit.errors import BadRequest, BodyTooLarge
from project.kit.http import MAX_JSON_BYTES, SERVER_AWAY, refuse_unavailable
from project.kit.ids import new_id_text
from project.kit.problems import CONTENT_TYPE, problem_response, unexpected_response

API_PREFIX = "/api/"
CODES_BY_STATUS = {
    400: "bad_request",
    401: "not_authenticated",
    403: "csrf_failed",  # below the API's own handlers only Django's CSRF check answers 403
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    503: "temporarily_unavailable",
}
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ProblemMiddleware:
    """Outermost middleware of the API: also Django's own refusals leave as problem+json."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = new_id_text()  # type: ignore[attr-defined]  # read by problems and by the access log
        if not request.path.startswith(API_PREFIX):
            return self.get_response(request)
        response = self._refuse_early(request) or self.get_response(request)
        if response.status_code >= 400 and response.get("Content-Type", "") != CONTENT_TYPE:
            response = self._as_problem(request, response)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]  # set above
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        if isinstance(response, HttpResponse) and not response.has_header("Content-Length"):
            # Problems made out here have not passed the middleware that says how long a body is.
            response["Content-Length"] = str(len(response.content))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What the API answers by itself, for every other view: PostgreSQL or Redis is away, come back."""
        return refuse_unavailable(request, error) if isinstance(error, SERVER_AWAY) else None

    def _refuse_early(self, request: HttpRequest) -> HttpResponse | None:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problem_response(request, BadRequest("The address holds a NUL character"))
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal():
            return problem_response(request, BadRequest("The Content-Length is not a number"))
        if int(length) > MAX_JSON_BYTES:
            return problem_response(request, BodyTooLarge(max_bytes=MAX_JSON_BYTES))
        return None

    def _as_problem(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        status = response.status_code
        problem = unexpected_response(request, status, CODES_BY_STATUS.get(status, "internal_error"))
        for header in ("Allow", "Retry-After"):
            if response.has_header(header):
                problem[header] = response[header]
        problem.cookies.update(response.cookies)
        return problem
