"""Who excluded themselves says nothing more to anybody, and still reads, reports and blocks; a time-out changes nothing
of it."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from accounts.actions.exclusions import exclude_self, take_time_out
from accounts.models import User
from community.actions.conversations import send_message
from community.models import Block, CommunityPost, Conversation, Message, PostReply, Report
from tests.community.conftest import Browser

Browse = Callable[[User | None], Browser]


@pytest.mark.parametrize("is_excluded", [True, False])
def test_what_is_left_of_the_community(
    ada: User, ben: User, browse: Browse, conversation: Conversation, thread: CommunityPost, is_excluded: bool
) -> None:
    message = send_message(conversation_id=conversation.id, sender_id=ben.id, body="Come back")
    if is_excluded:
        exclude_self(user_id=ada.id, length="6_months")
    else:
        take_time_out(user_id=ada.id, length="6_weeks")
    client = browse(ada)

    answers = [
        client.post("/api/conversations", {"username": "ben"}),
        client.post(f"/api/conversations/{conversation.id}/messages", {"body": "Hello"}),
        client.post("/api/threads", {"category": "tips", "title": "Home wins", "content": "All of them."}),
        client.post(f"/api/threads/{thread.id}/replies", {"content": "Mine too."}),
    ]

    if is_excluded:
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "self_excluded")}
    else:
        assert [answer.status_code for answer in answers] == [200, 201, 201, 201]
    said = int(not is_excluded)
    assert (Message.objects.count(), CommunityPost.objects.count(), PostReply.objects.count()) == (
        1 + said,
        1 + said,
        said,
    )
    assert client.post(f"/api/conversations/{conversation.id}/read", {"seq": 1}).json()["conversation_unread"] == 0
    report = {"subject_type": "message", "subject_id": str(message.id), "reason": "spam"}
    assert client.post("/api/reports", report, key=str(uuid4())).status_code == 201
    assert client.post("/api/people/ben/block").json() == {"username": "ben", "is_blocked": True}
    assert (Report.objects.count(), Block.objects.count()) == (1, 1)
