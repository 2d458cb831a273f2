"""Tables of the community: conversations, the forum, and moderation."""

from community.models.achievements import UserAchievement
from community.models.conversations import Block, Conversation, Inbox, Membership, Message
from community.models.forum import Category, CommunityPost, PostReply, ReadMark
from community.models.moderation import ModerationAction, Report, SubjectType
from community.models.ratings import RatingReview

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
    "RatingReview",
    "ReadMark",
    "Report",
    "SubjectType",
    "UserAchievement",
]
