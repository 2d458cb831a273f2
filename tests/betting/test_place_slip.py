"""Placing a slip: what stands and what moves, every refusal with nothing moved, and replays of a key."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from accounts.models import User
from betting.actions.market_status import suspend_market
from betting.actions.place_slip import Placed, place_batch, place_slip
from betting.actions.reprice_event import reprice_event
from betting.actions.slip_requests import request_of
from betting.core.limits import LIMITS, StakeLimits
from betting.errors import (
    EventStarted,
    FeedIsStale,
    MarketSuspended,
    OddsChanged,
    RelatedLegs,
    StakeAboveMax,
    StakeBelowMin,
)
from betting.models import BetLeg, BetSlip, ExposureDelta, Selection
from betting.queries.slips import get_slip_reply
from betting.schemas.slips import PlaceSlipCommand
from betting.streams import SlipPlacedChange
from payments.queries.audit import list_ledger_faults
from payments.schemas import WalletReply
from project.kit import clock
from project.kit.errors import AppError, InsufficientFunds, NotFound, ValidationFailed
from project.kit.models import IdempotentReply, OutboxChange
from project.kit.money import format_milli
from project.kit.streams import Position, head, note_listeners
from sports.actions import advance_clock, record_incident, resume_betting
from sports.models import Event
from tests.betting.desk import (
    available,
    bet,
    command_for,
    everything,
    fund,
    goal,
    make_live_priced_event,
    make_priced_event,
    new_key,
    open_stakes,
    selection_of,
)
from tests.sports.matches import AWAY, HOME, end_match

pytestmark = pytest.mark.django_db


def refused(user: User, command: PlaceSlipCommand, error: type[AppError]) -> AppError:
    """The refusal of a command that moved nothing."""
    before = everything(user)
    with pytest.raises(error) as refusal:
        place_slip(user_id=user.id, command=command, key=new_key())
    assert type(refusal.value) is error
    assert everything(user) == before
    return refusal.value


def test_a_single_stands_and_its_stake_leaves_the_wallet(ada: User) -> None:
    funds = fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    assert home.odds_milli is not None

    reply = bet(ada, home, "12.50")

    slip = BetSlip.objects.get()
    assert (reply.id, reply.status, reply.stake, reply.odds) == (
        slip.id,
        "accepted",
        "12.50",
        format_milli(home.odds_milli),
    )
    assert slip.potential_win_minor == 1_250 * home.odds_milli // 1_000
    assert (reply.payout, reply.settled_at, reply.predicted_outcome) == (None, None, "home")
    assert slip.match_state["minute"] == 1
    assert slip.match_state["odds_milli"] == home.odds_milli
    assert [leg.selection_name for leg in reply.legs] == ["Aldrowmere Rovers"]
    assert reply.legs[0].event_name == "Aldrowmere Rovers v Cindlewick City"
    assert (reply.legs[0].market_name, reply.legs[0].status, reply.legs[0].result) == ("Full-time result", "open", None)
    assert available(ada) == funds - 1_250
    assert open_stakes() == 1_250
    assert list_ledger_faults() == []


def wallet_with(available: str) -> WalletReply:
    return WalletReply(currency="PLY", available=available, held="0.00", total_winnings="0.00", total_losses="0.00")


def test_the_person_s_stream_gets_each_slip_with_what_it_left_of_the_wallet(ada: User) -> None:
    fund(ada)
    note_listeners([f"user:{ada.id}"])
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    before = OutboxChange.objects.count()

    first, second = place_batch(
        [request_of(ada.id, command_for(home, stake), new_key()) for stake in ("10.00", "2.50")]
    )

    changes = list(OutboxChange.objects.order_by("id"))[before:]
    assert isinstance(first, Placed) and isinstance(second, Placed)
    assert [change.stream for change in changes] == [f"user:{ada.id}"] * 2
    assert [change.payload for change in changes] == [
        SlipPlacedChange(slip=placed.to_model(), wallet=wallet_with(left)).to_json()
        for placed, left in ((first, "990.00"), (second, "987.50"))
    ]


def test_where_nobody_listens_a_slip_moves_the_number_of_the_stream_alone(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    before, changes = head(f"user:{ada.id}"), OutboxChange.objects.count()

    [placed] = place_batch([request_of(ada.id, command_for(home), new_key())])

    assert isinstance(placed, Placed)
    assert head(f"user:{ada.id}") == Position(before.epoch, before.seq + 1)
    assert OutboxChange.objects.count() == changes
    assert IdempotentReply.objects.get(owner_id=ada.id).reply == placed.to_model().model_dump(mode="json")


@pytest.mark.parametrize("policy", ["none", "better"])
def test_a_worse_price_is_refused_with_the_current_one(ada: User, policy: str) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    goal(event, "home", 10)
    current = selection_of(event, "1x2", "home").odds_milli
    assert current is not None and home.odds_milli is not None and current < home.odds_milli

    refusal = refused(ada, command_for(home, price_policy=policy), OddsChanged)

    assert refusal.extra == {"legs": [{"selection_id": str(home.id), "current": format_milli(current)}]}


def test_a_better_price_is_refused_by_none_and_taken_by_better(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    away = selection_of(event, "1x2", "away")
    goal(event, "home", 10)
    current = selection_of(event, "1x2", "away").odds_milli
    assert current is not None

    refused(ada, command_for(away), OddsChanged)

    assert bet(ada, away, price_policy="better").odds == format_milli(current)


def test_any_takes_the_current_price(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    goal(event, "home", 10)

    reply = bet(ada, home, price_policy="any")

    current = selection_of(event, "1x2", "home").odds_milli
    assert current is not None
    assert reply.odds == format_milli(current)
    leg = BetLeg.objects.get()
    assert (leg.seen_odds_milli, leg.odds_milli) == (home.odds_milli, current)


def test_a_goal_stops_betting_until_it_is_resumed_and_priced(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    record_incident(event_id=event.pk, incident_type="goal", side="home", minute=5)
    stopped = refused(ada, command_for(home, price_policy="any"), MarketSuspended)
    resume_betting(event_id=event.pk)
    unpriced = refused(ada, command_for(home, price_policy="any"), MarketSuspended)
    reprice_event(event_id=event.pk)

    assert (stopped.extra, unpriced.extra) == ({"reason": "goal"}, {"reason": "repricing"})
    assert bet(ada, home, price_policy="any").status == "accepted"


def test_a_market_that_a_trader_has_stopped(ada: User, mod: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    suspend_market(actor_id=mod.id, market_id=home.market_id, reason="Strange bets")

    refusal = refused(ada, command_for(home), MarketSuspended)

    assert refusal.extra == {"reason": "suspended"}
    assert bet(ada, selection_of(event, "both_to_score", "yes")).status == "accepted"


def test_a_decided_market_and_a_finished_match_take_no_bets(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    over = selection_of(event, "over_under;total=0.5", "over")
    home = selection_of(event, "1x2", "home")
    goal(event, "home", 10)
    decided = refused(ada, command_for(over, price_policy="any"), MarketSuspended)

    end_match(event)
    finished = refused(ada, command_for(home, price_policy="any"), MarketSuspended)

    assert (decided.extra, finished.extra) == ({"reason": "inactive"}, {"reason": "finished"})


def test_prices_before_kick_off_end_with_the_start_time(ada: User) -> None:
    fund(ada)
    event = make_priced_event()
    home = selection_of(event, "1x2", "home")
    assert bet(ada, home).status == "accepted"

    with clock.frozen(event.start_time):
        refused(ada, command_for(home), EventStarted)


def test_a_silent_feed_takes_no_bets(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()

    with clock.frozen(clock.now() + timedelta(minutes=10)):
        refused(ada, command_for(selection_of(event, "1x2", "home")), FeedIsStale)


def test_prices_that_trail_the_clock_take_no_bets(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    for minute in range(2, 6):
        advance_clock(event_id=event.pk, minute=minute)

    refused(ada, command_for(selection_of(event, "1x2", "home")), FeedIsStale)


def test_stake_limits_name_the_stake_that_would_be_taken(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    low = refused(ada, command_for(home, "0.09"), StakeBelowMin)
    high = refused(ada, command_for(home, "500.01"), StakeAboveMax)

    assert low.extra == {"min_stake": "0.10"}
    assert high.extra == {"max_stake": "500.00", "reason": "limit"}
    assert bet(ada, home, "500.00").status == "accepted"


def test_a_thin_market_takes_less(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()

    refusal = refused(ada, command_for(selection_of(event, "correct_score", "1-1"), "100.01"), StakeAboveMax)

    assert refusal.extra == {"max_stake": "100.00", "reason": "limit"}


def test_what_is_staked_already_counts_towards_the_liability(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    assert home.odds_milli is not None
    tight = {"PLY": _limits_with_liability(2_000)}
    monkeypatch.setattr("betting.core.limits.LIMITS", tight)
    bet(ada, home, "10.00")
    risk = 1_000 * home.odds_milli // 1_000 - 1_000

    refusal = refused(ada, command_for(home, "40.00"), StakeAboveMax)

    assert refusal.extra["reason"] == "liability"
    named = str(refusal.extra["max_stake"])
    taken = bet(ada, home, named)
    assert risk + round(float(taken.potential_win) * 100) - round(float(named) * 100) <= 2_000


def _limits_with_liability(liability_minor_max: int) -> StakeLimits:
    return replace(LIMITS["PLY"], liability_minor_max=liability_minor_max)


def test_a_short_wallet_moves_nothing(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    for _ in range(2):
        bet(ada, home, "499.95")

    refusal = refused(ada, command_for(home, "0.11"), InsufficientFunds)

    assert refusal.extra == {"available": "0.10", "currency": "PLY"}
    assert bet(ada, home, "0.10").status == "accepted"
    assert available(ada) == 0


def test_legs_of_one_event_are_related(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home, yes = selection_of(event, "1x2", "home"), selection_of(event, "both_to_score", "yes")

    for legs in ((home, yes), (home, home)):
        refused(ada, command_with(*legs, bet_type="accumulator"), RelatedLegs)


def test_an_accumulator_stands_on_the_product_of_its_legs(ada: User) -> None:
    funds = fund(ada)
    first, second = make_live_priced_event(), make_live_priced_event(home=AWAY, away=HOME)
    home, away = selection_of(first, "1x2", "home"), selection_of(second, "1x2", "away")
    assert home.odds_milli is not None and away.odds_milli is not None
    command = command_with(home, away, bet_type="accumulator")

    reply = place_slip(user_id=ada.id, command=command, key=new_key())

    slip = BetSlip.objects.get()
    product = home.odds_milli * away.odds_milli
    assert (slip.bet_type, slip.line_sizes, slip.line_count, slip.event_id) == ("accumulator", [2], 1, None)
    assert (slip.odds_milli, slip.potential_win_minor) == (product // 1_000, 1_000 * product // 1_000_000)
    assert reply.to_json() == get_slip_reply(slip).to_json()
    assert [leg.position for leg in BetLeg.objects.order_by("position")] == [1, 2]
    # Each leg carries the whole slip: whatever the others do, no more can be lost on its market.
    assert set(ExposureDelta.objects.values_list("stake_minor", "payout_minor")) == {(1_000, slip.potential_win_minor)}
    assert available(ada) == funds - 1_000
    assert list_ledger_faults() == []


def command_with(*selections: Selection, **changes: Any) -> PlaceSlipCommand:
    legs = [{"selection_id": str(one.id), "odds": format_milli(one.odds_milli or 0)} for one in selections]
    return command_for(selections[0], **({"legs": legs} | changes))


def test_fields_that_say_nothing_we_can_use(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")

    currency = refused(ada, command_for(home, currency="GBP"), ValidationFailed)
    unknown = command_for(home, legs=[{"selection_id": str(uuid4()), "odds": "2.00"}])

    assert currency.extra["errors"] == [
        {"pointer": "/currency", "code": "currency_not_offered", "message": "Bets are taken in PLY"}
    ]
    refused(ada, unknown, NotFound)
    for stake in ("-1", "1e3", "10.001", "", "01", "+5", "٣"):
        with pytest.raises(ValidationError):
            command_for(home, stake)
    with pytest.raises(ValidationError):
        command_for(home, legs=[])


def test_a_market_without_a_price_takes_no_bet(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    seen = selection_of(event, "correct_score", "0-0")
    goal(event, "home", 10)

    assert refused(ada, command_for(seen, price_policy="any"), MarketSuspended).extra == {"reason": "no_price"}


def test_an_event_behind_its_incidents_is_closed_even_when_betting_is_open(ada: User) -> None:
    """A yellow card stops nothing, but its prices are not those of before."""
    fund(ada)
    event: Event = make_live_priced_event()
    record_incident(event_id=event.pk, incident_type="yellow_card", side="home", minute=2)

    assert refused(ada, command_for(selection_of(event, "1x2", "home")), MarketSuspended).extra == {
        "reason": "repricing"
    }
