"""Servers, databases and people for every test."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack

import django
import pytest
import redis
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import servers

# How fast examples come says more about the machine than about the code.
hypothesis_settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("here")

pytest_plugins = ["tests.random_order"]
_stack = ExitStack()


# First: the servers' addresses must be known before anything reads a setting.
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    servers.start(_stack)
    assert settings.ENVIRONMENT == "test", "reading a setting also tells pytest-django that Django is to be set up"
    django.setup()
    # These import models, which only now can be.
    for name in ("tests.fresh_database", "tests.people", "tests.payments.cash"):
        config.pluginmanager.import_plugin(name)
    if config.getoption("numprocesses", default=None):
        # Workers inherit the environment: named there, the settings would be read before a worker has its own Redis.
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector of garbage need not look at it every time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _stack.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, databases_are_copied_unhurried: None
) -> None:
    """Clone the database of this process from the migrated template."""
    connection.settings_dict["TEST"]["TEMPLATE"] = servers.make_template()


@pytest.fixture(scope="session")
def test_redis() -> Iterator["redis.Redis"]:
    client = redis.Redis.from_url(settings.REDIS_URL)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def empty_redis(test_redis: "redis.Redis") -> None:
    """Rate limits, job flags and cached sessions of the last test are gone."""
    test_redis.flushall()
