"""Who is given a role or the trading desk, by whom, and what ends with the old one."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.actions.appointments import appoint_person
from accounts.models import ActivityLog, User
from accounts.queries.sessions import find_caller
from betting.access import is_trader
from project.kit.errors import Forbidden
from tests.accounts.test_admin import act, logged_in
from tests.people import caller_of, make_person, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> User:
    return make_person("boss", "ADMIN")


def rights(person: User) -> tuple[str, bool, bool, bool]:
    """Role, back office, everything in it, trading desk."""
    person = User.objects.get(id=person.id)
    return person.role, person.is_staff, person.is_superuser, is_trader(caller_of(person))


def holder_of(session: str) -> str | None:
    caller = find_caller(session)
    return None if caller is None else caller.username


def appointments() -> list[tuple[str, str | None, dict[str, object]]]:
    found = ActivityLog.objects.filter(action="appointed").order_by("id")
    return [(str(one.user), str(one.actor) if one.actor else None, one.detail.additional_data) for one in found]


def test_an_administrator_appoints_from_the_page_of_a_person(ada: User, boss: User) -> None:
    session = open_session(ada)
    assert holder_of(session) == "ada"

    assert act(logged_in(boss), ada, "appoint", role="MODERATOR", desk="yes") == 302

    assert rights(ada) == ("MODERATOR", True, False, True)
    assert appointments() == [("ada", "boss", {"reason": "because", "role": "MODERATOR", "is_trader": True})]
    assert holder_of(session) is None, "no session outlives the rights it was opened with"


@pytest.mark.parametrize(
    ("role", "desk", "expected"),
    [
        ("END_USER", "no", ("END_USER", False, False, False)),
        ("END_USER", "yes", ("END_USER", False, False, True)),
        ("ML_ENGINEER", "no", ("ML_ENGINEER", False, False, False)),
        ("FINANCE", "no", ("FINANCE", True, False, False)),
        ("ADMIN", "no", ("ADMIN", True, True, True)),
    ],
)
def test_what_is_not_given_again_is_taken_away(
    mod: User, boss: User, role: str, desk: str, expected: tuple[str, bool, bool, bool]
) -> None:
    appoint_person(user_id=mod.id, actor_id=boss.id, role=User.Role.ADMIN, is_trader=True, reason="for a day")

    act(logged_in(boss), mod, "appoint", role=role, desk=desk)

    assert rights(mod) == expected


def test_the_same_again_changes_nothing_and_ends_no_session(mod: User, boss: User) -> None:
    session = open_session(mod)

    appoint_person(user_id=mod.id, actor_id=boss.id, role=User.Role.MODERATOR, is_trader=False, reason="again")

    assert holder_of(session) == "mod"
    assert appointments() == []


@pytest.mark.parametrize("form", [{"role": "", "desk": "yes"}, {"role": "KING", "desk": "no"}, {"role": "ADMIN"}])
def test_both_have_to_be_chosen(ada: User, boss: User, form: dict[str, str]) -> None:
    act(logged_in(boss), ada, "appoint", **form)

    assert rights(ada) == ("END_USER", False, False, False)
    assert appointments() == []


def test_nobody_else_appoints_and_nobody_themselves(ada: User, mod: User, boss: User) -> None:
    act(logged_in(mod), ada, "appoint", role="ADMIN", desk="yes")
    act(logged_in(ada), ada, "appoint", role="ADMIN", desk="yes")
    act(Client(), ada, "appoint", role="ADMIN", desk="yes")
    act(logged_in(boss), boss, "appoint", role="END_USER", desk="no")
    for actor, person in ((mod, ada), (ada, ada), (boss, boss)):
        with pytest.raises(Forbidden):
            appoint_person(
                user_id=person.id, actor_id=actor.id, role=User.Role.FINANCE, is_trader=True, reason="please"
            )

    assert rights(ada) == ("END_USER", False, False, False)
    assert rights(boss) == ("ADMIN", True, True, True)
    assert appointments() == []


def test_the_console_appoints_the_first(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("appoint", "Ada", "ADMIN", "--trader")

    assert capsys.readouterr().out == f"ada: {User.Role.ADMIN.label}, with the trading desk\n"
    assert rights(ada) == ("ADMIN", True, True, True)
    assert appointments() == [("ada", None, {"reason": "at the console", "role": "ADMIN", "is_trader": True})]

    with pytest.raises(CommandError, match="nobody active called zoe"):
        call_command("appoint", "zoe", "ADMIN")
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("appoint", "ada", "KING")
