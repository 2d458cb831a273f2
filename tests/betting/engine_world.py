"""The world of the machine's histories: people, matches, pools, and how the model's outcomes are spelled."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import count
from typing import Final
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st

from accounts.models import User
from betting.core.grading import Grade
from betting.models import BetHistory, BetSlip, FreeBet, Market, Selection
from betting.queries.audit import list_book_faults
from payments.models import LedgerAccount
from project.kit import clock
from tests.betting.desk import fund, make_priced_event, open_stakes
from tests.betting.engine_model import Model, ModelMarket, ModelPool, ModelSelection, Outcome
from tests.betting.pools import make_pool
from tests.people import make_person

PEOPLE: Final = 3
MARKETS: Final = ("1x2", "both_to_score")
refs = count(1)

outcomes = st.one_of(
    st.builds(
        Outcome,
        result=st.sampled_from(["won", "won", "lost"]),
        is_half_void=st.booleans(),
        tied=st.integers(1, 3),
        place_result=st.sampled_from(["won", "lost"]),
        place_tied=st.integers(1, 3),
    ),
    st.just(Outcome("void")),
)


class World:
    """People, three matches before kick-off with priced markets, and a pool on each: made once, rolled back to."""

    def __init__(self) -> None:
        self.people: list[User] = [make_person(f"person{next(refs)}") for _ in range(PEOPLE)]
        for person in self.people:
            fund(person)
        start = clock.now() + timedelta(days=1)
        self.events = [make_priced_event(start_time=start) for _ in range(3)]
        ids = [event.pk for event in self.events]
        Market.objects.filter(event_id__in=ids).update(each_way_places=2, each_way_numerator=1, each_way_denominator=4)
        self.pools = [make_pool(None, event) for event in self.events]

    def model(self) -> Model:
        rows = Market.objects.filter(event__in=self.events, key__in=MARKETS).order_by("id")
        markets = [ModelMarket(row.id, row.event_id, Fraction(1, 4)) for row in rows]
        for market in markets:
            market.selections = [
                ModelSelection(row.id, market, row.odds_milli)
                for row in Selection.objects.filter(market_id=market.id).order_by("sort")
            ]
        by_id = {market.id: market for market in markets}
        pools = [ModelPool(pool.id, by_id[pool.market_id]) for pool in self.pools]
        return Model([100_000] * PEOPLE, markets, pools)


class Crash(Exception):
    """The process died after its work and before the commit."""


def grade_of(outcome: Outcome) -> Grade:
    return Grade(
        outcome.result,
        2 if outcome.result == "void" else int(outcome.is_half_void),
        outcome.places,
        outcome.tied,
        outcome.place_result,
        outcome.place_places,
        outcome.place_tied,
    )


def part_of_the_test() -> transaction.Atomic:
    """A savepoint in which durable actions may run, as in the transaction of a test."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # what Django's own test cases set
    return block


def check_all(world: World, model: Model) -> None:
    """Wallets, slips, stakes, tokens and histories are what the model says, and the books are right."""
    people = world.people
    accounts = LedgerAccount.objects.filter(kind="wallet", currency="PLY", owner__in=people)
    held = {account.owner_id: account for account in accounts}
    assert [held[person.id].balance_minor for person in people] == model.wallets
    assert all(account.balance_minor >= 0 or account.overdrawn_by for account in held.values())
    rows = list(BetSlip.objects.filter(user__in=people))
    found = {row.id: (row.status, row.payout_minor, row.remaining_stake_minor, row.potential_win_minor) for row in rows}
    assert found == {slip.id: (slip.status, slip.paid, slip.remaining, slip.promised) for slip in model.slips}
    assert all((slip.paid or 0) <= slip.promised for slip in model.slips)
    _check_histories(rows)
    assert open_stakes() == model.running_stakes()
    tokens = dict(FreeBet.objects.filter(user__in=people).values_list("id", "status"))
    assert tokens == {
        token_id: "available" if model.is_token_free(token) else "used"
        for token, (_, _, token_id) in model.tokens.items()
    }
    assert list_book_faults() == []


def _check_histories(rows: Sequence[BetSlip]) -> None:
    """Each settlement number once, and their differences add up to what was paid."""
    histories: dict[UUID, list[BetHistory]] = {}
    for line in BetHistory.objects.filter(bet_slip__in=rows).order_by("settlement_no"):
        histories.setdefault(line.bet_slip_id, []).append(line)
    for row in rows:
        lines = histories.get(row.id, [])
        assert [line.settlement_no for line in lines] == list(range(1, row.settlement_no + 1))
        assert sum(line.difference_minor for line in lines) == (row.payout_minor or 0)
