"""Tables about people."""

from accounts.models.activity import ActivityDetail, ActivityLog
from accounts.models.consents import ComplianceRecord, UserConsent
from accounts.models.people import Profile, User, UserPreference
from accounts.models.safer_play import Exclusion, GamblingLimit, GamblingLimitChange

__all__ = [
    "ActivityDetail",
    "ActivityLog",
    "ComplianceRecord",
    "Exclusion",
    "GamblingLimit",
    "GamblingLimitChange",
    "Profile",
    "User",
    "UserConsent",
    "UserPreference",
]
