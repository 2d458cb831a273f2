"""Paper runs: bets at the price that stands, settled and corrected by the engine of slips, never a slip or money."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from betting.actions.grade_event import grade_event
from betting.actions.paper_runs import follow_events, list_unmeasured_runs, measure_paper_run, settle_paper_bets
from betting.actions.reprice_event import reprice_event
from betting.actions.set_results import Order, roll_back_results, set_cancel_window, undo_cancel_window
from betting.actions.stops import set_switch
from betting.actions.strategy_measures import rank_strategy
from betting.models import BetSlip, BettingStrategy, BettingStrategyEvaluation, PaperBet, PaperRun
from betting.queries.live_ticks import list_moved_event_ids
from betting.tasks import follow_paper_runs
from betting.tasks import settle_paper_bets as settle_task
from project.kit import clock
from sports.actions import correct_result, start_event
from sports.actions.odds import record_odds
from sports.models import Event
from sports.queries.odds import get_prematch_odds
from tests.betting.desk import available, fund, goal, make_live_priced_event, make_priced_event, selection_of, tick
from tests.betting.strategies.desk import make_strategy
from tests.betting.strategies.test_strategy_api import call
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db
HOME = {"kind": "is", "fact": "outcome", "values": ["home"]}


def switch(user: User, strategy: BettingStrategy, *, is_on: bool = True, status: int = 200) -> Any:
    return call(user, "PUT", f"/strategies/{strategy.id}/paper", {"is_on": is_on}, status=status)


def settled(event: Event) -> None:
    grade_event(event_id=event.pk)
    settle_task()


def test_a_live_event_is_bet_on_at_the_price_that_stands_and_settled(ada: User) -> None:
    balance = fund(ada)
    strategy = make_strategy(ada, when=HOME)
    switch(ada, strategy)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    follow_paper_runs()
    follow_paper_runs()
    bet = PaperBet.objects.get()
    assert (bet.selection_id, bet.odds_milli, bet.stake_minor, bet.status) == (home.id, home.odds_milli, 1_000, "open")
    assert (bet.phase, bet.minute, bet.closing_odds_milli) == ("first_half", 1, None)
    goal(event, "home", 20)
    end_match(event)
    settled(event)

    bet.refresh_from_db()
    assert (bet.status, bet.payout_minor) == ("won", bet.odds_milli)
    page = call(ada, "GET", f"/strategies/{strategy.id}/paper", status=200)
    assert (page["is_on"], page["version"], page["evaluation"]["kind"]) == (True, 1, "paper")
    metrics = page["evaluation"]["evaluation_metrics"]
    assert (metrics["bets"], metrics["settled"], metrics["win_rate"]) == (1, 1, 1.0)
    assert metrics["roi"] == round((bet.odds_milli - 1_000) / 1_000, 6)
    (row,) = call(ada, "GET", f"/strategies/{strategy.id}/paper/bets", status=200)["items"]
    assert (row["status"], row["stake"], row["selection_id"]) == ("won", "10.00", str(home.id))
    assert (BetSlip.objects.count(), available(ada)) == (0, balance)


def test_a_corrected_result_settles_again_and_twice_is_once(ada: User) -> None:
    switch(ada, make_strategy(ada, when=HOME))
    event = make_live_priced_event()
    follow_paper_runs()
    goal(event, "home", 20)
    end_match(event)
    settled(event)
    before = PaperBet.objects.values().get()
    assert settle_paper_bets() == 0
    assert list_unmeasured_runs(5) == []

    correct_result(event_id=event.pk, home_goals=0, away_goals=0, reason="Offside")
    settled(event)

    after = PaperBet.objects.values().get()
    assert (before["status"], after["status"], after["payout_minor"]) == ("won", "lost", 0)
    assert after["results_version"] > before["results_version"]
    run = PaperRun.objects.get()
    assert run.evaluation.evaluation_metrics["profit"] == "-10.00"


def test_a_result_taken_back_leaves_the_measures_again(ada: User) -> None:
    strategy = make_strategy(ada, when=HOME)
    switch(ada, strategy)
    event = make_live_priced_event()
    follow_paper_runs()
    end_match(event)
    settled(event)
    run = PaperRun.objects.get()
    assert (run.evaluation.bets, run.evaluation.evaluation_metrics["profit"]) == (1, "-10.00")

    market_id = selection_of(event, "1x2", "home").market_id
    roll_back_results(market_id=market_id, order=Order("Protest", clock.now()))
    settle_task()

    run = PaperRun.objects.get()
    assert PaperBet.objects.get().status == "open"
    assert (run.evaluation.bets, run.evaluation.evaluation_metrics["profit"]) == (0, "0.00")
    assert list_unmeasured_runs(5) == []


def test_the_closing_price_follows_until_play_begins(ada: User) -> None:
    switch(ada, make_strategy(ada, when=HOME))
    event = make_priced_event()
    follow_paper_runs()
    struck = PaperBet.objects.get().odds_milli

    selection_of(event, "1x2", "home")
    market = selection_of(event, "1x2", "home").market
    market.selections.filter(outcome="home").update(odds_milli=1_500)
    follow_events(event_ids=[event.pk])
    start_event(event_id=event.pk)
    tick(event, 5)
    follow_paper_runs()

    bet = PaperBet.objects.get()
    assert (bet.odds_milli, bet.closing_odds_milli, bet.phase) == (struck, 1_500, "scheduled")


def test_a_void_gives_the_stake_back_before_there_is_a_result(ada: User) -> None:
    switch(ada, make_strategy(ada, when=HOME))
    event = make_live_priced_event()
    follow_paper_runs()
    market_id = selection_of(event, "1x2", "home").market_id

    set_cancel_window(market_id=market_id, starts_at=None, ends_at=None, order=Order("Error", clock.now()))
    settle_task()
    bet = PaperBet.objects.get()
    assert (bet.status, bet.payout_minor) == ("void", 1_000)

    undo_cancel_window(market_id=market_id, starts_at=None, ends_at=None, order=Order("It was none", clock.now()))
    settle_task()
    bet.refresh_from_db()
    assert (bet.status, bet.payout_minor, bet.settled_at) == ("open", None, None)


@pytest.mark.parametrize("scope", ["all", "sport:football"])
def test_nothing_is_bet_while_the_desk_has_stopped_it_at_large(ada: User, mod: User, scope: str) -> None:
    switch(ada, make_strategy(ada, when=HOME))
    event = make_live_priced_event()
    set_switch(actor_id=mod.id, scope=scope, is_stopped=True, reason="Feed under review")

    follow_paper_runs()
    assert PaperBet.objects.count() == 0

    set_switch(actor_id=mod.id, scope=scope, is_stopped=False, reason="All is well")
    tick(event, 2)
    follow_paper_runs()
    assert PaperBet.objects.count() == 1


def test_nothing_is_bet_while_betting_is_stopped(ada: User) -> None:
    from tests.sports.matches import score_goal

    switch(ada, make_strategy(ada, when=HOME))
    event = make_live_priced_event()
    score_goal(event, "away", minute=3)
    reprice_event(event_id=event.pk)

    follow_paper_runs()

    assert PaperBet.objects.count() == 0


def test_an_event_is_looked_at_once_for_each_change(ada: User) -> None:
    event = make_live_priced_event()
    follow_paper_runs()
    assert list_moved_event_ids(5) == [event.pk]
    switch(ada, make_strategy(ada, when=HOME))

    follow_paper_runs()
    assert list_moved_event_ids(5) == []
    tick(event, 30)
    assert list_moved_event_ids(5) == [event.pk]


def test_a_bank_is_spent_once_over_events_and_limits_hold(ada: User) -> None:
    switch(ada, make_strategy(ada, bank="15.00", limits={"bets_per_event": 5}))
    make_live_priced_event()

    follow_paper_runs()

    assert sorted(PaperBet.objects.values_list("stake_minor", flat=True)) == [500, 1_000]


def test_runs_end_and_begin_with_their_rules(ada: User) -> None:
    strategy = make_strategy(ada, when=HOME)
    switch(ada, strategy)
    switch(ada, strategy)
    assert PaperRun.objects.count() == 1
    call(ada, "POST", f"/strategies/{strategy.id}/versions", {"rules": {**strategy.rules, "bank": "7.00"}}, status=201)
    switch(ada, strategy)
    assert [run.stopped_at is None for run in PaperRun.objects.order_by("started_at")] == [False, True]

    switched = switch(ada, strategy, is_on=False)

    assert (switched["is_on"], switched["version"]) == (False, 2)
    make_live_priced_event()
    follow_paper_runs()
    assert PaperBet.objects.count() == 0


def test_runs_are_limited_for_each_person(ada: User, ben: User) -> None:
    for number in range(3):
        switch(ada, make_strategy(ada, f"Plan {number}"))

    problem = switch(ada, make_strategy(ada, "One more"), status=422)

    assert (problem["code"], problem["limit"]) == ("paper_runs_limit", 3)
    assert PaperRun.objects.count() == 3
    switch(ben, make_strategy(ben))


def test_a_paper_run_with_bets_enough_ranks_its_strategy(ada: User) -> None:
    strategy = make_strategy(ada, when=HOME)
    switch(ada, strategy)
    run = PaperRun.objects.get()
    for number in range(30):
        event = make_priced_event(start_time=clock.now() + timedelta(minutes=5 + number))
        home = selection_of(event, "1x2", "home")
        PaperBet.objects.create(
            run=run,
            event=event,
            selection=home,
            placed_at=clock.now(),
            phase="scheduled",
            minute=0,
            odds_milli=2_000,
            closing_odds_milli=1_900,
            stake_minor=100,
            status="won" if number % 2 else "lost",
            payout_minor=200 if number % 2 else 0,
            settled_at=clock.now(),
        )

    measure_paper_run(run_id=run.id)

    ranked = BettingStrategy.objects.get()
    assert (ranked.rank_basis, ranked.rank_bets, ranked.rank_roi) == ("paper", 30, 0)
    assert ranked.rank_closing_line == round((2_000 / 1_900 - 1) * 1_000_000)


def test_of_several_paper_runs_the_one_over_most_events_ranks(ada: User) -> None:
    strategy = make_strategy(ada, when=HOME)
    for number, (events, roi_low) in enumerate([(200, -90_000), (30, 50_000), (199, 10_000)]):
        switch(ada, strategy)
        BettingStrategyEvaluation.objects.filter(paper_run__stopped_at=None).update(
            events_seen=events,
            bets=30 + number,
            roi=0,
            roi_low=roi_low,
            last_evaluated=clock.now() + timedelta(days=number),
        )
        switch(ada, strategy, is_on=False)

    rank_strategy(strategy)

    assert (strategy.rank_basis, strategy.rank_bets, strategy.rank_roi_low) == ("paper", 30, -90_000)


def test_outside_prices_are_known_live(ada: User) -> None:
    dearer = {"kind": "compare", "fact": "odds", "op": "below", "value": {"fact": "outside_odds"}}
    switch(ada, make_strategy(ada, when={"kind": "all", "of": [HOME, dearer]}))
    event = make_live_priced_event(odds={"1x2": {"home": 1_500, "draw": 4_000, "away": 7_000}})
    record_odds(event_id=event.pk, source="sharp", odds={"1x2": {"home": 9_000}})

    follow_paper_runs()

    assert PaperBet.objects.count() == 1


def test_outside_prices_of_before_the_start_end_with_it(ada: User) -> None:
    dearer = {"kind": "compare", "fact": "odds", "op": "below", "value": {"fact": "outside_odds"}}
    switch(ada, make_strategy(ada, when={"kind": "all", "of": [HOME, dearer]}))
    kept = {"1x2": {"home": 9_000, "draw": 4_000, "away": 1_500}}
    make_live_priced_event(odds=kept)
    waiting = make_priced_event(odds=kept)
    assert get_prematch_odds(waiting.pk) == kept

    follow_paper_runs()

    assert list(PaperBet.objects.values_list("event_id", flat=True)) == [waiting.pk]
