"""The demo texts: there after the first run, the same after the second, never in production."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from accounts.actions.demo import ensure_demo_people
from accounts.models import User
from community.actions.decisions import Decision
from community.actions.demo import DEMO_MESSAGES, DEMO_THREADS, ensure_demo_community
from community.actions.moderation import hide_post
from community.models import CommunityPost, Conversation, Message, PostReply


def _counts() -> tuple[int, int, int, int]:
    models = (CommunityPost, PostReply, Conversation, Message)
    posts, replies, conversations, messages = (model.objects.count() for model in models)
    return posts, replies, conversations, messages


def test_each_text_is_said_once(db: None) -> None:
    ensure_demo_people()
    call_command("seed_community", verbosity=0)
    first = _counts()
    call_command("seed_community", verbosity=0)

    assert first == (4, sum(len(thread.replies) for thread in DEMO_THREADS), 1, len(DEMO_MESSAGES))
    assert _counts() == first


def test_a_hidden_demo_thread_stays_hidden(db: None) -> None:
    ensure_demo_people()
    ensure_demo_community()
    thread = CommunityPost.objects.get(title__startswith="Late goals")
    hide_post(post_id=thread.id, decision=Decision(User.objects.get(username="mod").id, "Trying the queue."))
    before = _counts()

    ensure_demo_community()

    assert _counts() == before
    thread.refresh_from_db()
    assert thread.is_hidden


def test_without_demo_people_nothing_is_said(ada: User) -> None:
    assert ensure_demo_community() == 0
    assert _counts() == (0, 0, 0, 0)


def test_production_refuses(settings: Any, db: None) -> None:
    settings.ENVIRONMENT = "production"

    with pytest.raises(ImproperlyConfigured):
        ensure_demo_community()
