"""The desk's view of exposure: exact sums and worst cases, live on a topic that only traders hear."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.fold_exposure import fold_exposure
from betting.actions.set_results import (
    Order,
    roll_back_results,
    set_cancel_window,
    set_results,
    undo_cancel_window,
)
from betting.actions.settle_event import settle_event
from betting.core.grading import Grade
from betting.core.risk import MarketRisk, worst_of_event_minor
from betting.queries.desk_overview import get_overview
from betting.queries.exposure_desk import list_exposure_keys, list_exposures, tally_exposure
from betting.streams import EXPOSURE
from project.kit import clock
from project.kit.money import format_minor
from project.kit.topics import Tally
from tests.betting.desk import apply_message, bet, fund, listening, make_live_priced_event, selection_of
from tests.people import caller_of, let_trade, make_person

pytestmark = pytest.mark.django_db


def test_the_worst_of_a_market_and_of_an_event() -> None:
    single = MarketRisk(1_500, {"home": 3_000, "away": 2_500}, has_single_winner=True)
    several = MarketRisk(1_500, {"1x": 1_400, "x2": 900}, has_single_winner=False)
    safe = MarketRisk(5_000, {"over": 4_000}, has_single_winner=True)

    assert (single.worst_minor, several.worst_minor, safe.worst_minor) == (1_500, 800, -1_000)
    assert (single.liability_minor("home"), single.liability_minor("draw")) == (1_500, -1_500)
    assert worst_of_event_minor([single, several, safe]) == 2_300


@pytest.mark.django_db(transaction=True)
def test_stakes_payouts_and_liabilities_folded_or_not(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, away = selection_of(event, "1x2", "home"), selection_of(event, "1x2", "away")
    yes = selection_of(event, "both_to_score", "yes")
    topic = EXPOSURE.name_for(event_id=event.pk)
    assert home.odds_milli and away.odds_milli
    for selection, stake in ((home, "10.00"), (away, "5.00"), (yes, "2.00")):
        bet(ada, selection, stake)

    live = list_exposures([event.pk])[event.pk]
    with listening(topic) as ear:
        assert fold_exposure() == 3
        [message] = ear.hear()
    values: dict[str, tuple[int, object]] = {}
    apply_message(values, message)

    payouts = (home.odds_milli, 500 * away.odds_milli // 1_000)
    assert live[0].risk.stakes_minor == 1_500
    assert dict(live[0].risk.payouts_minor) == {str(home.id): payouts[0], str(away.id): payouts[1]}
    assert live[0].risk.worst_minor == max(payouts) - 1_500
    assert [one.value.name for one in live] == [home.market.name, yes.market.name]
    image = list_exposure_keys(event_id=event.pk)[event.pk]
    assert values == {key.key: (key.version, key.value) for key in image}
    assert [key.value for key in image] == [one.value.to_json() for one in live]

    bet(ada, home, "1.00")
    with listening(topic) as ear:
        fold_exposure()
        [message] = ear.hear()
    apply_message(values, message)
    image = list_exposure_keys(event_id=event.pk)[event.pk]
    assert values == {key.key: (key.version, key.value) for key in image}
    assert tally_exposure([{"event_id": str(event.pk)}]) == [Tally(2, sum(key.version for key in image))]
    assert list_exposures([UUID(int=1)]) == {}


def test_the_worst_of_an_event_leaves_out_what_is_decided(ada: User) -> None:
    """Ten on home and two on both to score; the one has its results, or all its bets are void, while the match runs.

    What is void is no stake any more either."""
    fund(ada)
    event = make_live_priced_event()
    home, yes = selection_of(event, "1x2", "home"), selection_of(event, "both_to_score", "yes")
    assert home.odds_milli and yes.odds_milli
    bet(ada, home, "10.00")
    bet(ada, yes, "2.00")
    both = home.odds_milli - 1_000 + 200 * yes.odds_milli // 1_000 - 200
    alone = 200 * yes.odds_milli // 1_000 - 200
    began = clock.now()

    def order(second: int) -> Order:
        return Order("News", began + timedelta(seconds=second))

    def worst() -> tuple[str, str]:
        [shown] = [one for one in get_overview().events if one.id == event.pk]
        [money] = shown.exposure
        return money.stakes, money.worst

    def expected(minor: int, *, stakes: str = "12.00") -> tuple[str, str]:
        return stakes, format_minor(minor, "PLY")

    assert worst() == expected(both)
    fold_exposure()
    lost = {one.id: Grade("lost") for one in home.market.selections.all()}
    set_results(market_id=home.market_id, grades={home.id: Grade("won")}, order=order(1))
    assert worst() == expected(both)  # others of the market have no result yet
    set_results(market_id=home.market_id, grades=lost | {home.id: Grade("won")}, order=order(2))
    assert worst() == expected(alone)
    settle_event(event_id=event.pk)
    assert worst() == expected(alone)
    roll_back_results(market_id=home.market_id, order=order(3))
    settle_event(event_id=event.pk)
    assert worst() == expected(both)

    window: dict[str, Any] = {"market_id": home.market_id, "starts_at": None, "ends_at": None}
    set_cancel_window(**window, order=order(4))
    assert worst() == expected(alone, stakes="2.00")
    undo_cancel_window(**window, order=order(5))
    assert worst() == expected(both)


def test_only_traders_hear_it(ada: User, ben: User, mod: User) -> None:
    event = make_live_priced_event()
    boss = make_person("boss", "ADMIN")
    let_trade(ben)
    arguments = {"event_id": str(event.pk)}

    def status(user: User | None) -> int:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client.get(f"/api/topics/{EXPOSURE.name_for(event_id=event.pk)}").status_code

    assert [status(user) for user in (ada, mod, None)] == [403, 403, 403]
    assert [status(user) for user in (ben, boss)] == [200, 200]
    assert not EXPOSURE.may_subscribe(caller_of(mod), arguments)
    ben.is_active = False
    ben.save(update_fields=["is_active"])
    assert not EXPOSURE.may_subscribe(caller_of(ben), arguments)
