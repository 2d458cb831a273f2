"""The moderators' pages: the queue, threads and replies, and the log of decisions."""

from community.admin.achievements import UserAchievementAdmin
from community.admin.decisions import ModerationActionAdmin
from community.admin.posts import CommunityPostAdmin, PostReplyAdmin
from community.admin.queue import ReportAdmin
from community.admin.ratings import RatingReviewAdmin

__all__ = [
    "CommunityPostAdmin",
    "ModerationActionAdmin",
    "PostReplyAdmin",
    "RatingReviewAdmin",
    "ReportAdmin",
    "UserAchievementAdmin",
]
