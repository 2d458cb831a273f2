"""People in the back office: everything readable by role; suspending and checks are actions with a reason."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.actions.appointments import appoint_person
from accounts.actions.consents import record_compliance_check
from accounts.actions.people import reinstate_person, suspend_person
from accounts.core.roles import SUSPENDING_ROLES
from accounts.models import ActivityLog, ComplianceRecord, Exclusion, GamblingLimitChange, User, UserConsent
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out, leave_to_list
from project.kit.callers import require_user
from project.kit.errors import AppError
from project.kit.http import caller_of
from project.kit.money import format_minor
from project.kit.read_only_admin import ADMIN, ReadOnlyAdmin

MODERATORS: Final = frozenset({"MODERATOR"})
STATUS_LABELS: Final = {
    "Active": "success",
    "Inactive": "info",
    "Suspended": "danger",
    "Pending verification": "warning",
}
RESULT_LABELS: Final = {"Passed": "success", "Failed": "danger", "Pending": "warning"}
STAFF_CHECKS: Final = [
    (choice.value, choice.label) for choice in ComplianceRecord.CheckType if choice != "declared_age"
]

# Their own pages write rows, and some show secrets.
for model in (EmailAddress, Authenticator, UserSession, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class CheckForm(ReasonForm):
    """The outcome of a check that a member of staff made."""

    check_type = forms.ChoiceField(label="Check", choices=STAFF_CHECKS, widget=UnfoldAdminSelectWidget)
    result = forms.ChoiceField(label="Result", choices=ComplianceRecord.Result.choices, widget=UnfoldAdminSelectWidget)


class AppointForm(ReasonForm):
    """What a person is to be from now on. Both are chosen anew, so that nothing is taken away by an oversight."""

    role = forms.ChoiceField(label="Role", choices=[("", "Choose"), *User.Role.choices], widget=UnfoldAdminSelectWidget)
    desk = forms.ChoiceField(
        label="Trading desk",
        choices=[("", "Choose"), ("yes", "Works at it"), ("no", "Does not")],
        help_text="Administrators have it in any case.",
        widget=UnfoldAdminSelectWidget,
    )


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People. Moderators see what everybody may see of a person, and whether they are suspended."""

    viewer_roles: ClassVar[frozenset[str]] = MODERATORS
    list_display = ("username", "role", "state", "country", "created_at", "last_login")
    list_filter = ("status", "role")
    search_fields = ("username", "email")
    ordering = ("-created_at", "id")
    actions_row = ("suspend", "reinstate")
    actions_detail = ("suspend", "reinstate", "record_check", "appoint")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        public = ["username", "first_name", "last_name", "bio", "role", "status", "created_at", "last_login"]
        about = ["email", "is_verified", "date_of_birth", "country", "city", "phone_number", "department"]
        private = ["works_at_desk", *about]
        return public + private if caller_of(request).role == ADMIN else public

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Searching by address would tell a moderator whose it is."""
        return ("username", "email") if caller_of(request).role == ADMIN else ("username",)

    def leads_somewhere(self, request: HttpRequest, row: User, path: str) -> bool:
        is_suspended = row.status == User.Status.SUSPENDED
        return {"suspend": not is_suspended, "reinstate": is_suspended}.get(path, True)

    def has_suspend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Asked for the buttons and again when one is pressed; the action judges each case."""
        return caller_of(request).role in SUSPENDING_ROLES

    def has_appoint_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return caller_of(request).role == ADMIN

    def has_check_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Only administrators see the documents behind a check."""
        return caller_of(request).role == ADMIN

    @column("State", ordering="status", label=STATUS_LABELS)
    def state(self, user: User) -> str:
        return str(User.Status(user.status).label)

    @column("Trading desk")
    def works_at_desk(self, user: User) -> str:
        return "yes" if user.works_at_desk else "no"

    @column("E-mail verified")
    def is_verified(self, user: User) -> str:
        return "yes" if user.email_verified else "no"

    @button(
        "Suspend",
        url_path="suspend",
        icon="block",
        is_dangerous=True,
        permissions=["suspend"],
        dialog=ask("Suspend this person?", "Every session ends at once and they cannot log in.", "Suspend"),
    )
    def suspend(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, suspend_person, "Suspended: every session has ended.")

    @button(
        "Reinstate",
        url_path="reinstate",
        icon="undo",
        permissions=["suspend"],
        dialog=ask("Let this person back in?", "They can log in again; old sessions stay ended.", "Reinstate"),
    )
    def reinstate(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, reinstate_person, "Reinstated: they can log in again.")

    @button(
        "Record a check",
        url_path="record-check",
        icon="fact_check",
        permissions=["check"],
        dialog={
            **ask("Record the outcome of a check", "The newest outcome of each kind counts.", "Record"),
            "form_class": CheckForm,
        },
    )
    def record_check(self, request: HttpRequest, form: CheckForm, object_id: str) -> HttpResponse:
        person = self._get_person(request, object_id)
        actor_id = require_user(caller_of(request))
        fields = form.cleaned_data

        def act() -> tuple[User, str]:
            record = record_compliance_check(
                user_id=person.id,
                actor_id=actor_id,
                check_type=ComplianceRecord.CheckType(fields["check_type"]),
                result=ComplianceRecord.Result(fields["result"]),
                details={"reason": fields["reason"]},
            )
            return person, f"{record}: {fields['reason']}"

        return carry_out(request, self, act, done="The check is on record.")

    @button(
        "Appoint",
        url_path="appoint",
        icon="badge",
        permissions=["appoint"],
        dialog=ask(
            "Give this person a role",
            "Every session of theirs ends, so no old right lasts.",
            "Appoint",
            form_class=AppointForm,
        ),
    )
    def appoint(self, request: HttpRequest, form: AppointForm, object_id: str) -> HttpResponse:
        person = self._get_person(request, object_id)
        actor_id = require_user(caller_of(request))
        fields = form.cleaned_data

        def act() -> tuple[User, str]:
            appointed = appoint_person(
                user_id=person.id,
                actor_id=actor_id,
                role=User.Role(fields["role"]),
                is_trader=fields["desk"] == "yes",
                reason=fields["reason"],
            )
            desk = "with" if fields["desk"] == "yes" else "without"
            return appointed, f"{person.role} -> {appointed.role} {desk} the trading desk: {fields['reason']}"

        return carry_out(request, self, act, done="Appointed. A new role ends every session of theirs.")

    def _get_person(self, request: HttpRequest, object_id: str) -> User:
        person = self.get_object(request, object_id)
        if not isinstance(person, User):
            raise Http404
        return person

    def _decide(
        self, request: HttpRequest, form: ReasonForm, object_id: str, act: Callable[..., User], done: str
    ) -> HttpResponse:
        before = self._get_person(request, object_id)
        reason = form.cleaned_data["reason"]
        try:
            person = act(user_id=before.id, actor_id=require_user(caller_of(request)), reason=reason)
        except AppError as refusal:
            messages.error(request, refusal.detail or refusal.title)
        else:
            self.log_change(request, person, f"{before.status} -> {person.status}: {reason}")
            messages.success(request, done)
        return leave_to_list(request, self)


@admin.register(UserConsent)
class UserConsentAdmin(ReadOnlyAdmin):
    """Every answer about every purpose, newest first."""

    list_display = ("user", "consent_type", "given", "document_version", "created_at")
    list_filter = ("consent_type", "given")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-created_at", "id")


@admin.register(ComplianceRecord)
class ComplianceRecordAdmin(ReadOnlyAdmin):
    """Checks of age, identity and place, newest first."""

    list_display = ("user", "check_type", "state", "date_checked")
    list_filter = ("check_type", "result")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-date_checked", "id")

    @column("Result", ordering="result", label=RESULT_LABELS)
    def state(self, record: ComplianceRecord) -> str:
        return str(ComplianceRecord.Result(record.result).label)


@admin.register(Exclusion)
class ExclusionAdmin(ReadOnlyAdmin):
    """Time-outs and self-exclusions, newest first. Nobody can change one: there is nothing here to press."""

    list_display = ("user", "kind", "starts_at", "ends_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-starts_at", "id")


@admin.register(GamblingLimitChange)
class GamblingLimitChangeAdmin(ReadOnlyAdmin):
    """What people did about their own limits, newest first."""

    list_display = ("created_at", "user", "step", "kind", "period", "amount")
    list_filter = ("step", "kind", "period")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    ordering = ("-id",)

    @column("Amount", ordering="amount_minor")
    def amount(self, change: GamblingLimitChange) -> str:
        if change.amount_minor is None:
            return "none"
        return f"{format_minor(change.amount_minor, change.currency)} {change.currency}"


@admin.register(ActivityLog)
class ActivityLogAdmin(ReadOnlyAdmin):
    """What people did with their accounts, newest first."""

    list_display = ("timestamp", "user", "action", "actor", "address")
    list_filter = ("action",)
    list_select_related = ("user", "actor", "detail")
    search_fields = ("user__username",)
    ordering = ("-id",)

    @column("Address")
    def address(self, entry: ActivityLog) -> str:
        detail = getattr(entry, "detail", None)
        return detail.ip_address or "-" if detail else "-"
