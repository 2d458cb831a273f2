"""Sending a message: numbered without a gap, stored and queued for both before it is acknowledged, once per key."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.streams import USER
from community.actions.conversations import block_person, send_message, start_conversation, unblock_person
from community.errors import Blocked
from community.models import Conversation, Inbox, Membership, Message
from project.kit.errors import IdempotencyKeyReused, NotFound, ValidationFailed
from project.kit.idempotency import CommandKey
from project.kit.models import IdempotentReply, OutboxChange, RecordedEvent

SENDERS = 10
EACH = 5


def _stream(user: User) -> list[dict[str, object]]:
    rows = OutboxChange.objects.filter(stream=USER.name_for(user_id=user.id)).order_by("seq")
    return list(rows.values_list("payload", flat=True))


def test_a_message_reaches_both_streams_with_the_counts_of_each(
    conversation: Conversation, ada: User, ben: User
) -> None:
    message = send_message(conversation_id=conversation.id, sender_id=ada.id, body=" **Hi** Ben ")

    assert (message.seq, message.body, message.body_html) == (1, "**Hi** Ben", "<p><strong>Hi</strong> Ben</p>")
    conversation.refresh_from_db()
    assert (conversation.last_seq, conversation.updated_at) == (1, message.sent_at)
    wire = {
        "id": str(message.id),
        "conversation_id": str(conversation.id),
        "seq": 1,
        "sender": {"id": str(ada.id), "username": "ada", "display_name": "ada"},
        "body": "**Hi** Ben",
        "body_html": "<p><strong>Hi</strong> Ben</p>",
        "sent_at": message.sent_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "read": False,
        "is_hidden": False,
    }
    shared = {"type": "message.received", "message": wire, "conversation_id": str(conversation.id)}
    assert _stream(ada) == [shared | {"unread": 0, "conversation_unread": 0}]
    assert _stream(ben) == [shared | {"unread": 1, "conversation_unread": 1}]
    [event] = RecordedEvent.objects.filter(type="community.message_sent")
    assert event.payload == {
        "type": "community.message_sent",
        "conversation_id": str(conversation.id),
        "message_id": str(message.id),
        "sender_id": str(ada.id),
        "recipient_ids": [str(ben.id)],
    }


def test_unread_counts_add_up_over_conversations(conversation: Conversation, ada: User, ben: User, cleo: User) -> None:
    other = start_conversation(starter_id=cleo.id, other_id=ben.id)
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="one")
    send_message(conversation_id=other.id, sender_id=cleo.id, body="two")
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="three")

    assert Inbox.objects.get(user=ben).unread == 3
    counts = dict(Membership.objects.filter(user=ben).values_list("conversation_id", "unread"))
    assert counts == {conversation.id: 2, other.id: 1}
    assert [change["unread"] for change in _stream(ben)] == [1, 2, 3]


def test_the_same_key_sends_once(conversation: Conversation, ada: User, ben: User) -> None:
    key = CommandKey(ada.id, "key-1", "print-1")
    first = send_message(conversation_id=conversation.id, sender_id=ada.id, body="once", command_key=key)
    again = send_message(conversation_id=conversation.id, sender_id=ada.id, body="once", command_key=key)

    assert again.id == first.id
    assert Message.objects.count() == 1
    assert len(_stream(ben)) == 1
    with pytest.raises(IdempotencyKeyReused):
        send_message(
            conversation_id=conversation.id,
            sender_id=ada.id,
            body="other",
            command_key=CommandKey(ada.id, "key-1", "print-2"),
        )
    assert Message.objects.count() == 1


def test_what_is_kept_of_a_key_holds_no_text(conversation: Conversation, ada: User) -> None:
    key = CommandKey(ada.id, "key-1", "print-1")
    message = send_message(conversation_id=conversation.id, sender_id=ada.id, body="secret", command_key=key)

    assert IdempotentReply.objects.get(owner_id=ada.id).reply == {"id": str(message.id)}


@pytest.mark.parametrize("blocker", ["ada", "ben"])
def test_a_block_closes_both_ways_and_moves_nothing(
    conversation: Conversation, ada: User, ben: User, blocker: str
) -> None:
    people = {"ada": ada, "ben": ben}
    other = ben if blocker == "ada" else ada
    block_person(blocker_id=people[blocker].id, blocked_id=other.id)

    for sender in (ada, ben):
        with pytest.raises(Blocked) as refusal:
            send_message(conversation_id=conversation.id, sender_id=sender.id, body="hello?")
        assert (refusal.value.code, refusal.value.status) == ("blocked", 403)

    conversation.refresh_from_db()
    assert conversation.last_seq == 0
    assert (Message.objects.count(), OutboxChange.objects.count(), IdempotentReply.objects.count()) == (0, 0, 0)
    unblock_person(blocker_id=people[blocker].id, blocked_id=other.id)
    assert send_message(conversation_id=conversation.id, sender_id=other.id, body="hello!").seq == 1


@pytest.mark.parametrize("body", [" ", "\u200b", "\n\n"])
def test_an_invisible_message_is_refused(conversation: Conversation, ada: User, body: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        send_message(conversation_id=conversation.id, sender_id=ada.id, body=body)

    assert refusal.value.extra["errors"] == [{"pointer": "/body", "code": "blank", "message": "Write something first."}]
    assert Message.objects.count() == 0


def test_a_conversation_that_is_not_there_is_not_found(ada: User) -> None:
    with pytest.raises(NotFound):
        send_message(conversation_id=uuid4(), sender_id=ada.id, body="hello")


@pytest.mark.django_db(transaction=True)
def test_ten_senders_at_once_leave_no_gap(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    senders = [ada.id if number % 2 else ben.id for number in range(SENDERS)]

    def send_some(sender_id: UUID) -> None:
        try:
            for number in range(EACH):
                send_message(conversation_id=conversation.id, sender_id=sender_id, body=f"{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=SENDERS) as pool:
        list(pool.map(send_some, senders))

    total = SENDERS * EACH
    numbers = list(Message.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, total + 1))
    assert dict(Inbox.objects.values_list("user_id", "unread")) == {ada.id: total // 2, ben.id: total // 2}
    for user in (ada, ben):
        changes = _stream(user)
        assert [change["message"]["seq"] for change in changes] == numbers  # type: ignore[index]  # plain JSON
        own = str(user.id)
        expected = 0
        for change in changes:
            expected += change["message"]["sender"]["id"] != own  # type: ignore[index]  # plain JSON
            assert change["unread"] == expected


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_number_is_given_twice(ada: User, ben: User) -> None:
    """The control: the race is real, and the unique number is the second net under it."""
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    both_have_read = threading.Barrier(2, timeout=10)

    def send_unlocked(sender_id: UUID) -> bool:
        try:
            with transaction.atomic():
                seq = Conversation.objects.get(id=conversation.id).last_seq + 1
                both_have_read.wait()
                Message.objects.create(
                    conversation_id=conversation.id,
                    seq=seq,
                    sender_id=sender_id,
                    body="x",
                    body_html="x",
                    sent_at=conversation.created_at,
                )
                Conversation.objects.filter(id=conversation.id).update(last_seq=seq)
            return True
        except IntegrityError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        stored = list(pool.map(send_unlocked, [ada.id, ben.id]))

    assert sorted(stored) == [False, True]
    assert list(Message.objects.values_list("seq", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
def test_after_a_block_is_acknowledged_nothing_arrives(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    is_blocked = threading.Event()
    sent_late: list[int] = []

    def flood() -> None:
        try:
            while True:
                was_blocked = is_blocked.is_set()
                message = send_message(conversation_id=conversation.id, sender_id=ben.id, body="again")
                if was_blocked:
                    sent_late.append(message.seq)
        except Blocked:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        floods = [pool.submit(flood) for _ in range(4)]
        while not Message.objects.exists():
            pass
        block_person(blocker_id=ada.id, blocked_id=ben.id)
        is_blocked.set()
        count = Message.objects.count()
        for flooding in floods:
            flooding.result(timeout=20)

    assert sent_late == []
    assert Message.objects.count() == count
