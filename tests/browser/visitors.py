"""People in front of a browser: each has a context of their own, and nothing on their pages may go wrong unseen."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from tests.browser.running_site import Site

Theme = Literal["dark", "light"]
PASSWORD = "a-long-evening-42"
PATIENCE_MS = 15_000  # for what has no limit of its own; a busy machine must not fail a test
# Chromium tells the console of every refused request; a bet refused because a goal fell just then is in order.
IN_ORDER = ("409 (Conflict)",)


@dataclass
class Visitor:
    """One person's browser: its pages share a session; what their consoles complained about is kept."""

    site: Site
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        page = self.context.new_page()
        self.listen(page)
        page.goto(self.site.address + path)
        page.locator('[data-connection="live"]').wait_for()
        return page

    def listen(self, page: Page) -> None:
        """Keep what the page's console complains about, and of which address."""

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(f"{page.url}: {message.text} {message.location.get('url', '')}")

        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", hear)

    def check_quiet(self) -> None:
        """Errors of scripts, refused requests and broken content policies all end up in the console."""
        assert [line for line in self.complaints if not any(noise in line for noise in IN_ORDER)] == []


def visit(browser: Browser, site: Site, *, width: int = 1440, height: int = 900, theme: Theme = "dark") -> Visitor:
    is_phone = width < 640
    context = browser.new_context(
        base_url=site.address,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        device_scale_factor=2 if is_phone else 1,
        is_mobile=is_phone,
        has_touch=is_phone,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    return Visitor(site=site, context=context)


def sign_up(visitor: Visitor, username: str) -> Page:
    """Through the form, as anybody would; ends on the lobby, signed in."""
    page = visitor.open("/signup")
    page.get_by_label("E-mail").fill(f"{username}@example.org")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Date of birth").fill("1990-05-17")
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="Create account").click()
    balance_of(page).wait_for()
    page.locator('[data-connection="live"]').wait_for()
    return page


def log_in(visitor: Visitor, username: str, path: str = "/") -> Page:
    """One of the demo people, by the log-in page; ends on `path`."""
    page = visitor.open(f"/login?next={path}")
    page.get_by_label("Username or e-mail").fill(username)
    page.get_by_label("Password").fill(visitor.site.passwords[username])
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    balance_of(page).wait_for()
    page.locator('[data-connection="live"]').wait_for()
    return page


def balance_of(page: Page) -> Locator:
    return page.get_by_test_id("balance")


def read_balance(page: Page) -> Decimal:
    return amount_in(balance_of(page).inner_text())


def amount_in(text: str) -> Decimal:
    found = re.search(r"[\d,]+\.\d\d", text)
    assert found, f"no amount in {text!r}"
    return Decimal(found.group().replace(",", ""))


def wait_for_balance(page: Page, amount: Decimal, timeout_s: float = 10) -> None:
    balance_of(page).get_by_text(f"{amount:,.2f}").wait_for(timeout=timeout_s * 1000)
