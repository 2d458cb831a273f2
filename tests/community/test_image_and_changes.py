"""For every topic: an image and the changes after it are a fresh image, whatever people did in between."""

import copy
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from accounts.models import User
from accounts.streams import USER
from community.actions.conversations import mark_read, send_message, start_conversation
from community.actions.decisions import Decision
from community.actions.forum import open_event_thread, post_reply, post_thread
from community.actions.moderation import (
    dismiss_report,
    hide_message,
    hide_post,
    hide_reply,
    restore_message,
    restore_post,
    restore_reply,
)
from community.actions.reports import file_report
from community.models import CommunityPost, Message, PostReply, Report, SubjectType
from community.queries.conversations import get_unread_messages
from community.streams import FORUM, MODERATION, THREAD
from project.kit.errors import AppError
from project.kit.streams import Position, head, read_since
from project.kit.topics import SequencedTopic, resolve, sequenced_image
from sports.models import Event
from tests.community.replicas import apply

STEPS = 40


class Follower:
    """A client of one topic that joined at some moment and never reads an image again."""

    def __init__(self, name: str) -> None:
        found = resolve(name)
        assert found is not None
        topic, self.arguments = found
        assert isinstance(topic, SequencedTopic)
        self.topic = topic
        self.name = name
        self.position: Position = head(name)
        self.state = self.read_image()

    def read_image(self) -> dict[str, Any]:
        """What somebody who joins now is given: plain JSON."""
        if self.topic is USER:
            return {"unread_messages": get_unread_messages(self.arguments["user_id"])}  # type: ignore[arg-type]  # text
        image: dict[str, Any] = json.loads(json.dumps(sequenced_image(self.topic, self.arguments)))
        return image

    def catch_up(self) -> None:
        """Apply every change since the last time, in order and without a gap."""
        at = head(self.name)
        if self.position.seq == 0:
            self.position = Position(at.epoch, 0)
        changes = read_since(self.name, self.position.epoch, self.position.seq)
        assert changes is not None
        for change in changes:
            assert change.seq == self.position.seq + 1
            apply(self.state, copy.deepcopy(change.change))
            self.position = Position(at.epoch, change.seq)


class Crowd:
    """Three people and a moderator who do something different each time, chosen by a seed."""

    def __init__(self, seed: int, people: list[User], moderator: User, event: Event) -> None:
        ada, ben, cleo = people
        self.chance = random.Random(seed)
        self.people = people
        self.decision = Decision(moderator.id, "A rule.")
        self.threads = [
            post_thread(author_id=ada.id, category="tips", title="First", content="one"),
            open_event_thread(event_id=event.id, title=event.name),
        ]
        self.members = {
            start_conversation(starter_id=ada.id, other_id=ben.id).id: [ada, ben],
            start_conversation(starter_id=cleo.id, other_id=ben.id).id: [cleo, ben],
        }

    def do_something(self) -> None:
        """A refusal (hidden already, nothing there yet) is one of the things that happen: it must change nothing."""
        visibility: list[Callable[[], object]] = [
            lambda: hide_post(post_id=self._any(CommunityPost).id, decision=self.decision),
            lambda: restore_post(post_id=self._any(CommunityPost).id, decision=self.decision),
            lambda: hide_reply(reply_id=self._any(PostReply).id, decision=self.decision),
            lambda: restore_reply(reply_id=self._any(PostReply).id, decision=self.decision),
            lambda: hide_message(message_id=self._any(Message).id, decision=self.decision),
            lambda: restore_message(message_id=self._any(Message).id, decision=self.decision),
        ]
        daily = [self.talk, self.talk, self.read, self.post, self.reply, self.reply, self.reply, self.report]
        with suppress(AppError, IndexError):
            self.chance.choice([*daily, self.dismiss, *visibility])()

    def talk(self) -> None:
        conversation_id = self.chance.choice(list(self.members))
        sender = self.chance.choice(self.members[conversation_id])
        send_message(conversation_id=conversation_id, sender_id=sender.id, body="hello")

    def read(self) -> None:
        conversation_id = self.chance.choice(list(self.members))
        reader = self.chance.choice(self.members[conversation_id])
        mark_read(conversation_id=conversation_id, reader_id=reader.id, seq=self.chance.randint(0, 9))

    def post(self) -> None:
        category = self.chance.choice(["tips", "questions"])
        post_thread(author_id=self._person().id, category=category, title="More", content="text")

    def reply(self) -> None:
        post_reply(thread_id=self._any(CommunityPost).id, author_id=self._person().id, content="reply")

    def report(self) -> None:
        subject_type, model = self.chance.choice([(SubjectType.POST, CommunityPost), (SubjectType.REPLY, PostReply)])
        subject_id = self._any(model).id
        file_report(reporter_id=self._person().id, subject_type=subject_type, subject_id=subject_id, reason="spam")

    def dismiss(self) -> None:
        dismiss_report(decision=Decision(self.decision.actor_id, "Fine.", self._any(Report).id))

    def _person(self) -> User:
        return self.chance.choice(self.people)

    def _any(self, model: Any) -> Any:
        return self.chance.choice(list(model.objects.order_by("id")))


@pytest.mark.parametrize("seed", range(6))
def test_image_and_changes_are_a_fresh_image(
    ada: User, ben: User, cleo: User, mod: User, event: Event, seed: int
) -> None:
    crowd = Crowd(seed, [ada, ben, cleo], mod, event)
    names = ["forum:tips", "forum:questions", "moderation:queue"]
    names += [THREAD.name_for(thread_id=thread.id) for thread in crowd.threads]
    names += [USER.name_for(user_id=person.id) for person in crowd.people]

    followers = [Follower(name) for name in names]  # these live through everything
    for step in range(STEPS):
        crowd.do_something()
        if step % 5 == 0:
            followers += [Follower(crowd.chance.choice(names))]  # these join later
        if crowd.chance.random() < 0.5:
            crowd.chance.choice(followers).catch_up()  # these read now and then, the others are behind

    for follower in followers:
        follower.catch_up()
        assert follower.state == follower.read_image(), follower.name


def test_the_topics_of_the_community_are_these() -> None:
    assert [topic.pattern for topic in (THREAD, FORUM, MODERATION)] == [
        "thread:{thread_id}",
        "forum:{category}",
        "moderation:queue",
    ]
