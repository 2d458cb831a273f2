"""Direct messages: what a client may ask. Handlers take `(caller, command[, key])` and serve HTTP and the socket."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from accounts.access import get_person_by_username
from accounts.queries.exclusions import check_not_self_excluded
from community.access import get_conversation
from community.actions import conversations
from community.models import Block
from community.queries.conversations import (
    describe_conversation,
    describe_one_message,
    get_unread,
    list_conversations,
    list_messages,
)
from community.schemas import (
    BlockReply,
    ConversationReply,
    MarkReadCommand,
    MessageIn,
    MessageReply,
    PageQuery,
    ReadIn,
    SendMessageCommand,
    StartConversationCommand,
    UnreadReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.schemas import Page
from project.kit.throttles import check_rate

MESSAGES_PER_MINUTE: Final = 60  # faster than anybody types, slow enough that a flood is no fun
CONVERSATIONS_PER_HOUR: Final = 30  # opening many is what spam does first
BLOCKS_PER_HOUR: Final = 120  # a nuisance limit: each takes a lock

router = Router(tags=["messages"])


def start_conversation(caller: Caller, command: StartConversationCommand) -> ConversationReply:
    """Find or open the conversation with a person."""
    user_id = require_user(caller)
    check_not_self_excluded(user_id)
    check_rate(f"conversations:{user_id}", limit=CONVERSATIONS_PER_HOUR, per_s=3_600)
    other = get_person_by_username(command.username)
    conversation = conversations.start_conversation(starter_id=user_id, other_id=other.id)
    return describe_conversation(conversation, viewer_id=user_id)


def send_message(caller: Caller, command: SendMessageCommand, key: str) -> MessageReply:
    """Say something; the reply means that it is stored."""
    user_id = require_user(caller)
    check_not_self_excluded(user_id)
    conversation = get_conversation(caller, command.conversation_id)
    check_rate(f"messages:{user_id}", limit=MESSAGES_PER_MINUTE, per_s=60)
    message = conversations.send_message(
        conversation_id=conversation.id,
        sender_id=user_id,
        body=command.body,
        command_key=CommandKey(user_id, key, fingerprint("send_message", command)),
    )
    return describe_one_message(message)


def mark_read(caller: Caller, command: MarkReadCommand) -> UnreadReply:
    """Everything up to a message has been seen."""
    user_id = require_user(caller)
    conversation = get_conversation(caller, command.conversation_id)
    conversations.mark_read(conversation_id=conversation.id, reader_id=user_id, seq=command.seq)
    return get_unread(conversation.id, reader_id=user_id)


def set_block(caller: Caller, username: str, *, is_blocked: bool) -> BlockReply:
    """Shut a person out or let them in again."""
    user_id = require_user(caller)
    check_rate(f"blocks:{user_id}", limit=BLOCKS_PER_HOUR, per_s=3_600)
    person = get_person_by_username(username)
    change = conversations.block_person if is_blocked else conversations.unblock_person
    change(blocker_id=user_id, blocked_id=person.id)
    return BlockReply(
        username=person.username, is_blocked=Block.objects.filter(blocker_id=user_id, blocked_id=person.id).exists()
    )


@router.get("/conversations", response=Page[ConversationReply], by_alias=True)
def list_conversations_view(request: HttpRequest, query: Query[PageQuery]) -> Page[ConversationReply]:
    """The caller's conversations, the one with the newest message first."""
    return list_conversations(require_user(caller_of(request)), cursor=query.cursor, limit=query.limit)


@router.post("/conversations", response=ConversationReply, by_alias=True)
def start_conversation_view(request: HttpRequest, command: StartConversationCommand) -> ConversationReply:
    """Find or open the conversation with a person."""
    return start_conversation(caller_of(request), command)


@router.get("/conversations/{uuid:conversation_id}", response=ConversationReply, by_alias=True)
def get_conversation_view(request: HttpRequest, conversation_id: UUID) -> ConversationReply:
    """One of the caller's conversations."""
    caller = caller_of(request)
    return describe_conversation(get_conversation(caller, conversation_id), viewer_id=require_user(caller))


@router.get("/conversations/{uuid:conversation_id}/messages", response=Page[MessageReply])
def list_messages_view(request: HttpRequest, conversation_id: UUID, query: Query[PageQuery]) -> Page[MessageReply]:
    """Messages of a conversation, newest first."""
    conversation = get_conversation(caller_of(request), conversation_id)
    return list_messages(conversation.id, cursor=query.cursor, limit=query.limit)


@router.post("/conversations/{uuid:conversation_id}/messages", response={201: MessageReply})
def send_message_view(
    request: HttpRequest, conversation_id: UUID, message: MessageIn, key: IdempotencyKey
) -> Status[MessageReply]:
    """Say something. Needs an Idempotency-Key; the same key and body answer with the same message."""
    command = SendMessageCommand(conversation_id=conversation_id, body=message.body)
    caller = caller_of(request)
    require_user(caller)
    return Status(201, send_message(caller, command, key))


@router.post("/conversations/{uuid:conversation_id}/read", response=UnreadReply)
def mark_read_view(request: HttpRequest, conversation_id: UUID, read: ReadIn) -> UnreadReply:
    """Everything up to `seq` has been seen."""
    return mark_read(caller_of(request), MarkReadCommand(conversation_id=conversation_id, seq=read.seq))


@router.post("/people/{username}/block", response=BlockReply)
def block_view(request: HttpRequest, username: str) -> BlockReply:
    """Shut a person out: no message passes between the two."""
    return set_block(caller_of(request), username, is_blocked=True)


@router.delete("/people/{username}/block", response=BlockReply)
def unblock_view(request: HttpRequest, username: str) -> BlockReply:
    """Let a person in again."""
    return set_block(caller_of(request), username, is_blocked=False)
