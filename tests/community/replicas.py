"""A client's state in a few lines: how each change alters what the image gave. Tests hold it against a fresh image."""

from typing import Any

State = dict[str, Any]


def apply(state: State, change: dict[str, Any]) -> None:
    """Change the state in place as a client does. A change nobody knows is an error."""
    _RULES[change["type"]](state, change)


def _append_reply(state: State, change: dict[str, Any]) -> None:
    state["thread"]["replies"].append(change["reply"])
    state["thread"] |= {"reply_count": change["reply_count"], "last_activity_at": change["last_activity_at"]}


def _blank_reply(state: State, change: dict[str, Any]) -> None:
    for reply in state["thread"]["replies"]:
        if reply["id"] == change["reply_id"]:
            reply |= {"content_html": "", "is_hidden": True}
    state["thread"]["reply_count"] = change["reply_count"]


def _replace_reply(state: State, change: dict[str, Any]) -> None:
    replies = state["thread"]["replies"]
    replies[:] = [change["reply"] if reply["id"] == change["reply"]["id"] else reply for reply in replies]
    state["thread"]["reply_count"] = change["reply_count"]


def _replace_thread(state: State, change: dict[str, Any]) -> None:
    state["thread"] = change["thread"]


def _hide_thread(state: State, change: dict[str, Any]) -> None:
    if "thread" in state:
        emptied: State = {"title": "", "content_html": "", "replies": [], "reply_count": 0, "is_hidden": True}
        state["thread"] |= emptied
    else:
        state["threads"] = [row for row in state["threads"] if row["id"] != change["thread_id"]]


def _add_row(state: State, change: dict[str, Any]) -> None:
    # A replay of a thread hidden since names nothing any more.
    if not change["thread"]["is_hidden"]:
        state["threads"].append(change["thread"])
        _sort_rows(state)


def _touch_row(state: State, change: dict[str, Any]) -> None:
    for row in state["threads"]:
        if row["id"] == change["thread_id"]:
            row |= {"reply_count": change["reply_count"], "last_activity_at": change["last_activity_at"]}
    _sort_rows(state)


def _sort_rows(state: State) -> None:
    state["threads"].sort(key=lambda row: (row["last_activity_at"], row["id"]), reverse=True)


def _add_report(state: State, change: dict[str, Any]) -> None:
    state["reports"].append(change["report"])


def _remove_report(state: State, change: dict[str, Any]) -> None:
    state["reports"] = [report for report in state["reports"] if report["id"] != change["report_id"]]


def _set_unread(state: State, change: dict[str, Any]) -> None:
    state["unread_messages"] = change["unread"]


_RULES = {
    "reply.posted": _append_reply,
    "reply.hidden": _blank_reply,
    "reply.restored": _replace_reply,
    "thread.hidden": _hide_thread,
    "thread.reopened": _replace_thread,
    "thread.posted": _add_row,
    "thread.restored": _add_row,
    "thread.active": _touch_row,
    "report.filed": _add_report,
    "report.resolved": _remove_report,
    "message.received": _set_unread,
    "message.hidden": _set_unread,
    "message.restored": _set_unread,
    "conversation.read": _set_unread,
}
