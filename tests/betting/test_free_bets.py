"""Free bets from the grant to what they pay: the house's stake, the winnings alone, a token that ends or comes back."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.free_bets import expire_free_bets, grant_free_bets, withdraw_free_bet
from betting.actions.set_results import Order, set_results
from betting.actions.settle_event import settle_event
from betting.core.grading.grade import Grade
from betting.models import BetHistory, BetSlip, DeskRecord, FreeBet
from payments.core.postings import HouseAccount
from payments.queries.accounts import get_house_balance_minor
from payments.queries.audit import list_ledger_faults
from project.kit import clock
from project.kit.errors import AppError, Forbidden, NotFound, ValidationFailed, VersionConflict
from project.kit.models import OutboxChange
from sports.actions import abandon_event
from sports.models import Event
from tests.betting.desk import (
    available,
    bet,
    command_for,
    fund,
    make_live_priced_event,
    open_stakes,
    revenue,
    selection_of,
)
from tests.sports.matches import AWAY, HOME, end_match, score_goal

pytestmark = pytest.mark.django_db


def promo() -> int:
    return get_house_balance_minor(HouseAccount.PROMO, "PLY")


def grant(actor: User, *people: User, key: str = "welcome", amount_minor: int = 1_000) -> list[FreeBet]:
    return grant_free_bets(
        actor_id=actor.id,
        usernames=[person.username for person in people],
        currency="PLY",
        amount_minor=amount_minor,
        days=7,
        reason="A welcome",
        grant_key=key,
    )


def placed(ada: User, mod: User) -> tuple[Event, FreeBet, BetSlip]:
    """A free 10.00 of ada's on home, and her 1,000.00 untouched."""
    event = make_live_priced_event()
    fund(ada)
    [token] = grant(mod, ada)
    slip = bet(ada, selection_of(event, "1x2", "home"), "10.00", free_bet_id=str(token.id))
    token.refresh_from_db()
    return event, token, BetSlip.objects.get(id=slip.id)


def test_the_house_stakes_and_the_winner_gets_the_winnings_alone(ada: User, mod: User) -> None:
    event, token, slip = placed(ada, mod)
    assert (token.status, available(ada), open_stakes(), promo()) == ("used", 100_000, 1_000, -1_000)
    score_goal(event, "home", minute=3)
    end_match(event)

    settle_event(event_id=event.pk)

    slip.refresh_from_db()
    assert slip.odds_milli is not None
    winnings = 1_000 * slip.odds_milli // 1_000 - 1_000
    assert (slip.status, slip.payout_minor, available(ada)) == ("won", winnings, 100_000 + winnings)
    assert (open_stakes(), revenue()) == (0, 1_000 - winnings)
    assert list_ledger_faults() == []


def test_a_lost_free_bet_costs_nothing(ada: User, mod: User) -> None:
    event, token, slip = placed(ada, mod)
    score_goal(event, "away", minute=3)
    end_match(event)

    settle_event(event_id=event.pk)

    slip.refresh_from_db()
    token.refresh_from_db()
    assert (slip.status, slip.payout_minor, available(ada), token.status) == ("lost", 0, 100_000, "used")


def test_a_void_free_bet_pays_nothing_and_gives_the_token_back(ada: User, mod: User) -> None:
    event, token, slip = placed(ada, mod)
    abandon_event(event_id=event.pk, reason="Floodlights")

    settle_event(event_id=event.pk)

    slip.refresh_from_db()
    token.refresh_from_db()
    assert (slip.status, slip.payout_minor, available(ada), token.status) == ("void", 0, 100_000, "available")
    assert list_ledger_faults() == []


def test_a_free_bet_that_returns_no_more_than_its_token_has_lost(ada: User, mod: User) -> None:
    event, token, single = placed(ada, mod)
    home, other = selection_of(event, "1x2", "home"), make_live_priced_event(home=AWAY, away=HOME)
    [second] = grant(mod, ada, key="second")
    legs = [command_for(one).legs[0].model_dump() for one in (home, selection_of(other, "1x2", "home"))]
    double = bet(ada, home, bet_type="accumulator", legs=legs, free_bet_id=str(second.id))

    for match in (event, other):
        tied = Grade("won", dead_heat_places=1, dead_heat_tied=9)
        grades = {selection_of(match, "1x2", "home").id: tied}
        market_id = selection_of(match, "1x2", "home").market_id
        set_results(market_id=market_id, grades=grades, order=Order("Nine tie", clock.now()))
        settle_event(event_id=match.pk)

    slips = BetSlip.objects.filter(id__in=[single.id, double.id])
    assert [(slip.status, slip.payout_minor) for slip in slips] == [("lost", 0)] * 2
    assert set(BetHistory.objects.values_list("outcome", "winnings_minor")) == {("lost", 0)}
    token.refresh_from_db()
    assert (token.status, available(ada), open_stakes(), revenue()) == ("used", 100_000, 0, 2_000)
    assert list_ledger_faults() == []


