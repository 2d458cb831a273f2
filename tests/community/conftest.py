"""What tests of the community start from: a conversation of ada and ben, ada's thread, a match, a browser.

Loaded before Django is set up: everything of Django's is imported where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from project.kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from community.actions.decisions import Decision
    from community.models import CommunityPost, Conversation
    from sports.models import Event


@dataclass(frozen=True)
class Browser:
    """One person's requests to the API, with a fresh Idempotency-Key where none is given."""

    client: Client

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(path, query)

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key if key is not None else str(new_id())}
        return self.client.post(path, body or {}, content_type="application/json", headers=headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(path)


@pytest.fixture
def browse(db: None) -> Callable[[User | None], Browser]:
    """A person's browser, logged in; None is a visitor's."""
    from django.test import Client

    def open_browser(user: User | None) -> Browser:
        client = Client()
        if user is not None:
            client.force_login(user)
        return Browser(client)

    return open_browser


@pytest.fixture
def conversation(ada: User, ben: User) -> Conversation:
    from community.actions.conversations import start_conversation

    return start_conversation(starter_id=ada.id, other_id=ben.id)


@pytest.fixture
def thread(ada: User) -> CommunityPost:
    from community.actions.forum import post_thread

    return post_thread(author_id=ada.id, category="tips", title="Late goals", content="Look at *stoppage* time.")


@pytest.fixture
def decision(mod: User) -> Decision:
    from community.actions.decisions import Decision

    return Decision(actor_id=mod.id, reason="Breaks the house rules.")


@pytest.fixture
def event(db: None) -> Event:
    """Alpha v Beta, an hour from now."""
    from project.kit import clock
    from sports.actions.scheduling import schedule_event
    from sports.models import Competition, Sport, Team

    sport, _ = Sport.objects.get_or_create(slug="football", defaults={"name": "Football"})
    competition = Competition.objects.create(sport=sport, code="TST", name="Test League", country="England")
    home, away = (
        Team.objects.create(sport=sport, name=name, short_name=name[:3].upper(), color="#112233", country="England")
        for name in ("Alpha", "Beta")
    )
    return schedule_event(
        competition_id=competition.id,
        home_team_id=home.id,
        away_team_id=away.id,
        start_time=clock.now() + timedelta(hours=1),
    )
