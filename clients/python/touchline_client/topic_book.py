"""Every topic that is heard: asks for them, asks again where an answer is missing or something was lost, and knows
which of them are up to date."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from touchline_client.backoff import make_delay_ms
from touchline_client.clock import now_s
from touchline_client.errors import TopicRefused
from touchline_client.feed import Step
from touchline_client.requests import Frame, write_frame
from touchline_client.subscription import Standing, Subscription

# Frames are kept below the server's 16 KiB with room to spare.
REQUEST_BYTES: Final = 8_000
TOPICS_PER_FRAME: Final = 20
# A subscribe that is not answered by then was lost, for example to the server's limit on frames.
ANSWER_WITHIN_S: Final = 10.0


class BookDesk(Protocol):
    """What the book needs of its client."""

    @property
    def is_open(self) -> bool: ...

    @property
    def is_live(self) -> bool: ...

    def take_id(self) -> int: ...

    def send(self, frame: Frame) -> None: ...

    def note_standing(self, topic: str, standing: Standing, refusal: TopicRefused | None) -> None: ...

    def note_change(self) -> None:
        """Whether everything is current may have changed."""


@dataclass(slots=True, eq=False)
class TopicEntry:
    """One topic that is asked for, and how far that has come. Times are those of the event loop."""

    subscription: Subscription[Any, Any]
    conflate_ms: int | None
    fields: Sequence[str] | None
    request_id: int | None = None
    asked_at: float | None = None
    """When the last request was sent or progress was seen; None while none is under way."""
    retry_at: float | None = None
    retries: int = 0
    gap_at: str | None = None
    """Where the last gap was; a second one at the same place means that resuming does not help."""
    is_newcomer: bool = False
    """Asked for while all was live: it does not make the rest old."""

    @property
    def request(self) -> Frame:
        request: Frame = {"topic": self.subscription.topic}
        if self.conflate_ms is not None:
            request["conflate_ms"] = self.conflate_ms
        if self.fields is not None:
            request["fields"] = list(self.fields)
        since = self.subscription.sequenced.since
        if since is not None:
            request["since"] = since
        return request

    def is_answered_by(self, ref: object) -> bool:
        """Without `ref` it is the server's own idea; another one answers a question that was asked anew since."""
        return self.request_id is not None and (ref is None or ref == self.request_id)


