"""What a person agreed to, as it stands now."""

from uuid import UUID

from accounts.models import UserConsent
from accounts.schemas import ConsentReply


def list_consents(user_id: UUID) -> list[ConsentReply]:
    """The latest answer per purpose."""
    latest = (
        UserConsent.objects.filter(user_id=user_id)
        .order_by("consent_type", "-created_at", "-id")
        .distinct("consent_type")
    )
    return [
        ConsentReply(
            consent_type=consent.consent_type,
            given=consent.given,
            document_version=consent.document_version,
            decided_at=consent.created_at,
        )
        for consent in latest
    ]
