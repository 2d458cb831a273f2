"""The only way from an id to an object a caller may touch. What is not yours is not found."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from betting.access import get_slip, get_strategy
from community.errors import Blocked
from community.models import (
    Category,
    CommunityPost,
    Conversation,
    Membership,
    Message,
    PostReply,
    RatingReview,
    SubjectType,
)
from community.queries.conversations import conversations_of, get_blocks_between
from community.queries.forum import visible_threads
from project.kit.callers import Caller, require_user
from project.kit.errors import Forbidden, NotFound
from project.kit.topics import Arguments


@dataclass(frozen=True)
class Reportable:
    """A text that the caller can see and may therefore report."""

    subject_type: SubjectType
    subject_id: UUID


def get_conversation(caller: Caller, conversation_id: UUID) -> Conversation:
    """A conversation the caller takes part in. Moderators see reported messages in the queue, not conversations."""
    found = Conversation.objects.filter(id=conversation_id, memberships__user_id=require_user(caller)).first()
    if found is None:
        raise NotFound
    return found


def get_category(slug: str) -> Category:
    """A shelf of the forum."""
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def get_thread(caller: Caller, thread_id: UUID) -> CommunityPost:
    """A thread the caller may read: everybody's unless hidden, then only moderators'."""
    found = visible_threads(caller).filter(id=thread_id).first()
    if found is None:
        raise NotFound
    return found


def get_reportable(caller: Caller, subject_type: SubjectType, subject_id: UUID) -> Reportable:
    """A text the caller can see now, written by somebody else or not."""
    user_id = require_user(caller)
    if subject_type == SubjectType.POST:
        is_seen = visible_threads(caller).filter(id=subject_id, is_event_thread=False).exists()
    elif subject_type == SubjectType.RATING:
        is_seen = _is_rating_seen(caller, subject_id)
    elif subject_type == SubjectType.REPLY:
        threads = visible_threads(caller)
        is_seen = PostReply.objects.filter(id=subject_id, is_hidden=False, post__in=threads).exists()
    else:
        conversations = conversations_of(user_id)
        is_seen = Message.objects.filter(id=subject_id, is_hidden=False, conversation__in=conversations).exists()
    if not is_seen:
        raise NotFound
    return Reportable(subject_type, subject_id)


def check_moderator(caller: Caller) -> UUID:
    """The caller's id. Raises NotAuthenticated for a visitor and Forbidden for anybody who is no moderator."""
    user_id = require_user(caller)
    if not caller.is_moderator:
        raise Forbidden
    return user_id


def may_join_conversation(caller: Caller, arguments: Arguments) -> bool:
    """Whether a socket may be present in a conversation: the same rule as `get_conversation`."""
    members = Membership.objects.filter(conversation_id=arguments["conversation_id"])
    return caller.user_id is not None and members.filter(user_id=caller.user_id).exists()


def is_own_list(caller: Caller, arguments: Arguments) -> bool:
    """Whether a list of contacts is the caller's."""
    return caller.user_id is not None and str(caller.user_id) == arguments["user_id"]


def check_may_write(caller: Caller, arguments: Arguments) -> None:
    """Raises what sending a message there now would raise: NotAuthenticated, NotFound or Blocked."""
    conversation = get_conversation(caller, UUID(arguments["conversation_id"]))
    user_id = require_user(caller)
    members = Membership.objects.filter(conversation=conversation).values_list("user_id", flat=True)
    check_open(user_id, [member_id for member_id in members if member_id != user_id])


def check_may_reply(caller: Caller, arguments: Arguments) -> None:
    """Raises what replying in that thread now would raise: NotAuthenticated or NotFound."""
    require_user(caller)
    if get_thread(caller, UUID(arguments["thread_id"])).is_hidden:
        raise NotFound


def check_open(user_id: UUID, others: list[UUID]) -> None:
    """Raises Blocked where the person or one of the others shut the other out."""
    blocks = get_blocks_between(user_id, others)
    if blocks.by_me:
        raise Blocked("You blocked this person. Unblock them to write.")
    if blocks.by_them:
        raise Blocked("This person does not take messages from you.")


def may_read_thread(caller: Caller, arguments: Arguments) -> bool:
    """Whether a socket may follow a thread: the same rule as `get_thread`."""
    return visible_threads(caller).filter(id=arguments["thread_id"]).exists()


def may_read_forum(caller: Caller, arguments: Arguments) -> bool:
    """Whether a socket may follow a category: it exists."""
    return Category.objects.filter(slug=arguments["category"]).exists()


def may_moderate(caller: Caller, arguments: Arguments) -> bool:
    """Whether a socket may follow the moderation queue."""
    return caller.is_moderator


@dataclass(frozen=True)
class Ratable:
    """What the caller may rate, by the one key that names it, and who made it."""

    key: Literal["strategy_id", "slip_id", "post_id"]
    subject_id: UUID
    maker_id: UUID | None


def get_ratable(
    caller: Caller, *, strategy_id: UUID | None = None, slip_id: UUID | None = None, post_id: UUID | None = None
) -> Ratable:
    """A strategy or thread the caller may see, or their own slip. Raises NotFound, and NotAuthenticated for slips."""
    if strategy_id is not None:
        return Ratable("strategy_id", strategy_id, get_strategy(caller, strategy_id).owner_id)
    if slip_id is not None:
        get_slip(caller, slip_id)
        return Ratable("slip_id", slip_id, None)
    if post_id is None:
        raise NotFound
    thread = get_thread(caller, post_id)
    return Ratable("post_id", post_id, thread.author_id)


def _is_rating_seen(caller: Caller, rating_id: UUID) -> bool:
    """Whether a rating has words that are shown to the caller: those of something they may see."""
    rating = RatingReview.objects.filter(id=rating_id, is_hidden=False).exclude(review="").first()
    if rating is None:
        return False
    get_ratable(caller, strategy_id=rating.strategy_id, slip_id=rating.slip_id, post_id=rating.post_id)
    return True
