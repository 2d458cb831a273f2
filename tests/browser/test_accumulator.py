"""One bet of three selections, built, placed, followed leg by leg and cashed out to the penny; odds as fractions."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import ROUND_FLOOR, Decimal
from math import prod
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Stopped

from tests.browser.slips import choose
from tests.browser.visitors import PATIENCE_MS, Visitor, amount_in, read_balance, sign_up, wait_for_balance

Visitors = Callable[..., Visitor]
LEGS = 3
STAKE = Decimal("10.00")
ANSWER_WITHIN_MS = 2_000
PRICE = re.compile(r"\d+\.\d\d\d?")


def test_an_accumulator_is_built_placed_and_cashed_out(visitor: Visitors) -> None:
    page = sign_up(visitor(), "treble")
    balance = read_balance(page)
    slip = page.get_by_role("region", name="Slip")
    for event in list_last_to_start(page):
        choose_home_side(page, event)

    slip.get_by_text("Treble", exact=True).click()
    slip.get_by_text("Any", exact=True).click()
    slip.get_by_role("button", name="Stake 10", exact=True).click()
    slip.get_by_role("button", name=re.compile(r"^Max stake [\d,]+\.\d\d")).wait_for()
    button = slip.get_by_role("button", name=re.compile(r"^Place 10\.00 to return \d"))
    expect(slip.get_by_role("definition").last).to_have_text(f"{amount_in(button.inner_text().split('return')[1]):,}")
    button.click()
    receipt = slip.get_by_role("status").filter(has_text="Bet placed: Treble")
    struck = [Decimal(odds) for odds in PRICE.findall(receipt.inner_text().split("10.00 to return")[0])]
    promised = (STAKE * prod(struck)).quantize(Decimal("0.01"), ROUND_FLOOR)
    expect(receipt).to_contain_text(f"10.00 to return {promised:,}")
    wait_for_balance(page, balance - STAKE)

    slip.get_by_role("link", name="My bets").click()
    bet = page.get_by_role("article", name=re.compile("^Treble, 3 selections, Open"))
    expect(bet.get_by_role("listitem")).to_have_count(LEGS)
    paid = cash_out(bet)

    wait_for_balance(page, balance - STAKE + paid)
    page.get_by_role("link", name="Settled").click()
    expect(page.get_by_role("article", name="Treble, 3 selections, Cashed out")).to_contain_text(f"{paid:,}")


def test_odds_are_shown_as_fractions(visitor: Visitors) -> None:
    page = visitor().open()
    page.get_by_role("button", name=re.compile(r", odds \d+\.\d\d")).first.wait_for()

    page.get_by_role("button", name="Display and odds format").click()
    page.get_by_role("menuitemradio", name="Fractional").click()
    page.keyboard.press("Escape")

    page.get_by_role("button", name=re.compile(r", odds \d+[^.\d]\d+")).first.wait_for()
    expect(page.get_by_role("button", name=re.compile(r", odds \d+\.\d\d"))).to_have_count(0)


def list_last_to_start(page: Page) -> list[dict[str, Any]]:
    """Football matches with the most time left before anything happens to their prices."""
    coming: list[dict[str, Any]] = page.request.get("/api/lobby").json()["upcoming"]
    return [event for event in coming if event["sport"] == "football"][-LEGS:]


def choose_home_side(page: Page, event: dict[str, Any]) -> None:
    page.goto(f"/event/{event['id']}")
    choose(page.get_by_role("main").get_by_role("button", name=f"{event['home']['name']}, {event['name']}, ").first)


def cash_out(bet: Locator) -> Decimal:
    """Take what is offered for the whole bet; an offer that moved or ran out is asked for again. Returns its amount."""
    ask = bet.get_by_role("button", name=re.compile(r"^(Cash out [\d,]+\.\d\d|Ask again)$"))
    take = bet.get_by_role("button", name=re.compile(r"^Take [\d,]+\.\d\d$"))
    paid = Decimal(0)
    deadline = time.monotonic() + PATIENCE_MS / 1_000
    while bet.count() and time.monotonic() < deadline:
        with suppress(Stopped):
            ask.or_(take).first.wait_for(timeout=ANSWER_WITHIN_MS)
            if take.count():
                paid = amount_in(take.inner_text())
                take.click(timeout=ANSWER_WITHIN_MS)
                bet.wait_for(state="detached", timeout=ANSWER_WITHIN_MS)
            else:
                ask.click(timeout=ANSWER_WITHIN_MS)
    expect(bet).to_have_count(0)
    return paid
