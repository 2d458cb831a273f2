"""The one door to placing a slip, for every transport. In a server process slips travel in micro-batches.

Nobody waits for a timer: a slip that finds no flush under way goes at once, and what arrives while flushes run travels
together in the next one. Under load batches grow by themselves, and the cost of a transaction is shared.
"""

import asyncio
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections

from betting.actions.place_slip import BATCH_MAX, Placed, place_batch
from betting.actions.slip_requests import SlipRequest, request_of
from betting.schemas.slips import PlaceSlipCommand
from project.kit.callers import Caller, require_user
from project.kit.errors import AppError, RateLimited, TemporarilyUnavailable
from project.kit.loops import LoopLocal

logger = logging.getLogger(__name__)

FLUSHES_MAX: Final = 2  # one decides in Python while the other waits for the database
# So many waiting slips are worth a second flush beside the first; fewer wait for it and share its successor's price.
# Several web processes already do for each other what a second flush does for one.
SECOND_FLUSH_MIN: Final = 32 if settings.WEB_PROCESSES == 1 else 200
ASK_EVERY_S: Final = 1.0
WAITING_MAX: Final = 4_096  # at a few thousand a second the last one waits about a second
OWN_WAITING_MAX: Final = BATCH_MAX // 2  # of one person; however many they send, each batch has room for others

Answer = Placed | AppError | BaseException


async def submit(caller: Caller, command: PlaceSlipCommand, key: str) -> Placed:
    """Place a slip with whatever others are on their way. Raises the refusals of the error contract.

    Who gives up waiting does not take the slip back.
    """
    return await begin(caller, command, key)


def begin(caller: Caller, command: PlaceSlipCommand, key: str) -> "asyncio.Future[Placed]":
    """The same for who wants to be called when the answer is there. What is refused at once is raised at once."""
    return _batchers.get().submit(request_of(require_user(caller), command, key))


def submit_now(caller: Caller, command: PlaceSlipCommand, key: str) -> Placed:
    """The same on the calling thread, for callers outside a server's loop: a batch of one."""
    [answer] = place_batch([request_of(require_user(caller), command, key)])
    if isinstance(answer, AppError):
        raise answer
    return answer


class Batcher:
    """Slips of one event loop on their way to the database, on as many threads as there may be flushes."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[SlipRequest, asyncio.Future[Placed]]] = deque()
        self._own_waiting: dict[str, int] = {}
        self._flushes = 0
        self._threads = ThreadPoolExecutor(FLUSHES_MAX, thread_name_prefix="place")
        self._loop = asyncio.get_running_loop()

    def submit(self, request: SlipRequest) -> "asyncio.Future[Placed]":
        """The answer to one slip. Cancelling it does not take the slip back."""
        if len(self._waiting) >= WAITING_MAX:
            raise TemporarilyUnavailable("Too many bets at once")
        own = self._own_waiting.get(request.user_id, 0)
        if own >= OWN_WAITING_MAX:
            raise RateLimited("Too many bets of yours at once", retry_after_s=1, limit=OWN_WAITING_MAX)
        self._own_waiting[request.user_id] = own + 1
        future = self._loop.create_future()
        self._waiting.append((request, future))
        if self._flushes < self._find_room():
            # In the next turn of the loop, so that all that one read brought travels together.
            self._flushes += 1
            self._loop.call_soon(self._flush)
        return future

    def _find_room(self) -> int:
        """How many flushes what waits is worth: a transaction has a price of its own, which few slips do not pay."""
        return FLUSHES_MAX if len(self._waiting) >= SECOND_FLUSH_MIN else 1

    def _flush(self) -> None:
        if not self._waiting or self._flushes > self._find_room():
            self._flushes -= 1
            return
        batch = [self._take() for _ in range(min(BATCH_MAX, len(self._waiting)))]
        running = self._loop.run_in_executor(self._threads, place_each, [request for request, _ in batch])
        running.add_done_callback(lambda done: self._answer([future for _, future in batch], done))

    def _take(self) -> "tuple[SlipRequest, asyncio.Future[Placed]]":
        """The one that has waited longest."""
        request, future = self._waiting.popleft()
        left = self._own_waiting.pop(request.user_id) - 1
        if left:
            self._own_waiting[request.user_id] = left
        return request, future

    def _answer(self, futures: "Sequence[asyncio.Future[Placed]]", done: "asyncio.Future[list[Answer]]") -> None:
        self._flush()  # the next batch is on its way before this one is answered
        error = done.exception()
        answers: Sequence[Answer] = [error] * len(futures) if error is not None else done.result()
        for future, answer in zip(futures, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Placed):
                future.set_result(answer)
            else:
                future.set_exception(answer)
                future.exception()  # who gave up waiting will not ask


class _Connection(threading.local):
    """A thread's connection is asked now and then whether it still answers; one that fails replaces itself."""

    asked_at = -math.inf

    def make_ready(self) -> None:
        if time.monotonic() - self.asked_at > ASK_EVERY_S:
            close_old_connections()
            self.asked_at = time.monotonic()


_connection: Final = _Connection()


def place_each(requests: Sequence[SlipRequest]) -> list[Answer]:
    """Place a batch; when it fails as a whole, its slips one by one, so that the others bear no fault of one's."""
    _connection.make_ready()
    try:
        return list(place_batch(requests))
    except (OperationalError, InterfaceError) as error:
        if len(requests) == 1 or not _is_own_fault(error):
            logger.warning("slips were not placed: %s", error)
            unavailable = TemporarilyUnavailable()
            return [unavailable] * len(requests)
        return [place_alone(request) for request in requests]
    except Exception:
        logger.exception("a batch of %d slips failed and is taken one by one", len(requests))
        return [place_alone(request) for request in requests]


def place_alone(request: SlipRequest) -> Answer:
    """One slip in a transaction of its own; whatever goes wrong is the answer to whoever waits for it."""
    try:
        return place_batch([request])[0]
    except (OperationalError, InterfaceError):
        return TemporarilyUnavailable()
    except Exception as error:
        return error


def _is_own_fault(error: Exception) -> bool:
    """A deadlock: the server is well, and the slips go through one by one."""
    return str(getattr(error.__cause__, "pgcode", None) or "").startswith("40")


_batchers: Final = LoopLocal(Batcher)
