"""Where django-allauth meets our actions: what it decides about people and sessions is done here, logged and heard."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.actions.emails import record_email_verified
from accounts.actions.people import NewPerson, sign_up
from accounts.actions.sessions import change_password, end_session, record_login
from accounts.core.usernames import is_allowed_username
from accounts.errors import IdentityTaken
from accounts.models import User

SITE_NAME: Final = "Touchline"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up, log-in, log-out and passwords through our own actions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One text for an unknown person and for a wrong password, by name and by address.
        "email_password_mismatch": "The log-in or the password is not right.",
        "username_password_mismatch": "The log-in or the password is not right.",
        "username_invalid": "Use 3 to 30 letters, digits, dots, dashes or underscores; some names are reserved.",
    }

    def validation_error(self, code: str, *arguments: object) -> ValidationError:
        error: ValidationError = super().validation_error(code, *arguments)
        if code.endswith("_password_mismatch"):
            error.code = "invalid_credentials"
        return error

    def clean_username(self, username: str, shallow: bool = False) -> str:
        if not is_allowed_username(username):
            raise self.validation_error("username_invalid")
        cleaned: str = super().clean_username(username, shallow=shallow)
        return cleaned

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        data = form.cleaned_data
        person = NewPerson(
            username=data["username"],
            email=data["email"],
            password=data["password"],
            date_of_birth=data["date_of_birth"],
            country=data["country"],
            accepts_marketing=data["marketing_consent"],
        )
        try:
            return sign_up(person=person, ip=get_client_ip(request) or "")
        except IdentityTaken as refusal:
            # Somebody else took the name between the form's look and our insert.
            error = self.validation_error(f"{refusal.field}_taken")
            raise ImmediateHttpResponse(ErrorResponse(request, exception=error)) from refusal

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = SimpleNamespace(name=SITE_NAME, domain=self.request.get_host())
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, User)
        record_login(user_id=user.id, ip=get_client_ip(request) or "")

    def logout(self, request: HttpRequest) -> None:
        user, session_key = request.user, request.session.session_key
        super().logout(request)
        if isinstance(user, User):
            UserSession.objects.filter(session_key=session_key).delete()
            end_session(user_id=user.id, session_key=session_key or "", ip=get_client_ip(request) or "")

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        assert isinstance(user, User)
        changed = change_password(user_id=user.id, password=password)
        user.password, user.session_epoch = changed.password, changed.session_epoch

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        with transaction.atomic():
            is_confirmed: bool = super().confirm_email(request, email_address)
            if is_confirmed:
                record_email_verified(user_id=email_address.user_id)
        return is_confirmed


class UserSessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth ships no types
    """The list of a person's sessions; ending one closes its sockets."""

    def end_sessions(self, sessions: Iterable[Any]) -> None:
        for session in sessions:
            user_id, session_key = session.user_id, session.session_key
            session.end()
            end_session(user_id=user_id, session_key=session_key)
