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


def test_whoever_is_logged_out_comes_to_the_desk_by_the_log_in_that_lets_traders_in(visitor: Visitors) -> None:
    person = visitor()
    page = person.context.new_page()
    person.listen(page)
    page.goto("/admin/trading/")
    assert page.url == f"{person.site.address}/login?next=/admin/trading/"

    page.get_by_label("Username or e-mail").fill("admin")
    page.get_by_label("Password").fill(person.site.passwords["admin"])
    page.get_by_role("button", name="Log in").click()

    expect(page).to_have_url("/admin/trading/")
    expect(page.get_by_role("heading", name="Trading desk")).to_be_visible()
    person.context.clear_cookies()
    said = "What is shown may be old: you are logged out. Load this page again to log in."
    expect(page.get_by_role("alert")).to_have_text(said)
    page.close()
    person.complaints = [line for line in person.complaints if not line.endswith("/api/desk")]


def test_an_event_is_stopped_and_its_markets_show_it_live(visitor: Visitors) -> None:
    person = visitor()
    person.context.add_init_script("delete Crypto.prototype.randomUUID")  # as over plain http from another machine
    desk = enter_desk(person, "admin")
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


def test_a_held_price_shows_as_held_until_it_is_given_back(visitor: Visitors) -> None:
    desk = enter_desk(visitor(), "admin")
    desk.locator("tbody#events tr th button").last.click()  # not yet in play
    row = desk.locator("article.market tbody tr").first
    name = row.locator("th").inner_text()

    row.get_by_role("button", name=f"Hold the price of {name}").click()
    desk.get_by_role("dialog").get_by_label("Price").fill("9.00")
    answer(desk, reason="Team news", submit="Set the price")
    held = row.get_by_role("button", name=f"Held, change the price of {name}")
    expect(held).to_have_text("Held")
    expect(row).to_contain_text("9.00")
    held.click()
    desk.get_by_role("dialog").get_by_label("Price").fill("")
    answer(desk, reason="Priced in", submit="Set the price")
    expect(row.get_by_role("button", name=f"Hold the price of {name}")).to_have_text("Hold")


def test_a_price_that_cannot_be_is_refused_in_words_and_tables_scroll_on_a_phone(visitor: Visitors) -> None:
    person = visitor()
    desk = enter_desk(person, "admin")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.locator("tbody#events tr th button").last.click()
    desk.locator("button[aria-label^='Hold the price']").first.click()
    dialog = desk.get_by_role("dialog")

    for odds, said in (
        ("abc", "Price: write it such as 2.50."),
        ("2.013", "Price: This price is no rung of the ladder."),
    ):
        dialog.get_by_label("Price").fill(odds)
        dialog.get_by_label("Reason").fill("No picture")
        dialog.get_by_role("button", name="Set the price").click()
        expect(dialog.get_by_role("alert")).to_have_text(said)
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    for button in (
        desk.locator("tbody#events button.danger").last,
        desk.locator("button[aria-label^='Hold the price']").first,
    ):
        box = button.bounding_box()
        assert box is not None and box["x"] + box["width"] <= 390
    dialog.get_by_role("button", name="Cancel").click()
    desk.locator("tbody#events th button", has_text=" v ").first.click()
    expect(desk.locator("article.market th .whole", has_text="1-0").first).to_be_attached()
    assert desk.locator(".whole").evaluate_all("all => all.every(one => one.getClientRects().length <= 1)")
    # The console tells of both refusals, and of nothing else.
    others = [line for line in person.complaints if not line.endswith("/hold")]
    assert len(person.complaints) - len(others) == 2
    person.complaints = others


def test_a_dialog_of_the_back_office_has_a_name_keeps_the_keyboard_and_is_sent_once(visitor: Visitors) -> None:
    person = visitor()
    desk = enter_desk(person, "admin")
    desk.goto("/admin/betting/market/?status__exact=active")
    desk.locator("#result_list tbody th a, #result_list tbody td a[href$='/change/']").last.click()
    market = desk.url.split("?")[0]
    menu = desk.get_by_role("button", name="Change bets")
    menu.focus()
    desk.keyboard.press("Enter")
    choice = desk.get_by_role("link", name="Void bets", exact=False)
    expect(desk.get_by_role("link", name="Set results", exact=False)).to_be_focused()
    choice.focus()
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog", name="Void bets?")
    expect(dialog.get_by_label("Starts at")).to_be_focused()
    assert desk.locator("body > #page").evaluate("page => page.inert")

    desk.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(choice).to_be_focused()
    assert not desk.locator("body > #page").evaluate("page => page.inert")

    desk.keyboard.press("Enter")
    dialog.get_by_label("Reason").fill("Wrong price")
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    dialog.get_by_role("button", name="Show what it moves").dblclick()
    expect(desk.get_by_text("Nothing has moved yet.")).to_be_visible()
    assert sent == [market.replace("/change/", "/propose-void/")]
