"""What sign-up asks beyond e-mail, user name and password. allauth builds its own form on top of this one."""

from datetime import date

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.core.age import AGE_MIN, is_old_enough
from accounts.core.countries import COUNTRY_CODES
from project.kit import clock


class IsoDateField(forms.DateField):
    """A date as `2000-12-31`. Values come out of JSON, so one need not be text at all."""

    def to_python(self, value: object) -> date | None:
        if value is not None and not isinstance(value, str):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class SignupFields(forms.Form):
    """Age, country and consent. Refuses people under age and people who do not accept the terms."""

    date_of_birth = IsoDateField(input_formats=["%Y-%m-%d"])
    country = forms.CharField(min_length=2, max_length=2)
    accept_terms = forms.BooleanField(error_messages={"required": "Accept the terms to open an account."})
    marketing_consent = forms.BooleanField(required=False)

    def clean_date_of_birth(self) -> date:
        date_of_birth: date = self.cleaned_data["date_of_birth"]
        if not is_old_enough(clock.now().date(), date_of_birth):
            raise ValidationError(f"You must be {AGE_MIN} or older.", code="age_restricted")
        return date_of_birth

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if country not in COUNTRY_CODES:
            raise ValidationError("Choose a country from the list.", code="invalid_choice")
        return country

    def signup(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Demanded by allauth; everything has been stored by the adapter in one transaction."""
