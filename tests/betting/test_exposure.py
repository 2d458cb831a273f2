"""Exposure: deltas and totals together are the same before, while and after they are folded."""

import pytest

from accounts.models import User
from betting.actions.fold_exposure import fold_exposure
from betting.core.slip_facts import Exposure
from betting.models import ExposureDelta, SelectionExposure
from betting.queries.exposure import get_exposure
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of

pytestmark = pytest.mark.django_db


def test_stakes_of_the_market_and_payouts_of_the_selection(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    assert home.odds_milli is not None and away.odds_milli is not None

    def seen() -> tuple[Exposure, Exposure]:
        return tuple(  # type: ignore[return-value]  # two of them
            get_exposure(market_id=one.market_id, selection_id=one.id, currency="PLY") for one in (home, away)
        )

    bet(ada, home, "10.00")
    bet(ada, away, "5.00")
    unfolded = seen()
    assert fold_exposure() == 2
    folded = seen()
    bet(ada, home, "1.00")
    mixed = seen()
    assert fold_exposure() == 1
    assert fold_exposure() == 0

    assert unfolded == folded == (Exposure(1_500, home.odds_milli), Exposure(1_500, 500 * away.odds_milli // 1_000))
    assert mixed[0] == Exposure(1_600, home.odds_milli + 100 * home.odds_milli // 1_000)
    assert seen() == mixed
    assert ExposureDelta.objects.count() == 0
    assert SelectionExposure.objects.count() == 2


def test_another_market_and_another_currency_are_not_counted(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, yes = selection_of(event, "1x2", "home"), selection_of(event, "both_to_score", "yes")
    bet(ada, home, "10.00")

    assert get_exposure(market_id=yes.market_id, selection_id=yes.id, currency="PLY") == Exposure(0, 0)
    assert get_exposure(market_id=home.market_id, selection_id=home.id, currency="GBP") == Exposure(0, 0)
