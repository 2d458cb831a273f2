"""What a command or a topic may be refused with, each told apart by its class and, from the server, its `code`."""

from collections.abc import Mapping
from typing import Any, Literal


class TouchlineError(Exception):
    """Whatever this package raises on purpose."""


class Refused(TouchlineError):
    """The server said no, and nothing was done. `problem` holds all it said, `code` is what to decide by."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem["title"])
        self.problem = problem
        self.code: str = problem["code"]
        self.status: int = problem["status"]
        self.is_retryable: bool = problem["retryable"]  # the same again, a little later, may pass

    @property
    def retry_after_ms(self) -> int | None:
        """How long the server asks to wait first, where it says so."""
        wait_ms: int | None = self.problem.get("retry_after_ms")
        return wait_ms


class CallRefused(Refused):
    """A command was refused."""

    def __init__(self, name: str, problem: Mapping[str, Any]) -> None:
        super().__init__(problem)
        self.name = name


class TopicRefused(Refused):
    """A topic was refused."""

    def __init__(self, topic: str, problem: Mapping[str, Any]) -> None:
        super().__init__(problem)
        self.topic = topic


class OutcomeUnknown(TouchlineError):
    """No answer came, so nobody here knows whether it was done. Repeated with the same key it is done once."""

    def __init__(self, name: str, key: str, reason: Literal["connection_lost", "no_answer_in_time"]) -> None:
        super().__init__(f"No answer to {name}: unknown outcome, repeat with the same key")
        self.name = name
        self.key = key
        self.reason = reason


class NotConnected(TouchlineError):
    """There is no connection, so nothing was sent and nothing was done."""

    def __init__(self) -> None:
        super().__init__("Not connected: nothing was sent")


class FrameTooLarge(TouchlineError):
    """The server would close the socket over a frame of this size, so it was not sent."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The frame has {size} bytes; the server takes {limit}")
        self.size = size
        self.limit = limit


class TicketUnavailable(TouchlineError):
    """To be raised by `get_ticket` where a ticket cannot be had just now: the attempt has failed, another follows."""


class Closed(TouchlineError):
    """The client is closed: by `close()`, or for good by the server, with its close code or HTTP status."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__("The client is closed" if code is None else f"The server closed it for good with {code}")
        self.code = code
