"""Once hidden, a text is in no answer, image, stored change or kept reply that anybody but a moderator can reach."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.streams import USER
from community.actions.decisions import Decision
from community.actions.forum import open_event_thread, post_reply
from community.actions.moderation import (
    hide_message,
    hide_post,
    hide_reply,
    restore_message,
    restore_post,
    restore_reply,
)
from community.models import CommunityPost, Conversation, PostReply
from community.streams import FORUM, MODERATION, THREAD
from project.kit.callers import ANONYMOUS
from project.kit.models import IdempotentReply, OutboxChange, RecordedEvent
from project.kit.streams import head, read_since
from project.kit.topics import sequenced_image
from sports.models import Event
from tests.community.conftest import Browser
from tests.people import caller_of

SECRET = "zebra-crossing"
Browse = Callable[[User | None], Browser]


def _stored() -> str:
    """Everything that a stream, a consumer of events or a replayed key could be given."""
    tables = (OutboxChange.objects.values_list("payload"), RecordedEvent.objects.values_list("payload"))
    return json.dumps([list(rows) for rows in (*tables, IdempotentReply.objects.values_list("reply"))])


def _replay(topic: str) -> str:
    at = head(topic)
    changes = read_since(topic, at.epoch, 0)
    assert changes is not None
    assert [change.seq for change in changes] == list(range(1, at.seq + 1))
    return json.dumps([change.change for change in changes])


def _reply_over_http(browser: Browser, thread: CommunityPost, key: str) -> PostReply:
    answer = browser.post(f"/api/threads/{thread.id}/replies", {"content": f"the {SECRET}"}, key=key)
    assert answer.status_code == 201
    return PostReply.objects.get(id=answer.json()["id"])


def test_a_hidden_reply(
    thread: CommunityPost, ada: User, ben: User, mod: User, browse: Browse, decision: Decision
) -> None:
    author, reader, moderator = browse(ben), browse(ada), browse(mod)
    reply = _reply_over_http(author, thread, key="k1")
    assert SECRET in _replay(f"thread:{thread.id}")

    hide_reply(reply_id=reply.id, decision=decision)

    assert SECRET not in _stored()
    assert SECRET not in _replay(f"thread:{thread.id}")
    assert SECRET not in json.dumps(sequenced_image(THREAD, {"thread_id": str(thread.id)}))
    paths = (f"/api/threads/{thread.id}", f"/api/threads/{thread.id}/replies", "/api/threads")
    for browser in (author, reader, browse(None)):
        for path in paths:
            answer = browser.get(path)
            assert answer.status_code == 200
            assert SECRET not in answer.content.decode()
    again = author.post(f"/api/threads/{thread.id}/replies", {"content": f"the {SECRET}"}, key="k1")
    assert (again.status_code, again.json()["id"], again.json()["is_hidden"]) == (201, str(reply.id), True)
    assert SECRET not in again.content.decode()
    assert SECRET in moderator.get(f"/api/threads/{thread.id}").content.decode()


def test_a_reply_hidden_restored_and_hidden_again(thread: CommunityPost, ben: User, decision: Decision) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content=SECRET)

    hide_reply(reply_id=reply.id, decision=decision)
    restore_reply(reply_id=reply.id, decision=decision)
    assert SECRET in _replay(f"thread:{thread.id}")
    hide_reply(reply_id=reply.id, decision=decision)

    assert SECRET not in _stored()


def test_a_reply_hidden_after_its_thread_came_back(thread: CommunityPost, ben: User, decision: Decision) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content=SECRET)
    hide_post(post_id=thread.id, decision=decision)
    restore_post(post_id=thread.id, decision=decision)
    assert SECRET in _replay(f"thread:{thread.id}")

    hide_reply(reply_id=reply.id, decision=decision)

    assert SECRET not in _stored()


def test_a_reply_restored_inside_a_hidden_thread_stays_out_of_sight(
    thread: CommunityPost, ben: User, decision: Decision
) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content=SECRET)
    hide_post(post_id=thread.id, decision=decision)
    hide_reply(reply_id=reply.id, decision=decision)

    restore_reply(reply_id=reply.id, decision=decision)

    assert SECRET not in _stored()
    restore_post(post_id=thread.id, decision=decision)
    assert SECRET in _replay(f"thread:{thread.id}")


def test_a_hidden_thread(ada: User, ben: User, mod: User, browse: Browse, decision: Decision) -> None:
    author, moderator = browse(ada), browse(mod)
    body = {"category": "tips", "title": f"T {SECRET}", "content": f"C {SECRET}"}
    thread_id = author.post("/api/threads", body, key="k1").json()["id"]
    thread = CommunityPost.objects.get(id=thread_id)
    _reply_over_http(browse(ben), thread, key="k2")

    hide_post(post_id=thread.id, decision=decision)

    assert SECRET not in _stored()
    assert SECRET not in _replay(f"thread:{thread_id}") + _replay("forum:tips")
    assert SECRET not in json.dumps(sequenced_image(THREAD, {"thread_id": thread_id}))
    assert sequenced_image(FORUM, {"category": "tips"}) == {"threads": []}
    for browser in (author, browse(ben), browse(None)):
        assert browser.get(f"/api/threads/{thread_id}").status_code == 404
        assert browser.get(f"/api/threads/{thread_id}/replies").status_code == 404
        assert browser.get("/api/threads").json()["items"] == []
        assert browser.get("/api/threads", category="tips").json()["items"] == []
    again = author.post("/api/threads", body, key="k1")
    assert (again.status_code, again.json()["is_hidden"]) == (201, True)
    assert SECRET not in again.content.decode()
    assert SECRET in moderator.get(f"/api/threads/{thread_id}").content.decode()
    assert [row["id"] for row in moderator.get("/api/threads").json()["items"]] == [thread_id]


def test_a_hidden_event_thread(event: Event, ben: User, browse: Browse, decision: Decision) -> None:
    thread = open_event_thread(event_id=event.id, title=event.name)
    post_reply(thread_id=thread.id, author_id=ben.id, content=SECRET)
    assert browse(None).get(f"/api/events/{event.id}/thread").status_code == 200

    hide_post(post_id=thread.id, decision=decision)

    assert SECRET not in _stored()
    assert browse(None).get(f"/api/events/{event.id}/thread").status_code == 404
    assert CommunityPost.objects.count() == 1


def test_a_hidden_message(conversation: Conversation, ada: User, ben: User, browse: Browse, decision: Decision) -> None:
    sender, reader = browse(ada), browse(ben)
    path = f"/api/conversations/{conversation.id}/messages"
    message_id = sender.post(path, {"body": SECRET}, key="k1").json()["id"]

    hide_message(message_id=message_id, decision=decision)

    assert SECRET not in _stored()
    for user in (ada, ben):
        assert SECRET not in _replay(USER.name_for(user_id=user.id))
    for browser in (sender, reader):
        for address in (path, "/api/conversations", f"/api/conversations/{conversation.id}"):
            answer = browser.get(address)
            assert answer.status_code == 200
            assert SECRET not in answer.content.decode()
        [shown] = browser.get(path).json()["items"]
        assert (shown["body"], shown["body_html"], shown["is_hidden"]) == ("", "", True)
    again = sender.post(path, {"body": SECRET}, key="k1")
    assert (again.status_code, again.json()["id"], again.json()["body"]) == (201, message_id, "")

    restore_message(message_id=message_id, decision=decision)
    assert SECRET in _replay(USER.name_for(user_id=ben.id))
    hide_message(message_id=message_id, decision=decision)
    assert SECRET not in _stored()


@pytest.mark.parametrize("who", ["visitor", "ada", "ben"])
def test_a_report_about_a_hidden_text_is_for_moderators_only(
    thread: CommunityPost, ada: User, ben: User, cleo: User, browse: Browse, decision: Decision, who: str
) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content=SECRET)
    body = {"subject_type": "reply", "subject_id": str(reply.id), "reason": "abuse"}
    receipt = browse(cleo).post("/api/reports", body, key="k1")
    assert SECRET not in receipt.content.decode()
    hide_reply(reply_id=reply.id, decision=decision)

    caller = {"visitor": ANONYMOUS, "ada": caller_of(ada), "ben": caller_of(ben)}[who]
    assert not MODERATION.may_subscribe(caller, {})
    assert Client().get("/api/reports").status_code == 405
