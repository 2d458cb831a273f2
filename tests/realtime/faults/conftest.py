"""One stack for every test of faults. What a test kills is started again by the next that needs it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.realtime.processes import faults_in

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from tests.realtime.faults.scene import Scene
    from tests.realtime.faults.stack import Stack


@pytest.fixture(scope="session")
def running(django_db_blocker: "DjangoDbBlocker") -> Iterator["Stack"]:
    from tests.realtime.faults.stack import running_stack

    with django_db_blocker.unblock(), running_stack() as stack:
        yield stack


@pytest.fixture
def stack(running: "Stack", django_db_blocker: "DjangoDbBlocker") -> Iterator["Stack"]:
    """Relay and web process are up; nothing of ours may log a fault, whatever dies beside it."""
    from tests.realtime.faults.stack import using

    running.ensure(running.relay, running.web)
    running.forget()
    read_before = len(running.read_logs())
    with django_db_blocker.unblock(), using(running):
        yield running
    assert faults_in(running.read_logs()[read_before:]) == []


@pytest.fixture
def scene(stack: "Stack") -> "Scene":
    from tests.realtime.faults.scene import Scene

    return Scene()
