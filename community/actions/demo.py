"""What a fresh installation finds in the forum, said by the demo people. Never in production."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from community.actions.conversations import send_message, start_conversation
from community.actions.forum import post_reply, post_thread
from project.kit.idempotency import CommandKey

SEED_FINGERPRINT: Final = "seed"  # the key alone decides: a reworded demo text is not posted a second time


@dataclass(frozen=True)
class DemoThread:
    """One thread with its replies as (username, text)."""

    key: str
    category: str
    author: str
    title: str
    content: str
    replies: tuple[tuple[str, str], ...]


DEMO_THREADS: Final = (
    DemoThread(
        key="welcome",
        category="general",
        author="mod",
        title="Welcome, and the three rules of the house",
        content=(
            "Good to have you here.\n\n"
            "1. Argue about matches, not about people.\n"
            "2. Say why: a pick without a reason helps nobody.\n"
            "3. If something is out of line, **report it**; we look at every report.\n\n"
            "Everything here runs on practice funds. Enjoy the matches."
        ),
        replies=(
            ("ada", "Thanks. Where do I see how my picks have done?"),
            ("ben", "*My bets* in the menu, tab settled."),
        ),
    ),
    DemoThread(
        key="late-goals",
        category="tips",
        author="ada",
        title="Late goals: when the over is still worth it",
        content=(
            "After the 70th minute the price of *over* rises quickly while nothing happens, but goals do not get rarer:"
            " the last quarter of an hour has the most of them.\n\n"
            "What I look for:\n\n- one goal between the sides\n- the side behind is the favourite\n- no red card"
        ),
        replies=(
            ("ben", "The red card cuts both ways: the side with eleven often scores twice."),
            ("ada", "Fair. I still wait for the price to settle after it."),
        ),
    ),
    DemoThread(
        key="suspended",
        category="questions",
        author="ben",
        title="Why are prices locked for a moment after a goal?",
        content="The buttons said *Suspended: goal*. Does that mean my slip was refused?",
        replies=(
            (
                "mod",
                "Betting stops in the same instant as the goal, so nobody bets on old news. Then it opens anew.",
            ),
            ("ben", "So a slip that was in before the goal stands, and one after it is refused. Clear, thanks."),
        ),
    ),
    DemoThread(
        key="insight",
        category="questions",
        author="ada",
        title="How to read the model's percentage beside the market's?",
        content="When the card says model 48 %, market 43 %: is that already an edge, or within the noise?",
        replies=(("ben", "Look at its record over the season first. Five points on one match is noise to me."),),
    ),
)
DEMO_MESSAGES: Final = (
    ("ben", "Hi Ada, are you watching the late match?"),
    ("ada", "Yes! I think it stays under. You?"),
    ("ben", "Over. See you at full time."),
)


def ensure_demo_community() -> int:
    """Say what has not been said yet, each text once for ever. Returns how many threads there are to find.

    Refuses to run in production; does nothing before the demo people exist.
    """
    if settings.ENVIRONMENT == "production":
        raise ImproperlyConfigured("Demo texts have no place in production.")
    names = {thread.author for thread in DEMO_THREADS} | {name for name, _ in DEMO_MESSAGES}
    people: dict[str, UUID] = dict(User.objects.filter(username__in=names).values_list("username", "id"))
    if set(people) != names:
        return 0
    for thread in DEMO_THREADS:
        _post(thread, people)
    conversation = start_conversation(starter_id=people["ben"], other_id=people["ada"])
    for number, (sender, body) in enumerate(DEMO_MESSAGES):
        send_message(
            conversation_id=conversation.id,
            sender_id=people[sender],
            body=body,
            command_key=_key(people[sender], f"message-{number}"),
        )
    return len(DEMO_THREADS)


def _post(thread: DemoThread, people: Mapping[str, UUID]) -> None:
    author_id = people[thread.author]
    posted = post_thread(
        author_id=author_id,
        category=thread.category,
        title=thread.title,
        content=thread.content,
        command_key=_key(author_id, thread.key),
    )
    if posted.is_hidden:
        return  # a moderator tried the queue on it: it takes no more replies
    for number, (author, content) in enumerate(thread.replies):
        post_reply(
            thread_id=posted.id,
            author_id=people[author],
            content=content,
            command_key=_key(people[author], f"{thread.key}-{number}"),
        )


def _key(owner_id: UUID, name: str) -> CommandKey:
    return CommandKey(owner_id, f"demo:{name}", SEED_FINGERPRINT)
