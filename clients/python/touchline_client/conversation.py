"""What is said on the connections of one client, and what follows: who we are, what is heard, how live that is."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from touchline_client.backoff import SESSION_ENDED
from touchline_client.clock import now_s, wall_ms
from touchline_client.errors import Closed, NotConnected, TopicRefused
from touchline_client.events import ConnectionState, TopicStanding
from touchline_client.generated.frames import SocketLimits, SocketPerson
from touchline_client.latency import LatencyMeter
from touchline_client.link import Link, LinkOptions, Loss, find_ticket
from touchline_client.requests import Asked, Frame, Requests
from touchline_client.state import Reduce
from touchline_client.subscription import Standing, Subscription
from touchline_client.topic_book import TopicBook

PING_EVERY_S: Final = 5.0
# A connection begins with a few quick ones, to know the server's clock before its numbers are used.
FIRST_PING_EVERY_S: Final = 1.0
FIRST_PINGS: Final = 3
# Answers stand in line behind updates, so a ping that waits this long says that updates are as old.
LATE_AFTER_S: Final = 4.0
# What is that far behind is dropped: a new connection begins with what is true now.
HOPELESS_AFTER_S: Final = 20.0


class Conversation:
    """Joins the link, the topics and the requests of a client. `emit` tells the client's listeners."""

    def __init__(self, options: LinkOptions, *, pings: bool, emit: Callable[[str, Any], None]) -> None:
        self.user: SocketPerson | None = None
        self.limits: SocketLimits | None = None
        self.close_code: int | None = None
        self.meter = LatencyMeter()
        self.is_welcome = asyncio.Event()
        self.has_ended = asyncio.Event()
        self.link = Link(options, self)
        self.requests = Requests(self)
        self._options = options
        self.book = TopicBook(self, options.chance)
        self._pings = pings
        self._emit = emit
        self._ids = itertools.count(1)
        self._state: ConnectionState = "closed"
        self._has_been_live = False
        self._is_late = False
        self._is_server_late = False
        self._ping_id: int | None = None
        self._pinged_at = 0.0
        self._typed_at: dict[str, float] = {}

    @property
    def state(self) -> ConnectionState:
        """By the clock of this moment; listeners may hear of silence up to a second later."""
        self.refresh()
        return self._state

    @property
    def is_open(self) -> bool:
        """Whether frames are taken."""
        return self.link.phase == "open"

    @property
    def is_fresh(self) -> bool:
        """Whether what the server says comes at once and whole."""
        return self.is_open and not (self.link.is_silent or self._is_late or self._is_server_late)

    @property
    def is_live(self) -> bool:
        """Whether everything was up to date a moment ago."""
        return self._state == "live"

    def begin(self) -> None:
        """Topics and commands are taken from now on; `run` makes the connection."""
        self.link.begin()

    async def run(self) -> None:
        """From the first attempt to the last."""
        try:
            await self.link.run()
            self.book.close(Closed(self.close_code))
        finally:
            self.end()

    def end(self) -> None:
        """Nothing comes back: who waits must hear of it. Once more does nothing more."""
        self.link.end()
        self._forget_connection()
        self.requests.abandon()
        self.book.close(None)
        self.has_ended.set()

    async def subscribe(
        self, topic: str, *, conflate_ms: int | None, fields: Sequence[str] | None, reduce: Reduce
    ) -> Subscription[Any, Any]:
        """Hear a topic from now on; see Client.subscribe."""
        if self.link.phase in {"idle", "closed"}:
            raise Closed(self.close_code)
        subscription = self.make_subscription(topic, reduce)
        self.book.add(subscription, conflate_ms=conflate_ms, fields=fields)
        try:
            await asyncio.shield(subscription.ready)
        except (TopicRefused, asyncio.CancelledError):
            self.book.remove(subscription)  # nobody has it
            raise
        return subscription

    def make_subscription(self, topic: str, reduce: Reduce) -> Subscription[Any, Any]:
        """A topic that was not asked for yet."""
        return Subscription(topic, reduce=reduce, is_fresh=lambda: self.is_fresh, leave=self.book.remove)

    async def renew(self, ticket: str | None) -> SocketPerson:
        """Prove again, in place, whose socket this is; see Client.renew."""
        proof = ticket or await find_ticket(self._options.get_ticket)
        if proof is None:
            raise NotConnected
        answer = await self.requests.ask(Asked("auth", {"op": "auth", "ticket": proof}))
        user: SocketPerson = answer["user"]
        self.user = user
        self.book.ask_refused_again()
        return user

    def say_typing(self, topic: str) -> None:
        """Say that somebody is typing, unless that was said a moment ago or other frames wait."""
        if self.limits is None or not self.link.is_free:
            return
        now = now_s()
        if now - self._typed_at.get(topic, float("-inf")) >= self.limits["typing_every_ms"] / 1_000:
            self._typed_at[topic] = now
            self.send({"op": "typing", "topic": topic})

    def take_id(self) -> int:
        """A number for a frame that is answered."""
        return next(self._ids)

    def send(self, frame: Frame) -> None:
        """Send a frame in its turn."""
        self.link.send(frame)

    def enter(self, frame: Frame) -> None:
        """The server welcomes us."""
        if self.user is not None and self.user["id"] != (frame["user"] or {}).get("id"):
            self.book.forget_positions()
            self.requests.abandon()
        self.user = frame["user"]
        limits: SocketLimits = frame["limits"]
        self.limits = limits
        self.meter.begin(frame["server_time"], wall_ms())
        self._emit("welcome", frame)
        self.book.welcome()
        self.requests.welcome(calls_in_flight=limits["calls_in_flight"], frame_bytes=limits["frame_bytes"])
        self.is_welcome.set()
        self._ping()

    def hear(self, frame: Frame) -> None:
        """The server says something; what a later protocol adds is passed over."""
        match frame["op"]:
            case "update":
                self.meter.note_update(frame["pt"], wall_ms())
                self.book.update(frame)
            case "subscribed":
                self.book.subscribed(frame)
            case "resync":
                self.book.resync(frame)
            case "reply" if frame["ref"] == self._ping_id:
                self._note_pong(frame)
            case "reply":
                self.requests.reply(frame)
            case "error":
                self._note_refusal(frame)
            case "heartbeat":
                self._is_server_late = bool(frame.get("delayed"))
                self.refresh()
            case "notice":
                self._emit("notice", frame)

    def lose(self, loss: Loss) -> None:
        """A connection ended."""
        self.close_code = loss.code
        self._forget_connection()
        self._emit("loss", loss)
        if loss.code == SESSION_ENDED:
            self._emit("session_ended", None)

    def tick(self) -> None:
        """About a second has passed."""
        self.book.tick()
        waited_s = now_s() - self._pinged_at
        if self._ping_id is None:
            is_known = self.meter.sample_count >= FIRST_PINGS
            if waited_s >= (PING_EVERY_S if is_known else FIRST_PING_EVERY_S):
                self._ping()
        elif waited_s >= HOPELESS_AFTER_S:
            self.link.drop()
        elif waited_s >= LATE_AFTER_S:
            self._set_late(True)

    def refresh(self) -> None:
        """Find the state anew and tell if it has changed."""
        state = self._derive_state()
        if state == "live":
            self._has_been_live = True
        if state != self._state:
            self._state = state
            self._emit("state", state)

    def note_standing(self, topic: str, standing: Standing, refusal: TopicRefused | None) -> None:
        """A topic stands differently."""
        self._emit("topic", TopicStanding(topic, standing, refusal))

    def note_change(self) -> None:
        """Topics came, went or stand differently."""
        self.refresh()

    def _derive_state(self) -> ConnectionState:
        phase = self.link.phase
        if phase in {"idle", "closed"}:
            return "closed"
        if phase == "connecting" or phase == "offline":
            return phase
        if not self.is_fresh:
            return "delayed"
        if self.book.is_whole:
            return "live"
        return "resyncing" if self._has_been_live else "connecting"

    def _ping(self) -> None:
        """One at a time, and only when it would leave at once: in a queue it would measure the queue."""
        if not self._pings or self._ping_id is not None or not self.link.is_free:
            return
        self._ping_id = self.take_id()
        self._pinged_at = now_s()
        self.send({"op": "ping", "id": self._ping_id})

    def _note_pong(self, frame: Mapping[str, Any]) -> None:
        round_trip_s = now_s() - self._pinged_at
        self._ping_id = None
        self.meter.note_pong(frame["ok"]["t"], round_trip_ms=round_trip_s * 1_000, now_ms=wall_ms())
        self._set_late(round_trip_s >= LATE_AFTER_S)
        self._emit("latency", self.meter.latency)

    def _note_refusal(self, frame: Frame) -> None:
        if self.requests.fail(frame) or self.book.fail(frame):
            return
        self._ping_id = None  # it may have been the ping that was too much; then no answer to it comes
        self._emit("refusal", frame)

    def _set_late(self, is_late: bool) -> None:
        self._is_late = is_late
        self.refresh()

    def _forget_connection(self) -> None:
        self._ping_id = None
        self._is_late = self._is_server_late = False
        self._typed_at.clear()
        self.book.lose()
        self.requests.lose()
