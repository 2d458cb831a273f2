"""The people named by the community's rows, described once per list."""

from collections.abc import Iterable
from uuid import UUID

from accounts.queries.people import describe_people
from accounts.schemas import PersonReply


def describe_named(user_ids: Iterable[UUID | None]) -> dict[UUID, PersonReply]:
    """Everybody among these ids; rows made by the system name nobody."""
    return describe_people({user_id for user_id in user_ids if user_id is not None})
