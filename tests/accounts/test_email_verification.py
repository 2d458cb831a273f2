"""Proof of an e-mail address, end to end by the API: the mail, the key in its link, the fact afterwards."""

import re
from urllib.parse import unquote

import pytest
from django.core import mail
from django.test import Client

from accounts.models import ActivityLog, User
from accounts.queries.people import describe_me
from tests.accounts.doors import BROWSER, post, sign_up
from tests.people import caller_of

pytestmark = pytest.mark.django_db


def key_in_mail() -> str:
    found = re.search(r"/verify/(\S+)", str(mail.outbox[-1].body))
    assert found is not None, mail.outbox[-1].body
    return unquote(found[1])  # the key holds colons, which the address writes as %3A


def test_the_link_in_the_mail_proves_the_address(client: Client) -> None:
    sign_up(client)
    user = User.objects.get()
    assert [message.to for message in mail.outbox] == [["dora@example.org"]]
    assert mail.outbox[0].subject == "[Touchline] Please Confirm Your Email Address"
    assert "Hello from Touchline!" in str(mail.outbox[0].body)
    assert not describe_me(caller_of(user)).is_email_verified

    response = post(client, f"{BROWSER}/auth/email/verify", {"key": key_in_mail()})

    assert response.status_code == 200
    assert describe_me(caller_of(user)).is_email_verified
    assert ActivityLog.objects.filter(user=user, action="email_verified").count() == 1


def test_the_link_works_on_another_device(client: Client) -> None:
    sign_up(client)

    response = post(Client(), f"{BROWSER}/auth/email/verify", {"key": key_in_mail()})

    assert response.status_code == 401  # verified, and nobody is logged in there
    assert User.objects.get().email_verified


def test_the_link_works_once(client: Client) -> None:
    sign_up(client)
    key = key_in_mail()
    post(client, f"{BROWSER}/auth/email/verify", {"key": key})

    post(client, f"{BROWSER}/auth/email/verify", {"key": key})

    assert ActivityLog.objects.filter(action="email_verified").count() == 1


@pytest.mark.parametrize("key", ["", "nonsense", "a:b:c", "\x00", "x" * 10_000])
def test_a_forged_key_proves_nothing(client: Client, key: str) -> None:
    sign_up(client)

    response = post(client, f"{BROWSER}/auth/email/verify", {"key": key})

    assert response.status_code == 400
    assert not User.objects.get().email_verified


def test_the_mail_is_sent_again_on_request(client: Client) -> None:
    sign_up(client)

    response = client.put(f"{BROWSER}/account/email", {"email": "dora@example.org"}, content_type="application/json")

    assert response.status_code == 200
    assert len(mail.outbox) == 2


def test_an_unproven_address_does_not_lock_anybody_out(client: Client) -> None:
    sign_up(client)
    client.delete(f"{BROWSER}/auth/session")

    response = post(client, f"{BROWSER}/auth/login", {"email": "dora@example.org", "password": "correct-horse-battery"})

    assert response.status_code == 200
