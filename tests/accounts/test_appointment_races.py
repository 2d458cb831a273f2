"""Two administrators against each other in the same instant: one of them keeps the role and the log-in."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from accounts.access import get_person
from accounts.actions import appointments, people
from accounts.actions.appointments import appoint_person
from accounts.actions.people import suspend_person
from accounts.models import ActivityLog, User
from tests.betting.test_withdrawal_races import Pause, run_both
from tests.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bosses(db: None) -> list[User]:
    """In the order of their ids, in which both are locked whoever acts."""
    return sorted((make_person("boss", "ADMIN"), make_person("chief", "ADMIN")), key=lambda one: one.id)


def dismissal(actor: User, user: User) -> Callable[[], object]:
    return partial(
        appoint_person,
        user_id=user.id,
        actor_id=actor.id,
        role=User.Role.END_USER,
        is_trader=False,
        reason="because",
    )


def suspension(actor: User, user: User) -> Callable[[], object]:
    return partial(suspend_person, user_id=user.id, actor_id=actor.id, reason="because")


ACTS = {"dismissal": (dismissal, appointments), "suspension": (suspension, people)}


def administrators() -> list[str]:
    return sorted(User.objects.filter(role="ADMIN", is_active=True).values_list("username", flat=True))


@pytest.mark.parametrize("first_acts", [0, 1])
@pytest.mark.parametrize("name", ACTS)
def test_of_two_who_take_it_from_each_other_the_first_keeps_it(
    name: str, first_acts: int, bosses: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    act, module = ACTS[name]
    first, second = bosses[first_acts], bosses[1 - first_acts]
    pause = Pause(monkeypatch, module, "end_every_session")

    answers = run_both(pause, act(first, second), act(second, first), is_second_waiting=True)

    assert answers == ["done", "forbidden"]
    assert administrators() == [first.username]
    assert ActivityLog.objects.filter(action__in=["appointed", "suspended"]).count() == 1


def test_one_dismisses_who_suspends_them_at_once(bosses: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    pause = Pause(monkeypatch, appointments, "end_every_session")

    answers = run_both(pause, dismissal(*bosses), suspension(*reversed(bosses)), is_second_waiting=True)

    assert (answers, administrators()) == (["done", "forbidden"], [bosses[0].username])


@pytest.mark.parametrize("name", ACTS)
def test_control_without_the_locks_nobody_is_left(
    name: str, bosses: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    act, module = ACTS[name]

    def read_both(user_id: UUID, actor_id: UUID) -> tuple[User, User]:
        return get_person(user_id), get_person(actor_id)

    monkeypatch.setattr(module, "lock_person_and_actor", read_both)
    pause = Pause(monkeypatch, module, "end_every_session", expected=2)

    answers = run_both(pause, act(*bosses), act(*reversed(bosses)), is_second_waiting=False)

    assert (answers, administrators()) == (["done", "done"], [])
