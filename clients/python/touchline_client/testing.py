"""A client for tests: remembers all it hears, sends anything, and can be cut. It grows for ever; a bot's must not."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import touchline_client.client
import touchline_client.subscription
from touchline_client.conversation import Conversation
from touchline_client.errors import CallRefused
from touchline_client.link import LinkOptions, Loss
from touchline_client.reducers import apply_change
from touchline_client.requests import CALL_TIMEOUT_S, Frame
from touchline_client.state import Change, Reduce
from touchline_client.topic import AnyEvent, ChangeEvent, Topic


class Subscription(touchline_client.subscription.Subscription[Any, Any]):
    """A topic with everything that happened to it."""

    def __init__(
        self, topic: str, *, reduce: Reduce, is_fresh: Callable[[], bool], leave: Callable[[Any], None]
    ) -> None:
        super().__init__(topic, reduce=reduce, is_fresh=is_fresh, leave=leave)
        self.events: list[AnyEvent] = []

    @property
    def changes(self) -> list[Change]:
        """Every change, in the order in which it was applied."""
        return [event.change for event in self.events if isinstance(event, ChangeEvent)]

    @property
    def image_count(self) -> int:
        """How often the topic began anew."""
        return sum(event.kind == "image" or (event.kind == "entries" and event.replace) for event in self.events)

    def take(self, events: Sequence[AnyEvent]) -> None:
        self.events += events
        super().take(events)

    async def until(self, holds: Callable[[Any], bool], *, timeout: float | None = 20.0) -> None:  # noqa: ASYNC109  # see above
        await super().until(holds, timeout=timeout)


class RecordingConversation(Conversation):
    """Remembers frames."""

    def __init__(self, options: LinkOptions, *, pings: bool, emit: Callable[[str, Any], None]) -> None:
        super().__init__(options, pings=pings, emit=emit)
        self.frames: list[Frame] = []
        self.bye: Mapping[str, Any] | None = None
        self.answers: dict[int, asyncio.Future[Frame]] = {}

    def make_subscription(self, topic: str, reduce: Reduce) -> Subscription:
        return Subscription(topic, reduce=reduce, is_fresh=lambda: self.is_fresh, leave=self.book.remove)

    def enter(self, frame: Frame) -> None:
        self.frames.append(frame)
        super().enter(frame)

    def hear(self, frame: Frame) -> None:
        self.frames.append(frame)
        answer = self.answers.pop(frame.get("ref", -1), None)
        if answer is not None and not answer.done():
            answer.set_result(frame)
        super().hear(frame)

    def lose(self, loss: Loss) -> None:
        self.bye = loss.bye
        super().lose(loss)


class Client(touchline_client.client.Client):
    """Says nothing of its own accord unless `pings`; what `send` and `ask` send is neither checked nor held back."""

    _conversation: RecordingConversation

    def __init__(self, url: str, *, pings: bool = False, **options: Any) -> None:
        super().__init__(url, pings=pings, **options)

    @property
    def welcome(self) -> Frame:
        """The newest welcome."""
        return self._frames("welcome")[-1]

    @property
    def errors(self) -> list[Frame]:
        """Every refusal that came as an `error`."""
        return self._frames("error")

    @property
    def notices(self) -> list[Frame]:
        """Every notice."""
        return self._frames("notice")

    @property
    def heartbeats(self) -> int:
        """How many heartbeats came."""
        return len(self._frames("heartbeat"))

    @property
    def connection_count(self) -> int:
        """How often the server welcomed us."""
        return len(self._frames("welcome"))

    @property
    def bye(self) -> Mapping[str, Any] | None:
        """The server's goodbye on the last connection that ended."""
        return self._conversation.bye

    @property
    def close_code(self) -> int | None:
        """How the last connection that ended did."""
        return self._conversation.close_code

    async def subscribe(  # one signature for all kinds of topics
        self,
        topic: str | Topic[Any, Any],
        *,
        conflate_ms: int | None = None,
        fields: Sequence[str] | None = None,
        reduce: Reduce = apply_change,
    ) -> Subscription:
        """Hear a topic from now on."""
        found = await self._conversation.subscribe(str(topic), conflate_ms=conflate_ms, fields=fields, reduce=reduce)
        assert isinstance(found, Subscription)
        return found

    async def unsubscribe(self, topic: str) -> None:
        """Hear a topic no more; returns with the server's answer."""
        self._conversation.book.leave(topic)
        await self.ask({"op": "unsubscribe", "topics": [topic]})

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        key: str | None = None,
        repeat: bool = False,
        timeout_s: float = CALL_TIMEOUT_S,
    ) -> Any:
        """Run a command with any arguments."""
        return await self._call(name, arguments, key=key, repeat=repeat, timeout_s=timeout_s)

    async def typing(self, topic: str | Topic[Any, Any]) -> None:
        """Say that your person is typing there, at once and each time."""
        await self.send({"op": "typing", "topic": str(topic)})

    async def ask(self, frame: Mapping[str, Any], *, timeout_s: float = 20.0) -> Any:
        """Send a frame with an id of ours and return the answer's `ok`. Raises CallRefused, or TimeoutError."""
        ref = self._conversation.take_id()
        answer = self._conversation.answers[ref] = asyncio.get_running_loop().create_future()
        await self.send({**frame, "id": ref})
        async with asyncio.timeout(timeout_s):
            reply = await answer
        if reply["op"] == "error" or "error" in reply:
            raise CallRefused(str(frame["op"]), reply.get("error", reply))
        return reply["ok"]

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send a frame as it is, at once."""
        await self.send_raw(json.dumps(frame))

    async def send_raw(self, content: str | bytes) -> None:
        """Send anything, for tests of what a server refuses."""
        socket = self._conversation.link.socket
        assert socket is not None, "the client is connected"
        await socket.send(content)

    def cut(self) -> None:
        """Lose the connection without a goodbye, as a network does."""
        self._conversation.link.drop()

    def _frames(self, op: str) -> list[Frame]:
        return [frame for frame in self._conversation.frames if frame["op"] == op]

    def _make_conversation(self, options: LinkOptions, *, pings: bool) -> RecordingConversation:
        return RecordingConversation(options, pings=pings, emit=self.emit)
