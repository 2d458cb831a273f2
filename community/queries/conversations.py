"""Reads of direct messages: lists, single replies, and the counts of what is unread."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.schemas import PersonReply
from community.core.direct_rules import Blocks
from community.models import Block, Conversation, Inbox, Membership, Message
from community.queries.people import describe_named
from community.schemas import ConversationReply, MessageReply, UnreadReply
from project.kit.pagination import DEFAULT_LIMIT, paginate
from project.kit.schemas import Page

Positions = dict[UUID, int]  # member -> last message read


def conversations_of(user_id: UUID) -> QuerySet[Conversation]:
    """Conversations a person takes part in. One that somebody else opened shows once something was said in it."""
    begun = Q(last_seq__gt=0) | Q(started_by_id=user_id)
    return Conversation.objects.filter(begun, memberships__user_id=user_id)


def list_conversations(viewer_id: UUID, *, cursor: str | None, limit: int = DEFAULT_LIMIT) -> Page[ConversationReply]:
    """A person's conversations, the one with the newest message first."""
    page = paginate(
        conversations_of(viewer_id), cursor=cursor, limit=limit, order=("-updated_at", "-id"), shape=lambda row: row
    )
    return Page[ConversationReply](
        items=describe_conversations(page.items, viewer_id=viewer_id), next_cursor=page.next_cursor
    )


def describe_conversations(conversations: Sequence[Conversation], *, viewer_id: UUID) -> list[ConversationReply]:
    """Conversations as one member sees them."""
    ids = [conversation.id for conversation in conversations]
    members: defaultdict[UUID, list[Membership]] = defaultdict(list)
    for membership in Membership.objects.filter(conversation_id__in=ids).order_by("user_id"):
        members[membership.conversation_id].append(membership)
    people = describe_named(member.user_id for group in members.values() for member in group)
    newest = Message.objects.filter(conversation_id__in=ids, seq=F("conversation__last_seq"))
    last_messages = {message.conversation_id: message for message in newest}
    shut_out = set(
        Block.objects.filter(blocker_id=viewer_id, blocked_id__in=people).values_list("blocked_id", flat=True)
    )
    replies = []
    for conversation in conversations:
        group = members[conversation.id]
        positions = {member.user_id: member.last_read_seq for member in group}
        others = [member.user_id for member in group if member.user_id != viewer_id]
        last = last_messages.get(conversation.id)
        replies.append(
            ConversationReply(
                id=conversation.id,
                kind="direct",
                with_people=[people[user_id] for user_id in others],
                last_message=(
                    describe_message(last, sender=people[last.sender_id], positions=positions) if last else None
                ),
                unread=next(member.unread for member in group if member.user_id == viewer_id),
                is_blocked=any(user_id in shut_out for user_id in others),
                updated_at=conversation.updated_at,
            )
        )
    return replies


def describe_conversation(conversation: Conversation, *, viewer_id: UUID) -> ConversationReply:
    """One conversation as one member sees it."""
    return describe_conversations([conversation], viewer_id=viewer_id)[0]


def describe_message(message: Message, *, sender: PersonReply, positions: Positions) -> MessageReply:
    """A message as it may be shown to its members: read once every other member is past it."""
    others = [position for user_id, position in positions.items() if user_id != message.sender_id]
    return MessageReply(
        id=message.id,
        conversation_id=message.conversation_id,
        seq=message.seq,
        sender=sender,
        body="" if message.is_hidden else message.body,
        body_html="" if message.is_hidden else message.body_html,
        sent_at=message.sent_at,
        read=all(position >= message.seq for position in others),
        is_hidden=message.is_hidden,
    )


def describe_one_message(message: Message) -> MessageReply:
    """A message with its sender and the members' read positions as they stand."""
    people = describe_named([message.sender_id])
    positions = get_positions(message.conversation_id)
    return describe_message(message, sender=people[message.sender_id], positions=positions)


def list_messages(conversation_id: UUID, *, cursor: str | None, limit: int = DEFAULT_LIMIT) -> Page[MessageReply]:
    """Messages of a conversation, newest first."""
    messages = Message.objects.filter(conversation_id=conversation_id)
    page = paginate(messages, cursor=cursor, limit=limit, order=("-seq",), shape=lambda row: row)
    people = describe_named(message.sender_id for message in page.items)
    positions = get_positions(conversation_id)
    items = [describe_message(message, sender=people[message.sender_id], positions=positions) for message in page.items]
    return Page[MessageReply](items=items, next_cursor=page.next_cursor)


def list_memberships(conversation_id: UUID) -> list[Membership]:
    """The members of a conversation, by id of the person."""
    return list(Membership.objects.filter(conversation_id=conversation_id).order_by("user_id"))


def get_positions(conversation_id: UUID) -> Positions:
    """How far each member has read."""
    return {member.user_id: member.last_read_seq for member in list_memberships(conversation_id)}


def count_unread_after(conversation_id: UUID, *, reader_id: UUID, seq: int) -> int:
    """Others' visible messages after a position."""
    after = Message.objects.filter(conversation_id=conversation_id, seq__gt=seq, is_hidden=False)
    return after.exclude(sender_id=reader_id).count()


def get_unread_messages(user_id: UUID) -> int:
    """A person's unread messages over all conversations."""
    return Inbox.objects.filter(user_id=user_id).values_list("unread", flat=True).first() or 0


def get_unread(conversation_id: UUID, *, reader_id: UUID) -> UnreadReply:
    """A person's unread messages in all and in one conversation."""
    membership = Membership.objects.get(conversation_id=conversation_id, user_id=reader_id)
    return UnreadReply(unread=get_unread_messages(reader_id), conversation_unread=membership.unread)


def get_blocks_between(user_id: UUID, others: Iterable[UUID]) -> Blocks:
    """Who shut whom out between one person and some others."""
    wanted = list(others)
    return Blocks(
        by_me=Block.objects.filter(blocker_id=user_id, blocked_id__in=wanted).exists(),
        by_them=Block.objects.filter(blocker_id__in=wanted, blocked_id=user_id).exists(),
    )
