"""The slip as a person uses it: choose a price, say a stake, place it; and try again when a goal comes between."""

import re
import time
from contextlib import suppress
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Stopped

from tests.browser.visitors import PATIENCE_MS, amount_in

RETRY_AFTER_MS = 500
PRESS_WITHIN_MS = 6_000
SHOWS_WITHIN_MS = 3_000
OPEN_PRICE = 'button[aria-label*=", odds "][aria-pressed="false"]:enabled'


def choose(price: Locator) -> None:
    """Put the price on the slip. A price that is withdrawn under the finger is pressed again when it is back."""
    deadline = time.monotonic() + 2 * PATIENCE_MS / 1_000
    while time.monotonic() < deadline and price.get_attribute("aria-pressed") != "true":
        press(price)
    expect(price).to_have_attribute("aria-pressed", "true")


def press(price: Locator) -> None:
    """Press it and give the page time to show that: pressed once more, it would be taken off again."""
    with suppress(Stopped, AssertionError):
        price.click(timeout=PRESS_WITHIN_MS)
        expect(price).to_have_attribute("aria-pressed", "true", timeout=SHOWS_WITHIN_MS)


def choose_in_lobby(page: Page) -> Locator:
    """Put a price of a match in play on the slip, whichever is open; matches end and betting on them stops all the
    time. Returns that price."""
    in_play = page.get_by_role("region", name="In play")
    deadline = time.monotonic() + 2 * PATIENCE_MS / 1_000
    while time.monotonic() < deadline:
        labels: list[str] = in_play.locator(OPEN_PRICE).evaluate_all("found => found.map((price) => price.ariaLabel)")
        if labels:
            middle = labels[len(labels) // 2]  # the first of a list is soonest over
            price = in_play.get_by_role("button", name=middle.split(", odds ")[0])
            press(price)
            with suppress(Stopped):
                if price.get_attribute("aria-pressed", timeout=PRESS_WITHIN_MS) == "true":
                    return price
        page.wait_for_timeout(200)
    raise AssertionError("no price in play could be chosen")


def place_bet(page: Page, price: Locator, stake: str) -> Decimal:
    """Bet one of the preset stakes on the price, whatever it becomes. Returns what the receipt promises."""
    slip = page.get_by_role("region", name="Slip")
    choose(price)
    slip.get_by_text("Any", exact=True).click()
    slip.get_by_role("button", name=f"Stake {stake}", exact=True).click()
    receipt = slip.get_by_text("Bet placed")
    button = slip.get_by_role("button", name=re.compile(rf"^Place {stake}\.00 to return \d"))
    deadline = time.monotonic() + 2 * PATIENCE_MS / 1_000
    while time.monotonic() < deadline:  # a goal may stop betting under the finger: one presses again when it is back
        receipt.or_(button).first.wait_for()
        if receipt.count():
            break
        button.click()
        page.wait_for_timeout(RETRY_AFTER_MS)
    promised = amount_in(slip.get_by_text("to return").inner_text().split("to return")[1])
    slip.get_by_role("button", name="Done").click()
    return promised
