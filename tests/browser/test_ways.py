"""Ways through the client: back from a sheet over the page."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visitors import Visitor

Visitors = Callable[..., Visitor]
NO_CONNECTION = "ERR_INTERNET_DISCONNECTED"



def test_back_takes_the_slip_away_and_stays_on_the_page(visitor: Visitors) -> None:
    person = visitor(width=390, height=844)
    page = person.open("/")
    page.get_by_role("navigation", name="Quick").get_by_role("link", name="Community").click()
    page.wait_for_url("**/community")
    slip = page.get_by_role("dialog", name="Bet slip")
    opener = page.get_by_role("button", name="Slip, 0 selected")

    opener.click()
    expect(slip).to_be_visible()
    page.go_back()
    expect(slip).not_to_be_visible()
    assert page.url.endswith("/community")

    opener.click()
    page.keyboard.press("Escape")
    expect(slip).not_to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{person.site.address}/")
