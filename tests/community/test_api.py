"""The routes of the community as clients use them: exact shapes, keys, limits, pages."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from community.actions.conversations import send_message, start_conversation
from community.actions.forum import open_event_thread, post_reply, post_thread
from community.api import forum, messages, reports
from community.core.texts import CONTENT_CHARS_MAX, MESSAGE_CHARS_MAX
from community.models import CommunityPost, Conversation, Message, PostReply, Report
from sports.models import Event
from tests.community.conftest import Browser

Browse = Callable[[User | None], Browser]


def _person(user: User) -> dict[str, str]:
    return {"id": str(user.id), "username": user.username, "display_name": user.username}


def test_two_people_talk(ada: User, ben: User, browse: Browse) -> None:
    opened = browse(ada).post("/api/conversations", {"username": "BEN"})
    assert opened.status_code == 200
    conversation = opened.json()
    assert conversation == {
        "id": conversation["id"],
        "kind": "direct",
        "with": [_person(ben)],
        "last_message": None,
        "unread": 0,
        "is_blocked": False,
        "updated_at": conversation["updated_at"],
    }
    assert browse(ben).get("/api/conversations").json() == {"items": [], "next_cursor": None}

    sent = browse(ada).post(f"/api/conversations/{conversation['id']}/messages", {"body": "*Hi*"})
    assert sent.status_code == 201
    message = sent.json()
    assert message == {
        "id": message["id"],
        "conversation_id": conversation["id"],
        "seq": 1,
        "sender": _person(ada),
        "body": "*Hi*",
        "body_html": "<p><em>Hi</em></p>",
        "sent_at": message["sent_at"],
        "read": False,
        "is_hidden": False,
    }
    assert message["sent_at"].endswith("Z")

    [seen] = browse(ben).get("/api/conversations").json()["items"]
    assert (seen["with"], seen["unread"], seen["last_message"]) == ([_person(ada)], 1, message)
    read = browse(ben).post(f"/api/conversations/{conversation['id']}/read", {"seq": 1})
    assert read.json() == {"unread": 0, "conversation_unread": 0}
    [shown] = browse(ada).get(f"/api/conversations/{conversation['id']}/messages").json()["items"]
    assert shown == message | {"read": True}


def test_messages_come_in_pages_newest_first(conversation: Conversation, ada: User, browse: Browse) -> None:
    for number in range(1, 6):
        send_message(conversation_id=conversation.id, sender_id=ada.id, body=f"{number}")

    path = f"/api/conversations/{conversation.id}/messages"
    first = browse(ada).get(path, limit="3").json()
    second = browse(ada).get(path, limit="3", cursor=first["next_cursor"]).json()

    assert [message["seq"] for message in first["items"]] == [5, 4, 3]
    assert [message["seq"] for message in second["items"]] == [2, 1]
    assert second["next_cursor"] is None


def test_conversations_come_with_the_newest_message_first(ada: User, ben: User, cleo: User, browse: Browse) -> None:
    with_ben = start_conversation(starter_id=ada.id, other_id=ben.id)
    with_cleo = start_conversation(starter_id=ada.id, other_id=cleo.id)
    send_message(conversation_id=with_cleo.id, sender_id=cleo.id, body="first")
    send_message(conversation_id=with_ben.id, sender_id=ada.id, body="second")

    rows = browse(ada).get("/api/conversations").json()["items"]

    assert [row["id"] for row in rows] == [str(with_ben.id), str(with_cleo.id)]
    assert [row["unread"] for row in rows] == [0, 1]


def test_the_same_key_answers_the_same(conversation: Conversation, ada: User, browse: Browse) -> None:
    path = f"/api/conversations/{conversation.id}/messages"
    first = browse(ada).post(path, {"body": "once"}, key="k")
    again = browse(ada).post(path, {"body": "once"}, key="k")
    other = browse(ada).post(path, {"body": "twice"}, key="k")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Message.objects.count() == 1


def test_two_people_may_use_the_same_key(conversation: Conversation, ada: User, ben: User, browse: Browse) -> None:
    path = f"/api/conversations/{conversation.id}/messages"
    mine = browse(ada).post(path, {"body": "hello"}, key="k")
    theirs = browse(ben).post(path, {"body": "hello"}, key="k")

    assert mine.json()["id"] != theirs.json()["id"]


@pytest.mark.parametrize(
    "path",
    ["/api/conversations/{conversation}/messages", "/api/threads", "/api/threads/{thread}/replies", "/api/reports"],
)
def test_creating_needs_a_key(
    conversation: Conversation, thread: CommunityPost, ben: User, browse: Browse, path: str
) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "/api/conversations/{conversation}/messages": {"body": "hello"},
        "/api/threads": {"category": "tips", "title": "Title", "content": "text"},
        "/api/threads/{thread}/replies": {"content": "text"},
        "/api/reports": {"subject_type": "post", "subject_id": str(thread.id), "reason": "spam"},
    }
    address = path.format(conversation=conversation.id, thread=thread.id)
    client = browse(ben).client
    answer = client.post(address, bodies[path], content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    counts = (Message.objects.count(), CommunityPost.objects.count(), PostReply.objects.count(), Report.objects.count())
    assert counts == (0, 1, 0, 0)


def test_a_block_is_seen_and_felt(conversation: Conversation, ada: User, ben: User, browse: Browse) -> None:
    path = f"/api/conversations/{conversation.id}/messages"

    assert browse(ada).post("/api/people/ben/block").json() == {"username": "ben", "is_blocked": True}
    assert browse(ada).get(f"/api/conversations/{conversation.id}").json()["is_blocked"] is True
    assert browse(ben).get(f"/api/conversations/{conversation.id}").json()["is_blocked"] is False
    refused = browse(ben).post(path, {"body": "hello"})
    assert (refused.status_code, refused.json()["code"]) == (403, "blocked")
    assert browse(ada).delete("/api/people/Ben/block").json() == {"username": "ben", "is_blocked": False}
    assert browse(ben).post(path, {"body": "hello"}).status_code == 201


def test_nobody_blocks_or_writes_to_themselves_or_to_nobody(ada: User, browse: Browse) -> None:
    assert browse(ada).post("/api/people/ada/block").status_code == 422
    assert browse(ada).post("/api/people/nobody/block").status_code == 404
    assert browse(ada).post("/api/conversations", {"username": "ada"}).status_code == 422
    assert browse(ada).post("/api/conversations", {"username": "nobody"}).status_code == 404


def test_categories_are_these_three(db: None, browse: Browse) -> None:
    rows = browse(None).get("/api/categories").json()

    assert [(row["slug"], row["name"]) for row in rows] == [
        ("tips", "Tips"),
        ("questions", "Questions"),
        ("general", "General"),
    ]


def test_a_thread_with_its_replies(ada: User, ben: User, browse: Browse) -> None:
    made = browse(ada).post("/api/threads", {"category": "tips", "title": "Late goals", "content": "**Back** it"})
    assert made.status_code == 201
    thread = made.json()
    reply = browse(ben).post(f"/api/threads/{thread['id']}/replies", {"content": "No"}).json()

    shown = browse(None).get(f"/api/threads/{thread['id']}").json()

    assert reply == {
        "id": reply["id"],
        "seq": 1,
        "author": _person(ben),
        "content_html": "<p>No</p>",
        "posted_at": reply["posted_at"],
        "is_hidden": False,
    }
    assert shown == {
        "id": thread["id"],
        "title": "Late goals",
        "category": "tips",
        "event_id": None,
        "author": _person(ada),
        "content_html": "<p><strong>Back</strong> it</p>",
        "posted_at": thread["posted_at"],
        "reply_count": 1,
        "last_activity_at": reply["posted_at"],
        "is_hidden": False,
        "unread": None,
        "replies": [reply],
    }
    [row] = browse(ada).get("/api/threads", category="tips").json()["items"]
    assert row == {name: value for name, value in shown.items() if name in row} | {"unread": 1}
    assert "replies" not in row
    assert browse(ada).post(f"/api/threads/{thread['id']}/read", {"seq": 1}).json() == {"unread": 0}
    assert browse(ada).get(f"/api/threads/{thread['id']}").json()["unread"] == 0


def test_threads_are_filtered_and_come_in_pages(event: Event, ada: User, ben: User, browse: Browse) -> None:
    first = post_thread(author_id=ada.id, category="tips", title="First", content="text")
    second = post_thread(author_id=ada.id, category="general", title="Second", content="text", event_id=event.id)
    own = open_event_thread(event_id=event.id, title=event.name)

    def titles(**query: str) -> list[str]:
        return [row["title"] for row in browse(None).get("/api/threads", **query).json()["items"]]

    assert titles() == ["Second", "First"]  # an event's own thread comes in once somebody spoke
    assert titles(category="general") == ["Second"]
    assert sorted(titles(event_id=str(event.id))) == ["Alpha v Beta", "Second"]
    post_reply(thread_id=own.id, author_id=ben.id, content="goal")
    post_reply(thread_id=first.id, author_id=ben.id, content="up")
    assert titles() == ["First", "Alpha v Beta", "Second"]
    page = browse(None).get("/api/threads", limit="2").json()
    assert titles(limit="2", cursor=page["next_cursor"]) == [second.title]


def test_a_thread_opens_with_its_latest_replies(
    thread: CommunityPost, ada: User, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("community.queries.forum.REPLIES_SHOWN_MAX", 2)
    for number in range(1, 5):
        post_reply(thread_id=thread.id, author_id=ada.id, content=f"{number}")

    shown = browse(None).get(f"/api/threads/{thread.id}").json()
    older = browse(None).get(f"/api/threads/{thread.id}/replies", limit="3").json()

    assert [reply["seq"] for reply in shown["replies"]] == [3, 4]
    assert shown["reply_count"] == 4
    assert [reply["seq"] for reply in older["items"]] == [4, 3, 2]


def test_an_event_has_its_thread(event: Event, browse: Browse) -> None:
    thread = browse(None).get(f"/api/events/{event.id}/thread").json()

    assert (thread["title"], thread["author"], thread["category"]) == ("Alpha v Beta", None, None)
    assert thread["event_id"] == str(event.id)
    assert browse(None).get(f"/api/events/{event.id}/thread").json()["id"] == thread["id"]


def test_a_report_answers_with_a_receipt(thread: CommunityPost, ben: User, browse: Browse) -> None:
    body = {"subject_type": "post", "subject_id": str(thread.id), "reason": "spam", "note": ""}
    made = browse(ben).post("/api/reports", body)
    again = browse(ben).post("/api/reports", body)

    assert (made.status_code, made.json()) == (201, {"id": str(Report.objects.get().id), "status": "open"})
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/api/threads", {"category": "tips", "title": "ab", "content": "x"}, "/title"),
        ("/api/threads", {"category": "tips", "title": "abc", "content": "x" * (CONTENT_CHARS_MAX + 1)}, "/content"),
        ("/api/threads", {"category": "tips", "title": "abc"}, "/content"),
        ("/api/threads", {"category": "tips", "title": "abc", "content": "x", "more": 1}, "/more"),
        ("/api/threads", {"category": "tips", "title": 7, "content": "x"}, "/title"),
        ("/api/conversations/{conversation}/messages", {"body": "x" * (MESSAGE_CHARS_MAX + 1)}, "/body"),
        ("/api/conversations/{conversation}/messages", {"body": ""}, "/body"),
        ("/api/conversations/{conversation}/read", {"seq": -1}, "/seq"),
        ("/api/conversations/{conversation}/read", {"seq": "1"}, "/seq"),
        ("/api/reports", {"subject_type": "slip", "subject_id": "x", "reason": "spam"}, "/subject_type"),
    ],
)
def test_wrong_fields_are_named(
    conversation: Conversation, ada: User, browse: Browse, path: str, body: dict[str, Any], pointer: str
) -> None:
    answer = browse(ada).post(path.format(conversation=conversation.id), body)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert (Message.objects.count(), CommunityPost.objects.count(), Report.objects.count()) == (0, 0, 0)


def test_unknown_categories_and_events_are_not_found(ada: User, event: Event, browse: Browse) -> None:
    thread = {"category": "tips", "title": "Title", "content": "text"}

    assert browse(ada).post("/api/threads", thread | {"category": "nothing"}).status_code == 404
    assert browse(ada).post("/api/threads", thread | {"event_id": str(ada.id)}).status_code == 404
    assert browse(None).get("/api/threads", category="nothing").status_code == 404
    assert browse(None).get("/api/threads", event_id=str(ada.id)).status_code == 404
    assert CommunityPost.objects.count() == 0


@pytest.mark.parametrize(
    ("module", "limit", "path", "body"),
    [
        (messages, "MESSAGES_PER_MINUTE", "/api/conversations/{conversation}/messages", {"body": "hello"}),
        (forum, "REPLIES_PER_MINUTE", "/api/threads/{thread}/replies", {"content": "text"}),
        (forum, "THREADS_PER_HOUR", "/api/threads", {"category": "tips", "title": "Title", "content": "text"}),
        (messages, "CONVERSATIONS_PER_HOUR", "/api/conversations", {"username": "ada"}),
        (
            reports,
            "REPORTS_PER_HOUR",
            "/api/reports",
            {"subject_type": "post", "subject_id": "{thread}", "reason": "spam"},
        ),
    ],
)
def test_a_flood_is_stopped_with_the_time_to_wait(
    conversation: Conversation,
    thread: CommunityPost,
    ben: User,
    browse: Browse,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    limit: str,
    path: str,
    body: dict[str, str],
) -> None:
    monkeypatch.setattr(module, limit, 2)
    filled = {name: value.format(thread=thread.id) for name, value in body.items()}
    browser = browse(ben)
    address = path.format(conversation=conversation.id, thread=thread.id)

    answers = [browser.post(address, filled) for _ in range(3)]

    assert [answer.status_code for answer in answers[:2]] in ([200, 200], [201, 201], [201, 409])
    assert (answers[2].status_code, answers[2].json()["code"]) == (429, "rate_limited")
    assert int(answers[2].headers["Retry-After"]) >= 1
