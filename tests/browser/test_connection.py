"""A connection that breaks and comes back: the page says so, locks its prices, keeps the slip, and misses nothing."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.slips import choose_in_lobby, place_bet
from tests.browser.visitors import Visitor, balance_of, log_in, read_balance

Visitors = Callable[..., Visitor]
PRICES = 'main button[aria-label*=", odds "]'
DELAYED = re.compile(r"\bdelayed\b")
MILLISECONDS = re.compile(r"^[0-9]+ ms$")
SILENCE_SHOWS_WITHIN_MS = 12_000  # eight seconds without a frame, or four without an answer to a ping
GOING_AWAY = 4503  # draining: come back after a moment


class Wire:
    """Stands between a page and the socket, and can be cut."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.held_up: list[str | bytes] | None = None
        self.open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/v1/", self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            route.close(code=GOING_AWAY)
            return
        server = route.connect_to_server()
        server.on_message(lambda frame: route.send(frame) if self.held_up is None else self.held_up.append(frame))
        self.open.append(route)

    def cut(self) -> None:
        self.is_cut = True
        for route in self.open:
            route.close(code=GOING_AWAY)
        self.open.clear()

    def mend(self) -> None:
        self.is_cut = False

    def hold_up(self) -> None:
        """What the server says arrives late, as on a road without reception."""
        self.held_up = []

    def let_through(self) -> None:
        late, self.held_up = self.held_up or [], None
        for frame in late:
            self.open[0].send(frame)


def test_a_page_that_was_cut_off_catches_up_without_a_reload(visitor: Visitors) -> None:
    person = visitor()
    page = person.context.new_page()
    wire = Wire(page)
    other = log_in(person, "ben")
    page.goto("/")
    expect(page.locator('[data-connection="live"]')).to_be_visible()
    choose_in_lobby(page)
    before = read_balance(page)

    wire.cut()
    expect(page.get_by_role("status").first).to_have_text("Offline")
    expect(page.get_by_text("Prices are locked and your slip is kept")).to_be_visible()
    expect(page.locator(PRICES).first).to_be_disabled()
    expect(page.get_by_role("region", name="Slip").get_by_label("Stake on")).to_be_visible()
    place_bet(other, choose_in_lobby(other), "5")
    assert read_balance(page) == before
    wire.mend()

    expect(page.locator('[data-connection="live"]')).to_be_visible()
    expect(balance_of(page)).to_contain_text(f"{before - 5:,.2f}")
    expect(page.locator(PRICES).first).to_be_enabled()


def test_a_server_that_falls_silent_makes_prices_delayed_and_not_live(visitor: Visitors) -> None:
    page = visitor().context.new_page()
    wire = Wire(page)
    page.goto("/")
    expect(page.locator('[data-connection="live"]')).to_be_visible()
    price = page.locator(PRICES).first
    expect(price).not_to_have_class(DELAYED)

    wire.hold_up()
    expect(page.locator('[data-connection="delayed"]')).to_be_visible(timeout=SILENCE_SHOWS_WITHIN_MS)
    expect(price).to_have_class(DELAYED)
    expect(price).to_have_attribute("aria-label", re.compile(r", odds [0-9.]+, delayed$"))
    expect(page.get_by_text("Prices are late.")).to_be_visible()
    wire.let_through()

    expect(page.locator('[data-connection="live"]')).to_be_visible(timeout=SILENCE_SHOWS_WITHIN_MS)
    expect(price).not_to_have_class(DELAYED)


def test_the_page_tells_its_own_latency(visitor: Visitors) -> None:
    page = visitor().open()

    page.get_by_role("button", name="About the connection").click()
    expect(page.get_by_test_id("round-trip")).to_have_text(MILLISECONDS)
    expect(page.get_by_test_id("update-age")).to_have_text(MILLISECONDS)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("round-trip")).to_be_hidden()
