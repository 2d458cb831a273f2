"""Refusals of sports: what a feed or a person may ask of a match and be told no."""

from typing import ClassVar

from project.kit.errors import AppError


class ImpossibleIncident(AppError):
    """The incident does not fit the state of the match."""

    code: ClassVar[str] = "impossible_incident"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "This cannot happen in the match now"


class EventAlreadyStarted(AppError):
    """The event is past the state this asks for."""

    code: ClassVar[str] = "event_started"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The event has already started"


class ResultNotReady(AppError):
    """A result needs a finished match, a correction needs a result."""

    code: ClassVar[str] = "result_not_ready"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The match has no result to work with yet"
