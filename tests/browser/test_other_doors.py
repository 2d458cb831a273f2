"""The stream without a socket in a real browser, and the status page of the staff."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitor, log_in

Visitors = Callable[..., Visitor]
LISTEN = """(topics) => new Promise((done, fail) => {
    const stream = new EventSource("/api/stream?" + topics.map((topic) => "topic=" + topic).join("&"));
    const heard = [];
    const hear = (event) => {
        heard.push([event.type, event.lastEventId, JSON.parse(event.data)]);
        if (heard.length > topics.length) { stream.close(); done(heard); }
    };
    stream.addEventListener("welcome", hear);
    stream.addEventListener("subscribed", hear);
    stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) fail("refused"); };
})"""


def test_an_event_source_of_our_page_is_its_person(visitor: Visitors) -> None:
    """Browsers name no Origin for it: that the cookie counts all the same rests on what they send instead."""
    page = log_in(visitor(), "ada")
    ada = page.evaluate("fetch('/api/me').then((answer) => answer.json())")["user"]["id"]

    heard: list[Any] = page.evaluate(LISTEN, ["lobby:scores", f"user:{ada}"])

    assert [kind for kind, _, _ in heard] == ["welcome", "subscribed", "subscribed"]
    assert heard[0][2]["user"]["username"] == "ada"
    (_, no_id, scores), (_, event_id, own) = heard[1:]
    assert (no_id, scores["lane"], len(scores["image"]["entries"]) > 0) == ("", "conflated", True)
    assert event_id.endswith("." + own["pos"])


def enter_status(person: Visitor, username: str) -> Page:
    page = person.context.new_page()
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    page.goto("/admin/login/?next=/admin/status/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(person.site.passwords[username])
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="Web processes")).to_be_visible()
    return page


def test_the_status_page_counts_who_is_here_and_renews_itself(visitor: Visitors) -> None:
    player = visitor()
    player.open("/")
    for theme in ("dark", "light"):
        page = enter_status(visitor(theme=theme), "mod")
        connections = page.locator(".desk-figure", has_text="Connections").locator("strong")
        expect(connections).not_to_have_text("0")
        before = page.locator(".desk-as-of time").inner_text()
        expect(page.locator(".desk-as-of time")).not_to_have_text(before)
        expect(page.get_by_text("no process reports", exact=False)).to_have_count(0)


def test_a_status_page_that_gets_no_answer_says_so(visitor: Visitors) -> None:
    page = enter_status(visitor(), "mod")
    notice = page.get_by_text("these numbers are old")
    expect(notice).to_be_hidden()

    page.route("**/admin/status/figures/", lambda route: route.abort())
    expect(notice).to_be_visible()

    page.unroute("**/admin/status/figures/")
    expect(notice).to_be_hidden()
