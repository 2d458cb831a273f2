"""What a socket says, frame by frame: who it is, what it wants to hear, what it wants done."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from functools import partial
from typing import Any

from accounts.errors import SelfExcluded
from betting.actions.place_slip import Placed
from project.kit.bus import milliseconds_now
from project.kit.errors import AppError, Forbidden, RateLimited
from realtime import identity
from realtime.commands import answer_call, begin_call
from realtime.core import closing as closings
from realtime.core.encoding import frame_of, reply_frame
from realtime.core.limits import CALLS_IN_FLIGHT, HEARTBEAT_MS, SOCKETS_PER_USER, TOPICS_BURST, TOPICS_PER_S, WORK_QUEUE
from realtime.core.token_bucket import TokenBucket
from realtime.errors import HelloRequired, LimitExceeded
from realtime.frames.client import (
    AuthFrame,
    CallFrame,
    ClientFrame,
    FrameRefused,
    HelloFrame,
    PingFrame,
    SubscribeFrame,
    TypingFrame,
    UnsubscribeFrame,
)
from realtime.handshake import Handshake
from realtime.hub.connection import Connection, refusal_members
from realtime.hub.hub import Hub
from realtime.identity import Identity
from realtime.welcome import send_welcome

logger = logging.getLogger(__name__)


class Conversation:
    """Frames are answered in order, except calls: one that waits for a lock holds up nothing else."""

    def __init__(self, hub: Hub, connection: Connection, handshake: Handshake) -> None:
        self._hub = hub
        self._connection = connection
        self._handshake = handshake
        self._waiting: deque[ClientFrame] = deque()
        self._topics = TokenBucket(per_s=TOPICS_PER_S, burst=TOPICS_BURST, at=hub.now())
        self._working: asyncio.Task[None] | None = None
        self._calls: set[asyncio.Future[Any]] = set()
        self.has_said_hello = False

    def hear(self, frame: ClientFrame) -> None:
        """Take a frame; it is answered later. Raises FrameRefused for one out of place."""
        if isinstance(frame, HelloFrame) == self.has_said_hello:
            raise FrameRefused(HelloRequired(), getattr(frame, "id", None))
        self.has_said_hello = True
        if isinstance(frame, PingFrame) and self._connection.is_welcome:
            self._pong(frame)
        elif isinstance(frame, CallFrame) and self._connection.is_welcome:
            self._start_call(frame)
        elif len(self._waiting) >= WORK_QUEUE:
            self._connection.refuse(RateLimited("Wait for answers first"), ref=getattr(frame, "id", None))
        else:
            self._waiting.append(frame)
            if self._working is None:
                self._working = self._start(self._work())

    def end(self) -> None:
        """Answer nothing more. A call under way still ends as it ends: its effect is the database's affair."""
        self._waiting.clear()
        if self._working is not None and self._working is not asyncio.current_task():
            self._working.cancel()

    async def _work(self) -> None:
        try:
            while self._waiting and not self._connection.is_closed:
                await self._answer(self._waiting.popleft())
        finally:
            self._working = None

    async def _answer(self, frame: ClientFrame) -> None:
        match frame:
            case HelloFrame():
                await self._hello(frame)
            case AuthFrame():
                await self._auth(frame)
            case SubscribeFrame():
                await self._subscribe(frame)
            case UnsubscribeFrame():
                self._unsubscribe(frame)
            case CallFrame():
                self._start_call(frame)
            case TypingFrame():
                await self._type(frame)
            case PingFrame():
                self._pong(frame)

    async def _hello(self, frame: HelloFrame) -> None:
        self._connection.beat_every(HEARTBEAT_MS if frame.heartbeat_ms is None else frame.heartbeat_ms)
        asked_at = self._hub.now()
        try:
            found = identity.find_visitor(self._handshake, frame.ticket)
            if found is None:
                found = await self._hub.reads.run(identity.identify, self._handshake, frame.ticket)
        except SelfExcluded as refusal:
            self._connection.refuse(refusal)
            self._connection.close(closings.SELF_EXCLUDED)
            return
        except AppError as refusal:
            self._connection.refuse(refusal)
            # What was sent on purpose is not valid: coming back with the same would end the same.
            is_final = not refusal.retryable
            self._connection.close(
                closings.SESSION_ENDED if is_final else closings.DRAINING, should_reconnect=not is_final
            )
            return
        if self._take_identity(found, asked_at):
            send_welcome(self._hub, self._connection, found)

    def _take_identity(self, found: Identity, asked_at: float) -> bool:
        user_id = found.caller.user_id
        ended = self._hub.cuts.find_for(found.caller, since=asked_at)
        if ended is not None:
            self._connection.close(ended)
        elif user_id is not None and not self._hub.attendance.has_room_for(user_id):
            self._connection.refuse(LimitExceeded("Too many sockets of one person", limit=SOCKETS_PER_USER))
            self._connection.close(closings.FORBIDDEN)
        if self._connection.is_closed:
            return False
        self._connection.caller = found.caller
        self._connection.checked_at = self._hub.now()
        self._hub.attendance.identify(self._connection)
        return True

    async def _auth(self, frame: AuthFrame) -> None:
        asked_at = self._hub.now()
        try:
            found = await self._hub.reads.run(identity.redeem, frame.ticket, address=self._handshake.address)
            known = self._connection.caller.user_id
            if known is not None and known != found.caller.user_id:
                raise Forbidden("This socket belongs to somebody else")
        except AppError as refusal:
            self._reply_error(frame.id, refusal)
            if isinstance(refusal, SelfExcluded):
                self._connection.close(closings.SELF_EXCLUDED)
            return
        if known is None:
            if not self._take_identity(found, asked_at):
                return
            self._hub.look_again_at(self._connection)
        elif (ended := self._hub.cuts.find_for(found.caller, since=asked_at)) is not None:
            self._connection.close(ended)
            return
        else:
            self._connection.caller = found.caller
            self._connection.checked_at = self._hub.now()
        assert found.person is not None
        if frame.id is not None:
            self._reply(frame.id, {"user": found.person.to_json()})

    async def _subscribe(self, frame: SubscribeFrame) -> None:
        for request in frame.topics:
            if not self._topics.take(self._hub.now()):
                wait_ms = round(self._topics.get_wait_s() * 1_000) + 1
                too_fast = RateLimited("Ask for fewer topics at once", retry_after_ms=wait_ms)
                self._connection.refuse(too_fast, ref=frame.id, topic=request.topic)
                continue
            try:
                await self._hub.subscribe(self._connection, request, ref=frame.id)
            except AppError as refusal:
                self._connection.refuse(refusal, ref=frame.id, topic=request.topic)

    def _unsubscribe(self, frame: UnsubscribeFrame) -> None:
        left = [topic for topic in frame.topics if topic in self._connection.topics]
        for topic in left:
            self._hub.unsubscribe(self._connection, topic)
        self._reply(frame.id, {"topics": left})

    async def _type(self, frame: TypingFrame) -> None:
        try:
            await self._hub.type(self._connection, frame.topic)
        except AppError as refusal:
            self._reply_error(frame.id, refusal)
        else:
            if frame.id is not None:
                self._reply(frame.id, {})

    def _start_call(self, frame: CallFrame) -> None:
        if len(self._calls) >= CALLS_IN_FLIGHT:
            self._reply_error(frame.id, RateLimited("Too many commands at once"))
        elif self._hub.bus.is_listening or not self._connection.caller.session_key:
            self._begin_call(frame)
        else:
            self._hold(self._ask_first(frame))

    async def _ask_first(self, frame: CallFrame) -> None:
        """While no order to close this socket would be heard, each command asks whether its session stands."""
        try:
            caller = await self._hub.callers.find(self._connection.caller.session_key)
        except AppError as refusal:
            self._reply_error(frame.id, refusal)
            return
        if caller is None:
            self._connection.close(closings.SESSION_ENDED)
        if not self._connection.is_closed:
            self._begin_call(frame)

    def _begin_call(self, frame: CallFrame) -> None:
        try:
            answer = begin_call(self._connection.caller, frame.name, frame.key, frame.args)
        except AppError as refusal:
            self._reply_error(frame.id, refusal)
            return
        if answer is None:
            self._hold(self._call(frame))
        else:
            self._calls.add(answer)
            answer.add_done_callback(partial(self._hear_answer, frame.id))

    def _hold(self, work: Coroutine[Any, Any, None]) -> None:
        """Count what a command waits for until it is done."""
        task = self._start(work)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, frame: CallFrame) -> None:
        try:
            ok = await answer_call(self._hub.calls, self._connection.caller, frame.name, frame.key, frame.args)
        except AppError as refusal:
            self._reply_error(frame.id, refusal)
        else:
            self._connection.send(reply_frame(frame.id, ok))

    def _hear_answer(self, ref: int | str, answer: "asyncio.Future[Placed]") -> None:
        self._calls.discard(answer)
        error = None if answer.cancelled() else answer.exception()
        if isinstance(error, AppError):
            self._reply_error(ref, error)
        elif error is not None:
            self._report(answer)
        elif not answer.cancelled():
            self._connection.send(reply_frame(ref, answer.result().reply))

    def _pong(self, frame: PingFrame) -> None:
        self._reply(frame.id, {"t": milliseconds_now()})

    def _reply(self, ref: int | str, ok: dict[str, Any]) -> None:
        self._connection.send(frame_of({"op": "reply", "ref": ref, "ok": ok}))

    def _reply_error(self, ref: int | str | None, error: AppError) -> None:
        if ref is None:
            self._connection.refuse(error)
        else:
            self._connection.send(frame_of({"op": "reply", "ref": ref, "error": refusal_members(error)}))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._report)
        return task

    def _report(self, task: "asyncio.Future[Any]") -> None:
        """An unexpected error is a bug: it is logged whole, and the client hears that it was not its fault."""
        if task.cancelled() or task.exception() is None:
            return
        logger.error("a frame of a socket could not be answered", exc_info=task.exception())
        self._connection.close(closings.DRAINING)
