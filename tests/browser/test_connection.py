"""A connection that breaks and comes back: the page says so, locks its prices, keeps the slip, and misses nothing."""

from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.slips import choose, place_bet, price_in_lobby
from tests.browser.visitors import Visitor, balance_of, log_in, read_balance

Visitors = Callable[..., Visitor]
PRICES = 'main button[aria-label*=", odds "]'
GOING_AWAY = 4503  # draining: come back after a moment


class Wire:
    """Stands between a page and the socket, and can be cut."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/v1/", self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            route.close(code=GOING_AWAY)
            return
        route.connect_to_server()
        self.open.append(route)

    def cut(self) -> None:
        self.is_cut = True
        for route in self.open:
            route.close(code=GOING_AWAY)
        self.open.clear()

    def mend(self) -> None:
        self.is_cut = False


def test_a_page_that_was_cut_off_catches_up_without_a_reload(visitor: Visitors) -> None:
    person = visitor()
    page = person.context.new_page()
    wire = Wire(page)
    other = log_in(person, "ben")
    page.goto("/")
    expect(page.locator('[data-connection="live"]')).to_be_visible()
    choose(price_in_lobby(page, 1, 1))
    before = read_balance(page)

    wire.cut()
    expect(page.get_by_role("status").first).to_have_text("Offline")
    expect(page.get_by_text("Prices are locked and your slip is kept")).to_be_visible()
    expect(page.locator(PRICES).first).to_be_disabled()
    expect(page.get_by_role("region", name="Slip").get_by_label("Stake on")).to_be_visible()
    place_bet(other, price_in_lobby(other, 2, 1), "5")
    assert read_balance(page) == before
    wire.mend()

    expect(page.locator('[data-connection="live"]')).to_be_visible()
    expect(balance_of(page)).to_contain_text(f"{before - 5:,.2f}")
    expect(page.locator(PRICES).first).to_be_enabled()
