"""axe finds nothing on the main pages, in either theme, on a desk and in a hand."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.running_site import REPOSITORY
from tests.browser.slips import choose_in_lobby
from tests.browser.visitors import Theme, Visitor, log_in

Visitors = Callable[..., Visitor]
PUBLIC = ("/", "/community", "/login", "/signup", "/reset")
PRIVATE = ("/bets", "/wallet", "/messages", "/notifications")


@cache
def axe_source() -> str:
    return (REPOSITORY / "frontend/node_modules/axe-core/axe.min.js").read_text()


def list_violations(page: Page) -> list[str]:
    page.evaluate(axe_source())
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes'][:5]]}"
        for violation in found["violations"]
    ]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pages_for_everybody_have_no_violations(visitor: Visitors, theme: Theme, width: int) -> None:
    page = visitor(theme=theme, width=width).open()
    for path in (*PUBLIC, event_path(page)):
        page.goto(path)
        page.locator("h1").first.wait_for(state="attached")
        page.wait_for_timeout(1_000)  # long enough for prices and the chart to be there

        assert list_violations(page) == [], path


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pages_of_a_person_have_no_violations(visitor: Visitors, theme: Theme) -> None:
    page = log_in(visitor(theme=theme), "ada")
    for path in PRIVATE:
        page.goto(path)
        page.locator("h1").first.wait_for(state="attached")
        page.wait_for_timeout(700)

        assert list_violations(page) == [], path


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_slip_has_no_violations_and_keeps_the_keyboard(visitor: Visitors, theme: Theme) -> None:
    page = visitor(theme=theme, width=390, height=844).open()
    choose_in_lobby(page)
    opener = page.get_by_role("button", name="Slip, 1 selected")
    opener.click()
    dialog = page.get_by_role("dialog", name="Bet slip")
    dialog.get_by_label("Stake on").fill("10")

    assert list_violations(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert opener.evaluate("element => element === document.activeElement")


def event_path(page: Page) -> str:
    return f"/event/{page.request.get('/api/lobby').json()['in_play'][0]['id']}"
