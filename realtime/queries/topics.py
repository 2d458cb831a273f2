"""A topic for one caller who reads it without a socket: from the history and the images that the hub uses."""

from collections.abc import Mapping, Sequence

from project.kit.callers import Caller
from project.kit.errors import NotFound, ValidationFailed
from project.kit.topics import ConflatedTopic, SequencedTopic, Topic, resolve
from realtime.core.conflation import Entry
from realtime.core.positions import find_stream_position, format_version
from realtime.core.projection import FIELDS_MAX, Fields, find_unknown_fields, project
from realtime.frames.server import SequencedChange
from realtime.queries.topic_images import check_may_subscribe, read_conflated_image, read_sequenced_start
from realtime.schemas import TopicChangesReply, TopicReply


def describe_topic(
    caller: Caller, name: str, *, since: str | None = None, fields: Sequence[str] | None = None
) -> TopicReply | TopicChangesReply:
    """The changes since a position where all can be given, else the image.

    Raises NotFound for an unknown topic and one that only lives on a stream, Forbidden for one the caller may not hear,
    ValidationFailed for fields it does not have.
    """
    resolved = resolve(name)
    if resolved is None:
        raise NotFound("There is no such topic")
    topic, arguments = resolved
    check_may_subscribe(topic, arguments, caller)
    chosen = choose_fields(topic, fields)
    if isinstance(topic, ConflatedTopic):
        return _describe_values(topic, name, arguments, chosen)
    if isinstance(topic, SequencedTopic):
        return _describe_history(topic, name, arguments, since)
    raise NotFound("This topic is true for a moment only: subscribe to it")


def choose_fields(topic: Topic, names: Sequence[str] | None) -> Fields | None:
    """The members of a topic's values that a reader asks for; None for all. Raises ValidationFailed."""
    if names is None:
        return None
    unknown = find_unknown_fields(names, topic.values) if isinstance(topic, ConflatedTopic) else list(names)
    if unknown or not names or len(names) > FIELDS_MAX:
        message = f"Values of this topic have no {', '.join(unknown)}" if unknown else f"Name 1 to {FIELDS_MAX}"
        raise ValidationFailed(errors=[{"pointer": "/fields", "code": "unknown_fields", "message": message}])
    return tuple(sorted(set(names)))


def _describe_values(
    topic: ConflatedTopic, name: str, arguments: Mapping[str, str], fields: Fields | None
) -> TopicReply:
    entries = [Entry(keyed.key, keyed.version, keyed.value) for keyed in read_conflated_image(topic, arguments)]
    return TopicReply(
        topic=name,
        lane="conflated",
        pos=format_version(max((entry.version for entry in entries), default=0)),
        image={"entries": [(project(entry, fields) if fields else entry).as_list() for entry in entries]},
    )


def _describe_history(
    topic: SequencedTopic, name: str, arguments: Mapping[str, str], since: str | None
) -> TopicReply | TopicChangesReply:
    start = read_sequenced_start(topic, name, arguments, find_stream_position(since) if since else None)
    if start.image is not None:
        return TopicReply(topic=name, lane="sequenced", pos=str(start.position), image=start.image)
    return TopicChangesReply(
        topic=name,
        pos=str(start.position),
        changes=[SequencedChange.model_validate({**stored.change, "seq": stored.seq}) for stored in start.changes],
    )
