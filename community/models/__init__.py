"""Tables of the community: conversations, the forum, and moderation."""

from community.models.conversations import Block, Conversation, Inbox, Membership, Message
from community.models.forum import Category, CommunityPost, PostReply, ReadMark
from community.models.moderation import ModerationAction, Report, SubjectType

__all__ = [
    "Block",
    "Category",
    "CommunityPost",
    "Conversation",
    "Inbox",
    "Membership",
    "Message",
    "ModerationAction",
    "PostReply",
    "ReadMark",
    "Report",
    "SubjectType",
]
