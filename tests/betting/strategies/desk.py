"""Short ways to strategies in tests, through the real actions."""

from typing import Any

from accounts.models import User
from betting.actions.strategies import create_strategy
from betting.models import BettingStrategy
from betting.schemas.strategies import CreateStrategyCommand
from tests.betting.desk import new_key
from tests.betting.strategies.feeds import rules_document


def make_strategy(owner: User, name: str = "Plan", visibility: str = "private", **rules: Any) -> BettingStrategy:
    command = CreateStrategyCommand.model_validate(
        {"name": name, "visibility": visibility, "rules": rules_document(**rules)}
    )
    return create_strategy(owner_id=owner.id, command=command, key=new_key())
