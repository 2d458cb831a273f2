"""Stakes at once against a limit of one's own: what fits stands, and who excludes themselves waits for what is on its
way."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from accounts.errors import SelfExcluded
from accounts.models import Exclusion, User
from betting.actions.own_rules import choose_own_limit, exclude_self
from betting.actions.place_slip import place_slip
from betting.actions.slip_rows import SlipRows
from betting.errors import OwnLimitExceeded
from betting.models import BetSlip, Selection
from betting.schemas.own_rules import ChooseLimit, ExcludeSelf
from project.kit.short_transactions import Execute
from tests.betting.desk import available, command_for, fund, make_live_priced_event, new_key, open_stakes, selection_of
from tests.betting.test_place_slip_races import _and_close, at_once, slip_in_flight, without_locks
from tests.waiting import is_anybody_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 10


@pytest.fixture
def home(ada: User) -> Selection:
    """With room for three slips of 10.00."""
    fund(ada)
    document = {"currency": "PLY", "kind": "stake", "period": "day", "amount": "35.00"}
    choose_own_limit(user_id=ada.id, command=ChooseLimit.model_validate(document))
    return selection_of(make_live_priced_event(), "1x2", "home")


def place_at_once(user: User, home: Selection) -> list[object]:
    return at_once(
        [partial(place_slip, user_id=user.id, command=command_for(home), key=new_key()) for _ in range(AT_ONCE)]
    )


def test_of_ten_slips_at_once_exactly_those_stand_that_fit(ada: User, home: Selection) -> None:
    answers = place_at_once(ada, home)

    refusals = [answer for answer in answers if isinstance(answer, OwnLimitExceeded)]
    assert (len(answers), len(refusals), BetSlip.objects.count()) == (AT_ONCE, AT_ONCE - 3, 3)
    assert {refusal.extra["remaining"] for refusal in refusals} == {"5.00"}
    assert (available(ada), open_stakes()) == (100_000 - 3_000, 3_000)


def test_control_without_the_wallet_s_lock_all_ten_stand(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_have_decided = threading.Barrier(AT_ONCE)
    original = SlipRows.write

    def wait_for_all(rows: SlipRows, execute: Execute) -> object:
        all_have_decided.wait(timeout=20)
        return original(rows, execute)

    place_slip(user_id=ada.id, command=command_for(home, "5.00"), key=new_key())  # it opens the house's accounts
    without_locks(monkeypatch)
    monkeypatch.setattr(SlipRows, "write", wait_for_all)

    place_at_once(ada, home)

    assert BetSlip.objects.count() == AT_ONCE + 1


def test_an_exclusion_waits_for_slips_in_flight_and_none_follows(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    exclude = partial(exclude_self, user_id=ada.id, command=ExcludeSelf(length="6_months"), key="once")

    with slip_in_flight(ada, home, monkeypatch) as let_commit, ThreadPoolExecutor(1) as pool:
        excluding = pool.submit(_and_close, exclude)
        wait_until(is_anybody_waiting)
        assert (Exclusion.objects.count(), BetSlip.objects.count()) == (0, 0)
        let_commit()
        excluding.result(timeout=20)

    assert (Exclusion.objects.count(), BetSlip.objects.count()) == (1, 1)
    with pytest.raises(SelfExcluded):
        place_slip(user_id=ada.id, command=command_for(home), key=new_key())
    assert BetSlip.objects.count() == 1
