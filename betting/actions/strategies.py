"""Strategies as their owners make them: created, described, published, given new rules, archived; and rated."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from betting.core.strategies.language import LANGUAGE_VERSION, Rules
from betting.locks import lock_strategy
from betting.models import BettingStrategy, BettingStrategyVersion, PaperRun, StrategyVisibility
from betting.schemas.strategies import ChangeStrategyCommand, CreateStrategyCommand, RulesCommand
from project.kit import clock
from project.kit.errors import AlreadyExists, NotFound
from project.kit.idempotency import find_reply, fingerprint, store_reply
from project.kit.locks import lock_exclusive

RATING_MILLI = 1_000


def rules_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of rules."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic(durable=True)
def create_strategy(*, owner_id: UUID, command: CreateStrategyCommand, key: str) -> BettingStrategy:
    """A strategy with version 1 of its rules. Raises AlreadyExists when the owner has one of this name."""
    lock_exclusive("user", owner_id)
    digest = fingerprint("create_strategy", command)
    stored = find_reply(owner_id=owner_id, key=key, fingerprint=digest)
    if stored is not None:
        return BettingStrategy.objects.get(id=UUID(stored["id"]))
    now = clock.now()
    strategy = BettingStrategy(
        owner_id=owner_id,
        name=command.name,
        description=command.description,
        visibility=StrategyVisibility(command.visibility),
        created_at=now,
        updated_at=now,
    )
    _save_named(strategy, is_new=True)
    _add_version(strategy, command.rules, number=1)
    store_reply(owner_id=owner_id, key=key, fingerprint=digest, reply={"id": str(strategy.id)})
    return strategy


@transaction.atomic(durable=True)
def change_strategy(*, strategy_id: UUID, command: ChangeStrategyCommand) -> BettingStrategy:
    """Name, description, and who may see it. Raises NotFound once it is archived, AlreadyExists for a name in use."""
    strategy = _lock_living(strategy_id)
    if command.name is not None:
        strategy.name = command.name
    if command.description is not None:
        strategy.description = command.description
    if command.visibility is not None:
        strategy.visibility = StrategyVisibility(command.visibility)
    strategy.updated_at = clock.now()
    _save_named(strategy, is_new=False)
    return strategy


@transaction.atomic(durable=True)
def add_strategy_version(
    *, strategy_id: UUID, owner_id: UUID, command: RulesCommand, key: str
) -> BettingStrategyVersion:
    """New rules; those of before stay as they were. Rules equal to the newest ones are that version already.

    The strategy loses its rank, which was the old rules', until the new ones are evaluated.
    """
    strategy = _lock_living(strategy_id)
    digest = fingerprint(f"add_strategy_version:{strategy_id}", command)
    stored = find_reply(owner_id=owner_id, key=key, fingerprint=digest)
    if stored is not None:
        return BettingStrategyVersion.objects.get(id=UUID(stored["id"]))
    newest = strategy.newest_version
    assert newest is not None, "a strategy is made with its first version"
    version = newest
    if newest.sha256 != rules_digest(command.rules.model_dump(mode="json")):
        number = strategy.versions.aggregate(newest=Max("version"))["newest"] + 1
        version = _add_version(strategy, command.rules, number=number)
    store_reply(owner_id=owner_id, key=key, fingerprint=digest, reply={"id": str(version.id)})
    return version


@transaction.atomic(durable=True)
def archive_strategy(*, strategy_id: UUID) -> None:
    """Take it out of every list and end its paper run; what was evaluated stays on record. Twice is once."""
    strategy = lock_strategy(strategy_id)
    now = clock.now()
    strategy.is_archived = True
    strategy.updated_at = now
    strategy.save(update_fields=["is_archived", "updated_at"])
    PaperRun.objects.filter(strategy=strategy, stopped_at__isnull=True).update(stopped_at=now)


def store_strategy_rating(*, strategy_id: UUID, count: int, total: int) -> None:
    """Keep what people's ratings add up to, inside the transaction of the app that keeps the ratings."""
    strategy = lock_strategy(strategy_id)
    strategy.rating_count = count
    strategy.rating_sum = total
    strategy.rating_average_milli = total * RATING_MILLI // count if count else 0
    strategy.save(update_fields=["rating_count", "rating_sum", "rating_average_milli"])


def _lock_living(strategy_id: UUID) -> BettingStrategy:
    strategy = lock_strategy(strategy_id)
    if strategy.is_archived:
        raise NotFound("No such strategy")
    return strategy


def _save_named(strategy: BettingStrategy, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            strategy.save(force_insert=is_new)
    except IntegrityError as error:
        if "strategy_name_once_per_owner" not in str(error):
            raise
        raise AlreadyExists("You have a strategy of this name") from error


def _add_version(strategy: BettingStrategy, rules: Rules, *, number: int) -> BettingStrategyVersion:
    document = rules.model_dump(mode="json")
    version = BettingStrategyVersion.objects.create(
        strategy=strategy,
        version=number,
        language=LANGUAGE_VERSION,
        rules=document,
        sha256=rules_digest(document),
        created_at=clock.now(),
    )
    strategy.newest_version = version
    strategy.rank_basis, strategy.rank_bets = "", 0
    strategy.rank_roi = strategy.rank_roi_low = strategy.rank_closing_line = None
    strategy.updated_at = version.created_at
    strategy.save()
    return version
