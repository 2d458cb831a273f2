"""A topic's image for one caller, as the hub would send it."""

from project.kit.callers import Caller
from project.kit.errors import NotFound
from project.kit.topics import ConflatedTopic, SequencedTopic, resolve
from realtime.core.positions import format_version
from realtime.queries.topic_images import check_may_subscribe, read_conflated_image, read_sequenced_image
from realtime.schemas import TopicReply


def describe_topic(caller: Caller, name: str) -> TopicReply:
    """The image and its position. Raises NotFound for an unknown topic, Forbidden for one the caller may not hear."""
    resolved = resolve(name)
    if resolved is None:
        raise NotFound("There is no such topic")
    topic, arguments = resolved
    check_may_subscribe(topic, arguments, caller)
    if isinstance(topic, ConflatedTopic):
        keys = read_conflated_image(topic, arguments)
        return TopicReply(
            topic=name,
            lane="conflated",
            pos=format_version(max((key.version for key in keys), default=0)),
            image={"entries": [[key.key, key.version, key.value] for key in keys]},
        )
    assert isinstance(topic, SequencedTopic)
    start = read_sequenced_image(topic, name, arguments)
    return TopicReply(topic=name, lane="sequenced", pos=str(start.position), image=start.image or {})
