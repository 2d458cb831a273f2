"""The world of the machine's histories: people, matches, pools, and how the model's outcomes are spelled."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import count
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import strategies as st

from accounts.models import User
from betting.core.grading import Grade
from betting.models import BetHistory, BetSlip, ExposureDelta, FreeBet, Market, Selection, SelectionExposure
from betting.queries.audit import list_book_faults
from payments.core.postings import HouseAccount
from payments.models import LedgerAccount, Withdrawal
from payments.queries.accounts import get_house_balance_minor
from project.kit import clock
from sports.models import LiveState
from tests.betting.desk import fund, make_live_priced_event, make_priced_event, open_stakes
from tests.betting.engine_markets import ModelMarket, ModelSelection, Outcome
from tests.betting.engine_model import Model
from tests.betting.engine_own_model import counted
from tests.betting.engine_pools import ModelPool
from tests.betting.pools import make_pool
from tests.payments.cash import pass_checks
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
    """People, three matches before kick-off, one in play, all priced, and a pool on each of the three: made once,
    rolled back to."""

    def __init__(self) -> None:
        self.people: list[User] = [make_person(f"person{next(refs)}") for _ in range(PEOPLE)]
        for person in self.people:
            fund(person)
            pass_checks(person)
        self.payers = [make_person(f"payer{next(refs)}", "FINANCE") for _ in range(2)]
        start = clock.now() + timedelta(days=1)
        before_kick_off = [make_priced_event(start_time=start) for _ in range(3)]
        self.in_play = make_live_priced_event()
        LiveState.objects.filter(event=self.in_play).update(updated_at=start)  # its feed does not fall silent
        self.events = [*before_kick_off, self.in_play]
        self.traders = [make_person(f"trader{next(refs)}") for _ in range(2)]
        ids = [event.pk for event in self.events]
        Market.objects.filter(event_id__in=ids).update(each_way_places=2, each_way_numerator=1, each_way_denominator=8)
        self.pools = [make_pool(None, event) for event in before_kick_off]

    def model(self) -> Model:
        rows = Market.objects.filter(event__in=self.events, key__in=MARKETS).order_by("id")
        markets = [ModelMarket(row.id, row.event_id, Fraction(1, 8)) for row in rows]
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
    """Wallets, slips, stakes, withdrawals, tokens and histories are what the model says, and the books are right."""
    people = world.people
    accounts = LedgerAccount.objects.filter(currency="PLY", owner__in=people)
    found = {(account.kind, account.owner_id): account.balance_minor for account in accounts}
    assert [found["wallet", person.id] for person in people] == model.wallets
    assert [found["held", person.id] for person in people] == [model.held(one) for one in range(len(people))]
    assert all(account.balance_minor >= 0 or account.overdrawn_by for account in accounts)
    rows = list(BetSlip.objects.filter(user__in=people))
    _check_slips(rows, model)
    _check_histories(rows)
    _check_counted(people, model)
    assert read_exposure(model) == model.exposure()
    assert open_stakes() == model.running_stakes()
    states = dict(Withdrawal.objects.filter(user__in=people).values_list("id", "status"))
    assert states == {withdrawal.id: withdrawal.status for withdrawal in model.withdrawals}
    assert get_house_balance_minor(HouseAccount.PAYOUT_CLEARING, "PLY") == model.paid_out()
    tokens = dict(FreeBet.objects.filter(user__in=people).values_list("id", "status"))
    assert tokens == {
        token_id: "available" if model.is_token_free(token) else "used"
        for token, (_, _, token_id) in model.tokens.items()
    }
    assert list_book_faults() == []


def read_exposure(model: Model) -> dict[UUID, tuple[int, int]]:
    """Folded or not, as the engine would price and limit by it."""
    ids = [market.id for market in model.markets]
    found: dict[UUID, tuple[int, int]] = {}
    for rows in (ExposureDelta.objects.filter(market_id__in=ids), SelectionExposure.objects.filter(market_id__in=ids)):
        summed = rows.values("selection_id").annotate(stake=Sum("stake_minor"), payout=Sum("payout_minor"))
        for row in summed.order_by():
            before = found.get(row["selection_id"], (0, 0))
            found[row["selection_id"]] = (before[0] + row["stake"], before[1] + row["payout"])
    return {selection_id: risk for selection_id, risk in found.items() if risk != (0, 0)}


def _check_slips(rows: Sequence[BetSlip], model: Model) -> None:
    assert all((slip.paid or 0) <= slip.promised for slip in model.slips)
    assert {row.id: _describe(row) for row in rows} == {
        slip.id: (
            slip.status,
            slip.paid,
            slip.remaining,
            slip.promised,
            slip.settlements,
            slip.target,
            slip.rejection,
        )
        for slip in model.slips
    }


def _check_counted(people: Sequence[User], model: Model) -> None:
    """What counts towards limits, whether or not anybody has set one: all of it, and without what waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, kind, played.counted_minor + played.waiting_minor, played.counted_minor"
            "  FROM unnest(%s::uuid[]) AS person CROSS JOIN unnest(ARRAY['stake', 'loss']) AS kind"
            " CROSS JOIN LATERAL betting_played(person, 'PLY', kind, %s) AS played",
            [[str(person.id) for person in people], clock.now() - timedelta(days=9)],
        )
        found = {(person, kind): counts for person, kind, *counts in cursor.fetchall()}
    assert found == {
        (person.id, kind): [counted(model, number, kind), counted(model, number, kind, with_waiting=False)]
        for number, person in enumerate(people)
        for kind in ("stake", "loss")
    }


def _describe(row: BetSlip) -> tuple[object, ...]:
    return (
        row.status,
        row.payout_minor,
        row.remaining_stake_minor,
        row.potential_win_minor,
        row.settlement_no,
        row.cash_out_target_minor,
        row.rejection and row.rejection["code"],
    )


def _check_histories(rows: Sequence[BetSlip]) -> None:
    """Each settlement number once, and their differences add up to what was paid."""
    histories: dict[UUID, list[BetHistory]] = {}
    for line in BetHistory.objects.filter(bet_slip__in=rows).order_by("settlement_no"):
        histories.setdefault(line.bet_slip_id, []).append(line)
    for row in rows:
        lines = histories.get(row.id, [])
        assert [line.settlement_no for line in lines] == list(range(1, row.settlement_no + 1))
        assert sum(line.difference_minor for line in lines) == (row.payout_minor or 0)
