"""A quote answers what placing would, and writes nothing."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from betting.models import BetSlip, ExposureDelta, Selection
from project.kit.models import IdempotentReply, OutboxChange
from project.kit.money import format_milli
from tests.betting.desk import available, bet, fund, make_live_priced_event, selection_of
from tests.sports.matches import AWAY, HOME, score_goal

pytestmark = pytest.mark.django_db


def leg_of(event: Any, key: str = "1x2", outcome: str = "home") -> dict[str, str]:
    selection = selection_of(event, key, outcome)
    assert selection.odds_milli is not None
    return {"selection_id": str(selection.id), "odds": format_milli(selection.odds_milli)}


def quote(client: Client, body: object, status: int = 200) -> Any:
    response = client.post("/api/slips/quote", json.dumps(body), content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def body_of(*legs: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {"stake": "10.00", "currency": "PLY", "legs": list(legs)} | changes


def test_a_visitor_hears_what_a_single_would_come_to(client: Client) -> None:
    leg = leg_of(make_live_priced_event())

    answer = quote(client, body_of(leg))

    odds_milli = round(float(leg["odds"]) * 1_000)
    assert (answer["is_accepted"], answer["rejection"], answer["line_count"]) == (True, None, 1)
    assert answer["potential_win"] == f"{1_000 * odds_milli // 1_000 / 100:.2f}"
    assert answer["stakes"] == {"min": "0.10", "max": "500.00", "reason": "limit"}
    assert answer["legs"] == [leg]


def test_the_highest_stake_is_taken_and_a_little_more_is_not(ada: User, client: Client) -> None:
    event = make_live_priced_event()
    fund(ada)
    client.force_login(ada)
    highest = quote(client, body_of(leg_of(event)))["stakes"]["max"]

    over = quote(client, body_of(leg_of(event), stake=f"{float(highest) + 0.01:.2f}"))

    assert (over["is_accepted"], over["rejection"]) == (
        False,
        {"code": "stake_above_max", "detail": {"max_stake": highest, "reason": "limit"}},
    )
    assert bet(ada, selection_of(event, "1x2", "home"), highest).stake == highest


def owe(event: Any, key: str, payout_minor: int) -> None:
    """The house stands to pay so much on the first selection of the market."""
    selection = selection_of(event, key, "home" if key == "1x2" else "0-0")
    ExposureDelta.objects.create(
        market=selection.market, selection=selection, currency="PLY", stake_minor=0, payout_minor=payout_minor
    )


def test_a_market_of_an_accumulator_is_bounded_by_its_own_liability(client: Client) -> None:
    """A match result may cost 200,000.00, a correct score 60,000.00."""
    first, second = make_live_priced_event(), make_live_priced_event(home=AWAY, away=HOME)
    body = body_of(leg_of(first), leg_of(second, "correct_score", "0-0"), bet_type="accumulator")
    owe(first, "1x2", 10_000_000)

    beside = quote(client, body)
    owe(second, "correct_score", 6_000_000)
    above = quote(client, body)

    assert (beside["is_accepted"], beside["stakes"]) == (True, {"min": "0.10", "max": "100.00", "reason": "limit"})
    assert above["rejection"] == {"code": "stake_above_max", "detail": {"max_stake": "0.00", "reason": "liability"}}


def test_a_quote_writes_nothing(ada: User, client: Client) -> None:
    event = make_live_priced_event()
    fund(ada)
    client.force_login(ada)
    before = (available(ada), OutboxChange.objects.count())

    quote(client, body_of(leg_of(event)))

    assert (available(ada), OutboxChange.objects.count()) == before
    assert (BetSlip.objects.count(), ExposureDelta.objects.count(), IdempotentReply.objects.count()) == (0, 0, 0)


def test_lines_are_counted_and_stakes_named_as_they_were_asked(client: Client) -> None:
    first, second = make_live_priced_event(), make_live_priced_event(home=AWAY, away=HOME)

    answer = quote(
        client,
        body_of(leg_of(first), leg_of(second), bet_type="system", line_sizes=[1, 2], stake_kind="line", stake="1.00"),
    )

    assert (answer["line_count"], answer["stake"]) == (3, "3.00")
    assert answer["stakes"]["max"] == "166.66"


def test_what_would_be_refused_says_why(client: Client) -> None:
    event = make_live_priced_event()
    leg = leg_of(event)
    related = quote(client, body_of(leg, leg_of(event, "both_to_score", "yes"), bet_type="accumulator"))
    score_goal(event, "home", minute=5)

    stopped = quote(client, body_of(leg))

    assert related["rejection"]["code"] == "related_legs"
    assert (stopped["is_accepted"], stopped["rejection"]["code"]) == (False, "market_suspended")


def test_a_return_beyond_the_highest_payout_is_that(client: Client) -> None:
    """110.00 twenty times over has more digits than an amount may have."""
    leg = leg_of(make_live_priced_event())
    Selection.objects.filter(id=leg["selection_id"]).update(odds_milli=110_000)

    many = quote(client, body_of(*[leg | {"odds": "110.00"}] * 20, bet_type="accumulator"))
    single = quote(client, body_of(leg | {"odds": "110.00"}, stake="500.00"))

    assert (many["potential_win"], many["rejection"]["code"]) == ("50000.00", "related_legs")
    assert (single["potential_win"], single["stakes"]) == (
        "50000.00",
        {"min": "0.10", "max": "454.54", "reason": "payout"},
    )
    assert single["rejection"]["code"] == "stake_above_max"


def test_each_way_without_places_has_no_return(client: Client) -> None:
    answer = quote(client, body_of(leg_of(make_live_priced_event()), is_each_way=True))

    assert (answer["potential_win"], answer["stakes"]) == (None, None)
    assert (answer["is_accepted"], answer["rejection"]["code"]) == (False, "validation_error")
    assert answer["rejection"]["detail"]["errors"][0]["code"] == "each_way_not_offered"


@pytest.mark.parametrize(
    "changes",
    [{"stake": "ten"}, {"stake": 10}, {"currency": "GBP"}, {"bet_type": "trixie"}, {"legs": []}, {"surprise": 1}],
)
def test_what_no_world_would_take_is_refused(client: Client, changes: dict[str, Any]) -> None:
    assert quote(client, body_of(leg_of(make_live_priced_event())) | changes, 422)["code"] == "validation_error"
