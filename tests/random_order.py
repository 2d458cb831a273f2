"""Runs tests in random order. The seed is printed; `--order-seed N` repeats an order."""

import os
import random
import secrets

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--order-seed", type=int, default=None, help="repeat the order of an earlier run")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.order_seed is None:
        # The workers of a parallel run inherit the choice: they must agree on the order.
        config.option.order_seed = int(os.environ.setdefault("TEST_ORDER_SEED", str(secrets.randbelow(1_000_000))))


def pytest_report_header(config: pytest.Config) -> str:
    return f"order seed: {config.option.order_seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle files, then the tests of each, so that a file's fixtures are set up once."""
    chance = random.Random(config.option.order_seed)
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(str(item.path), []).append(item)
    names = sorted(files)
    chance.shuffle(names)
    for tests in files.values():
        tests.sort(key=lambda test: test.nodeid)
        chance.shuffle(tests)
    items[:] = [test for name in names for test in files[name]]
