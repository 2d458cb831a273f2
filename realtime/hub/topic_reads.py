"""The reads of one topic, bound to the database threads."""

from collections.abc import Mapping, Set
from uuid import UUID

from project.kit import streams
from project.kit.callers import Caller
from project.kit.streams import StoredChange
from project.kit.topics import Attendee, ConflatedTopic, ContactsTopic, GatheringTopic, Keyed, SequencedTopic
from realtime import presence
from realtime.hub.database import DatabaseThreads
from realtime.hub.shared_reads import SharedReads
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
        self._starts = SharedReads(self._read_start)

    async def read_image(self) -> SequencedStart:
        """The image and its position."""
        return await self._threads.run(topic_images.read_sequenced_image, self._topic, self._name, self._arguments)

    async def read_start(self, since: tuple[str, int] | None) -> SequencedStart:
        """What a subscriber at `since` begins with. Several who ask at once share one read."""
        return await self._starts.get(since)

    async def _read_start(self, since: tuple[str, int] | None) -> SequencedStart:
        return await self._threads.run(
            topic_images.read_sequenced_start, self._topic, self._name, self._arguments, since
        )

    async def read_since(self, epoch: str, seq: int) -> list[StoredChange] | None:
        """The changes after a position; None where they cannot all be given."""
        return await self._threads.run(streams.read_since, self._name, epoch, seq)


class GatheringReads:
    """Reads of a gathering."""

    def __init__(self, threads: DatabaseThreads, topic: GatheringTopic, arguments: Mapping[str, str]) -> None:
        self._threads = threads
        self._topic = topic
        self._arguments = arguments

    async def attend(self, caller: Caller) -> Attendee:
        """As whom the caller is here, and whom they must not see. Raises AppError."""
        return await self._threads.run(self._topic.attend, caller, self._arguments)

    async def check_may_type(self, caller: Caller) -> None:
        """Raises AppError where what the caller types could not be sent."""
        await self._threads.run(self._topic.check_may_type, caller, self._arguments)


class ContactsReads:
    """Reads of a list of contacts: the people from PostgreSQL, who of them is online from Redis."""

    def __init__(
        self, threads: DatabaseThreads, errands: DatabaseThreads, topic: ContactsTopic, arguments: Mapping[str, str]
    ) -> None:
        self._threads = threads
        self._errands = errands
        self._topic = topic
        self._arguments = arguments

    async def list_people(self) -> frozenset[str]:
        """The ids of the people on the list."""
        people = await self._threads.run(self._topic.list_people, self._arguments)
        return frozenset(str(user_id) for user_id in people)

    async def list_online(self, people: Set[str]) -> Set[str]:
        """The ids among these whose people have an open socket anywhere."""
        return await self._errands.run(presence.list_present, [UUID(user_id) for user_id in people])
