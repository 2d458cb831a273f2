"""Ways through the client: back from a sheet, a page that does not come offline, no way sideways on a small phone."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.visitors import Visitor, log_in

Visitors = Callable[..., Visitor]
NO_CONNECTION = "ERR_INTERNET_DISCONNECTED"
AWAY = "Touchline cannot be reached. Check your connection and try again."


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


def test_a_page_that_cannot_be_fetched_says_so_and_comes_with_the_connection(visitor: Visitors) -> None:
    person = visitor()
    page = person.open("/")

    person.context.set_offline(True)
    page.get_by_role("link", name="Leaderboards").click()
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text(AWAY)
    assert page.url.endswith("/leaderboards")
    person.context.set_offline(False)
    alert.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Leaderboards", level=1)).to_be_visible()
    person.complaints = [line for line in person.complaints if NO_CONNECTION not in line]


def test_a_match_with_long_names_is_no_wider_than_a_small_phone(visitor: Visitors) -> None:
    page = visitor(width=320, height=640).open("/sports/basketball")
    page.get_by_role("region", name="In play").locator("a[href^='/event/']").first.click()
    incidents = page.get_by_role("region", name="Incidents").get_by_role("listitem")
    expect(incidents.filter(has_text="Two points").first).to_be_attached()

    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [320, 320]


def test_tabs_of_one_browser_follow_each_others_log_out_and_log_in(visitor: Visitors) -> None:
    person = visitor()
    first = log_in(person, "ada")
    second = person.open("/messages")
    expect(second.get_by_role("button", name="Account, ada")).to_be_visible()

    first.get_by_role("button", name="Account, ada").click()
    first.get_by_role("menuitem", name="Log out").click()
    expect(second.get_by_text("Log in to see this page")).to_be_visible()

    first.goto("/login")
    first.get_by_label("Username or e-mail").fill("ben")
    first.get_by_label("Password").fill(person.site.passwords["ben"])
    first.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(second.get_by_role("button", name="Account, ben")).to_be_visible()
    expect(second.get_by_label("Find somebody to write to")).to_be_visible()
    # The server answers 401 to a finished log-out.
    person.complaints = [line for line in person.complaints if "/auth/session" not in line]


def test_more_that_does_not_come_says_so_beside_the_button(visitor: Visitors) -> None:
    person = visitor()
    page = log_in(person, "ada")
    page.route("**/api/wallet/transactions*", answer_first_page_only)
    page.goto("/wallet")
    statement = page.get_by_role("region", name="Statement")
    button = statement.get_by_role("button", name="Earlier")
    lines = statement.get_by_role("listitem")
    button.wait_for()
    before = lines.count()

    button.press("Enter")
    expect(statement.get_by_role("alert")).to_have_text(AWAY)
    expect(button).to_be_focused()
    assert lines.count() == before > 0

    page.unroute("**/api/wallet/transactions*")
    page.route("**/api/wallet/transactions*", lambda route: route.fulfill(json={"items": [], "next_cursor": None}))
    button.press("Enter")
    expect(statement.get_by_text("That is all.")).to_be_focused()
    expect(statement.get_by_role("alert")).to_have_count(0)
    person.complaints = [line for line in person.complaints if "ERR_FAILED" not in line]


def answer_first_page_only(route: Route) -> None:
    if "cursor=" in route.request.url:
        route.abort()
    else:
        route.fulfill(json={**route.fetch().json(), "next_cursor": "next"})
