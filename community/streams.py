"""Topics of the community: a thread, a category's list, the moderators' queue, its share of a private stream, and who
is present in a conversation or a thread.

Images and changes are the same for every reader, so none of them ever holds hidden text.
"""

from typing import Any, Literal
from uuid import UUID

from accounts.schemas import PersonReply
from accounts.streams import USER
from community.access import (
    check_may_reply,
    check_may_write,
    is_own_list,
    may_join_conversation,
    may_moderate,
    may_read_forum,
    may_read_thread,
)
from community.models import CommunityPost
from community.queries.achievements import list_achievements
from community.queries.conversations import get_unread_messages
from community.queries.forum import describe_thread, list_forum_image
from community.queries.gatherings import attend_conversation, attend_thread, list_contacts
from community.queries.moderation import list_open_reports
from community.schemas import (
    AchievementReply,
    MessageReply,
    PostReplyReply,
    QueuedReportReply,
    ReportStatus,
    ThreadReply,
    ThreadRowReply,
)
from project.kit.schemas import Instant, Reply
from project.kit.topics import (
    Arguments,
    Change,
    ContactsTopic,
    GatheringTopic,
    SequencedTopic,
    declare,
    declare_image_part,
)


class AchievementEarnedChange(Change):
    """This person has earned something."""

    type: Literal["achievement.earned"] = "achievement.earned"
    achievement: AchievementReply


class MessageReceivedChange(Change):
    """A message for both members, the sender's other devices included. `unread` is the reader's total."""

    type: Literal["message.received"] = "message.received"
    message: MessageReply
    conversation_id: UUID
    unread: int
    conversation_unread: int


class ConversationReadChange(Change):
    """A member has read up to message `read_seq`. The counts are those of the person this stream belongs to."""

    type: Literal["conversation.read"] = "conversation.read"
    conversation_id: UUID
    reader_id: UUID
    read_seq: int
    unread: int
    conversation_unread: int


class MessageHiddenChange(Change):
    """A moderator took a message away."""

    type: Literal["message.hidden"] = "message.hidden"
    conversation_id: UUID
    message_id: UUID
    unread: int
    conversation_unread: int


class MessageRestoredChange(Change):
    """A moderator put a message back."""

    type: Literal["message.restored"] = "message.restored"
    message: MessageReply
    conversation_id: UUID
    unread: int
    conversation_unread: int


class ReplyPostedChange(Change):
    """A new reply at the end of a thread. In a replay it may have been hidden since: then it comes without text."""

    type: Literal["reply.posted"] = "reply.posted"
    reply: PostReplyReply
    reply_count: int
    last_activity_at: Instant


class ReplyHiddenChange(Change):
    """A moderator hid a reply: drop its text."""

    type: Literal["reply.hidden"] = "reply.hidden"
    thread_id: UUID
    reply_id: UUID
    reply_count: int


class ReplyRestoredChange(Change):
    """A moderator put a reply back."""

    type: Literal["reply.restored"] = "reply.restored"
    reply: PostReplyReply
    reply_count: int


class ThreadHiddenChange(Change):
    """A moderator hid a thread: take it away from lists and empty its page."""

    type: Literal["thread.hidden"] = "thread.hidden"
    thread_id: UUID


class ThreadReopenedChange(Change):
    """A moderator put a thread back: the whole of it, because what was known of it has been forgotten."""

    type: Literal["thread.reopened"] = "thread.reopened"
    thread: ThreadReply


class ThreadPostedChange(Change):
    """A new thread in a category."""

    type: Literal["thread.posted"] = "thread.posted"
    thread: ThreadRowReply


class ThreadRestoredChange(Change):
    """A moderator put a thread back into its category."""

    type: Literal["thread.restored"] = "thread.restored"
    thread: ThreadRowReply


class ThreadActiveChange(Change):
    """Somebody replied in a thread of this category, or a reply was hidden or put back."""

    type: Literal["thread.active"] = "thread.active"
    thread_id: UUID
    reply_count: int
    last_activity_at: Instant


class ReportFiledChange(Change):
    """A report joined the queue."""

    type: Literal["report.filed"] = "report.filed"
    report: QueuedReportReply


class ReportResolvedChange(Change):
    """A report left the queue."""

    type: Literal["report.resolved"] = "report.resolved"
    report_id: UUID
    status: ReportStatus


class PresenceArrivedChange(Change):
    """Somebody is here now, or is known differently from now on. A person with two tabs is here once."""

    type: Literal["presence.arrived"] = "presence.arrived"
    person: PersonReply


