"""Reads of the forum. Whoever is no moderator gets hidden threads not at all and hidden replies without their text."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.schemas import PersonReply
from community.models import Category, CommunityPost, PostReply, ReadMark
from community.queries.people import describe_named
from community.schemas import CategoryReply, PostReplyReply, ThreadReply, ThreadRowReply
from project.kit.callers import ANONYMOUS, Caller
from project.kit.pagination import DEFAULT_LIMIT, paginate
from project.kit.schemas import Page

REPLIES_SHOWN_MAX: Final = 200  # what a thread opens with; older replies come in pages
FORUM_IMAGE_THREADS: Final = 50  # a list longer than a few screens is fetched in pages


def list_categories() -> list[CategoryReply]:
    """The shelves of the forum in their order."""
    categories = Category.objects.order_by("position", "slug")
    return [CategoryReply(slug=row.slug, name=row.name, description=row.description) for row in categories]


def visible_threads(caller: Caller) -> QuerySet[CommunityPost]:
    """Threads this caller may see at all."""
    threads = CommunityPost.objects.all()
    return threads if caller.is_moderator else threads.filter(is_hidden=False)


def list_threads(
    caller: Caller,
    *,
    category: str | None = None,
    event_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[ThreadRowReply]:
    """Threads with the newest activity first. Events' own threads appear in the general list once somebody spoke."""
    threads = visible_threads(caller)
    if category is not None:
        threads = threads.filter(category_id=category)
    if event_id is not None:
        threads = threads.filter(event_id=event_id)
    else:
        threads = threads.filter(Q(is_event_thread=False) | Q(reply_count__gt=0))
    page = paginate(threads, cursor=cursor, limit=limit, order=("-last_activity_at", "-id"), shape=lambda row: row)
    return Page[ThreadRowReply](
        items=describe_thread_rows(page.items, viewer_id=caller.user_id), next_cursor=page.next_cursor
    )


def describe_thread_rows(threads: Sequence[CommunityPost], *, viewer_id: UUID | None) -> list[ThreadRowReply]:
    """Threads as rows of a list."""
    people = describe_named(thread.author_id for thread in threads)
    unread = count_unread_replies([thread.id for thread in threads], reader_id=viewer_id) if viewer_id else None
    return [
        ThreadRowReply(**_describe_head(thread, people), unread=None if unread is None else unread.get(thread.id, 0))
        for thread in threads
    ]


def describe_thread_row(thread: CommunityPost) -> ThreadRowReply:
    """A thread as everybody sees it in a list."""
    return describe_thread_rows([thread], viewer_id=None)[0]


def _describe_head(thread: CommunityPost, people: dict[UUID, PersonReply]) -> dict[str, Any]:
    return {
        "id": thread.id,
        "title": thread.title,
        "category": thread.category_id,
        "event_id": thread.event_id,
        "author": people[thread.author_id] if thread.author_id else None,
        "posted_at": thread.posted_at,
        "reply_count": thread.reply_count,
        "last_activity_at": thread.last_activity_at,
        "is_hidden": thread.is_hidden,
    }


def describe_thread(thread: CommunityPost, *, caller: Caller = ANONYMOUS) -> ThreadReply:
    """A thread with its latest replies. For anybody but a moderator a hidden one is an empty shell."""
    is_emptied = thread.is_hidden and not caller.is_moderator
    newest = PostReply.objects.filter(post=thread).order_by("-seq")
    replies = [] if is_emptied else list(newest[:REPLIES_SHOWN_MAX])[::-1]
    people = describe_named([thread.author_id, *(reply.author_id for reply in replies)])
    unread = count_unread_replies([thread.id], reader_id=caller.user_id) if caller.user_id else None
    head = _describe_head(thread, people)
    if is_emptied:
        head |= {"title": "", "reply_count": 0}
    return ThreadReply(
        **head,
        unread=None if unread is None else unread.get(thread.id, 0),
        content_html="" if is_emptied else thread.content_html,
        replies=[
            describe_reply(reply, author=people[reply.author_id], shows_hidden=caller.is_moderator) for reply in replies
        ],
    )


def describe_reply(reply: PostReply, *, author: PersonReply, shows_hidden: bool = False) -> PostReplyReply:
    """A reply; its text only where it is not hidden or the reader is a moderator."""
    return PostReplyReply(
        id=reply.id,
        seq=reply.seq,
        author=author,
        content_html=reply.content_html if shows_hidden or not reply.is_hidden else "",
        posted_at=reply.posted_at,
        is_hidden=reply.is_hidden,
    )


def describe_one_reply(reply: PostReply, *, shows_hidden: bool = False) -> PostReplyReply:
    """A reply with its author."""
    author = describe_named([reply.author_id])[reply.author_id]
    return describe_reply(reply, author=author, shows_hidden=shows_hidden)


def list_replies(
    thread: CommunityPost, *, caller: Caller, cursor: str | None, limit: int = DEFAULT_LIMIT
) -> Page[PostReplyReply]:
    """Replies of a thread, newest first."""
    replies = PostReply.objects.filter(post=thread)
    page = paginate(replies, cursor=cursor, limit=limit, order=("-seq",), shape=lambda row: row)
    people = describe_named(reply.author_id for reply in page.items)
    items = [
        describe_reply(reply, author=people[reply.author_id], shows_hidden=caller.is_moderator) for reply in page.items
    ]
    return Page[PostReplyReply](items=items, next_cursor=page.next_cursor)


def count_unread_replies(thread_ids: Sequence[UUID], *, reader_id: UUID) -> dict[UUID, int]:
    """Others' visible replies after the reader's mark, for the threads that have any."""
    mark = ReadMark.objects.filter(user_id=reader_id, post_id=OuterRef("post_id")).values("last_read_seq")
    later = (
        PostReply.objects.filter(post_id__in=thread_ids, is_hidden=False)
        .exclude(author_id=reader_id)
        .alias(read_seq=Coalesce(Subquery(mark), 0))
        .filter(seq__gt=F("read_seq"))
    )
    counted = later.order_by().values("post_id").annotate(unread=Count("id"))
    return {row["post_id"]: row["unread"] for row in counted}


def list_forum_image(category: str) -> list[ThreadRowReply]:
    """The newest threads of a category as everybody sees them."""
    threads = visible_threads(ANONYMOUS).filter(category_id=category).order_by("-last_activity_at", "-id")
    return describe_thread_rows(list(threads[:FORUM_IMAGE_THREADS]), viewer_id=None)


def find_event_thread(event_id: UUID) -> CommunityPost | None:
    """The system's thread of an event, or None before anybody asked for it."""
    return CommunityPost.objects.filter(event_id=event_id, is_event_thread=True).first()
