"""Reading: positions move forward, counts follow, both members hear of it."""

from accounts.models import User
from accounts.streams import USER
from community.actions.conversations import mark_read, send_message, start_conversation
from community.models import Conversation, Inbox, Membership
from community.queries.conversations import get_unread, list_messages
from project.kit.models import OutboxChange


def _reads(user: User) -> list[dict[str, object]]:
    rows = OutboxChange.objects.filter(
        stream=USER.name_for(user_id=user.id), payload__type="conversation.read"
    ).order_by("seq")
    return list(rows.values_list("payload", flat=True))


def test_reading_tells_both_members(conversation: Conversation, ada: User, ben: User) -> None:
    for text in ("one", "two", "three"):
        send_message(conversation_id=conversation.id, sender_id=ada.id, body=text)

    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=2)

    shared = {
        "type": "conversation.read",
        "conversation_id": str(conversation.id),
        "reader_id": str(ben.id),
        "read_seq": 2,
    }
    assert _reads(ben) == [shared | {"unread": 1, "conversation_unread": 1}]
    assert _reads(ada) == [shared | {"unread": 0, "conversation_unread": 0}]
    assert get_unread(conversation.id, reader_id=ben.id).to_json() == {"unread": 1, "conversation_unread": 1}
    page = list_messages(conversation.id, cursor=None)
    assert [(message.seq, message.read) for message in page.items] == [(3, False), (2, True), (1, True)]


def test_going_back_or_past_the_end_changes_nothing_more(conversation: Conversation, ada: User, ben: User) -> None:
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="one")
    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=99)
    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=0)
    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=1)

    assert Membership.objects.get(user=ben).last_read_seq == 1
    assert len(_reads(ben)) == 1
    assert Inbox.objects.get(user=ben).unread == 0


def test_ones_own_messages_are_never_unread(conversation: Conversation, ada: User, ben: User) -> None:
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="mine")
    send_message(conversation_id=conversation.id, sender_id=ben.id, body="theirs")
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="mine again")

    assert Membership.objects.get(user=ada).unread == 1
    mark_read(conversation_id=conversation.id, reader_id=ada.id, seq=2)
    assert Membership.objects.get(user=ada).unread == 0


def test_reading_one_conversation_leaves_the_others(
    conversation: Conversation, ada: User, ben: User, cleo: User
) -> None:
    other = start_conversation(starter_id=cleo.id, other_id=ben.id)
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="one")
    send_message(conversation_id=other.id, sender_id=cleo.id, body="two")

    mark_read(conversation_id=other.id, reader_id=ben.id, seq=1)

    assert get_unread(other.id, reader_id=ben.id).to_json() == {"unread": 1, "conversation_unread": 0}
    assert get_unread(conversation.id, reader_id=ben.id).to_json() == {"unread": 1, "conversation_unread": 1}
