"""axe finds nothing on the main pages, on a desk and in a hand, in the light theme as in the dark one.

The light theme changes colours and nothing else, and a phone changes none: it is looked at once, for its contrast.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.running_site import REPOSITORY
from tests.browser.slips import choose_in_lobby
from tests.browser.visitors import Theme, Visitor, log_in

Visitors = Callable[..., Visitor]
THEMES: dict[Theme, tuple[str, ...]] = {"dark": (), "light": ("color-contrast",)}  # with the rules to go by
PHONE_WIDTH = 390
POOL_WITHIN_S = 120  # asked for every twenty seconds, behind the training of a new site's model
PUBLIC = ("/", "/community", "/pools", "/strategies", "/leaderboards", "/login", "/signup", "/reset")
PRIVATE = ("/bets", "/wallet", "/safer-play", "/messages", "/notifications", "/suggest", "/patterns", "/strategies/new")


@cache
def axe_source() -> str:
    return (REPOSITORY / "frontend/node_modules/axe-core/axe.min.js").read_text()


def list_violations(page: Page, *rules: str) -> list[str]:
    """By these rules of axe, or all of them."""
    page.evaluate(axe_source())
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes'][:5]]}"
        for violation in found["violations"]
    ]


def list_violations_in_both_themes(page: Page) -> list[str]:
    """One visit does for both: the page follows the system's theme."""
    found = []
    for theme, rules in THEMES.items():
        page.emulate_media(color_scheme=theme)
        page.locator(f'html[data-theme="{theme}"]').wait_for()
        found += [f"{theme}: {violation}" for violation in list_violations(page, *rules)]
    return found


@pytest.mark.parametrize("width", [PHONE_WIDTH, 1440])
def test_pages_for_everybody_have_no_violations(visitor: Visitors, width: int) -> None:
    page = visitor(width=width).open()
    for path in (*PUBLIC, *event_paths(page)):
        page.goto(path)
        page.locator("h1").first.wait_for(state="attached")
        page.wait_for_timeout(700)  # long enough for prices and the chart to be there
        look = list_violations_in_both_themes if width > PHONE_WIDTH else list_violations

        assert look(page) == [], path


def test_pages_of_a_person_have_no_violations(visitor: Visitors) -> None:
    page = log_in(visitor(), "ada")
    for path in (*PRIVATE, pool_path(page), strategy_path(page)):
        page.goto(path)
        page.locator("h1").first.wait_for(state="attached")
        page.wait_for_timeout(500)

        assert list_violations_in_both_themes(page) == [], path


def test_the_slip_has_no_violations_and_keeps_the_keyboard(visitor: Visitors) -> None:
    page = visitor(width=PHONE_WIDTH, height=844).open()
    choose_in_lobby(page)
    opener = page.get_by_role("button", name="Slip, 1 selected")
    opener.click()
    dialog = page.get_by_role("dialog", name="Bet slip")
    dialog.get_by_label("Stake on").fill("10")

    assert list_violations_in_both_themes(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert opener.evaluate("element => element === document.activeElement")


def event_paths(page: Page) -> list[str]:
    """One event of every sport that is on."""
    lobby = page.request.get("/api/lobby").json()
    by_sport = {event["sport"]: event["id"] for event in (*lobby["in_play"], *lobby["upcoming"])}
    return [f"/event/{event_id}" for event_id in by_sport.values()]


def pool_path(page: Page) -> str:
    """One that is open: the house opens its own by and by."""
    for _ in range(POOL_WITHIN_S):
        pools = page.request.get("/api/pools?scope=open").json()["items"]
        if pools:
            return f"/pools/{pools[0]['id']}"
        page.wait_for_timeout(1_000)
    pytest.fail("the house opens no pool")


def strategy_path(page: Page) -> str:
    """Somebody else's, which can be rated."""
    rows = page.request.get("/api/strategies").json()["items"]
    return f"/strategies/{next(row['id'] for row in rows if row['owner']['username'] != 'ada')}"
