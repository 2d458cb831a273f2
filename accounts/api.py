"""HTTP routes about people. `GET /api/me` is assembled where wallet and unread numbers are known."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from accounts.actions import consents as consent_actions
from accounts.actions import profiles
from accounts.models import UserConsent
from accounts.queries.consents import list_consents
from accounts.queries.people import describe_preferences, describe_profile, list_people_by_prefix
from accounts.schemas import (
    ChangeConsent,
    ChangePreferences,
    ChangeProfile,
    ConsentsReply,
    PersonReply,
    PreferencesReply,
    ProfileReply,
)
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of
from project.kit.throttles import check_rate

router = Router(tags=["people"])

SearchText = Annotated[str, Field(max_length=100)]

SEARCHES_PER_MINUTE = 120  # typing quickly makes about two a second; more is copying the list of people


def search_people(caller: Caller, q: str) -> list[PersonReply]:
    user_id = require_user(caller)
    check_rate(f"people:{user_id}", limit=SEARCHES_PER_MINUTE, per_s=60)
    return list_people_by_prefix(q, without=user_id)


def change_profile(caller: Caller, command: ChangeProfile) -> ProfileReply:
    user_id = require_user(caller)
    profiles.change_profile(user_id=user_id, command=command)
    return describe_profile(user_id)


def change_preferences(caller: Caller, command: ChangePreferences) -> PreferencesReply:
    user_id = require_user(caller)
    profiles.change_preferences(user_id=user_id, command=command)
    return describe_preferences(user_id)


def change_consent(caller: Caller, command: ChangeConsent) -> ConsentsReply:
    user_id = require_user(caller)
    consent_actions.change_consent(
        user_id=user_id, consent_type=UserConsent.Type(command.consent_type), given=command.given
    )
    return _consents_of(user_id)


def _consents_of(user_id: UUID) -> ConsentsReply:
    return ConsentsReply(consents=list_consents(user_id))


@router.get("/people", response=list[PersonReply], operation_id="search_people")
def get_people(request: HttpRequest, q: SearchText = "") -> list[PersonReply]:
    return search_people(caller_of(request), q)


@router.get("/me/profile", response=ProfileReply, operation_id="get_profile")
def get_profile(request: HttpRequest) -> ProfileReply:
    return describe_profile(require_user(caller_of(request)))


@router.patch("/me/profile", response=ProfileReply, operation_id="change_profile")
def patch_profile(request: HttpRequest, command: ChangeProfile) -> ProfileReply:
    return change_profile(caller_of(request), command)


@router.get("/me/preferences", response=PreferencesReply, operation_id="get_preferences")
def get_preferences(request: HttpRequest) -> PreferencesReply:
    return describe_preferences(require_user(caller_of(request)))


@router.patch("/me/preferences", response=PreferencesReply, operation_id="change_preferences")
def patch_preferences(request: HttpRequest, command: ChangePreferences) -> PreferencesReply:
    return change_preferences(caller_of(request), command)


@router.get("/me/consents", response=ConsentsReply, operation_id="get_consents")
def get_consents(request: HttpRequest) -> ConsentsReply:
    return _consents_of(require_user(caller_of(request)))


@router.put("/me/consents", response=ConsentsReply, operation_id="change_consent")
def put_consent(request: HttpRequest, command: ChangeConsent) -> ConsentsReply:
    return change_consent(caller_of(request), command)
