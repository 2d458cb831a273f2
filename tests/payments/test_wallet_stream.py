"""Wallets on a person's private stream: image and changes tell the same, to the owner alone."""

from typing import Any

import pytest

from accounts.models import User
from accounts.streams import USER
from payments.streams import wallet_entries, wallet_entry
from project.kit import streams
from project.kit.callers import ANONYMOUS
from project.kit.topics import resolve, sequenced_image
from tests.payments.books import move, stakes, wallet_of
from tests.people import caller_of

pytestmark = pytest.mark.django_db


def wallets_in_image(user: User) -> list[dict[str, Any]]:
    image = sequenced_image(USER, {"user_id": str(user.id)})
    wallets: list[dict[str, Any]] = image["wallets"]
    return wallets


def test_image_then_changes_make_the_next_image(ada: User) -> None:
    wallet = wallet_of(ada.id)
    topic = USER.name_for(user_id=ada.id)
    known = {entry["currency"]: entry for entry in wallets_in_image(ada)}
    before = streams.head(topic)

    for number in range(3):
        move(wallet, stakes(), 150, f"slip-{number}", kind="stake")
        streams.append(wallet_entry(ada.id, "PLY", transaction_type="stake"))
    changes = streams.read_since(topic, before.epoch, before.seq) or []
    for stored in changes:
        known[stored.change["wallet"]["currency"]] = stored.change["wallet"]

    assert [stored.change["wallet"]["available"] for stored in changes] == ["998.50", "997.00", "995.50"]
    assert list(known.values()) == wallets_in_image(ada)


def test_a_batch_of_people_gets_one_entry_each(ada: User, ben: User, cleo: User) -> None:
    for person in (ada, ben, cleo):
        wallet_of(person.id)

    entries = wallet_entries([(ada.id, "PLY"), (cleo.id, "CRD"), (ada.id, "PLY")], transaction_type="payout")

    assert [(entry.topic, entry.change.to_json()["wallet"]["currency"]) for entry in entries] == [
        (f"user:{ada.id}", "PLY"),
        (f"user:{cleo.id}", "CRD"),
    ]


def test_only_the_owner_may_listen(ada: User, ben: User, cleo: User, mod: User) -> None:
    found = resolve(f"user:{ada.id}")

    assert found is not None
    topic, arguments = found
    assert [topic.may_subscribe(caller_of(person), arguments) for person in (ada, ben, cleo, mod)] == [
        True,
        False,
        False,
        False,
    ]
    assert not topic.may_subscribe(ANONYMOUS, arguments)
