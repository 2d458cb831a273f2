"""Giving and withdrawing consent, and recording the outcome of checks."""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions.activity import record_activity
from accounts.actions.people import TERMS_VERSION
from accounts.locks import lock_person
from accounts.models import ActivityLog, ComplianceRecord, UserConsent
from accounts.queries.exclusions import check_not_self_excluded
from project.kit.errors import Forbidden


@transaction.atomic
def change_consent(*, user_id: UUID, consent_type: UserConsent.Type, given: bool) -> UserConsent:
    """Append the person's answer about one purpose; the newest counts. Raises SelfExcluded for a yes of who is."""
    lock_person(user_id)
    if given:
        check_not_self_excluded(user_id)
    consent = UserConsent.objects.create(
        user_id=user_id, consent_type=consent_type, given=given, document_version=TERMS_VERSION
    )
    record_activity(
        action=ActivityLog.Action.CONSENT_CHANGED,
        user_id=user_id,
        actor_id=user_id,
        resource_type="consent",
        resource_id=str(consent.id),
    )
    return consent


@transaction.atomic
def record_compliance_check(
    *,
    user_id: UUID,
    actor_id: UUID,
    check_type: ComplianceRecord.CheckType,
    result: ComplianceRecord.Result,
    details: dict[str, Any],
) -> ComplianceRecord:
    """Record the outcome of a check made by staff; the newest of its type counts. Raises Forbidden for one's own."""
    if actor_id == user_id:
        raise Forbidden("Somebody else checks who you are")
    lock_person(user_id)
    record = ComplianceRecord.objects.create(user_id=user_id, check_type=check_type, result=result, details=details)
    record_activity(
        action=ActivityLog.Action.COMPLIANCE_RECORDED,
        user_id=user_id,
        actor_id=actor_id,
        resource_type="compliance_record",
        resource_id=str(record.id),
    )
    return record
