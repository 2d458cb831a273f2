"""One Chromium and one fast site for all browser tests; a visitor for each person of a test."""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from project.devstack.chromium import FAILURE, find_installed
from project.devstack.memory import temporary_folder
from tests.browser.running_site import Site, running_site
from tests.browser.visitors import PATIENCE_MS, Visitor, visit

MATCH_SECONDS = 120
# No sandbox as root, and none of the calls home that a fresh profile would make.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

HAS_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):  # noqa: PTH120  # the hook hands over every folder
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[HAS_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with temporary_folder() as folder, running_site(folder, match_seconds=MATCH_SECONDS) as running:
        yield running
        assert running.complaints == [], "a healthy site logs no error and no warning"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = find_installed()
    if chromium is None:
        pytest.fail(FAILURE)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visitor(
    browser: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, and asks at the end of the test whether their consoles stayed quiet.

    After a failure the test's temporary folder has a picture of every page.
    """
    visitors: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        visitors.append(visit(browser, site, **options))
        return visitors[-1]

    yield make
    if request.node.stash.get(HAS_FAILED, False):
        for page in (page for each in visitors for page in each.context.pages):
            page.screenshot(path=tmp_path / f"{id(page)}.png")
    for each in visitors:
        each.context.close()
    for each in visitors:
        each.check_quiet()
