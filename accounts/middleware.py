"""Who is asking: every request gets its `caller`, and requests that ride on a cookie prove that our page sent them."""

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from accounts.actions.sessions import end_session, record_login
from accounts.models import User
from accounts.queries.sessions import caller_for, find_caller
from project.kit.callers import ANONYMOUS, Caller
from project.kit.errors import AppError, BadRequest, BodyTooLarge, CsrfFailed, SessionExpired
from project.kit.http import MAX_JSON_BYTES, SERVER_AWAY, caller_of, refuse_unavailable
from project.kit.middleware import API_PREFIX, GetResponse
from project.kit.problems import problem_response
from project.kit.strict_json import parse_object

AUTH_PREFIX = "/_allauth/"
ADMIN_PREFIX = "/admin/"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class _CsrfProof(CsrfViewMiddleware):
    """Django's check, answering with the reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


_proof = _CsrfProof(lambda request: HttpResponse())


def check_csrf(request: HttpRequest) -> None:
    """Raises CsrfFailed where nothing proves that our own page sent a request that rides on a cookie."""
    _proof.process_request(request)
    reason = _proof.process_view(request, _needs_proof, (), {})
    if reason is not None:
        raise CsrfFailed(str(reason))


class CallerMiddleware:
    """Sets `request.caller` from the session cookie or, for native clients, from the X-Session-Token header.

    A token is sent on purpose, so it needs no CSRF proof; a cookie is sent by the browser, so it does.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            if request.path.startswith(AUTH_PREFIX):
                _check_auth_body(request)
            request.caller = self._find_caller(request)  # type: ignore[attr-defined]  # read by kit.http.caller_of
        except AppError as refusal:
            return problem_response(request, refusal)
        except SERVER_AWAY as error:  # sessions live in both
            return refuse_unavailable(request, error)
        response = self.get_response(request)
        if request.path.startswith(ADMIN_PREFIX):
            _note_admin_session(request)
        return response

    def _find_caller(self, request: HttpRequest) -> Caller:
        ip = _client_ip(request)
        token = request.headers.get("X-Session-Token")
        if token is not None and request.path.startswith(API_PREFIX):
            caller = find_caller(token, ip=ip)
            if caller is None:
                raise SessionExpired
            return caller
        if not isinstance(request.user, User):
            return Caller(ip=ip) if ip else ANONYMOUS
        if request.path.startswith(API_PREFIX) and request.method not in SAFE_METHODS:
            check_csrf(request)
        return caller_for(request.user, session_key=request.session.session_key or "", ip=ip)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the same problem everywhere."""
    return problem_response(request, CsrfFailed(reason))


def _needs_proof(request: HttpRequest) -> HttpResponse:
    """Stands for the view in Django's check, because ninja marks its own as exempt; never called."""
    return HttpResponse()


def _note_admin_session(request: HttpRequest) -> None:
    """The admin's own log-in and log-out go past allauth: they are logged and heard like the others."""
    before = caller_of(request)
    now_id = request.user.id if isinstance(request.user, User) else None
    if before.user_id == now_id:
        return
    if before.user_id is not None:  # logged out, or somebody else has logged in over them
        end_session(user_id=before.user_id, session_key=before.session_key, ip=before.ip)
    if now_id is not None:
        record_login(user_id=now_id, ip=before.ip)


def _client_ip(request: HttpRequest) -> str:
    return get_client_ip(request) or ""


def _check_auth_body(request: HttpRequest) -> None:
    """allauth reads JSON loosely and without a limit: hold it to the rules of the API."""
    if request.method in SAFE_METHODS:
        return
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise BadRequest("The Content-Length is not a number")
    if int(length) > MAX_JSON_BYTES:
        raise BodyTooLarge(max_bytes=MAX_JSON_BYTES)
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise BodyTooLarge(max_bytes=MAX_JSON_BYTES) from error
    if len(body) > MAX_JSON_BYTES:
        raise BodyTooLarge(max_bytes=MAX_JSON_BYTES)
    if body:
        parse_object(body)
