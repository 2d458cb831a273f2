"""The forum: categories, threads, replies. Reading is open to visitors; writing needs an account."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from accounts.queries.exclusions import check_not_self_excluded
from community.access import get_category, get_thread
from community.actions import forum
from community.queries.forum import (
    count_unread_replies,
    describe_one_reply,
    describe_thread,
    list_categories,
    list_replies,
    list_threads,
)
from community.schemas import (
    CategoryReply,
    PageQuery,
    PostReplyCommand,
    PostReplyReply,
    PostThreadCommand,
    ReadIn,
    ReplyIn,
    ThreadQuery,
    ThreadReply,
    ThreadRowReply,
    ThreadUnreadReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.schemas import Page
from project.kit.throttles import check_rate
from sports.access import get_event

THREADS_PER_HOUR: Final = 10  # a person with more to say than this is advertising
REPLIES_PER_MINUTE: Final = 20  # a lively match chat stays below

router = Router(tags=["forum"])


def post_thread(caller: Caller, command: PostThreadCommand, key: str) -> ThreadReply:
    """Open a thread."""
    user_id = require_user(caller)
    check_not_self_excluded(user_id)
    category = get_category(command.category)
    event_id = get_event(command.event_id).id if command.event_id is not None else None
    check_rate(f"threads:{user_id}", limit=THREADS_PER_HOUR, per_s=3_600)
    thread = forum.post_thread(
        author_id=user_id,
        category=category.slug,
        title=command.title,
        content=command.content,
        event_id=event_id,
        command_key=CommandKey(user_id, key, fingerprint("post_thread", command)),
    )
    return describe_thread(thread, caller=caller)


def post_reply(caller: Caller, command: PostReplyCommand, key: str) -> PostReplyReply:
    """Reply in a thread."""
    user_id = require_user(caller)
    check_not_self_excluded(user_id)
    thread = get_thread(caller, command.thread_id)
    check_rate(f"replies:{user_id}", limit=REPLIES_PER_MINUTE, per_s=60)
    reply = forum.post_reply(
        thread_id=thread.id,
        author_id=user_id,
        content=command.content,
        command_key=CommandKey(user_id, key, fingerprint("post_reply", command)),
    )
    return describe_one_reply(reply, shows_hidden=caller.is_moderator)


@router.get("/categories", response=list[CategoryReply])
def list_categories_view(request: HttpRequest) -> list[CategoryReply]:
    """The shelves of the forum."""
    return list_categories()


@router.get("/threads", response=Page[ThreadRowReply])
def list_threads_view(request: HttpRequest, query: Query[ThreadQuery]) -> Page[ThreadRowReply]:
    """Threads of a category, of an event, or all, with the newest activity first."""
    category = get_category(query.category).slug if query.category is not None else None
    event_id = get_event(query.event_id).id if query.event_id is not None else None
    return list_threads(
        caller_of(request), category=category, event_id=event_id, cursor=query.cursor, limit=query.limit
    )


@router.post("/threads", response={201: ThreadReply})
def post_thread_view(request: HttpRequest, command: PostThreadCommand, key: IdempotencyKey) -> Status[ThreadReply]:
    """Open a thread. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, post_thread(caller, command, key))


@router.get("/threads/{uuid:thread_id}", response=ThreadReply)
def get_thread_view(request: HttpRequest, thread_id: UUID) -> ThreadReply:
    """A thread with its latest replies."""
    caller = caller_of(request)
    return describe_thread(get_thread(caller, thread_id), caller=caller)


@router.get("/threads/{uuid:thread_id}/replies", response=Page[PostReplyReply])
def list_replies_view(request: HttpRequest, thread_id: UUID, query: Query[PageQuery]) -> Page[PostReplyReply]:
    """Replies of a thread, newest first: for those older than what the thread opens with."""
    caller = caller_of(request)
    return list_replies(get_thread(caller, thread_id), caller=caller, cursor=query.cursor, limit=query.limit)


@router.post("/threads/{uuid:thread_id}/replies", response={201: PostReplyReply})
def post_reply_view(
    request: HttpRequest, thread_id: UUID, reply: ReplyIn, key: IdempotencyKey
) -> Status[PostReplyReply]:
    """Reply in a thread. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    command = PostReplyCommand(thread_id=thread_id, content=reply.content)
    return Status(201, post_reply(caller, command, key))


@router.post("/threads/{uuid:thread_id}/read", response=ThreadUnreadReply)
def mark_thread_read_view(request: HttpRequest, thread_id: UUID, read: ReadIn) -> ThreadUnreadReply:
    """Every reply up to `seq` has been seen."""
    caller = caller_of(request)
    user_id = require_user(caller)
    thread = get_thread(caller, thread_id)
    forum.mark_thread_read(thread_id=thread.id, reader_id=user_id, seq=read.seq)
    return ThreadUnreadReply(unread=count_unread_replies([thread.id], reader_id=user_id).get(thread.id, 0))


@router.get("/events/{uuid:event_id}/thread", response=ThreadReply)
def get_event_thread_view(request: HttpRequest, event_id: UUID) -> ThreadReply:
    """The thread that every event has, made when the first person asks for it."""
    caller = caller_of(request)
    event = get_event(event_id)
    thread = forum.open_event_thread(event_id=event.id, title=event.name)
    return describe_thread(get_thread(caller, thread.id), caller=caller)
