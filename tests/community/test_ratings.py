"""Ratings: one for each person and subject, sums that rankings read, and nobody rates what is theirs or hidden."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.actions.exclusions import exclude_self
from accounts.models import User
from betting.actions.demo_strategies import DEMO_STRATEGIES, ensure_demo_strategies
from betting.models import BettingStrategy, BettingStrategyEvaluation, PaperRun
from community.access import Ratable
from community.actions.forum import post_thread
from community.actions.ratings import rate
from community.models import RatingReview
from tests.betting.desk import bet, fund, make_live_priced_event, new_key, selection_of
from tests.betting.strategies.desk import make_strategy
from tests.betting.strategies.test_strategy_api import call
from tests.people import make_person

pytestmark = pytest.mark.django_db


def say(user: User | None, status: int = 201, *, key: str = "", **word: Any) -> Any:
    return call(user, "POST", "/ratings", {"rating": 4} | word, status=status, key=key or new_key())


def test_a_strategy_is_rated_once_by_each_person_and_ranked_by_it(ada: User, ben: User, cleo: User) -> None:
    strategy = make_strategy(ada, visibility="public")
    key, subject = new_key(), str(strategy.id)

    first = say(ben, strategy_id=subject, rating=2, review="Too bold", key=key)
    assert say(ben, strategy_id=subject, rating=2, review="Too bold", key=key)["id"] == first["id"]
    say(cleo, strategy_id=subject, rating=5)
    second = say(ben, strategy_id=subject, rating=4)

    assert (second["id"], second["subject_id"], second["review"]) == (first["id"], subject, "")
    assert RatingReview.objects.count() == 2
    found = call(ben, "GET", f"/ratings?strategy_id={subject}", status=200)
    assert (found["average"], found["count"], found["mine"]["rating"]) == (4.5, 2, 4)
    assert [row["user"]["username"] for row in found["items"]] == ["ben", "cleo"]
    row = call(None, "GET", "/strategies?sort=rating", status=200)["items"][0]
    assert row["rating"] == {"average": 4.5, "count": 2}


def test_private_things_and_ones_own_are_not_rated(ada: User, ben: User, cleo: User, mod: User) -> None:
    strategy = make_strategy(ada)

    for other in (ben, cleo, mod):
        say(other, 404, strategy_id=str(strategy.id))
        call(other, "GET", f"/ratings?strategy_id={strategy.id}", status=404)
    assert say(ada, 403, strategy_id=str(strategy.id))["code"] == "forbidden"
    say(None, 401, strategy_id=str(strategy.id))
    say(ada, 404, strategy_id=str(uuid4()))
    assert RatingReview.objects.count() == 0
    assert BettingStrategy.objects.get().rating_count == 0


def test_threads_are_rated_by_readers_and_slips_by_their_owner(ada: User, ben: User) -> None:
    fund(ada)
    slip = bet(ada, selection_of(make_live_priced_event(), "1x2", "home"))
    thread = post_thread(author_id=ada.id, category="general", title="A plan", content="Why it works")

    assert say(ben, post_id=str(thread.id))["rating"] == 4
    say(ada, 403, post_id=str(thread.id))
    assert say(ada, slip_id=str(slip.id), review="Never again")["review"] == "Never again"
    say(ben, 404, slip_id=str(slip.id))
    call(ben, "GET", f"/ratings?slip_id={slip.id}", status=404)
    assert RatingReview.objects.count() == 2


@pytest.mark.parametrize("word", [{}, {"rating": 0}, {"rating": 6}, {"rating": "5"}, {"review": "x" * 1_001}])
def test_words_that_make_no_sense_are_refused(ada: User, ben: User, word: dict[str, Any]) -> None:
    subject = {"strategy_id": str(make_strategy(ada, visibility="public").id)} if word else {}

    assert say(ben, 422, **subject, **word)["code"] == "validation_error"
    both = {"strategy_id": str(uuid4()), "post_id": str(uuid4())}
    assert say(ben, 422, **both)["code"] == "validation_error"
    assert call(ben, "GET", "/ratings", status=422)["code"] == "validation_error"
    assert RatingReview.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_ratings_at_once_all_count(ada: User) -> None:
    strategy = make_strategy(ada, visibility="public")
    people = [make_person(f"rater{number}") for number in range(6)]
    subject = Ratable("strategy_id", strategy.id, ada.id)

    def one(user: User) -> None:
        rate(user_id=user.id, subject=subject, rating=3, review="")
        connection.close()

    threads = [threading.Thread(target=one, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rated = BettingStrategy.objects.get()
    assert (rated.rating_count, rated.rating_sum, rated.rating_average_milli) == (6, 18, 3_000)


def test_the_demo_has_strategies_with_back_tests_and_paper_runs_once() -> None:
    make_person("ada")
    make_person("ben")

    assert ensure_demo_strategies() == len(DEMO_STRATEGIES)
    assert ensure_demo_strategies() == 0

    assert BettingStrategyEvaluation.objects.filter(kind="seasons", status="pending").count() == len(DEMO_STRATEGIES)
    assert PaperRun.objects.filter(stopped_at__isnull=True).count() == len(DEMO_STRATEGIES)


def test_who_excluded_themselves_rates_nothing(ada: User, ben: User) -> None:
    strategy = make_strategy(ada, visibility="public")
    exclude_self(user_id=ben.id, length="6_months")

    assert say(ben, 403, strategy_id=str(strategy.id), review="Join me")["code"] == "self_excluded"
    assert RatingReview.objects.count() == 0
    assert BettingStrategy.objects.get().rating_count == 0
