"""Making people, and taking away and giving back their right to log in."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.actions.activity import record_activity
from accounts.actions.sessions import end_every_session
from accounts.core.age import AGE_MIN, is_old_enough
from accounts.core.roles import STAFF_ROLES, may_suspend
from accounts.errors import AgeRestricted, IdentityTaken
from accounts.events import UserSignedUp
from accounts.locks import lock_person_and_actor
from accounts.models import ActivityLog, ComplianceRecord, Profile, User, UserConsent
from project.kit import clock
from project.kit.errors import Forbidden
from project.kit.events import publish

TERMS_VERSION: Final = "2026-01"


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """What somebody tells us when they sign up."""

    username: str
    email: str
    password: str
    date_of_birth: date
    country: str
    accepts_marketing: bool = False
    role: User.Role = User.Role.END_USER


@transaction.atomic
def sign_up(*, person: NewPerson, ip: str = "") -> User:
    """Make an account with its consents and the declared age on record.

    The address still has to be registered with allauth and verified. Raises AgeRestricted, IdentityTaken.
    """
    if not is_old_enough(clock.now().date(), person.date_of_birth):
        raise AgeRestricted
    user = _insert_user(person)
    Profile.objects.create(user=user)
    UserConsent.objects.bulk_create(
        UserConsent(user=user, consent_type=consent_type, given=given, document_version=TERMS_VERSION)
        for consent_type, given in (
            (UserConsent.Type.TERMS, True),
            (UserConsent.Type.DATA_PROCESSING, True),
            (UserConsent.Type.MARKETING, person.accepts_marketing),
        )
    )
    ComplianceRecord.objects.create(
        user=user,
        check_type=ComplianceRecord.CheckType.DECLARED_AGE,
        result=ComplianceRecord.Result.PASSED,
        details={"age_min": AGE_MIN, "country": person.country},
    )
    record_activity(action=ActivityLog.Action.SIGNED_UP, user_id=user.id, actor_id=user.id, ip=ip)
    publish(UserSignedUp(user_id=user.id))
    return user


@transaction.atomic
def create_person(
    *,
    username: str,
    email: str,
    password: str,
    date_of_birth: date = date(1990, 1, 1),
    country: str = "GB",
    role: User.Role = User.Role.END_USER,
    accepts_marketing: bool = False,
    is_email_verified: bool = True,
) -> User:
    """Make a person without the sign-up page: demo people, staff, tests. Raises as `sign_up` does."""
    user = sign_up(
        person=NewPerson(
            username=username,
            email=email,
            password=password,
            date_of_birth=date_of_birth,
            country=country,
            role=role,
            accepts_marketing=accepts_marketing,
        )
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_email_verified)
    return user


@transaction.atomic
def suspend_person(*, user_id: UUID, actor_id: UUID, reason: str) -> User:
    """Take away the right to log in: every session ends at once, and reinstating brings none back.

    Staff are suspended by administrators only, and nobody suspends themselves: raises Forbidden.
    """
    user, actor = lock_person_and_actor(user_id, actor_id)
    if not _may_judge(actor, user):
        raise Forbidden("Only administrators suspend staff, and nobody suspends themselves")
    if user.status == User.Status.SUSPENDED:
        return user
    user.status = User.Status.SUSPENDED
    user.is_active = False
    user.save(update_fields=["status", "is_active"])
    end_every_session(user)
    record_activity(
        action=ActivityLog.Action.SUSPENDED, user_id=user_id, actor_id=actor_id, additional_data={"reason": reason}
    )
    return user


@transaction.atomic
def reinstate_person(*, user_id: UUID, actor_id: UUID, reason: str) -> User:
    """Give back the right to log in. Raises Forbidden for whoever could not have taken it away."""
    user, actor = lock_person_and_actor(user_id, actor_id)
    if not _may_judge(actor, user):
        raise Forbidden("Only administrators reinstate staff")
    if user.status != User.Status.SUSPENDED:
        return user
    user.status = User.Status.ACTIVE
    user.is_active = True
    user.save(update_fields=["status", "is_active"])
    record_activity(
        action=ActivityLog.Action.REINSTATED, user_id=user_id, actor_id=actor_id, additional_data={"reason": reason}
    )
    return user


def _may_judge(actor: User, user: User) -> bool:
    """Whether one may suspend and reinstate the other; who has been suspended meanwhile may not."""
    is_allowed = may_suspend(actor_role=actor.role, target_role=user.role, is_self=actor.id == user.id)
    return actor.is_active and is_allowed


def _insert_user(person: NewPerson) -> User:
    """Insert the row; uniqueness is the database's to judge."""
    try:
        with transaction.atomic():
            return User.objects.create_user(
                person.username,
                person.email,
                person.password,
                date_of_birth=person.date_of_birth,
                country=person.country,
                role=person.role,
                is_staff=person.role in STAFF_ROLES,
                is_superuser=person.role == User.Role.ADMIN,
            )
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if "username" in constraint:
            raise IdentityTaken("username") from error
        if constraint.startswith("accounts_user_email"):
            raise IdentityTaken("email") from error
        raise
