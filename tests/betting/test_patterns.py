"""Patterns in a person's slips: exact counts, found again without a change, shown to nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from betting.actions.find_patterns import find_patterns_of
from betting.core.patterns import SlipFact, find_patterns
from betting.models import BetSlip, CashOut, UserBettingPattern
from betting.queries.patterns import list_slip_facts, list_user_ids_out_of_date
from project.kit import clock
from project.kit.money import format_milli
from tests.betting.desk import bet, fund, make_live_priced_event, make_priced_event, selection_of
from tests.betting.slips import Pick, write_slip
from tests.betting.strategies.test_strategy_api import call, client_of
from tests.people import make_person

EIGHT = datetime(2026, 3, 7, 20, tzinfo=UTC)
SLIP = SlipFact(EIGHT, EIGHT + timedelta(minutes=10), "PLY", 1_000, -1_000, 2_000, True, ("football",), ("1x2",))


def later(minutes: int, stake_minor: int = 1_000, profit_minor: int = -1_000) -> SlipFact:
    placed = EIGHT + timedelta(minutes=minutes)
    return replace(
        SLIP,
        placed_at=placed,
        settled_at=placed + timedelta(minutes=10),
        stake_minor=stake_minor,
        profit_minor=profit_minor,
    )


def test_patterns_are_exact() -> None:
    two_legs = replace(SLIP, sports=("tennis", "football"), market_types=("1x2", "over_under"))
    at = EIGHT + timedelta(minutes=200)
    won = replace(
        two_legs,
        placed_at=at,
        settled_at=at + timedelta(minutes=10),
        stake_minor=3_000,
        profit_minor=2_700,
        odds_milli=1_900,
        is_in_play=False,
    )
    night = replace(SLIP, placed_at=datetime(2026, 3, 7, 2, tzinfo=UTC), settled_at=None, profit_minor=None)

    found = find_patterns([won, SLIP, night])

    assert found["favourite_sports"]["favourites"] == [
        {"name": "football", "legs": 3, "share": 0.75},
        {"name": "tennis", "legs": 1, "share": 0.25},
    ]
    assert found["stake_sizes"] == {
        "slips": 3,
        "currency": "PLY",
        "average": "16.66",
        "smallest": "10.00",
        "lower_quarter": "10.00",
        "median": "10.00",
        "upper_quarter": "10.00",
        "largest": "30.00",
    }
    assert (found["times_of_day"]["busiest_hour"], found["times_of_day"]["night_share"]) == (2, 0.3333)
    assert found["average_odds"] == {"slips": 3, "average": "1.966", "median": "2.00"}
    assert found["win_rate"] == {
        "settled": 2,
        "won": 1,
        "rate": 0.5,
        "currency": "PLY",
        "staked": "40.00",
        "net": "17.00",
    }
    assert found["in_play_share"] == {"slips": 3, "in_play": 2, "share": 0.6667}
    assert find_patterns([]) == {}


def test_chasing_needs_losses_enough_and_higher_stakes_soon_after() -> None:
    chased = [later(hour * 60) for hour in range(0, 10, 2)] + [later(hour * 60 + 30, 1_500, 100) for hour in (0, 2)]
    calm = [later(hour * 60) for hour in range(0, 10, 2)] + [later(30, 1_499, 100), later(120 + 41, 5_000, 100)]

    assert find_patterns(chased)["chasing"] == {"losses": 5, "followed_by_more": 2, "share": 0.4, "is_likely": True}
    assert find_patterns(calm)["chasing"]["followed_by_more"] == 0
    assert find_patterns(chased[:4] + chased[5:])["chasing"]["is_likely"] is False


def test_the_stake_of_a_free_bet_is_neither_staked_nor_chasing() -> None:
    lost = [later(hour * 60) for hour in range(5)]
    free = [replace(later(hour * 60 + 20, 5_000, 0), is_free_bet=True) for hour in range(5)]

    found = find_patterns(lost + free)

    assert (found["win_rate"]["settled"], found["win_rate"]["staked"], found["win_rate"]["net"]) == (
        10,
        "50.00",
        "-50.00",
    )
    assert found["chasing"] == {"losses": 5, "followed_by_more": 0, "share": 0.0, "is_likely": False}
    assert found["stake_sizes"]["largest"] == "50.00"


@pytest.mark.django_db
def test_a_multiple_is_in_play_where_one_of_its_matches_runs(ada: User) -> None:
    fund(ada)
    live = selection_of(make_live_priced_event(), "1x2", "home")
    one, other = (selection_of(make_priced_event(), "1x2", "home") for _ in range(2))
    for selections in ([one, live], [one, other], [live], [one]):
        legs = [{"selection_id": str(leg.id), "odds": format_milli(leg.odds_milli or 0)} for leg in selections]
        bet(ada, selections[0], legs=legs, bet_type="accumulator" if len(legs) > 1 else "single")

    facts = sorted(list_slip_facts(ada.id), key=lambda fact: fact.placed_at)

    assert [fact.is_in_play for fact in facts] == [True, False, True, False]
    assert find_patterns(facts)["in_play_share"] == {"slips": 4, "in_play": 2, "share": 0.5}


@pytest.mark.django_db
def test_a_slip_cashed_out_to_the_end_is_over_with_its_last_part(ada: User) -> None:
    fund(ada)
    slip = write_slip(ada, [Pick(selection_of(make_live_priced_event(), "1x2", "home"), 2_000)])
    BetSlip.objects.filter(id=slip.id).update(status="cashed_out", remaining_stake_minor=0, cashed_out_minor=700)
    for minute, stake, paid in ((1, 400, 300), (2, 600, 400)):
        CashOut.objects.create(
            slip=slip,
            user=ada,
            kind="partial",
            stake_minor=stake,
            paid_minor=paid,
            legs=[],
            created_at=EIGHT + timedelta(minutes=minute),
        )

    (fact,) = list_slip_facts(ada.id)

    assert (fact.settled_at, fact.profit_minor) == (EIGHT + timedelta(minutes=2), -300)
    assert find_patterns([fact])["win_rate"] == {
        "settled": 1,
        "won": 0,
        "rate": 0.0,
        "currency": "PLY",
        "staked": "10.00",
        "net": "-3.00",
    }
    assert find_patterns([fact])["chasing"]["losses"] == 1


@pytest.mark.django_db(transaction=True)
def test_patterns_are_found_again_without_a_change_and_shown_to_their_owner(
    ada: User, ben: User, cleo: User, mod: User
) -> None:
    fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "1x2", "home"), "10.00")
    assert list_user_ids_out_of_date(clock.now(), 10) == [ada.id]

    assert find_patterns_of(user_id=ada.id) == 8
    first = list(UserBettingPattern.objects.order_by("id").values_list("id", "description"))
    find_patterns_of(user_id=ada.id)

    assert list(UserBettingPattern.objects.order_by("id").values_list("id", "description")) == first
    assert list_user_ids_out_of_date(clock.now(), 10) == []
    assert list_user_ids_out_of_date(clock.now() + timedelta(minutes=11), 10) == [ada.id]
    mine = {
        one["pattern_identifier"]: one["description"]
        for one in call(ada, "GET", "/me/patterns", status=200)["patterns"]
    }
    assert mine["in_play_share"] == {"slips": 1, "in_play": 1, "share": 1.0}
    assert mine["stake_sizes"]["median"] == "10.00"
    for other in (ben, cleo, mod):
        assert call(other, "GET", "/me/patterns", status=200) == {"patterns": []}
    call(None, "GET", "/me/patterns", status=401)
    page = reverse("admin:betting_userbettingpattern_changelist")
    assert client_of(make_person("boss", "ADMIN")).get(page).status_code == 200
    for other in (ada, mod):
        assert client_of(other).get(page).status_code in (302, 403)
