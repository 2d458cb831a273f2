"""Records of the desk in the back office: what they are about is read in names, and found by its id."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from betting.actions.customer_limits import set_stake_factors
from betting.actions.desk_records import record_change
from betting.actions.held_prices import hold_price
from betting.actions.market_status import suspend_market
from betting.actions.stops import set_switch, suspend_event
from betting.models import DeskRecord, Selection
from betting.queries.desk_records import name_subjects
from tests.betting.desk import make_live_priced_event, selection_of
from tests.people import let_trade, make_person

pytestmark = pytest.mark.django_db

LIST = "admin:betting_deskrecord_changelist"


@pytest.fixture
def trader(db: None) -> User:
    return let_trade(make_person("tess", "MODERATOR"))


@pytest.fixture
def home(db: None) -> Selection:
    return selection_of(make_live_priced_event(), "1x2", "home")


@pytest.fixture
def desk(trader: User) -> Client:
    client = Client()
    client.force_login(trader)
    return client


def do_everything(home: Selection, trader: User, ada: User) -> list[str]:
    """One change of each kind of subject; answers their names, newest first as they are listed."""
    event = home.market.event
    hold_price(actor_id=trader.id, selection_id=home.id, odds_milli=2_500, reason="x")
    suspend_market(actor_id=trader.id, market_id=home.market_id, reason="x")
    suspend_event(actor_id=trader.id, event_id=event.id, reason="x")
    set_switch(actor_id=trader.id, scope="sport:football", is_stopped=True, reason="x")
    set_switch(actor_id=trader.id, scope="all", is_stopped=True, reason="x")
    set_stake_factors(actor_id=trader.id, usernames=["ada"], stake_factor_milli=500, reason="x")
    market = f"{home.market.name}, {event.name}"
    return ["ada", "All betting", "Football", event.name, market, f"{home.name}, {market}"]


def columns(page: str, name: str) -> list[str]:
    cells = re.findall(rf'<td class="field-{name}[^>]*>(.*?)</td>', page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]


def test_the_list_names_what_records_are_about(desk: Client, home: Selection, trader: User, ada: User) -> None:
    names = do_everything(home, trader, ada)

    page = desk.get(reverse(LIST)).content.decode()

    assert columns(page, "about") == names
    assert columns(page, "changed") == [
        "Stake factor",
        "Betting stopped",
        "Betting stopped",
        "Event suspended",
        "Market suspended",
        "Price held",
    ]


def test_the_id_finds_them_and_is_on_their_page(desk: Client, home: Selection, trader: User, ada: User) -> None:
    *_, about_market, _ = do_everything(home, trader, ada)
    record = DeskRecord.objects.get(change="market_stop")

    found = desk.get(reverse(LIST), {"q": str(home.market_id)}).content.decode()
    page = unescape(desk.get(reverse("admin:betting_deskrecord_change", args=[record.id])).content.decode())

    assert columns(found, "about") == [about_market]
    assert about_market in page
    assert f"market:{home.market_id}" in page


def test_a_long_list_asks_no_more_than_a_short_one(desk: Client, home: Selection, trader: User) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert desk.get(reverse(LIST)).status_code == 200
        return len(asked)

    def stop(subject: str) -> None:
        record_change(change="x", subject=subject, actor_id=trader.id, reason="x", before={}, after={})

    stop(f"market:{home.market_id}")
    short = count_queries()
    for market in home.market.event.markets.all()[:5]:
        stop(f"market:{market.id}")

    assert count_queries() == short


def test_a_subject_without_a_name_is_its_own() -> None:
    assert name_subjects(["switch:sport:chess", "planet:mars"]) == {
        "switch:sport:chess": "switch:sport:chess",
        "planet:mars": "planet:mars",
    }
