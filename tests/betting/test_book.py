"""Finding moves: only what differs, ended offers where the score has decided, nothing where a desk has closed."""

from dataclasses import replace
from uuid import UUID, uuid5

from betting.core.book import PricedMarket, PricedSelection, find_moves
from betting.core.catalogue import specifiers_of
from ml.core.football_book import price_book
from ml.core.inplay import GoalRates, InPlayState, Prices, price_event
from sports.core.market_keys import parse_market_key
from sports.core.score_facts import ScoreFacts

NAMESPACE = UUID(int=7)
RATES = GoalRates(1.5, 1.2, -0.08)
LEVEL = ScoreFacts("football")
FIRST_MINUTE = InPlayState("first_half", 1)


def unpriced(grid: Prices) -> list[PricedMarket]:
    return [
        PricedMarket(
            uuid5(NAMESPACE, key),
            key,
            parse_market_key(key).market_type,
            specifiers_of(key),
            "active",
            [PricedSelection(uuid5(NAMESPACE, f"{key}:{outcome}"), outcome, outcome, None) for outcome in grid[key]],
        )
        for key in grid
    ]


def priced(markets: list[PricedMarket], grid: Prices, facts: ScoreFacts = LEVEL) -> list[PricedMarket]:
    moved = {move.selection_id: move.odds_milli for move in find_moves(markets, grid, facts).moves}
    return [
        replace(
            market,
            selections=[
                replace(one, odds_milli=moved.get(one.selection_id, one.odds_milli)) for one in market.selections
            ],
        )
        for market in markets
    ]


def test_a_new_book_is_priced_whole_and_then_rests() -> None:
    grid = price_event(RATES, FIRST_MINUTE)
    markets = unpriced(grid)

    first = find_moves(markets, grid, LEVEL)
    again = find_moves(priced(markets, grid), grid, LEVEL)

    assert {move.market_id for move in first.moves} == {market.market_id for market in markets}
    assert (again.moves, again.decided_market_ids) == ((), ())


def test_a_minute_moves_a_part_of_the_prices() -> None:
    markets = priced(unpriced(price_event(RATES, FIRST_MINUTE)), price_event(RATES, FIRST_MINUTE))
    offered = sum(one.odds_milli is not None for market in markets for one in market.selections)

    moves = find_moves(markets, price_event(RATES, InPlayState("first_half", 2)), LEVEL).moves

    assert 0 < len(moves) < offered
    before = {one.selection_id: one.odds_milli for market in markets for one in market.selections}
    assert all(before[move.selection_id] != move.odds_milli for move in moves)


def held_over_and_under(key: str) -> PricedMarket:
    """A line that is offered at prices the desk holds."""
    outcomes = (("over", "Over", 1_900), ("under", "Under", 2_000))
    selections = [
        PricedSelection(uuid5(NAMESPACE, outcome), outcome, name, odds, odds) for outcome, name, odds in outcomes
    ]
    market_type = parse_market_key(key).market_type
    return PricedMarket(uuid5(NAMESPACE, key), key, market_type, specifiers_of(key), "active", selections)


def test_a_held_price_ends_where_a_bet_can_no_longer_lose() -> None:
    """At the third goal half of a stake on over 2.75 has won, and the rest wins or comes back."""
    key = "asian_total;total=2.75"
    market = held_over_and_under(key)
    over, under = (one.selection_id for one in market.selections)
    two, three = (price_book(RATES, InPlayState("second_half", 60, home_goals=goals), [key])[key] for goals in (2, 3))

    before = find_moves([market], {key: two}, ScoreFacts("football", 2, 0, scorers=("home",) * 2))
    after = find_moves([market], {key: three}, ScoreFacts("football", 3, 0, scorers=("home",) * 3))

    assert (before.moves, before.decided_market_ids) == ((), ())
    assert [(move.selection_id, move.odds_milli) for move in after.moves] == [(over, None), (under, None)]
    assert after.decided_market_ids == ()


def test_a_held_price_ends_where_chances_differ_from_none_by_rounding_alone() -> None:
    key = "total_games;total=19.5"
    market = held_over_and_under(key)
    over, under = (one.selection_id for one in market.selections)
    at_four_all = ScoreFacts("tennis", 1, 0, ((6, 4),), current=(4, 4))

    found = find_moves([market], {key: {"over": 1.0 - 2e-16, "under": 2e-16}}, at_four_all)

    assert [(move.selection_id, move.odds_milli) for move in found.moves] == [(over, None), (under, None)]
    assert found.decided_market_ids == ()


def test_a_goal_decides_markets_and_ends_their_offers() -> None:
    grid = price_event(RATES, FIRST_MINUTE)
    markets = priced(unpriced(grid), grid)
    after = price_event(RATES, InPlayState("first_half", 2, home_goals=1))

    found = find_moves(markets, after, ScoreFacts("football", 1, 0, scorers=("home",)))

    keys = {market.market_id: market.key for market in markets}
    assert {keys[market_id] for market_id in found.decided_market_ids} == {"over_under;total=0.5", "next_goal;goal=1"}
    over = next(m for m in found.moves if keys[m.market_id] == "over_under;total=0.5" and m.outcome == "over")
    under = next(m for m in found.moves if keys[m.market_id] == "over_under;total=0.5" and m.outcome == "under")
    assert (over.odds_milli, over.probability) == (None, 1.0)
    assert (under.odds_milli, under.probability) == (None, 0.0)


def test_a_suspended_market_is_priced_behind_the_stop_and_a_settled_one_is_not() -> None:
    grid = price_event(RATES, FIRST_MINUTE)
    one, two, *_ = unpriced(grid)
    suspended, settled = replace(one, status="suspended"), replace(two, status="settled")

    moves = find_moves([suspended, settled], grid, LEVEL).moves

    assert {move.market_id for move in moves} == {suspended.market_id}
