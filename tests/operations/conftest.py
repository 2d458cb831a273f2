"""People of the back office and something for them to look at.

Loaded before Django is set up: everything of Django's is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from community.models import Report


@pytest.fixture
def admin_person(db: None) -> User:
    from tests.people import make_person

    return make_person("amy", "ADMIN")


@pytest.fixture
def finance(db: None) -> User:
    from tests.people import make_person

    return make_person("finn", "FINANCE")


@pytest.fixture
def enter(db: None) -> Callable[[User | None], Client]:
    """The admin in somebody's browser, with CSRF checked as for everybody."""
    from django.test import Client

    def open_browser(user: User | None) -> Client:
        client = Client(enforce_csrf_checks=True)
        if user is not None:
            client.force_login(user)
        return client

    return open_browser


@pytest.fixture
def report(ada: User, ben: User, cleo: User) -> Report:
    """Cleo's report about ben's reply in ada's thread."""
    from community.actions.forum import post_reply, post_thread
    from community.actions.reports import file_report
    from community.models import SubjectType

    thread = post_thread(author_id=ada.id, category="tips", title="Late goals", content="text")
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="Buy <b>now</b>")
    return file_report(
        reporter_id=cleo.id, subject_type=SubjectType.REPLY, subject_id=reply.id, reason="spam", note="look"
    )
