"""The reads of one topic, bound to the database threads."""

from collections.abc import Mapping

from project.kit import streams
from project.kit.streams import StoredChange
from project.kit.topics import ConflatedTopic, Keyed, SequencedTopic
from realtime.hub.database import DatabaseThreads
from realtime.queries import topic_images
from realtime.queries.topic_images import SequencedStart


class ConflatedReads:
    """Reads of a conflated topic."""

    def __init__(self, threads: DatabaseThreads, topic: ConflatedTopic, arguments: Mapping[str, str]) -> None:
        self._threads = threads
        self._topic = topic
        self._arguments = arguments

    async def read_image(self) -> list[Keyed]:
        """Every key of the topic."""
        return await self._threads.run(topic_images.read_conflated_image, self._topic, self._arguments)


class SequencedReads:
    """Reads of a sequenced topic."""

    def __init__(
        self, threads: DatabaseThreads, topic: SequencedTopic, name: str, arguments: Mapping[str, str]
    ) -> None:
        self._threads = threads
        self._topic = topic
        self._name = name
        self._arguments = arguments

    async def read_image(self) -> SequencedStart:
        """The image and its position."""
        return await self._threads.run(topic_images.read_sequenced_image, self._topic, self._name, self._arguments)

    async def read_start(self, since: tuple[str, int] | None) -> SequencedStart:
        """What a subscriber at `since` begins with."""
        return await self._threads.run(
            topic_images.read_sequenced_start, self._topic, self._name, self._arguments, since
        )

    async def read_since(self, epoch: str, seq: int) -> list[StoredChange] | None:
        """The changes after a position; None where they cannot all be given."""
        return await self._threads.run(streams.read_since, self._name, epoch, seq)
