"""From a stranger's first look to a settled slip, without a reload."""

import re
import time
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page

from tests.browser.conftest import MATCH_SECONDS
from tests.browser.slips import place_bet
from tests.browser.visitors import Visitor, amount_in, read_balance, sign_up, wait_for_balance

Visitors = Callable[..., Visitor]
STAKE = Decimal("10.00")
MINUTES = range(35, 61)  # half a minute is left, and what is added
LEAD_MAX = 1  # goals
SHIFT_MAX = 0.02  # what is good for a whole visit is 0.1; web.dev/articles/cls
PRICES = 'button[aria-label*=", odds "]'


def test_a_new_visitor_sees_odds_change_within_five_seconds(visitor: Visitors) -> None:
    page = visitor().open()
    page.locator(PRICES).first.wait_for()

    before = read_prices(page)
    page.wait_for_function(
        f"before => JSON.stringify([...document.querySelectorAll('{PRICES}')].map(e => e.ariaLabel)) !== before",
        arg=before,
        timeout=5_000,
    )


def test_scores_and_clocks_move_without_a_reload(visitor: Visitors) -> None:
    page = visitor().open()
    in_play = page.get_by_role("region", name="In play")
    before = in_play.inner_text()

    page.wait_for_function(
        "before => document.querySelector('[aria-labelledby=list-in-play]').innerText !== before",
        arg=before,
        timeout=5_000,
    )


def test_nothing_shifts_while_the_lobby_comes_and_moves(visitor: Visitors) -> None:
    page = visitor(width=390, height=844).open()

    assert measure_shift(page) < SHIFT_MAX


def test_nothing_shifts_while_a_match_comes_and_moves(visitor: Visitors) -> None:
    person = visitor(width=390, height=844)
    in_play = person.open().request.get("/api/lobby").json()["in_play"]
    football = [row for row in in_play if row["sport"] == "football"]
    youngest = min(football, key=lambda row: row["scoreboard"]["minute"])  # one that ends says so in a line of its own

    page = person.open(f"/event/{youngest['id']}")

    assert measure_shift(page) < SHIFT_MAX


def measure_shift(page: Page) -> float:
    """How far things have moved by themselves from the page's beginning to five seconds from now, as Chromium adds up:
    the share of the window that has moved times the way it went."""
    page.evaluate(
        """() => {
            window.shift = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
        }"""
    )
    page.wait_for_timeout(5_000)
    shift: float = page.evaluate("window.shift")
    return shift


def test_a_slip_is_placed_settled_and_paid_on_every_tab(visitor: Visitors) -> None:
    person = visitor()
    page = sign_up(person, f"nova{time.time_ns() % 10**9}")
    second_tab = person.open("/wallet")
    for tab in (page, second_tab):
        wait_for_balance(tab, Decimal("1000.00"))
        tab.evaluate("window.wasNeverReloaded = true")

    open_match_past_half(page)
    result_market = page.locator("details", has=page.get_by_role("heading", name="Full-time result"))
    returns = {}
    for outcome in range(3):  # one of the three wins, whatever happens
        returns[outcome] = place_bet(page, result_market.get_by_role("button").nth(outcome), "10")
        wait_for_balance(second_tab, Decimal("1000.00") - STAKE * (outcome + 1))
    spent = Decimal("1000.00") - STAKE * 3
    assert read_balance(page) == spent

    result = page.get_by_role("region", name="Result")
    result.get_by_text("returned").wait_for(timeout=2 * MATCH_SECONDS * 1_000)
    won = amount_in(result.get_by_text("returned").inner_text())
    wait_for_balance(page, spent + won)
    wait_for_balance(second_tab, spent + won)

    assert won in returns.values()
    unread = second_tab.get_by_role("link", name=re.compile(r"^Notifications, [1-9]\d* unread$"))
    unread.wait_for()
    assert page.evaluate("window.wasNeverReloaded") is True
    assert second_tab.evaluate("window.wasNeverReloaded") is True

    unread.click()
    notifications = second_tab.get_by_role("region", name="Notifications")
    notifications.get_by_text(f"{won:,.2f}").first.wait_for()


def read_prices(page: Page) -> str:
    text: str = page.evaluate(f"JSON.stringify([...document.querySelectorAll('{PRICES}')].map(e => e.ariaLabel))")
    return text


def open_match_past_half(page: Page) -> str:
    """Open a match that is over soon and not decided: all three results have prices, and there is time to take them.

    Of several, the one that is over first.
    """
    deadline = time.monotonic() + MATCH_SECONDS
    while time.monotonic() < deadline:
        lobby = page.request.get("/api/lobby").json()
        football = [row for row in lobby["in_play"] if row["sport"] == "football"]
        for row in sorted(football, key=lambda row: row["scoreboard"]["minute"], reverse=True):
            score = row["scoreboard"]
            if score["minute"] not in MINUTES or abs(score["home_goals"] - score["away_goals"]) > LEAD_MAX:
                continue
            link = page.locator(f'a[href="/event/{row["id"]}"]').first
            if not link.count():
                page.goto("/")  # an open list takes in new matches only when asked
            link.click()
            page.get_by_role("heading", name=f"{row['home']['name']} v {row['away']['name']}").wait_for()
            return str(row["id"])
        page.wait_for_timeout(500)
    raise AssertionError("no match was open")
