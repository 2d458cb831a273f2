"""Frames that are answered by a `reply`: each ends with its answer, its refusal, its time limit, or the connection."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from touchline_client.errors import CallRefused, FrameTooLarge, NotConnected, OutcomeUnknown, TouchlineError

Frame = dict[str, Any]

CALL_TIMEOUT_S: Final = 15.0
# Until a welcome says otherwise.
CALLS_IN_FLIGHT: Final = 1
FRAME_BYTES: Final = 16_384


class RequestDesk(Protocol):
    """What requests need of their client."""

    @property
    def is_open(self) -> bool: ...

    def take_id(self) -> int: ...

    def send(self, frame: Frame) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its caller wants it."""

    name: str
    frame: Frame
    key: str = ""
    repeats: bool = False
    """Sent again with the same key after a lost connection, instead of ending as an unknown outcome."""
    timeout_s: float = CALL_TIMEOUT_S
    is_call: bool = False
    """Counts towards the server's limit on commands under way."""


@dataclass(slots=True, eq=False)
class Pending:
    """A request that has not ended."""

    asked: Asked
    answer: asyncio.Future[Any]
    id: int | None = None
    was_sent: bool = False

    def make_failure(self, reason: Literal["connection_lost", "no_answer_in_time"]) -> TouchlineError:
        """What to say where no answer came."""
        return OutcomeUnknown(self.asked.name, self.asked.key, reason) if self.was_sent else NotConnected()


class Requests:
    """Those under way, in the order they were asked for."""

    def __init__(self, desk: RequestDesk) -> None:
        self._desk = desk
        self._pending: dict[Pending, None] = {}
        self._calls_in_flight = CALLS_IN_FLIGHT
        self._frame_bytes = FRAME_BYTES

    async def ask(self, asked: Asked) -> Any:
        """The answer's `ok`. Raises CallRefused, OutcomeUnknown, NotConnected or FrameTooLarge."""
        if not self._desk.is_open and not asked.repeats:
            raise NotConnected
        size = len(write_frame({**asked.frame, "id": 2**53}).encode())
        if size > self._frame_bytes:
            raise FrameTooLarge(size, self._frame_bytes)
        pending = Pending(asked, asyncio.get_running_loop().create_future())
        self._pending[pending] = None
        self._send_waiting()
        try:
            async with asyncio.timeout(asked.timeout_s):
                return await pending.answer
        except TimeoutError:
            raise pending.make_failure("no_answer_in_time") from None
        finally:
            self._pending.pop(pending, None)
            self._send_waiting()

    def welcome(self, *, calls_in_flight: int, frame_bytes: int) -> None:
        """A connection begins: send what waits for one."""
        self._calls_in_flight = calls_in_flight
        self._frame_bytes = frame_bytes
        self._send_waiting()

    def lose(self) -> None:
        """The connection is gone, and with it the answers."""
        for pending in tuple(self._pending):
            pending.id = None
            if not pending.asked.repeats:
                self._end(pending, lambda each: each.answer.set_exception(each.make_failure("connection_lost")))

    def abandon(self) -> None:
        """Nothing is repeated: the client is closed, or speaks for somebody else from now on."""
        for pending in tuple(self._pending):
            self._end(pending, lambda each: each.answer.set_exception(each.make_failure("connection_lost")))

    def reply(self, frame: Frame) -> bool:
        """Take a `reply`; False if it answers nothing that is pending here."""
        if "error" in frame:
            return self._refuse(frame.get("ref"), frame["error"])
        return self._answer(frame.get("ref"), lambda pending: pending.answer.set_result(frame.get("ok")))

    def fail(self, frame: Frame) -> bool:
        """Take a refusal that came as an `error`: the server could not read the request as one."""
        return self._refuse(frame.get("ref"), frame)

    def _refuse(self, ref: object, problem: Frame) -> bool:
        def refuse(pending: Pending) -> None:
            pending.answer.set_exception(CallRefused(pending.asked.name, problem))

        return self._answer(ref, refuse)

    def _answer(self, ref: object, settle: Callable[[Pending], None]) -> bool:
        found = next((each for each in self._pending if each.id is not None and each.id == ref), None)
        if found is None:
            return False
        self._end(found, settle)
        self._send_waiting()
        return True

    def _send_waiting(self) -> None:
        if not self._desk.is_open:
            return
        room = self._calls_in_flight - sum(each.asked.is_call and each.id is not None for each in self._pending)
        for pending in self._pending:
            if pending.id is not None or (pending.asked.is_call and room <= 0):
                continue
            room -= pending.asked.is_call
            pending.id = self._desk.take_id()
            pending.was_sent = True
            self._desk.send({**pending.asked.frame, "id": pending.id})

    def _end(self, pending: Pending, settle: Callable[[Pending], None]) -> None:
        self._pending.pop(pending, None)
        if not pending.answer.done():
            settle(pending)


def write_frame(frame: Frame) -> str:
    """The text of a frame."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
