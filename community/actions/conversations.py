"""What people do in direct conversations: start one, write, read, shut somebody out."""

from uuid import UUID

from django.db import transaction

from accounts.streams import USER
from community.access import check_open
from community.actions.texts import get_visible_text
from community.core.direct_rules import next_read_position, pair_key
from community.core.markdown import render_markdown
from community.events import MessageSent
from community.locks import lock_conversation, lock_conversation_of_pair, lock_inboxes, lock_person
from community.models import Block, Conversation, Inbox, Membership, Message
from community.queries.conversations import (
    count_unread_after,
    describe_one_message,
    list_memberships,
)
from community.streams import CONVERSATION_LIVE, ConversationReadChange, MessageReceivedChange
from project.kit import bus, clock
from project.kit.errors import ValidationFailed
from project.kit.events import publish
from project.kit.idempotency import CommandKey
from project.kit.replays import find_made, remember_made
from project.kit.streams import Entry, append


@transaction.atomic(durable=True)
def start_conversation(*, starter_id: UUID, other_id: UUID) -> Conversation:
    """Find or open the direct conversation of two people. Raises Blocked when either shut the other out."""
    if starter_id == other_id:
        message = "Choose somebody else: you cannot write to yourself."
        raise ValidationFailed(errors=[{"pointer": "/username", "code": "yourself", "message": message}])
    lock_person(starter_id)
    key = pair_key(starter_id, other_id)
    existing = Conversation.objects.filter(pair_key=key).first()
    if existing is not None:
        return existing
    check_open(starter_id, [other_id])
    at = clock.now()
    # The other person may be opening the same conversation right now: the unique pair decides who made it.
    Conversation.objects.bulk_create(
        [Conversation(pair_key=key, started_by_id=starter_id, created_at=at, updated_at=at)], ignore_conflicts=True
    )
    conversation = Conversation.objects.get(pair_key=key)
    Membership.objects.bulk_create(
        [Membership(conversation=conversation, user_id=user_id) for user_id in sorted((starter_id, other_id))],
        ignore_conflicts=True,
    )
    bus.look_again_on_commit(user_ids=[starter_id])
    return conversation


@transaction.atomic(durable=True)
def send_message(
    *, conversation_id: UUID, sender_id: UUID, body: str, command_key: CommandKey | None = None
) -> Message:
    """Say something in a conversation the sender belongs to. Stored, numbered and queued for both when it returns.

    Raises Blocked when either member shut the other out, ValidationFailed when nothing would be visible.
    """
    conversation = lock_conversation(conversation_id)
    made_id = find_made(command_key)
    if made_id is not None:
        return Message.objects.get(id=made_id)
    members = list_memberships(conversation_id)
    recipient_ids = [member.user_id for member in members if member.user_id != sender_id]
    assert len(recipient_ids) < len(members), "access lets only members write"
    check_open(sender_id, recipient_ids)
    text = get_visible_text(body, pointer="/body")
    inboxes = lock_inboxes(member.user_id for member in members)

    at = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        seq=conversation.last_seq + 1,
        sender_id=sender_id,
        body=text,
        body_html=render_markdown(text),
        sent_at=at,
    )
    conversation.last_seq = message.seq
    conversation.updated_at = at
    conversation.save(update_fields=["last_seq", "updated_at"])
    for member in members:
        if member.user_id != sender_id:
            _change_unread(member, inboxes[member.user_id], member.unread + 1)
    remember_made(command_key, message.id)

    publish(
        MessageSent(
            conversation_id=conversation_id, message_id=message.id, sender_id=sender_id, recipient_ids=recipient_ids
        )
    )
    described = describe_one_message(message)
    append(
        *(
            Entry(
                USER.name_for(user_id=member.user_id),
                MessageReceivedChange(
                    message=described,
                    conversation_id=conversation_id,
                    unread=inboxes[member.user_id].unread,
                    conversation_unread=member.unread,
                ),
            )
            for member in members
        )
    )
    bus.said_on_commit(CONVERSATION_LIVE.name_for(conversation_id=conversation_id), sender_id)
    if message.seq == 1:
        bus.look_again_on_commit(user_ids=recipient_ids)  # whose contact the sender becomes by this
    return message


@transaction.atomic(durable=True)
def mark_read(*, conversation_id: UUID, reader_id: UUID, seq: int) -> Membership:
    """Move the reader's position forward to `seq`. Going back, or past the last message, changes nothing more."""
    conversation = lock_conversation(conversation_id)
    members = list_memberships(conversation_id)
    reader = next(member for member in members if member.user_id == reader_id)
    position = next_read_position(current=reader.last_read_seq, asked=seq, last_seq=conversation.last_seq)
    if position == reader.last_read_seq:
        return reader
    inboxes = lock_inboxes(member.user_id for member in members)

    reader.last_read_seq = position
    unread = count_unread_after(conversation_id, reader_id=reader_id, seq=position)
    _change_unread(reader, inboxes[reader_id], unread)

    append(
        *(
            Entry(
                USER.name_for(user_id=member.user_id),
                ConversationReadChange(
                    conversation_id=conversation_id,
                    reader_id=reader_id,
                    read_seq=position,
                    unread=inboxes[member.user_id].unread,
                    conversation_unread=member.unread,
                ),
            )
            for member in members
        )
    )
    return reader


@transaction.atomic(durable=True)
def block_person(*, blocker_id: UUID, blocked_id: UUID) -> None:
    """Shut a person out. Once this returns no message passes between the two. Doing it twice is doing it once."""
    if blocker_id == blocked_id:
        raise ValidationFailed("You cannot block yourself.")
    # A message that is being sent holds this lock: it comes before the block, or sees it.
    lock_conversation_of_pair(pair_key(blocker_id, blocked_id))
    Block.objects.bulk_create(
        [Block(blocker_id=blocker_id, blocked_id=blocked_id, created_at=clock.now())], ignore_conflicts=True
    )
    bus.look_again_on_commit(user_ids=[blocker_id, blocked_id])


@transaction.atomic(durable=True)
def unblock_person(*, blocker_id: UUID, blocked_id: UUID) -> None:
    """Let a person in again. Somebody who was not shut out stays as they were."""
    Block.objects.filter(blocker_id=blocker_id, blocked_id=blocked_id).delete()
    bus.look_again_on_commit(user_ids=[blocker_id, blocked_id])


def _change_unread(member: Membership, inbox: Inbox, unread: int) -> None:
    """Set one member's count and carry the difference into their total. Both rows are locked by the caller."""
    inbox.unread += unread - member.unread
    member.unread = unread
    member.save(update_fields=["unread", "last_read_seq"])
    inbox.save(update_fields=["unread"])
