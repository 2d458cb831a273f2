"""Leaderboards: who is on them, in which order, and that nobody private is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Profile, User
from betting.actions.count_standings import count_standings
from betting.models import BetSlip, CancelWindow, CashOut, LeaderboardStanding, Selection
from project.kit import clock
from tests.betting.desk import fund, make_priced_event, selection_of
from tests.betting.slips import Pick, write_slip

pytestmark = pytest.mark.django_db


def settled(
    user: User, status: str, *, odds_milli: int = 2_000, payout_minor: int | None = None, **changes: Any
) -> None:
    """A settled single of 10.00; a won one pays its odds."""
    paid = (1_000 * odds_milli // 1_000 if status == "won" else 0) if payout_minor is None else payout_minor
    fields: dict[str, Any] = {
        "user": user,
        "currency": "PLY",
        "line_sizes": [1],
        "stake_minor": 1_000,
        "remaining_stake_minor": 1_000,
        "odds_milli": odds_milli,
        "potential_win_minor": 10**9,
        "payout_minor": paid,
        "uncapped_minor": Decimal(paid),
        "status": status,
        "price_policy": "none",
        "match_state": {},
        "settlement_no": 1,
        "placed_at": clock.now(),
        "settled_at": clock.now(),
    }
    BetSlip.objects.create(**(fields | changes))


def board(by: str = "return", period: str = "month", user: User | None = None) -> Any:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(f"/api/leaderboards?by={by}&period={period}").json()


def test_people_stand_in_the_order_of_their_return(ada: User, ben: User, cleo: User) -> None:
    for _ in range(5):
        settled(ada, "won", odds_milli=3_000)
        settled(ben, "lost")
    for number in range(5):
        settled(cleo, "won" if number else "lost", odds_milli=1_500)

    count_standings()

    rows = board(user=ben)
    assert [(row["rank"], row["person"]["username"], row["return_percent"]) for row in rows["rows"]] == [
        (1, "ada", "200.00"),
        (2, "cleo", "20.00"),
        (3, "ben", "-100.00"),
    ]
    assert rows["mine"] == rows["rows"][2]
    assert board()["mine"] is None


def test_calibration_counts_wins_beyond_what_the_prices_promised(ada: User, ben: User) -> None:
    for number in range(10):
        settled(ada, "won" if number < 8 else "lost", odds_milli=2_000)
        settled(ben, "won" if number < 2 else "lost", odds_milli=4_000)

    count_standings()

    rows = board("calibration")["rows"]
    assert [(row["person"]["username"], row["wins"], row["expected_wins"], row["score"]) for row in rows] == [
        ("ada", 8, 5.0, 1.9),
        ("ben", 2, 2.5, -0.37),
    ]


def test_half_wins_and_shares_of_a_tie_say_nothing_of_a_price(ada: User, ben: User) -> None:
    home, draw, away = Selection.objects.filter(
        market=selection_of(make_priced_event(), "1x2", "home").market
    ).order_by("sort")
    Selection.objects.filter(id=home.id).update(result="won")
    Selection.objects.filter(id=draw.id).update(result="won", void_halves=1)
    Selection.objects.filter(id=away.id).update(result="won", dead_heat_tied=2)
    for person, selections in ((ada, [home] * 10), (ben, [home] * 9 + [draw, away])):
        fund(person)
        for selection in selections:
            slip = write_slip(person, [Pick(selection, 4_000)])
            BetSlip.objects.filter(id=slip.id).update(
                status="won", payout_minor=2_500, uncapped_minor=2_500, settlement_no=1, settled_at=clock.now()
            )

    count_standings()

    assert [(row["person"]["username"], row["slips"], row["wins"]) for row in board("calibration")["rows"]] == [
        ("ada", 10, 10)
    ]
    assert [(row["person"]["username"], row["slips"]) for row in board()["rows"]] == [("ben", 11), ("ada", 10)]


def test_singles_that_were_cashed_out_win_and_lose_with_their_selections(ada: User) -> None:
    home = selection_of(make_priced_event(), "1x2", "home")
    draw = Selection.objects.get(market=home.market, outcome="draw")
    Selection.objects.filter(id=home.id).update(result="won")
    Selection.objects.filter(id=draw.id).update(result="lost")
    undecided = selection_of(make_priced_event(), "1x2", "home")
    half_void = selection_of(make_priced_event(), "1x2", "home")
    Selection.objects.filter(id=half_void.id).update(result="lost", void_halves=1)
    void = selection_of(make_priced_event(), "1x2", "home")
    Selection.objects.filter(id=void.id).update(result="won", void_halves=2)
    called_off = selection_of(make_priced_event(), "1x2", "home")
    Selection.objects.filter(id=called_off.id).update(result="lost")
    CancelWindow.objects.create(
        market=called_off.market, reason="Palpable error", created_at=clock.now(), produced_at=clock.now()
    )
    for _ in range(9):
        settled(ada, "won", odds_milli=4_000)
    fund(ada)
    for selection in [home, draw, draw, draw, undecided, half_void, void, called_off]:
        slip = write_slip(ada, [Pick(selection, 4_000)])
        BetSlip.objects.filter(id=slip.id).update(
            status="cashed_out", remaining_stake_minor=0, cashed_out_minor=500, odds_milli=4_000
        )
        CashOut.objects.create(
            slip=slip, user=ada, kind="full", stake_minor=1_000, paid_minor=500, legs=[], created_at=clock.now()
        )

    count_standings()

    row = board("calibration")["rows"][0]
    # Nine that were settled and four that were cashed out before they would have won once and lost three times.
    assert (row["slips"], row["wins"], row["expected_wins"]) == (13, 10, 3.25)
    assert board()["rows"][0]["slips"] == 17


def test_what_was_cashed_out_to_the_end_counts_from_its_last_part_on(ada: User, ben: User) -> None:
    for _ in range(4):
        settled(ada, "won", odds_milli=3_000)
        settled(ben, "won", odds_milli=3_000)
    for person, days in ((ada, 6), (ben, 8)):
        fund(person)
        slip = write_slip(person, [Pick(selection_of(make_priced_event(), "1x2", "home"), 2_000)])
        BetSlip.objects.filter(id=slip.id).update(status="cashed_out", remaining_stake_minor=0, cashed_out_minor=500)
        for age, paid in ((days, 100), (days + 3, 400)):
            CashOut.objects.create(
                slip=slip,
                user=person,
                kind="partial",
                stake_minor=500,
                paid_minor=paid,
                legs=[],
                created_at=clock.now() - timedelta(days=age),
            )

    count_standings()

    assert [(row["person"]["username"], row["slips"]) for row in board(period="week")["rows"]] == [("ada", 5)]
    rows = board()["rows"]
    assert {(row["person"]["username"], row["slips"], row["return_percent"]) for row in rows} == {
        ("ada", 5, "150.00"),
        ("ben", 5, "150.00"),
    }
    assert board("calibration")["rows"] == []


def test_too_few_slips_private_people_free_bets_and_voids_do_not_count(ada: User, ben: User, cleo: User) -> None:
    for number in range(5):
        settled(ada, "won")
        settled(ben, "won" if number < 4 else "void", payout_minor=None if number < 4 else 1_000)
        settled(cleo, "won", settled_at=clock.now() - timedelta(days=8))
    Profile.objects.filter(user=ada).update(public_access=False)

    count_standings()

    assert [row["person"]["username"] for row in board(period="week")["rows"]] == []
    assert [row["person"]["username"] for row in board(period="month")["rows"]] == ["cleo"]


def test_what_was_cashed_out_of_a_slip_counts_though_the_rest_is_void(ada: User) -> None:
    for _ in range(4):
        settled(ada, "won")
    # 4.00 of the stake for 9.00, and 6.00 back: 15.00 for 10.00, where the others bring 20.00 each
    settled(ada, "void", payout_minor=600, remaining_stake_minor=600, cashed_out_minor=900)

    count_standings()

    (row,) = board()["rows"]
    assert (row["slips"], row["return_percent"]) == (5, "90.00")
    assert board("calibration")["rows"] == []


def test_counting_again_replaces_the_board(ada: User) -> None:
    for _ in range(5):
        settled(ada, "won")
    count_standings()
    settled(ada, "lost")

    count_standings()

    standing = LeaderboardStanding.objects.get(board="return", period="all")
    assert (standing.slips, standing.return_basis_points) == (6, 6_666)


@pytest.mark.parametrize("query", ["by=luck", "period=year", "by="])
def test_an_unknown_board_is_refused(query: str) -> None:
    response = Client().get(f"/api/leaderboards?{query}")

    assert (response.status_code, response.json()["code"]) == (422, "validation_error")
