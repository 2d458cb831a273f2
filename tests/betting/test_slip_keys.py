"""A key makes one slip: the same command again is answered the same, another one is refused, a refusal frees it."""

import pytest

from accounts.models import User
from betting.errors import (
    StakeBelowMin,
)
from project.kit.errors import IdempotencyKeyReused
from tests.betting.desk import (
    bet,
    everything,
    fund,
    make_live_priced_event,
    selection_of,
    tick,
)

pytestmark = pytest.mark.django_db


def test_the_same_key_and_command_answers_the_same_slip(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    first = bet(ada, home, key="again")
    after = everything(ada)

    tick(event, 40)
    second = bet(ada, home, key="again")

    assert second.to_json() == first.to_json()
    assert everything(ada) == after


def test_the_same_key_with_another_command_is_refused(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "1x2", "home"), "10.00", key="again")
    before = everything(ada)

    with pytest.raises(IdempotencyKeyReused):
        bet(ada, selection_of(event, "1x2", "home"), "10.01", key="again")

    assert everything(ada) == before


def test_a_refusal_leaves_its_key_free(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    with pytest.raises(StakeBelowMin):
        bet(ada, home, "0.01", key="again")

    assert bet(ada, home, "10.00", key="again").status == "accepted"


def test_two_people_may_use_the_same_key(ada: User, ben: User) -> None:
    fund(ada)
    fund(ben)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    assert bet(ada, home, key="same").id != bet(ben, home, key="same").id
