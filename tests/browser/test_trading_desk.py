"""The live trading desk in a real browser: a stop with its reason, and the event's markets as everybody sees them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitor

Visitors = Callable[..., Visitor]


def enter_desk(person: Visitor, username: str) -> Page:
    page = person.context.new_page()
    person.listen(page)
    page.goto("/admin/login/?next=/admin/trading/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(person.site.passwords[username])
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("status")).to_have_text("Live")
    return page


def answer(page: Page, *, reason: str, submit: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=submit, exact=True).click()
    expect(dialog).not_to_be_visible()


def test_an_event_is_stopped_and_its_markets_show_it_live(visitor: Visitors) -> None:
    desk = enter_desk(visitor(), "admin")
    row = desk.locator("tbody#events tr").last  # of those not yet in play, so that no goal stops it meanwhile
    name = row.locator("th button").inner_text()

    desk.get_by_role("button", name=f"Suspend {name}", exact=True).click()
    answer(desk, reason="No picture", submit="Stop")
    expect(desk.get_by_role("button", name=f"Resume {name}", exact=True)).to_be_visible()
    row = desk.locator("tbody#events tr", has_text=name)
    row.locator("th button").click()
    expect(desk.get_by_role("heading", name=f"Markets: {name}")).to_be_visible()
    first = desk.locator("article.market").first
    expect(first.locator("header")).to_contain_text("suspended")
    desk.get_by_role("button", name=f"Resume {name}", exact=True).click()
    answer(desk, reason="Picture is back", submit="Resume")
    expect(first.locator("header")).to_contain_text("active")
