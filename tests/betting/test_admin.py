"""Betting in the back office: pages that only show, and a stop of a market that only a POST by a trader makes."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from betting.actions.settle_event import settle_event
from betting.models import Market
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
from tests.people import let_trade, make_person
from tests.sports.matches import end_match

PAGES = (
    "eventbook",
    "market",
    "dynamicodds",
    "pricepoint",
    "selectionresult",
    "betslip",
    "bethistory",
    "bettingstrategy",
    "bettingstrategyversion",
    "bettingstrategyevaluation",
    "paperrun",
    "paperbet",
    "betslipgenerationlog",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> User:
    return make_person("boss", "ADMIN")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_settled_slip(person: User) -> Market:
    fund(person)
    event = make_live_priced_event()
    selection = selection_of(event, "1x2", "draw")
    bet(person, selection)
    end_match(event)
    settle_event(event_id=event.pk)
    return selection.market


def stop(client: Client, market: Market, *, act: str = "suspend") -> int:
    path = reverse(f"admin:betting_market_{act}", args=[market.id])
    return client.post(path, {"_form_submitted": "True", "reason": "Strange bets"}).status_code


def status_of(market: Market) -> str:
    return Market.objects.get(id=market.id).status


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_admins_and_for_nobody_else(ada: User, mod: User, boss: User, page: str) -> None:
    make_settled_slip(ada)
    path = reverse(f"admin:betting_{page}_changelist")

    assert logged_in(boss).get(path).status_code == 200
    for other in (ada, mod):
        assert logged_in(other).get(path).status_code in (302, 403)


@pytest.mark.parametrize("page", ["market", "betslip"])
def test_a_row_shows_its_parts(ada: User, boss: User, page: str) -> None:
    market = make_settled_slip(ada)
    row_id = market.id if page == "market" else ada.slips.get().id

    response = logged_in(boss).get(reverse(f"admin:betting_{page}_change", args=[row_id]))

    assert response.status_code == 200
    assert b"Draw" in response.content


@pytest.mark.django_db(transaction=True)
def test_opening_the_dialog_changes_nothing_and_confirming_it_stops_the_market(boss: User) -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market
    client = logged_in(boss)

    assert client.get(reverse("admin:betting_market_suspend", args=[market.id])).status_code == 200
    assert status_of(market) == "active"
    assert stop(client, market) == 302
    assert status_of(market) == "suspended"
    assert stop(client, market, act="resume") == 302
    assert status_of(market) == "active"

    entries = LogEntry.objects.filter(object_id=str(market.id)).order_by("id")
    assert [(entry.user_id, entry.change_message) for entry in entries] == [
        (boss.id, "active -> suspended: Strange bets"),
        (boss.id, "suspended -> active: Strange bets"),
    ]


def test_a_stop_without_a_reason_is_not_taken(boss: User) -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market

    path = reverse("admin:betting_market_suspend", args=[market.id])
    logged_in(boss).post(path, {"_form_submitted": "True", "reason": " "})

    assert status_of(market) == "active"


def test_traders_may_stop_markets_and_others_may_not(ada: User, mod: User) -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market
    for other in (ada, mod):
        stop(logged_in(other), market)
        assert status_of(market) == "active"

    let_trade(mod)
    assert stop(logged_in(mod), market) == 302
    assert status_of(market) == "suspended"


def test_a_refused_stop_is_said_in_its_own_words(ada: User, boss: User) -> None:
    market = make_settled_slip(ada)

    client = logged_in(boss)
    assert stop(client, market) == 302

    assert b"The market is settled" in client.get(reverse("admin:betting_market_changelist")).content
