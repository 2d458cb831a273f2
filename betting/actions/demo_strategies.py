"""Strategies that a fresh installation starts with, of its demo people, tried on what is really stored."""

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from betting.actions.evaluate_strategy import request_evaluation
from betting.actions.paper_runs import switch_paper_run
from betting.actions.strategies import create_strategy
from betting.core.strategies.examples import FAVOURITES, LATE_UNDER, VALUE_BEFORE_THE_MATCH
from betting.models import BettingStrategy
from betting.schemas.strategies import CreateStrategyCommand, EvaluateCommand
from project.kit.errors import AlreadyExists

DEMO_STRATEGIES: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    (
        "ada",
        "Value before the match",
        "Backs a result where the model expects three percent more than the price asks. A quarter of Kelly's stake.",
        VALUE_BEFORE_THE_MATCH,
    ),
    (
        "ben",
        "Late under",
        "Few goals after an hour: under 2.5 or 3.5 while the price is still worth it. Sized to win ten every time.",
        LATE_UNDER,
    ),
    (
        "ben",
        "Favourites, always",
        "Every favourite at short odds, the same stake. What it loses is the margin: a measure for all the others.",
        FAVOURITES,
    ),
)


def ensure_demo_strategies() -> int:
    """Make those that are not there yet, queue their back-tests and switch their paper runs on; returns how many.

    The back-tests run in a worker after the first page is up. Refuses to run in production; does nothing before the
    demo people exist.
    """
    if settings.ENVIRONMENT == "production":
        raise ImproperlyConfigured("Demo strategies have no place in production.")
    people = dict(User.objects.filter(username__in={one[0] for one in DEMO_STRATEGIES}).values_list("username", "id"))
    made = 0
    for owner, name, description, rules in DEMO_STRATEGIES:
        if owner not in people or BettingStrategy.objects.filter(owner_id=people[owner], name=name).exists():
            continue
        command = CreateStrategyCommand.model_validate(
            {"name": name, "description": description, "visibility": "public", "rules": rules}
        )
        try:
            strategy = create_strategy(owner_id=people[owner], command=command, key=f"demo:{name}")
        except AlreadyExists:
            continue  # another process starting at the same time was faster
        for_seasons = EvaluateCommand(kind="seasons")
        request_evaluation(
            strategy_id=strategy.id, owner_id=people[owner], command=for_seasons, key=f"demo:{name}:seasons"
        )
        switch_paper_run(strategy_id=strategy.id, owner_id=people[owner], is_on=True)
        made += 1
    return made
