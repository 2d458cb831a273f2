"""The topic of ml: the insight of an event, which everyone may follow."""

from collections.abc import Sequence
from uuid import UUID

from ml.queries.insights import INSIGHT_KEY, describe_insight, find_insight, find_said_before, find_versions
from ml.schemas import InsightReply
from project.kit.topics import Arguments, ConflatedTopic, Keyed, Tally, declare, everyone


def _image(arguments: Arguments) -> list[Keyed]:
    insight = find_insight(UUID(arguments["event_id"]))
    if insight is None:
        return []
    reply = describe_insight(insight, find_said_before(insight.event_id))
    return [Keyed(INSIGHT_KEY, insight.version, reply.to_json())]


def _tally(arguments: Sequence[Arguments]) -> list[Tally]:
    event_ids = [UUID(one["event_id"]) for one in arguments]
    versions = find_versions(event_ids)
    return [Tally(1, versions[event_id]) if event_id in versions else Tally(0, 0) for event_id in event_ids]


EVENT_INSIGHT = declare(
    ConflatedTopic(
        name="event_insight",
        pattern="event:{event_id}:insight",
        may_subscribe=everyone,
        values=(InsightReply,),
        image=_image,
        tally=_tally,
    )
)
