"""Blanks hidden content inside stored changes, so that a replay of history tells that something was said but not what.

Works on plain JSON values: the same shape goes out as came in, under the same sequence number.
"""

from typing import Any

Json = dict[str, Any]


def redact_reply(change: Json, reply_id: str) -> Json | None:
    """The change with this reply's text removed, or None when the change does not carry it.

    A reply travels alone, or inside a whole thread that was put back.
    """
    reply = change.get("reply")
    if isinstance(reply, dict) and reply.get("id") == reply_id:
        return {**change, "reply": _blank(reply)}
    thread = change.get("thread")
    if not isinstance(thread, dict):
        return None
    replies = thread.get("replies", [])
    if not any(item.get("id") == reply_id for item in replies):
        return None
    blanked = [_blank(item) if item.get("id") == reply_id else item for item in replies]
    return {**change, "thread": {**thread, "replies": blanked}}


def redact_any_reply(change: Json) -> Json | None:
    """The change with whatever reply it carries blanked: for a thread that is hidden as a whole."""
    reply = change.get("reply")
    if not isinstance(reply, dict):
        return redact_whole_thread(change)
    return {**change, "reply": _blank(reply)}


def redact_whole_thread(change: Json) -> Json | None:
    """A full thread inside a change, emptied."""
    thread = change.get("thread")
    if not isinstance(thread, dict) or "replies" not in thread:
        return None
    emptied = {"title": "", "content_html": "", "replies": [], "reply_count": 0, "is_hidden": True}
    return {**change, "thread": {**thread, **emptied}}


def redact_thread_row(change: Json, thread_id: str) -> Json | None:
    """The change with this thread's title removed, or None when the change does not carry it."""
    row = change.get("thread")
    if not isinstance(row, dict) or row.get("id") != thread_id:
        return None
    return {**change, "thread": {**row, "title": "", "is_hidden": True}}


def redact_message(change: Json, message_id: str) -> Json | None:
    """The change with this message's text removed, or None when the change does not carry it."""
    message = change.get("message")
    if not isinstance(message, dict) or message.get("id") != message_id:
        return None
    return {**change, "message": {**message, "body": "", "body_html": "", "is_hidden": True}}


def _blank(reply: Json) -> Json:
    return {**reply, "content_html": "", "is_hidden": True}
