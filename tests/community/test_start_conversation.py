"""Opening a direct conversation."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import User
from community.actions.conversations import block_person, send_message, start_conversation
from community.errors import Blocked
from community.models import Conversation, Membership
from project.kit.errors import ValidationFailed


def test_both_people_find_the_same_conversation(ada: User, ben: User) -> None:
    by_ada = start_conversation(starter_id=ada.id, other_id=ben.id)
    by_ben = start_conversation(starter_id=ben.id, other_id=ada.id)

    assert by_ada.id == by_ben.id
    assert by_ada.started_by_id == ada.id
    assert Conversation.objects.count() == 1
    members = Membership.objects.filter(conversation=by_ada).values_list("user_id", "last_read_seq", "unread")
    assert sorted(members) == sorted([(ada.id, 0, 0), (ben.id, 0, 0)])


def test_nobody_writes_to_themselves(ada: User) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        start_conversation(starter_id=ada.id, other_id=ada.id)

    assert refusal.value.extra["errors"][0]["code"] == "yourself"  # type: ignore[index]  # extra values are objects
    assert Conversation.objects.count() == 0


def test_a_blocked_person_opens_nothing(ada: User, ben: User) -> None:
    block_person(blocker_id=ada.id, blocked_id=ben.id)

    for starter, other in ((ben, ada), (ada, ben)):
        with pytest.raises(Blocked):
            start_conversation(starter_id=starter.id, other_id=other.id)
    assert Conversation.objects.count() == 0


def test_a_conversation_from_before_the_block_can_still_be_read(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    send_message(conversation_id=conversation.id, sender_id=ada.id, body="hello")
    block_person(blocker_id=ada.id, blocked_id=ben.id)

    assert start_conversation(starter_id=ben.id, other_id=ada.id).id == conversation.id


@pytest.mark.django_db(transaction=True)
def test_two_people_opening_it_at_once_make_one(ada: User, ben: User) -> None:
    pairs = [(ada.id, ben.id), (ben.id, ada.id)] * 5

    def open_one(pair: tuple[UUID, UUID]) -> UUID:
        try:
            return start_conversation(starter_id=pair[0], other_id=pair[1]).id
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        made = set(pool.map(open_one, pairs))

    assert len(made) == 1
    assert Conversation.objects.count() == 1
    assert Membership.objects.count() == 2
