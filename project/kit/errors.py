"""Expected refusals. Each class is one code of the error contract; an unexpected exception stays unexpected.

The codes, their HTTP status and their extra fields are the public contract shown in docs/errors.md.
"""

from typing import ClassVar


class AppError(Exception):
    """A refusal a client can act on. `extra` fields travel in the problem body beside the code."""

    code: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be served"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", **extra: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra


class BadRequest(AppError):
    """The request line, headers or query are unusable."""


class MalformedJson(AppError):
    """The body is not one strict JSON object."""

    code = "malformed_json"
    title = "The body is not valid JSON"


class IdempotencyKeyRequired(AppError):
    """A command that creates or moves something came without its key."""

    code = "idempotency_key_required"
    title = "This command needs an Idempotency-Key"


class IdempotencyKeyInvalid(AppError):
    """The key is empty, too long or holds characters outside printable ASCII."""

    code = "idempotency_key_invalid"
    title = "The Idempotency-Key is not usable"


class NotAuthenticated(AppError):
    """Nobody is logged in."""

    code = "not_authenticated"
    status = 401
    title = "Log in to do this"


class SessionExpired(NotAuthenticated):
    """The session named by the client has ended."""

    code = "session_expired"
    title = "Your session has ended"


class Forbidden(AppError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403
    title = "You may not do this"


class CsrfFailed(Forbidden):
    """A browser request without proof that our own page sent it."""

    code = "csrf_failed"
    title = "The request did not come from our page"


class NotFound(AppError):
    """There is no such thing, or it is not the caller's to see."""

    code = "not_found"
    status = 404
    title = "Not found"


class MethodNotAllowed(AppError):
    """The address exists and does not know this method."""

    code = "method_not_allowed"
    status = 405
    title = "Method not allowed"


class UnsupportedMediaType(AppError):
    """The body is not application/json."""

    code = "unsupported_media_type"
    status = 415
    title = "Send the body as application/json"


class InsufficientFunds(AppError):
    """The account does not hold enough."""

    code = "insufficient_funds"
    status = 409
    title = "Not enough funds"


class VersionConflict(AppError):
    """The thing changed since the caller read it."""

    code = "version_conflict"
    status = 409
    title = "It changed since you read it"


class AlreadyExists(AppError):
    """A uniqueness rule refuses a second one."""

    code = "already_exists"
    status = 409
    title = "It already exists"


class BodyTooLarge(AppError):
    """The body passes the limit of the route."""

    code = "body_too_large"
    status = 413
    title = "The body is too large"


class ValidationFailed(AppError):
    """The command's fields are wrong; `errors` is a list of `{pointer, code, message}`."""

    code = "validation_error"
    status = 422
    title = "Some fields are not right"

    def __init__(self, detail: str = "", *, errors: list[dict[str, str]] | None = None, **extra: object) -> None:
        super().__init__(detail, errors=errors or [], **extra)


class IdempotencyKeyReused(AppError):
    """The same key arrived with another body."""

    code = "idempotency_key_reused"
    status = 422
    title = "This Idempotency-Key was used for another command"


class RateLimited(AppError):
    """Too many requests; the reply carries Retry-After."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"
    retryable = True

    def __init__(self, detail: str = "", *, retry_after_s: int = 1, **extra: object) -> None:
        super().__init__(detail, **extra)
        self.retry_after_s = retry_after_s


class TemporarilyUnavailable(AppError):
    """A server we need is away; a replay with the same key is safe."""

    code = "temporarily_unavailable"
    status = 503
    title = "Temporarily unavailable"
    retryable = True

    def __init__(self, detail: str = "", *, retry_after_s: int = 2, **extra: object) -> None:
        super().__init__(detail, **extra)
        self.retry_after_s = retry_after_s
