"""The people of a fresh installation: there once, able to log in, and never in production."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from accounts.actions.demo import ensure_demo_people
from accounts.models import User
from tests.accounts.doors import log_in

pytestmark = pytest.mark.django_db


def test_four_people_are_there_however_often_we_start() -> None:
    ensure_demo_people()
    ensure_demo_people()

    assert sorted(User.objects.values_list("username", "role", "is_staff", "is_superuser")) == [
        ("ada", "END_USER", False, False),
        ("admin", "ADMIN", True, True),
        ("ben", "END_USER", False, False),
        ("mod", "MODERATOR", True, False),
    ]


def test_everyone_logs_in_with_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ensure_demo_people")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    for line in lines:
        username, password = line.split()[:2]
        assert log_in(Client(), password, username=username).status_code == 200


def test_a_missing_one_is_added(ada: User) -> None:
    ensure_demo_people()

    assert User.objects.count() == 4


def test_production_has_none(settings: Any) -> None:
    settings.ENVIRONMENT = "production"

    with pytest.raises(ImproperlyConfigured):
        ensure_demo_people()

    assert User.objects.count() == 0