@pytest.mark.parametrize("stake", ["9.99", "10.01"])
def test_a_token_is_for_exactly_its_stake(ada: User, mod: User, stake: str) -> None:
    event = make_live_priced_event()
    fund(ada)
    [token] = grant(mod, ada)

    with pytest.raises(AppError):
        bet(ada, selection_of(event, "1x2", "home"), stake, free_bet_id=str(token.id))

    token.refresh_from_db()
    assert (token.status, BetSlip.objects.count(), promo(), available(ada)) == ("available", 0, 0, 100_000)


def test_a_token_is_its_owners_once_and_in_time(ada: User, ben: User, mod: User) -> None:
    event, token, _ = placed(ada, mod)
    fund(ben)
    home = selection_of(event, "1x2", "home")
    [late] = grant(mod, ben, key="late")
    FreeBet.objects.filter(id=late.id).update(expires_at=clock.now() - timedelta(seconds=1))

    for person, free_bet in ((ada, token), (ben, token), (ben, late)):
        with pytest.raises(AppError):
            bet(person, home, "10.00", free_bet_id=str(free_bet.id))

    assert (BetSlip.objects.count(), promo()) == (1, -1_000)


def test_people_hear_of_tokens_given_and_taken_back(ada: User, ben: User, mod: User) -> None:
    tokens = grant(mod, ada, ben)
    grant(mod, ada)  # the same grant again tells nobody anything
    withdraw_free_bet(actor_id=mod.id, free_bet_id=tokens[0].id, reason="A mistake")

    told = OutboxChange.objects.filter(payload__type="free_bet.changed").order_by("id")
    names = {f"user:{user.id}": user.username for user in (ada, ben)}
    first = {token.user_id: str(token.id) for token in tokens}
    heard = [(names[one.stream], one.payload["free_bet"]["id"], one.payload["free_bet"]["status"]) for one in told]
    assert sorted(heard) == sorted(
        [
            ("ada", first[ada.id], "available"),
            ("ben", first[ben.id], "available"),
            (names[f"user:{tokens[0].user_id}"], first[tokens[0].user_id], "withdrawn"),
        ]
    )


def test_the_same_grant_gives_one_token(ada: User, ben: User, mod: User) -> None:
    first = grant(mod, ada, ben)
    second = grant(mod, ada, ben)

    assert (len(first), second, FreeBet.objects.count()) == (2, [], 2)
    assert DeskRecord.objects.filter(change="free_bet_granted").count() == 2


def test_a_bad_grant_gives_nothing(ada: User, mod: User) -> None:
    with pytest.raises(NotFound):
        grant_free_bets(
            actor_id=mod.id, usernames=["ada", "nobody"], currency="PLY", amount_minor=1_000, days=7, reason="x",
            grant_key="k",
        )  # fmt: skip
    with pytest.raises(Forbidden):
        grant(mod, ada, mod)
    for amount_minor in (0, 10**9):
        with pytest.raises(ValidationFailed):
            grant(mod, ada, amount_minor=amount_minor)

    assert FreeBet.objects.count() == 0


def test_unused_tokens_end_or_are_taken_back_and_used_ones_stay(ada: User, ben: User, mod: User) -> None:
    _, used, _ = placed(ada, mod)
    [mine, his] = grant(mod, ada, ben, key="second")
    FreeBet.objects.filter(id__in=[mine.id, used.id]).update(expires_at=clock.now())

    assert (expire_free_bets(), expire_free_bets()) == (1, 0)
    withdraw_free_bet(actor_id=mod.id, free_bet_id=his.id, reason="By mistake")
    for spent in (used, mine, his):
        with pytest.raises(VersionConflict):
            withdraw_free_bet(actor_id=mod.id, free_bet_id=spent.id, reason="again")

    assert [FreeBet.objects.get(id=one.id).status for one in (used, mine, his)] == ["used", "expired", "withdrawn"]


def test_people_see_the_tokens_they_can_use(ada: User, ben: User, mod: User, client: Client) -> None:
    grant(mod, ada, ben)
    client.force_login(ada)

    shown = client.get("/api/free-bets").json()

    assert [(one["amount"], one["currency"], one["status"], one["reason"]) for one in shown] == [
        ("10.00", "PLY", "available", "A welcome")
    ]
    assert Client().get("/api/free-bets").status_code == 401
