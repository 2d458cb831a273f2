"""Back-tests: of what was really stored, run once for each key, ended by limits, told to their owner alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from accounts.streams import USER
from betting.actions import evaluate_strategy as evaluating
from betting.actions.evaluate_strategy import evaluate_strategy, fail_evaluation, list_waiting_evaluations
from betting.actions.grade_event import grade_event
from betting.actions.reprice_event import reprice_event
from betting.actions.set_results import Order, add_deduction, roll_back_results, set_results
from betting.actions.strategies import add_strategy_version
from betting.core.grading import Grade
from betting.core.strategies.decide import Memory, decide
from betting.core.strategies.recording import moments_of
from betting.core.strategies.ticks import Tick
from betting.models import BettingStrategy, BettingStrategyEvaluation, PricePoint, Selection
from betting.queries.recordings import read_recordings
from betting.schemas.strategies import RulesCommand
from project.kit import clock
from project.kit.models import OutboxChange
from sports.actions import correct_result
from sports.actions.history import import_past_matches
from sports.core.synthetic import SyntheticLeague
from sports.models import Event
from tests.betting.desk import broker, goal, make_live_priced_event, make_priced_event, new_key, tick
from tests.betting.strategies import feeds
from tests.betting.strategies.desk import make_strategy
from tests.betting.strategies.feeds import rules_document
from tests.betting.strategies.test_strategy_api import call
from tests.sports.matches import end_match
from tests.sports.other_events import make_outright

pytestmark = pytest.mark.django_db


def play_recorded_match() -> Event:
    """Prices before and during a match that ends 2-1."""
    event = make_live_priced_event(start_time=clock.now())
    goal(event, "home", 10)
    tick(event, 11)
    goal(event, "away", 30)
    tick(event, 31)
    goal(event, "home", 60)
    tick(event, 61)
    end_match(event)
    grade_event(event_id=event.pk)
    return event


def ask(user: User, strategy: BettingStrategy, kind: str = "recorded", *, status: int = 202, **more: Any) -> Any:
    body = {"kind": kind} | {name: value for name, value in more.items() if name != "key"}
    path = f"/strategies/{strategy.id}/evaluations"
    return call(user, "POST", path, body, status=status, key=more.get("key", new_key()))


def evaluated(user: User, strategy: BettingStrategy, kind: str = "recorded", **more: Any) -> Any:
    asked = ask(user, strategy, kind, **more)
    evaluate_strategy(evaluation_id=UUID(asked["id"]))
    return call(user, "GET", f"/strategies/{strategy.id}/evaluations/{asked['id']}", status=200)


def test_a_recorded_match_is_played_through_the_payout_engine(ada: User) -> None:
    event = play_recorded_match()
    strategy = make_strategy(
        ada,
        when={"kind": "all", "of": [
            {"kind": "is", "fact": "outcome", "values": ["home"]},
            {"kind": "compare", "fact": "minute", "op": "at_least", "value": 31},
        ]},
    )  # fmt: skip

    found = evaluated(ada, strategy)

    home = Selection.objects.get(market__event=event, market__key="1x2", outcome="home")
    price = PricePoint.objects.filter(selection=home, minute=31, odds_milli__isnull=False).earliest("id").odds_milli
    assert price is not None
    paid = 1_000 * price // 1_000
    metrics = found["evaluation_metrics"]
    assert (found["status"], found["progress_percent"], found["events"], found["version"]) == ("completed", 100, 1, 1)
    assert (metrics["bets"], metrics["settled"], metrics["staked"]) == (1, 1, "10.00")
    assert metrics["profit"] == f"{(paid - 1_000) // 100}.{(paid - 1_000) % 100:02}"
    assert (metrics["win_rate"], metrics["roi"]) == (1.0, (paid - 1_000) / 1_000)
    assert [point["profit"] for point in found["equity"]] == [metrics["profit"]]


def test_a_recorded_race_is_one_and_takes_what_its_markets_take() -> None:
    race = make_outright()
    reprice_event(event_id=race.pk)

    [recording] = read_recordings([race.pk])
    tick = next(moment for moment in moments_of(recording) if isinstance(moment, Tick))

    assert tick.sport == "outright"
    plan = feeds.strategy(staking={"plan": "flat", "amount": "900.00"}, bank="9999.00", markets=["outright_winner"])
    assert {bet.stake_minor for bet in decide(plan, tick, Memory.start(plan.rules))} == {25_000}


def test_a_corrected_result_is_found_by_the_next_back_test(ada: User) -> None:
    event = play_recorded_match()
    strategy = make_strategy(ada, when={"kind": "is", "fact": "outcome", "values": ["home"]})
    assert evaluated(ada, strategy)["evaluation_metrics"]["win_rate"] == 1.0

    correct_result(event_id=event.pk, home_goals=1, away_goals=1, reason="A goal was taken back")
    grade_event(event_id=event.pk)
    found = evaluated(ada, strategy)

    assert found["evaluation_metrics"]["profit"] == "-10.00"
    assert [point["profit"][0] for point in found["equity"]] != ["-", "-"]
    assert [point["profit"] for point in found["equity"]][-1] == "-10.00"
    assert len(found["equity"]) == 2


def test_results_taken_back_and_given_again_are_played_as_they_were(ada: User) -> None:
    event = play_recorded_match()
    home = Selection.objects.get(market__event=event, market__key="1x2", outcome="home")
    strategy = make_strategy(ada, when={"kind": "is", "fact": "outcome", "values": ["home"]})
    first = evaluated(ada, strategy)["equity"]
    order = Order("The referee looks again", clock.now())
    roll_back_results(market_id=home.market_id, order=order)
    assert evaluated(ada, strategy)["evaluation_metrics"]["settled"] == 0

    set_results(
        market_id=home.market_id,
        grades={
            one.id: Grade("won" if one.outcome == "home" else "lost")
            for one in Selection.objects.filter(market_id=home.market_id)
        },
        order=Order("It stands", clock.now()),
    )
    found = evaluated(ada, strategy)

    assert (found["status"], found["evaluation_metrics"]["win_rate"]) == ("completed", 1.0)
    assert [point["profit"] for point in found["equity"]] == [first[0]["profit"], "0.00", first[0]["profit"]]


def test_a_deduction_before_the_result_is_played(ada: User) -> None:
    event = make_live_priced_event(start_time=clock.now())
    home = Selection.objects.get(market__event=event, market__key="1x2", outcome="home")
    add_deduction(
        market_id=home.market_id,
        percent=50,
        placed_before=clock.now() + timedelta(days=1),
        withdrawn_selection_id=None,
        order=Order("One is out", clock.now()),
    )
    goal(event, "home", 10)
    tick(event, 11)
    end_match(event)
    grade_event(event_id=event.pk)
    strategy = make_strategy(ada, when={"kind": "is", "fact": "outcome", "values": ["home"]})

    found = evaluated(ada, strategy)

    price = PricePoint.objects.filter(selection=home, odds_milli__isnull=False).earliest("id").odds_milli
    assert price is not None
    won = (price - 1_000) // 2
    assert (found["status"], len(found["equity"])) == ("completed", 1)
    assert found["evaluation_metrics"]["profit"] == f"{won // 100}.{won % 100:02}"


def test_seasons_are_walked_forward_and_the_same_every_time(ada: User) -> None:
    import_past_matches(source_name="league", matches=SyntheticLeague(7, competitions=1).history(clock.now()))
    strategy = make_strategy(
        ada,
        when={"kind": "compare", "fact": "expected_value", "op": "above", "value": 0},
        bank="1000.00",
        staking={"plan": "flat", "amount": "1.00"},
        limits={"bets_per_day": 500},
    )

    first, second = (evaluated(ada, strategy, "seasons") for _ in range(2))

    assert first["id"] != second["id"]
    assert first["evaluation_metrics"] == second["evaluation_metrics"]
    metrics = first["evaluation_metrics"]
    assert metrics["bets"] == metrics["settled"] > 200
    assert metrics["roi_low"] < metrics["roi"] < metrics["roi_high"]
    assert sum(one["bets"] for one in metrics["calibration"]) == metrics["bets"]
    assert len(first["equity"]) <= 200
    ranked = BettingStrategy.objects.get()
    assert (ranked.rank_basis, ranked.rank_bets) == ("seasons", metrics["settled"])
    assert ranked.rank_roi_low == round(metrics["roi_low"] * 1_000_000)


def test_a_period_holds_both_its_days(ada: User) -> None:
    event = play_recorded_match()
    day = event.start_time.date()
    strategy = make_strategy(ada)

    assert evaluated(ada, strategy, first_day=str(day), last_day=str(day))["events"] == 1
    assert evaluated(ada, strategy)["evaluation_period"]["first_day"] == str(day)
    tomorrow = str(day + timedelta(days=1))
    later = evaluated(ada, strategy, first_day=tomorrow, last_day=tomorrow)
    assert (later["events"], later["evaluation_metrics"]["bets"]) == (0, 0)
    assert later["evaluation_period"] == {"first_day": tomorrow, "last_day": tomorrow}
    problem = ask(ada, strategy, status=422, first_day=tomorrow, last_day=str(day))
    assert problem["code"] == "validation_error"


def test_a_period_ends_before_the_calendar_does(ada: User) -> None:
    strategy = make_strategy(ada)

    problem = ask(ada, strategy, last_day="9999-12-31", status=422)

    assert (problem["code"], BettingStrategyEvaluation.objects.count()) == ("validation_error", 0)


@pytest.mark.django_db(transaction=True)
def test_a_key_asks_once_and_the_same_one_waits_once(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = make_strategy(ada)
    key = new_key()

    with broker(monkeypatch) as queue:
        first = ask(ada, strategy, key=key)
        again = ask(ada, strategy, key=key)
        refused = ask(ada, strategy, status=409)

        assert again["id"] == first["id"]
        assert (refused["code"], refused["evaluation_id"]) == ("evaluation_pending", first["id"])
        assert [sent[1] for sent in queue.sent] == [{"evaluation_id": first["id"]}]
        queue.run()

    assert BettingStrategyEvaluation.objects.get().status == "completed"
    ask(ada, strategy)


def test_running_twice_changes_nothing(ada: User) -> None:
    play_recorded_match()
    strategy = make_strategy(ada)
    asked = ask(ada, strategy)

    assert evaluate_strategy(evaluation_id=UUID(asked["id"])) is not None
    before = BettingStrategyEvaluation.objects.values().get()
    assert evaluate_strategy(evaluation_id=UUID(asked["id"])) is None
    fail_evaluation(evaluation_id=UUID(asked["id"]), failure="too_slow")

    assert BettingStrategyEvaluation.objects.values().get() == before


def test_lost_workers_are_replaced_and_hopeless_back_tests_given_up(ada: User) -> None:
    strategy = make_strategy(ada)
    asked = UUID(ask(ada, strategy)["id"])
    rows = BettingStrategyEvaluation.objects.filter(id=asked)
    long_ago = clock.now() - evaluating.WORKER_LOST_AFTER - timedelta(seconds=1)

    rows.update(status="running", started_at=clock.now(), attempts=1)
    assert evaluate_strategy(evaluation_id=asked) is None
    assert list_waiting_evaluations(5) == []
    rows.update(requested_at=long_ago, started_at=long_ago)
    assert list_waiting_evaluations(5) == [asked]
    rows.update(attempts=evaluating.ATTEMPTS_MAX)
    assert evaluate_strategy(evaluation_id=asked) is None
    assert (rows.get().status, rows.get().failure) == ("failed", "gave_up")


def test_progress_comes_on_the_owners_stream_alone(ada: User, ben: User) -> None:
    import_past_matches(source_name="league", matches=SyntheticLeague(7, competitions=1).history(clock.now()))
    strategy = make_strategy(ada, visibility="public")

    evaluated(ada, strategy, "seasons")

    told = OutboxChange.objects.filter(payload__type="strategy.evaluated").order_by("seq")
    assert {row.stream for row in told} == {USER.name_for(user_id=ada.id)}
    steps = [(row.payload["evaluation"]["status"], row.payload["evaluation"]["progress_percent"]) for row in told]
    assert steps[:2] == [("pending", 0), ("running", 0)]
    assert steps[-1] == ("completed", 100)
    assert [percent for _, percent in steps] == sorted(percent for _, percent in steps)
    assert 10 <= len(steps) <= 13


def test_old_rules_do_not_rank_new_ones(ada: User) -> None:
    import_past_matches(source_name="league", matches=SyntheticLeague(7, competitions=1).history(clock.now()))
    strategy = make_strategy(ada, staking={"plan": "flat", "amount": "0.10"})
    asked = ask(ada, strategy, "seasons")
    command = RulesCommand.model_validate({"rules": rules_document(bank="70.00")})

    add_strategy_version(strategy_id=strategy.id, owner_id=ada.id, command=command, key=new_key())
    evaluate_strategy(evaluation_id=UUID(asked["id"]))

    assert BettingStrategyEvaluation.objects.get().bets > 30
    assert BettingStrategy.objects.get().rank_bets == 0


def test_events_without_a_result_are_not_played(ada: User) -> None:
    make_priced_event()

    assert evaluated(ada, make_strategy(ada))["events"] == 0
