"""What people do in the forum: open threads, reply, keep their place."""

from uuid import UUID

from django.db import transaction

from community.actions.texts import get_visible_line, get_visible_text
from community.core.markdown import render_markdown
from community.core.texts import TITLE_CHARS_MAX, TITLE_CHARS_MIN
from community.events import ReplyPosted, ThreadPosted
from community.locks import lock_person, lock_thread
from community.models import CommunityPost, PostReply, ReadMark
from community.queries.forum import describe_one_reply, describe_thread_row, find_event_thread
from community.streams import FORUM, THREAD, THREAD_LIVE, ReplyPostedChange, ThreadActiveChange, ThreadPostedChange
from project.kit import bus, clock
from project.kit.errors import NotFound
from project.kit.events import publish
from project.kit.idempotency import CommandKey
from project.kit.replays import find_made, remember_made
from project.kit.streams import Entry, append


@transaction.atomic(durable=True)
def post_thread(
    *,
    author_id: UUID,
    category: str,
    title: str,
    content: str,
    event_id: UUID | None = None,
    command_key: CommandKey | None = None,
) -> CommunityPost:
    """Open a thread in an existing category. Raises ValidationFailed when title or content would not be visible."""
    lock_person(author_id)
    made_id = find_made(command_key)
    if made_id is not None:
        return CommunityPost.objects.get(id=made_id)
    line = get_visible_line(title, pointer="/title", length_min=TITLE_CHARS_MIN, length_max=TITLE_CHARS_MAX)
    text = get_visible_text(content, pointer="/content")

    at = clock.now()
    thread = CommunityPost.objects.create(
        category_id=category,
        event_id=event_id,
        author_id=author_id,
        title=line,
        content=text,
        content_html=render_markdown(text),
        posted_at=at,
        updated_at=at,
        last_activity_at=at,
    )
    remember_made(command_key, thread.id)

    publish(ThreadPosted(thread_id=thread.id, author_id=author_id, category=category))
    append(Entry(FORUM.name_for(category=category), ThreadPostedChange(thread=describe_thread_row(thread))))
    return thread


@transaction.atomic(durable=True)
def open_event_thread(*, event_id: UUID, title: str) -> CommunityPost:
    """Find or make the one thread that every event has. It has no author and no category."""
    found = find_event_thread(event_id)
    if found is not None:
        return found
    at = clock.now()
    # Two first visitors may come at once: the unique constraint lets one row in, and both read that one.
    CommunityPost.objects.bulk_create(
        [
            CommunityPost(
                event_id=event_id,
                is_event_thread=True,
                title=title[: CommunityPost._meta.get_field("title").max_length],
                posted_at=at,
                updated_at=at,
                last_activity_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return CommunityPost.objects.get(event_id=event_id, is_event_thread=True)


@transaction.atomic(durable=True)
def post_reply(*, thread_id: UUID, author_id: UUID, content: str, command_key: CommandKey | None = None) -> PostReply:
    """Reply at the end of a thread. Raises NotFound when it was hidden meanwhile."""
    thread = lock_thread(thread_id)
    made_id = find_made(command_key)
    if made_id is not None:
        return PostReply.objects.get(id=made_id)
    if thread.is_hidden:
        raise NotFound
    text = get_visible_text(content, pointer="/content")

    reply = PostReply.objects.create(
        post=thread,
        seq=thread.last_reply_seq + 1,
        author_id=author_id,
        content=text,
        content_html=render_markdown(text),
        posted_at=clock.now(),
    )
    thread.last_reply_seq = reply.seq
    thread.reply_count += 1
    thread.last_activity_at = reply.posted_at
    thread.save(update_fields=["last_reply_seq", "reply_count", "last_activity_at"])
    remember_made(command_key, reply.id)

    publish(ReplyPosted(thread_id=thread.id, reply_id=reply.id, author_id=author_id))
    posted = ReplyPostedChange(
        reply=describe_one_reply(reply), reply_count=thread.reply_count, last_activity_at=thread.last_activity_at
    )
    append(Entry(THREAD.name_for(thread_id=thread.id), posted), *list_activity_entries(thread))
    bus.said_on_commit(THREAD_LIVE.name_for(thread_id=thread.id), author_id)
    return reply


@transaction.atomic(durable=True)
def mark_thread_read(*, thread_id: UUID, reader_id: UUID, seq: int) -> None:
    """Move the reader's mark in a thread forward to `seq`, at most to its last reply."""
    thread = lock_thread(thread_id)
    mark, _ = ReadMark.objects.get_or_create(post=thread, user_id=reader_id)
    position = min(seq, thread.last_reply_seq)
    # Conditional, so that an older tab of the same reader never moves the mark back.
    ReadMark.objects.filter(id=mark.id, last_read_seq__lt=position).update(last_read_seq=position)


def list_activity_entries(thread: CommunityPost) -> list[Entry]:
    """What the list of the thread's category has to hear when its replies change.

    Events' own threads are in no list, hidden threads are in none for now.
    """
    if thread.category_id is None or thread.is_hidden:
        return []
    change = ThreadActiveChange(
        thread_id=thread.id, reply_count=thread.reply_count, last_activity_at=thread.last_activity_at
    )
    return [Entry(FORUM.name_for(category=thread.category_id), change)]
