"""Takes the pictures of docs/images: the main pages of a running site, in both themes, on a desk and in a hand.

`make screenshots` runs it; it starts a site of its own and waits until a match has something to show.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from project.devstack.chromium import FAILURE, find_installed
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.browser.running_site import REPOSITORY, Site, running_site
from tests.browser.visitors import Theme, log_in, visit

FOLDER: Final = REPOSITORY / "docs" / "images"
MATCH_SECONDS: Final = 150
SIZES: Final = ((1440, 900), (390, 844))
OTHERS: Final = (("dark", 1440), ("light", 390))
THEMES: Final[tuple[Theme, ...]] = ("dark", "light")
GOOD_MINUTES: Final = range(50, 80)  # a chart with a story, and time left to bet
MINUTES_TOLD_MIN: Final = 25
WAIT_S_MAX: Final = 3 * MATCH_SECONDS
PRICES: Final = 'main button[aria-label*=", odds "]'


def main() -> int:
    chromium = find_installed()
    if chromium is None:
        print(FAILURE, file=sys.stderr)  # noqa: T201  # a program's own output
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="touchline-") as folder,
        running_site(Path(folder), match_seconds=MATCH_SECONDS) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        for theme in THEMES:
            for width, height in SIZES:
                take(browser, site, theme, width, height)
        browser.close()
    return 0


def take(browser: Browser, site: Site, theme: Theme, width: int, height: int) -> None:
    visitor = visit(browser, site, theme=theme, width=width, height=height)
    page = log_in(visitor, "ada")
    page.wait_for_timeout(4_000)  # prices have moved and rested
    picture(page, "lobby", theme, width)
    page.goto(f"/event/{wait_for_good_match(page)}")
    page.wait_for_timeout(4_000)
    picture(page, "event", theme, width)
    page.locator(PRICES).nth(1).click()
    if width < 640:
        page.get_by_role("button", name="Slip, 1 selected").click()
    page.get_by_role("button", name="Stake 10").click()
    page.wait_for_timeout(500)
    picture(page, "slip", theme, width)
    if (theme, width) in OTHERS:
        take_other_pages(page, theme, width)
    visitor.context.close()


def take_other_pages(page: Page, theme: Theme, width: int) -> None:
    """A bet of three selections on the slip, a strategy with its back-test, and the pools."""
    if width < 640:
        page.keyboard.press("Escape")  # the slip's sheet
    slip = page.get_by_role("dialog", name="Bet slip") if width < 640 else page.get_by_role("region", name="Slip")
    coming = page.request.get("/api/lobby").json()["upcoming"]
    for event in [each for each in coming if each["sport"] == "football"][-2:]:
        page.goto(f"/event/{event['id']}")
        page.locator(PRICES).first.click()
    if width < 640:
        page.get_by_role("button", name="Slip, 3 selected").click()
    slip.get_by_text("Treble", exact=True).click()
    slip.get_by_role("button", name="Stake 10", exact=True).click()
    page.wait_for_timeout(1_500)  # the server's quote is there
    slip.get_by_role("button", name="Stake 10", exact=True).scroll_into_view_if_needed()
    picture(page, "accumulator", theme, width)
    strategies = page.request.get("/api/strategies").json()["items"]
    ranked = next((row for row in strategies if row["rank"]), strategies[0])
    for name, path in (("strategy", f"/strategies/{ranked['id']}"), ("pools", "/pools")):
        page.goto(path)
        page.wait_for_timeout(2_000)
        picture(page, name, theme, width)


def wait_for_good_match(page: Page) -> str:
    """A match whose whole story was seen, with prices that can be taken."""
    deadline = time.monotonic() + WAIT_S_MAX
    while time.monotonic() < deadline:
        for row in page.request.get("/api/lobby").json()["in_play"]:
            board = row["scoreboard"]
            if board["minute"] in GOOD_MINUTES and not board["is_betting_stopped"] and is_told_whole(page, row["id"]):
                return str(row["id"])
        page.wait_for_timeout(1_000)
    raise SystemExit("no match came to a good moment")


def is_told_whole(page: Page, event_id: str) -> bool:
    """A trained model's insight, prices minute by minute since kick-off, a goal, and all three results to be had."""
    insight = page.request.get(f"/api/events/{event_id}/insight")
    if not insight.ok or not insight.json()["is_trained"]:  # the first model is trained in the background
        return False
    incidents = page.request.get(f"/api/events/{event_id}").json()["incidents"]
    markets = page.request.get(f"/api/events/{event_id}/markets").json()["markets"]
    result = next(market for market in markets if market["type"] == "1x2")
    history = page.request.get(f"/api/events/{event_id}/price-history?market_id={result['id']}").json()["points"]
    minutes_told = {point["minute"] for point in history if point["minute"] <= GOOD_MINUTES.start}
    has_goal = any(incident["type"] == "goal" for incident in incidents)
    return (
        len(minutes_told) >= MINUTES_TOLD_MIN
        and has_goal
        and all(selection["odds"] for selection in result["selections"])
    )


def picture(page: Page, name: str, theme: Theme, width: int) -> None:
    page.screenshot(path=FOLDER / f"{name}-{theme}-{width}.png", animations="disabled")


if __name__ == "__main__":
    raise SystemExit(main())
