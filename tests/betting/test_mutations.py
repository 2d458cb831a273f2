"""Whether the proofs would notice: an engine broken on purpose, in Python or in SQL, fails the check that names it.

A broken SQL function lives in the transaction of its test alone.
"""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection

from accounts.models import User
from betting.actions import place_slip as placing
from betting.actions.place_slip import place_slip
from betting.actions.set_results import Order, set_results
from betting.actions.settle_event import settle_event
from betting.core import payout
from betting.core.grading import Grade
from betting.core.payout import LegResult, SlipTerms, settle_slip
from betting.management.commands.run_cases import ask
from betting.models import BetSlip
from project.kit import clock
from project.kit.errors import AppError, IdempotencyKeyReused
from tests.betting.desk import available, command_for, fund, make_priced_event, new_key, open_stakes, selection_of
from tests.betting.engine_world import World
from tests.betting.slips import Pick, write_slip
from tests.betting.test_engine_machine import run_machine
from tests.betting.test_run_cases import CASES

pytestmark = pytest.mark.django_db

DEAD_HEAT = Grade("won", 0, 1, 2)
WON = Grade("won", 0)


def check_core(outcome: LegResult, paid: int) -> None:
    settled = settle_slip(SlipTerms(999), [outcome])
    assert settled is not None
    assert settled.payout_minor == paid


def check_floor_of_core() -> None:
    check_core(LegResult("won", 1_851), 1_849)  # 1849.149
    check_core(LegResult("won", 1_850), 1_848)  # 1848.15
    check_core(LegResult("won", 1_333), 1_331)  # 1331.667


def check_dead_heat_of_core() -> None:
    check_core(LegResult("won", 4_000, dead_heat_places=1, dead_heat_tied=2), 1_998)


def check_cases(rule: str) -> None:
    """The published examples of a rule, as `run_cases` asks them."""
    for case in CASES:
        if rule in case.rule:
            got, fault = ask(case)
            assert fault == ""
            assert {name: got.get(name) for name in case.expect} == case.expect


def settled_by_sql(user: User, *legs: tuple[int, Grade]) -> int | None:
    """What a slip of 9.99 is paid, its legs on events of their own."""
    selections = [selection_of(make_priced_event(), "1x2", "home") for _ in legs]
    picks = [Pick(selection, odds_milli) for selection, (odds_milli, _) in zip(selections, legs, strict=True)]
    slip = write_slip(user, picks, bet_type="single" if len(picks) == 1 else "accumulator", stake_minor=999)
    order = Order("Official", clock.now() + timedelta(minutes=1))
    for selection, (_, grade) in zip(selections, legs, strict=True):
        set_results(market_id=selection.market_id, grades={selection.id: grade}, order=order)
        settle_event(event_id=selection.market.event_id)
    return BetSlip.objects.get(id=slip.id).payout_minor


def check_floor_of_singles(user: User) -> None:
    assert settled_by_sql(user, (1_333, WON)) == 1_331


def check_dead_heat_of_singles(user: User) -> None:
    assert settled_by_sql(user, (4_000, DEAD_HEAT)) == 1_998


def check_floor_of_multiples(user: User) -> None:
    assert settled_by_sql(user, (4_000, WON), (1_333, WON)) == 5_326  # 5326.668


def check_dead_heat_of_multiples(user: User) -> None:
    assert settled_by_sql(user, (4_000, DEAD_HEAT), (2_000, WON)) == 3_996


WRITERS = [
    ("betting_write_singles", check_floor_of_singles, check_dead_heat_of_singles),
    ("betting_write_multiples", check_floor_of_multiples, check_dead_heat_of_multiples),
]


def check_key(user: User) -> None:
    """One key, one slip, the same answer; another body is refused. Nothing moves after the first."""
    home = selection_of(make_priced_event(), "1x2", "home")
    key = new_key()
    first = place_slip(user_id=user.id, command=command_for(home, "10.00"), key=key)
    moved = (available(user), open_stakes(), BetSlip.objects.count())
    assert answer_of(lambda: place_slip(user_id=user.id, command=command_for(home, "10.00"), key=key)) == first
    refusal = answer_of(lambda: place_slip(user_id=user.id, command=command_for(home, "11.00"), key=key))
    assert isinstance(refusal, IdempotencyKeyReused)
    assert (available(user), open_stakes(), BetSlip.objects.count()) == moved


def answer_of(act: Callable[[], object]) -> object:
    try:
        return act()
    except AppError as refusal:
        return refusal


def break_function(name: str, *changes: tuple[str, str]) -> None:
    """Replace text in a function of the database, until the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
        [text] = cursor.fetchone()
        for old, new in changes:
            assert old in text, "the function is written in another way now: break it anew"
            text = text.replace(old, new)
        cursor.execute(text.replace("%", "%%"), [])


@pytest.fixture
def funded(ada: User) -> User:
    fund(ada)
    return ada


def test_unbroken_everything_passes(funded: User) -> None:
    check_floor_of_core()
    check_dead_heat_of_core()
    check_cases("dead heat")
    for _, check_floor, check_dead_heat in WRITERS:
        check_floor(funded)
        check_dead_heat(funded)
    check_key(funded)


def test_rounding_instead_of_the_floor_is_noticed_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payout, "floor", round)

    with pytest.raises(AssertionError):
        check_floor_of_core()


def test_an_ignored_dead_heat_is_noticed_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    original = payout.leg_factor

    def ignoring(leg: LegResult) -> Fraction:
        return original(LegResult(leg.outcome, leg.odds_milli, leg.void_halves, deductions=leg.deductions))

    monkeypatch.setattr(payout, "leg_factor", ignoring)

    with pytest.raises(AssertionError):
        check_dead_heat_of_core()
    with pytest.raises(AssertionError):
        check_cases("dead heat")


@pytest.mark.parametrize("method", ["_find_answer", "_check_fingerprint"])
def test_an_ignored_key_is_noticed_in_python(funded: User, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    owner = placing._Batch if method == "_find_answer" else placing
    monkeypatch.setattr(owner, method, lambda *_: None)

    with pytest.raises(AssertionError):
        check_key(funded)


@pytest.mark.parametrize(("function", "check", "_"), WRITERS)
def test_rounding_instead_of_the_floor_is_noticed_in_sql(
    funded: User, function: str, check: Callable[[User], None], _: object
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION round_instead(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE"
            " AS 'SELECT round(a / b)'"
        )
    break_function(function, ("div(greatest(", "round_instead(greatest("))

    with pytest.raises(AssertionError):
        check(funded)


@pytest.mark.parametrize(("function", "_", "check"), WRITERS)
def test_an_ignored_dead_heat_is_noticed_in_sql(
    funded: User, function: str, _: object, check: Callable[[User], None]
) -> None:
    break_function(function, ("selection.dead_heat_places", "selection.dead_heat_tied"))

    with pytest.raises(AssertionError):
        check(funded)


def test_the_machine_finds_an_ignored_dead_heat_by_itself() -> None:
    for function, *_ in WRITERS:
        break_function(function, ("selection.dead_heat_places", "selection.dead_heat_tied"))

    with pytest.raises(AssertionError):
        run_machine(World())


def test_an_ignored_key_is_noticed_in_sql(funded: User) -> None:
    break_function("betting_read_facts", ("reply.key = asked.key", "reply.key <> asked.key"))

    with pytest.raises(AssertionError):
        check_key(funded)