class TopicBook:
    """Topic to entry."""

    def __init__(self, desk: BookDesk, chance: Callable[[], float]) -> None:
        self._desk = desk
        self._chance = chance
        self._entries: dict[str, TopicEntry] = {}
        self._outbox: dict[TopicEntry, None] = {}

    @property
    def is_whole(self) -> bool:
        """Whether everything that is shown is current; what was refused or never seen yet is not shown."""
        return all(entry.subscription.standing != "awaited" or entry.is_newcomer for entry in self._entries.values())

    def add(
        self, subscription: Subscription[Any, Any], *, conflate_ms: int | None, fields: Sequence[str] | None
    ) -> None:
        """Ask for a topic from now on. Raises ValueError for one that is heard already."""
        if subscription.topic in self._entries:
            raise ValueError(f"{subscription.topic} is heard already")
        entry = TopicEntry(subscription, conflate_ms, fields, is_newcomer=self._desk.is_live)
        self._entries[subscription.topic] = entry
        self._ask(entry)

    def remove(self, subscription: Subscription[Any, Any]) -> None:
        """Ask for a topic no more."""
        entry = self._entries.get(subscription.topic)
        if entry is None or entry.subscription is not subscription:
            return
        del self._entries[subscription.topic]
        was_asked = entry.request_id is not None and entry not in self._outbox
        self._outbox.pop(entry, None)
        if was_asked and subscription.standing != "refused" and self._desk.is_open:
            self._desk.send({"op": "unsubscribe", "id": self._desk.take_id(), "topics": [subscription.topic]})
        subscription.finish(None)
        self._desk.note_change()

    def leave(self, topic: str) -> None:
        """Hear a topic no more, whoever hears it, and leave it to the caller to tell the server."""
        entry = self._entries.pop(topic, None)
        if entry is not None:
            self._outbox.pop(entry, None)
            entry.subscription.finish(None)
            self._desk.note_change()

    def welcome(self) -> None:
        """A connection began: ask for everything, what was refused before included, for the reason may be gone."""
        for entry in self._entries.values():
            entry.is_newcomer = False
            entry.retries = 0
            self._ask(entry)
        self._ask_all()

    def lose(self) -> None:
        """The connection is gone."""
        self._outbox.clear()
        for entry in self._entries.values():
            entry.request_id = entry.asked_at = entry.retry_at = None
            entry.subscription.feed.await_answer()
            self._stand(entry, "awaited")

    def forget_positions(self) -> None:
        """Somebody else may be signed in: their streams are no continuation of ours."""
        for entry in self._entries.values():
            entry.subscription.feed.forget()

    def ask_refused_again(self) -> None:
        """Somebody proved who they are: what was refused may be had now."""
        for entry in self._entries.values():
            if entry.subscription.standing == "refused":
                self._ask(entry)

    def close(self, failure: Exception | None) -> None:
        """Nobody comes back: nothing more is heard."""
        entries = tuple(self._entries.values())
        self._entries.clear()
        for entry in entries:
            entry.subscription.finish(failure)

    def subscribed(self, frame: Frame) -> None:
        """Take an answer."""
        entry = self._entries.get(frame["topic"])
        if entry is not None and entry.is_answered_by(frame.get("ref")):
            self._apply(entry, entry.subscription.feed.start(frame))

    def update(self, frame: Frame) -> None:
        """Take changes."""
        entry = self._entries.get(frame["topic"])
        if entry is not None:
            self._apply(entry, entry.subscription.feed.update(frame))

    def resync(self, frame: Frame) -> None:
        """History was lost; the image that begins another one follows unasked."""
        entry = self._entries.get(frame["topic"])
        if entry is None or entry.request_id is None:
            return
        entry.subscription.feed.forget()
        entry.subscription.feed.await_answer()
        entry.is_newcomer = False
        entry.asked_at = now_s()
        self._stand(entry, "awaited")

    def fail(self, frame: Frame) -> bool:
        """Take a refusal of one topic, or of all that one request asked for. False if it is about none of ours."""
        refused = self._list_refused(frame.get("topic"), frame.get("ref"))
        for entry in refused:
            entry.asked_at = None
            entry.subscription.feed.await_answer()
            if frame["retryable"]:
                self._ask_later(entry, frame.get("retry_after_ms") or 0)
            else:
                self._stand(entry, "refused", TopicRefused(entry.subscription.topic, frame))
        return bool(refused) or bool(frame.get("topic"))

    def tick(self) -> None:
        """Ask again for what is due."""
        if not self._desk.is_open:
            return
        now = now_s()
        for entry in self._entries.values():
            is_unanswered = entry.asked_at is not None and now - entry.asked_at >= ANSWER_WITHIN_S
            if is_unanswered or (entry.retry_at is not None and now >= entry.retry_at):
                self._ask(entry)

    def _list_refused(self, topic: str | None, ref: object) -> list[TopicEntry]:
        if topic:
            entry = self._entries.get(topic)
            return [entry] if entry is not None and entry.is_answered_by(ref) else []
        if ref is None:
            return []
        return [each for each in self._entries.values() if each.request_id == ref and each.asked_at is not None]

    def _apply(self, entry: TopicEntry, step: Step) -> None:
        if step.events:
            entry.subscription.take(step.events)
        if step.is_broken:
            self._repair(entry)
        elif step.is_current:
            entry.asked_at = None
            entry.retries = 0
            self._stand(entry, "current")
        elif entry.asked_at is not None:
            entry.asked_at = now_s()

    def _repair(self, entry: TopicEntry) -> None:
        """Ask again from the last position that is known to be whole; the server fills the gap or sends an image."""
        entry.subscription.repair_count += 1
        feed = entry.subscription.feed
        since = feed.sequenced.since
        if since is not None and since == entry.gap_at:
            feed.forget()
        entry.gap_at = since
        entry.is_newcomer = False
        feed.await_answer()
        self._stand(entry, "awaited")
        if since is None:
            # The next answer would be the same kind of image; a server that sends broken ones is not pressed.
            self._ask_later(entry, 0)
        else:
            self._ask(entry)

    def _ask_later(self, entry: TopicEntry, wait_ms: float) -> None:
        entry.asked_at = None
        own_wait_ms = make_delay_ms(entry.retries, self._chance)
        entry.retry_at = now_s() + max(wait_ms, own_wait_ms) / 1_000
        entry.retries += 1
        entry.is_newcomer = False
        self._stand(entry, "awaited")

    def _ask(self, entry: TopicEntry) -> None:
        """Topics asked for in the same turn travel together."""
        if not self._desk.is_open:
            return
        entry.asked_at = entry.retry_at = None
        if not self._outbox:
            asyncio.get_running_loop().call_soon(self._ask_all)
        self._outbox[entry] = None

    def _ask_all(self) -> None:
        due = list(self._outbox)
        self._outbox.clear()
        if not self._desk.is_open:
            return
        batch: list[TopicEntry] = []
        size = 0
        for entry in due:
            length = len(write_frame(entry.request))
            if batch and (size + length > REQUEST_BYTES or len(batch) == TOPICS_PER_FRAME):
                self._send(batch)
                batch, size = [], 0
            batch.append(entry)
            size += length
        if batch:
            self._send(batch)

    def _send(self, batch: Sequence[TopicEntry]) -> None:
        request_id = self._desk.take_id()
        for entry in batch:
            entry.request_id = request_id
            entry.asked_at = now_s()
            entry.subscription.feed.await_answer()
            self._stand(entry, "awaited")
        self._desk.send({"op": "subscribe", "id": request_id, "topics": [entry.request for entry in batch]})

    def _stand(self, entry: TopicEntry, standing: Standing, refusal: TopicRefused | None = None) -> None:
        if entry.subscription.stand(standing, refusal):
            self._desk.note_standing(entry.subscription.topic, standing, refusal)
            self._desk.note_change()
