"""Refusals that only the socket gives."""

from project.kit.errors import AppError, NotAuthenticated


class HelloRequired(AppError):
    """The first frame must be `hello`, and there is one of them."""

    code = "hello_required"
    title = "Say hello first, once"


class UnknownCall(AppError):
    """The socket does not serve this command."""

    code = "unknown_call"
    status = 404
    title = "There is no such command"


class LimitExceeded(AppError):
    """One of the limits of the welcome frame; `limit` says which number."""

    code = "limit_exceeded"
    status = 422
    title = "A limit of this socket is reached"


class TicketInvalid(NotAuthenticated):
    """The ticket was used, has run out, or never existed."""

    code = "ticket_invalid"
    title = "This socket ticket is not valid any more"
