"""People see each other: who is online, who is here, who is typing; and no longer once they have gone."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.visitors import Visitor, log_in

Visitors = Callable[..., Visitor]


def test_one_sees_the_other_come_type_and_go(visitor: Visitors) -> None:
    ada = log_in(visitor(), "ada", "/messages")
    ada.get_by_label("Find somebody to write to").fill("ben")
    ada.get_by_role("list", name="People").get_by_role("button", name="@ben").click()
    ada.get_by_label("Message to").wait_for()
    standing = ada.get_by_test_id("standing")
    expect(standing).to_have_count(0)

    ben = log_in(visitor(), "ben", "/community")
    expect(standing).to_have_text("Online")
    ben.goto(ada.url)
    ben.get_by_label("Message to").wait_for()
    expect(standing).to_have_text("Here now")

    typing = ada.get_by_role("status").filter(has_text="is typing")
    ben.get_by_label("Message to").press_sequentially("Late goal?")
    expect(typing).to_have_text("ben is typing")
    ben.get_by_label("Message to").press("Enter")
    ada.get_by_role("log", name="Messages").get_by_text("Late goal?").last.wait_for()
    expect(typing).to_have_count(0)

    ben.goto("/community")
    expect(standing).to_have_text("Online")
    ben.close()
    expect(standing).to_have_count(0)


def test_a_thread_says_how_many_are_here(visitor: Visitors) -> None:
    ada = log_in(visitor(), "ada", "/community")
    ada.get_by_role("main").get_by_role("link", name="How to read the model's percentage").click()
    ada.get_by_label("Write a reply").wait_for()
    here = ada.get_by_test_id("people-here")
    expect(here).to_have_count(0)

    onlooker = visitor().open(urlsplit(ada.url).path)
    expect(here).to_contain_text("2 people here")
    expect(onlooker.get_by_test_id("people-here")).to_contain_text("ada")
    ada.get_by_label("Write a reply").press_sequentially("It is noise")
    expect(onlooker.get_by_role("status").filter(has_text="is typing")).to_have_text("ada is typing")
    onlooker.close()

    expect(here).to_have_count(0)
