"""A key answers one command for ever; the same key under another body is refused."""

import pytest
from django.db import transaction

from project.kit.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    TemporarilyUnavailable,
)
from project.kit.idempotency import check_key, find_reply, fingerprint, store_reply
from project.kit.ids import new_id
from project.kit.schemas import Command


class Move(Command):
    amount: str
    note: str = ""


@pytest.mark.django_db
def test_a_stored_reply_answers_the_same_command() -> None:
    owner = new_id()
    mark = fingerprint("move", Move(amount="1.00"))
    store_reply(owner_id=owner, key="k", fingerprint=mark, reply={"id": 1})

    assert find_reply(owner_id=owner, key="k", fingerprint=mark) == {"id": 1}
    assert find_reply(owner_id=owner, key="other", fingerprint=mark) is None
    assert find_reply(owner_id=new_id(), key="k", fingerprint=mark) is None
    with pytest.raises(IdempotencyKeyReused):
        find_reply(owner_id=owner, key="k", fingerprint=fingerprint("move", Move(amount="2.00")))


@pytest.mark.django_db
def test_a_key_that_two_commands_used_at_once_is_answered_by_the_replay() -> None:
    """Commands under different locks both find nothing; the second one to store is told to come back."""
    owner = new_id()
    mine, other = fingerprint("move", Move(amount="1.00")), fingerprint("send", Move(amount="1.00"))
    store_reply(owner_id=owner, key="k", fingerprint=other, reply={"id": 1})

    with pytest.raises(TemporarilyUnavailable), transaction.atomic():
        store_reply(owner_id=owner, key="k", fingerprint=mine, reply={"id": 2})

    with pytest.raises(IdempotencyKeyReused):
        find_reply(owner_id=owner, key="k", fingerprint=mine)


def test_the_fingerprint_covers_the_name_and_every_field() -> None:
    marks = {
        fingerprint("move", Move(amount="1.00")),
        fingerprint("move", Move(amount="1.00", note="x")),
        fingerprint("send", Move(amount="1.00")),
    }
    assert len(marks) == 3
    assert fingerprint("move", Move(amount="1.00")) == fingerprint("move", Move(note="", amount="1.00"))


@pytest.mark.parametrize("key", ["", " a", "a ", "a\n", "ä", "x" * 256])
def test_unusable_keys_are_refused(key: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid):
        check_key(key)


def test_a_missing_key_is_asked_for() -> None:
    with pytest.raises(IdempotencyKeyRequired):
        check_key(None)