class PresenceLeftChange(Change):
    """Somebody is here no more."""

    type: Literal["presence.left"] = "presence.left"
    user_id: UUID


class PresenceCountedChange(Change):
    """How many are here: `people` who are logged in, whether they are named or not, and visitors' sockets."""

    type: Literal["presence.counted"] = "presence.counted"
    people: int
    visitors: int


class TypingStartedChange(Change):
    """Somebody who is here is typing."""

    type: Literal["typing.started"] = "typing.started"
    person: PersonReply


class TypingStoppedChange(Change):
    """They have sent it, left, or not typed for a while."""

    type: Literal["typing.stopped"] = "typing.stopped"
    user_id: UUID


class ContactOnlineChange(Change):
    """A contact has an open socket."""

    type: Literal["contact.online"] = "contact.online"
    user_id: UUID


class ContactOfflineChange(Change):
    """A contact has none any more."""

    type: Literal["contact.offline"] = "contact.offline"
    user_id: UUID


class GatheringImage(Reply):
    """Who is here, the reader included, and who is typing. At most 50 and 10 are named; the numbers count everybody."""

    present: list[PersonReply]
    typing: list[PersonReply]
    people: int
    visitors: int


class ContactsImage(Reply):
    """Who of the people you have conversations with has an open socket."""

    online: list[UUID]


def _thread_image(arguments: Arguments) -> dict[str, Any]:
    thread = CommunityPost.objects.get(id=arguments["thread_id"])
    return {"thread": describe_thread(thread).to_json()}


def _forum_image(arguments: Arguments) -> dict[str, Any]:
    return {"threads": [row.to_json() for row in list_forum_image(arguments["category"])]}


def _queue_image(arguments: Arguments) -> dict[str, Any]:
    return {"reports": [report.to_json() for report in list_open_reports()]}


def _achievements(arguments: Arguments) -> list[dict[str, Any]]:
    return [one.to_json() for one in list_achievements(UUID(arguments["user_id"]))]


def _unread_messages(arguments: Arguments) -> int:
    return get_unread_messages(UUID(arguments["user_id"]))


THREAD = declare(
    SequencedTopic(
        name="thread",
        pattern="thread:{thread_id}",
        changes=(ReplyPostedChange, ReplyHiddenChange, ReplyRestoredChange, ThreadHiddenChange, ThreadReopenedChange),
        may_subscribe=may_read_thread,
        image=_thread_image,
    )
)
FORUM = declare(
    SequencedTopic(
        name="forum",
        pattern="forum:{category}",
        changes=(ThreadPostedChange, ThreadHiddenChange, ThreadRestoredChange, ThreadActiveChange),
        may_subscribe=may_read_forum,
        image=_forum_image,
    )
)
MODERATION = declare(
    SequencedTopic(
        name="moderation",
        pattern="moderation:queue",
        changes=(ReportFiledChange, ReportResolvedChange),
        may_subscribe=may_moderate,
        image=_queue_image,
    )
)
_GATHERING_CHANGES = (
    PresenceArrivedChange,
    PresenceLeftChange,
    PresenceCountedChange,
    TypingStartedChange,
    TypingStoppedChange,
)
CONVERSATION_LIVE = declare(
    GatheringTopic(
        name="conversation_live",
        pattern="conversation:{conversation_id}:live",
        changes=_GATHERING_CHANGES,
        image=GatheringImage,
        may_subscribe=may_join_conversation,
        attend=attend_conversation,
        check_may_type=check_may_write,
    )
)
THREAD_LIVE = declare(
    GatheringTopic(
        name="thread_live",
        pattern="thread:{thread_id}:live",
        changes=_GATHERING_CHANGES,
        image=GatheringImage,
        may_subscribe=may_read_thread,
        attend=attend_thread,
        check_may_type=check_may_reply,
    )
)
CONTACTS = declare(
    ContactsTopic(
        name="contacts",
        pattern="contacts:{user_id}",
        changes=(ContactOnlineChange, ContactOfflineChange),
        image=ContactsImage,
        may_subscribe=is_own_list,
        list_people=list_contacts,
    )
)
declare_image_part(
    topic_name=USER.name,
    part="achievements",
    image=_achievements,
    changes=(AchievementEarnedChange,),
)
declare_image_part(
    topic_name=USER.name,
    part="unread_messages",
    image=_unread_messages,
    changes=(MessageReceivedChange, ConversationReadChange, MessageHiddenChange, MessageRestoredChange),
)
