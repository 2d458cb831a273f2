"""A person's own limits and exclusions among the rules of acceptance."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from betting.core.acceptance import Accepted
from betting.core.limits import StakeLimits
from betting.core.own_rules import OwnLimitFacts, OwnRules, check_own_limits, narrow_to_own_limits
from betting.core.refusals import (
    FundsShort,
    MarketClosed,
    OwnLimitReached,
    PersonBarred,
    SelfExclusionHolds,
    StakeTooHigh,
    TimeOutHolds,
)
from betting.core.slip_facts import FreeBetFacts
from betting.core.stakes import StakeRange
from betting.queries.own_rules import OwnRulesBook
from tests.betting.test_acceptance import SINGLE, decide_with, terms_of, with_market
from tests.betting.test_acceptance import elsewhere as leg_elsewhere

NOW = datetime(2026, 5, 2, 15, 30, tzinfo=UTC)  # that of the acceptance rules' tests
LATER = NOW + timedelta(hours=1)
DAY_AGO = NOW - timedelta(hours=20)


def limit(amount_minor: int, counted_minor: int = 0, **changes: Any) -> OwnLimitFacts:
    facts: dict[str, Any] = {"kind": "stake", "period": "day", "first_at": DAY_AGO if counted_minor else None}
    return OwnLimitFacts(amount_minor=amount_minor, counted_minor=counted_minor, **(facts | changes))


def reached(limit_minor: int, remaining_minor: int, resets_at: datetime | None = None) -> OwnLimitReached:
    return OwnLimitReached("stake", "day", limit_minor, remaining_minor, resets_at)


RESETS = DAY_AGO + timedelta(hours=24)


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ([limit(1_000)], None),
        ([limit(999)], reached(999, 999)),
        ([limit(0)], reached(0, 0)),
        ([limit(9)], reached(9, 0)),  # less than the lowest stake
        ([limit(3_000, 2_000)], None),
        ([limit(3_000, 2_001)], reached(3_000, 999, RESETS)),
        ([limit(3_000, 1_500, waiting_minor=600)], reached(3_000, 900, RESETS)),
        ([limit(500, 2_000)], reached(500, 0, RESETS)),  # it was lowered below what counts
        ([limit(100, -900, kind="loss", first_at=None)], None),  # what was won makes room
        ([limit(2_000), limit(900, period="week")], OwnLimitReached("stake", "week", 900, 900, None)),
        (
            [limit(5_000, 4_500), limit(900, kind="loss", period="month")],
            reached(5_000, 500, RESETS),
        ),
    ],
)
def test_the_narrowest_limit_decides(limits: list[OwnLimitFacts], verdict: OwnLimitReached | None) -> None:
    """A stake of 10.00 where the lowest is 0.10. What remains would be taken."""
    assert check_own_limits(OwnRules(limits=limits), 1_000, stake_minor_min=10) == verdict
    if verdict is not None and verdict.remaining_minor:
        assert check_own_limits(OwnRules(limits=limits), verdict.remaining_minor, stake_minor_min=10) is None


@pytest.mark.parametrize(("left", "highest"), [(100, 90), (89, 75), (29, 0), (-5, 0), (1_000, 500), (500, 500)])
def test_what_is_left_comes_in_whole_lines_of_at_least_the_lowest_stake(left: int, highest: int) -> None:
    """Fifteen lines, the lowest stake 30, the highest 500 by other caps."""
    rules = OwnRules(limits=[limit(left) if left >= 0 else limit(0, -left)])

    stakes = narrow_to_own_limits(StakeRange(30, 500, "payout"), rules, 15)

    assert stakes == StakeRange(30, highest, "payout" if highest == 500 else "own_limit")


def test_the_order_of_the_rules_is_kept() -> None:
    both = OwnRules(LATER, LATER, [limit(0)])
    tight = StakeLimits(10, 500, 1_000_000, 100_000)

    assert decide_with(with_market(status="suspended"), own_rules=both) == MarketClosed("suspended")
    assert decide_with(limits=tight, own_rules=OwnRules(LATER, LATER, [limit(500)])) == StakeTooHigh(500, "limit")
    barred = OwnRules(LATER, LATER, both.limits, is_barred=True)
    assert decide_with(limits=tight, own_rules=barred) == StakeTooHigh(0, "own_limit")
    assert decide_with(own_rules=barred, available_minor=0) == PersonBarred()
    assert decide_with(own_rules=both, available_minor=0) == SelfExclusionHolds(LATER)
    assert decide_with(own_rules=OwnRules(None, LATER, both.limits), available_minor=0) == TimeOutHolds(LATER)
    assert decide_with(own_rules=OwnRules(NOW, NOW, both.limits), available_minor=0) == reached(0, 0)
    assert decide_with(own_rules=OwnRules(NOW, NOW, [limit(1_000)]), available_minor=0) == FundsShort(0)


@pytest.mark.parametrize(
    ("left", "refusal"),
    [
        (501, StakeTooHigh(500, "limit")),
        (499, StakeTooHigh(499, "own_limit")),
        (9, StakeTooHigh(0, "own_limit")),  # less than the lowest stake
    ],
)
def test_the_stake_that_a_refusal_names_is_within_the_persons_own_limits(left: int, refusal: StakeTooHigh) -> None:
    rules, tight = OwnRules(limits=[limit(left)]), StakeLimits(10, 500, 1_000_000, 100_000)

    assert decide_with(limits=tight, own_rules=rules) == refusal
    if refusal.stake_minor_max:
        again = decide_with(limits=tight, own_rules=rules, stake_minor=refusal.stake_minor_max)
        assert isinstance(again, Accepted)
    free = type(SINGLE)(1_000, SINGLE.lines, is_free_bet=True)
    token = FreeBetFacts(1_000)
    assert decide_with(limits=tight, own_rules=rules, terms=free, free_bet=token) == StakeTooHigh(500, "limit")


def test_a_free_bet_is_a_bet_and_costs_nothing() -> None:
    free = type(SINGLE)(1_000, SINGLE.lines, is_free_bet=True)
    token = FreeBetFacts(1_000)

    assert decide_with(terms=free, free_bet=token, own_rules=OwnRules(None, LATER)) == TimeOutHolds(LATER)
    verdict = decide_with(terms=free, free_bet=token, own_rules=OwnRules(limits=[limit(0)]))
    assert verdict == decide_with(terms=free, free_bet=token)


def test_what_remains_is_named_a_line() -> None:
    legs = [leg_elsewhere(number, 1_500) for number in range(4)]
    terms = terms_of("lucky15", legs, 15 * 100, stake_step=15)

    assert decide_with(legs=legs, terms=terms, own_rules=OwnRules(limits=[limit(1_499)])) == reached(1_499, 15 * 99)
    assert decide_with(legs=legs, terms=terms, own_rules=OwnRules(limits=[limit(14)])) == reached(14, 0)


def test_rules_are_found_by_person_and_currency() -> None:
    ada, ben = str(UUID(int=1)), str(UUID(int=2))
    book = OwnRulesBook(
        f'{{"exclusions": [["{ada}", "time_out", 100], ["{ada}", "time_out", 300], ["{ada}", "time_out", 200]],'
        f' "limits": [["{ben}", "PLY", "stake", "day", 5, 1, 2, null]]}}'
    )

    assert book.find(ada, "PLY") == OwnRules(None, datetime.fromtimestamp(300, UTC), ())
    assert book.find(ben, "PLY") == OwnRules(None, None, [OwnLimitFacts("stake", "day", 5, 1, 2, None)])
    assert (book.find(ben, "EUR"), book.find(str(UUID(int=3)), "PLY")) == (None, None)
    assert OwnRulesBook(None).find(ada, "PLY") is None
