"""Who is shown to whom where people are present: a conversation, a thread, a list of contacts."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q

from accounts.queries.people import list_private
from community.models import Block, Membership
from community.queries.conversations import conversations_of
from community.queries.people import describe_named
from project.kit.callers import Caller
from project.kit.topics import Arguments, Attendee

CONTACTS_MAX: Final = 100  # the other people of the newest conversations: a few screens of the list


def attend_conversation(caller: Caller, arguments: Arguments) -> Attendee:
    """A member by name. Whoever shut the other out, neither sees the other."""
    assert caller.user_id is not None, "access lets only members in"
    members = Membership.objects.filter(conversation_id=arguments["conversation_id"])
    others = members.exclude(user_id=caller.user_id).values_list("user_id", flat=True)
    return Attendee(_describe(caller.user_id), _as_text(list_shut_out(caller.user_id, among=others)))


def attend_thread(caller: Caller, arguments: Arguments) -> Attendee:
    """Anybody. Visitors and people who stay private are counted and not named."""
    if caller.user_id is None:
        return Attendee(None)
    person = None if list_private([caller.user_id]) else _describe(caller.user_id)
    return Attendee(person, _as_text(list_shut_out(caller.user_id)))


def list_contacts(arguments: Arguments) -> list[UUID]:
    """The people of somebody's newest conversations, without those who stay private and those who are shut out."""
    owner_id = UUID(arguments["user_id"])
    newest = conversations_of(owner_id).order_by("-updated_at", "-id").values("id")[:CONTACTS_MAX]
    members = Membership.objects.filter(conversation_id__in=newest).exclude(user_id=owner_id)
    people = set(members.values_list("user_id", flat=True))
    return sorted(people - list_private(people) - list_shut_out(owner_id, among=people))[:CONTACTS_MAX]


def list_shut_out(user_id: UUID, *, among: Iterable[UUID] | None = None) -> set[UUID]:
    """Everybody, or everybody among some, who shut this person out or was shut out by them."""
    blocks = Block.objects.filter(Q(blocker_id=user_id) | Q(blocked_id=user_id))
    pairs = blocks.values_list("blocker_id", "blocked_id")
    others = {blocked if blocker == user_id else blocker for blocker, blocked in pairs}
    return others if among is None else others & set(among)


def _describe(user_id: UUID) -> dict[str, object]:
    return describe_named([user_id])[user_id].to_json()


def _as_text(user_ids: Iterable[UUID]) -> frozenset[str]:
    return frozenset(str(user_id) for user_id in user_ids)
