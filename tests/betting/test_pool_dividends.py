"""Dividing a pool: published examples, the rules around scratchings and ties, and what always holds."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from betting.core.pools import PoolResult, PoolTicket, approximate_dividend, settle_pool

TEN_PERCENT = 1_000


def tickets_of(*stakes: tuple[str, int]) -> list[PoolTicket]:
    return [PoolTicket(str(number), selection, stake) for number, (selection, stake) in enumerate(stakes)]


def paid(settlement_tickets: object) -> list[tuple[str, int]]:
    return [(one.outcome, one.payout_minor) for one in settlement_tickets]  # type: ignore[attr-defined]


def test_the_published_tote_example_pays_seven_ninety_five() -> None:
    """https://help.sbotop.com/article/56/how-are-dividends-calculated-in-tote-betting-270.html"""
    field = tickets_of(("A", 5_000), ("B", 1_500), ("B", 1_000), ("B", 500), ("C", 2_000), ("D", 1_500), ("E", 15_000))

    settled = settle_pool(field, PoolResult(frozenset("B")), takeout_basis_points=TEN_PERCENT)

    assert settled.gross_minor == 26_500
    assert settled.takeout_minor == 2_650
    assert settled.dividends == {"B": Fraction(795, 100)}
    assert [one.payout_minor for one in settled.tickets] == [0, 11_925, 7_950, 3_975, 0, 0, 0]
    assert (settled.breakage_minor, settled.top_up_minor) == (0, 0)


def test_the_commission_example_has_its_unbroken_price() -> None:
    """West Virginia Code of State Rules 178-5, table 178-5C: the 1.00 unbroken price is 6.6265357."""
    field = tickets_of(("winner", 2_387_200), ("others", 16_904_100), ("scratched", 131_700))

    settled = settle_pool(
        field, PoolResult(frozenset({"winner"}), frozenset({"scratched"})), takeout_basis_points=1_800
    )

    assert settled.gross_minor == 19_291_300
    assert settled.takeout_minor == 3_472_434
    assert round(settled.dividends["winner"] * 10**7) == 66_265_357
    assert paid(settled.tickets)[2] == ("refunded", 131_700)


def test_each_ticket_is_floored_and_the_rest_is_breakage() -> None:
    settled = settle_pool(
        tickets_of(("A", 100), ("A", 100), ("A", 100), ("B", 100)), PoolResult(frozenset("A")), takeout_basis_points=0
    )

    assert [one.payout_minor for one in settled.tickets] == [133, 133, 133, 0]
    assert settled.breakage_minor == 1


def test_a_winner_gets_the_stake_back_at_least_and_the_house_tops_up() -> None:
    settled = settle_pool(tickets_of(("A", 1_000), ("B", 50)), PoolResult(frozenset("A")), takeout_basis_points=2_000)

    assert settled.dividends == {"A": Fraction(1)}
    assert paid(settled.tickets) == [("won", 1_000), ("lost", 0)]
    assert (settled.takeout_minor, settled.top_up_minor) == (210, 160)


def test_nobody_on_the_winner_is_a_refund_without_takeout() -> None:
    settled = settle_pool(
        tickets_of(("A", 300), ("B", 200)), PoolResult(frozenset("C")), takeout_basis_points=TEN_PERCENT
    )

    assert settled.outcome == "refunded"
    assert paid(settled.tickets) == [("refunded", 300), ("refunded", 200)]
    assert (settled.takeout_minor, settled.breakage_minor, settled.top_up_minor) == (0, 0, 0)


def test_a_dead_heat_is_divided_among_the_backed_ties_and_then_by_stake() -> None:
    field = tickets_of(("A", 100), ("B", 300), ("C", 600))

    settled = settle_pool(field, PoolResult(frozenset({"A", "B", "unbacked"})), takeout_basis_points=0)

    assert settled.dividends == {"A": Fraction(5), "B": Fraction(5, 3)}
    assert paid(settled.tickets) == [("won", 500), ("won", 500), ("lost", 0)]


def test_a_scratched_winner_is_no_winner() -> None:
    settled = settle_pool(
        tickets_of(("A", 100), ("B", 100)), PoolResult(frozenset("A"), frozenset("A")), takeout_basis_points=0
    )

    assert paid(settled.tickets) == [("refunded", 100), ("refunded", 100)]


def test_the_approximate_dividend_is_what_would_be_paid_now() -> None:
    assert approximate_dividend(gross_minor=26_500, stake_minor=15_000, takeout_basis_points=TEN_PERCENT) == Fraction(
        159, 100
    )
    assert approximate_dividend(gross_minor=100, stake_minor=0, takeout_basis_points=0) is None
    assert approximate_dividend(gross_minor=100, stake_minor=20, takeout_basis_points=0, tied=2) == Fraction(5, 2)


@given(
    stakes=st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 10**9)), min_size=1, max_size=40),
    winners=st.frozensets(st.sampled_from("ABCDEF"), max_size=3),
    scratched=st.frozensets(st.sampled_from("ABCDE"), max_size=2),
    takeout=st.integers(0, 3_000),
)
def test_every_pool_adds_up_and_no_winner_loses(
    stakes: list[tuple[str, int]], winners: frozenset[str], scratched: frozenset[str], takeout: int
) -> None:
    field = tickets_of(*stakes)

    settled = settle_pool(field, PoolResult(winners, scratched), takeout_basis_points=takeout)

    staked = sum(ticket.stake_minor for ticket in field)
    returned = sum(one.payout_minor for one in settled.tickets)
    assert staked + settled.top_up_minor == returned + settled.takeout_minor + settled.breakage_minor
    for ticket, one in zip(field, settled.tickets, strict=True):
        assert one.outcome == "lost" or one.payout_minor >= ticket.stake_minor
    assert settled.breakage_minor < len(field)
    assert not (settled.breakage_minor and settled.top_up_minor)
