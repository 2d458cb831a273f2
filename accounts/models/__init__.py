"""Tables about people."""

from accounts.models.activity import ActivityDetail, ActivityLog
from accounts.models.consents import ComplianceRecord, UserConsent
from accounts.models.people import Profile, User, UserPreference

__all__ = [
    "ActivityDetail",
    "ActivityLog",
    "ComplianceRecord",
    "Profile",
    "User",
    "UserConsent",
    "UserPreference",
]
