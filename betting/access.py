"""From an id to an object of betting that the caller may touch."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.core.roles import TRADERS_GROUP
from accounts.models import User
from betting.models import (
    BetSlip,
    BetSlipGenerationLog,
    BettingPool,
    BettingStrategy,
    BettingStrategyEvaluation,
    CashOutQuote,
    Market,
    Selection,
)
from betting.queries.strategies import visible_strategies
from project.kit.callers import Caller, require_user
from project.kit.errors import Forbidden, NotFound
from sports.models import Event


@dataclass(frozen=True)
class Target:
    """Where a selection belongs; this never changes, so it may be read before the locks are taken."""

    selection_id: UUID
    market_id: UUID
    event_id: UUID


def get_targets(selection_ids: Iterable[UUID]) -> Mapping[UUID, Target]:
    """The markets and events of selections. Raises NotFound when one does not exist."""
    wanted = set(selection_ids)
    rows = Selection.objects.filter(id__in=wanted).values_list("id", "market_id", "market__event_id")
    targets = {row[0]: Target(*row) for row in rows}
    if len(targets) < len(wanted):
        raise NotFound("No such selection")
    return targets


def get_slip(caller: Caller, slip_id: UUID) -> BetSlip:
    """The caller's own slip. Raises NotAuthenticated, or NotFound for another person's too."""
    slip = BetSlip.objects.filter(id=slip_id, user_id=require_user(caller)).first()
    if slip is None:
        raise NotFound("No such slip")
    return slip


def is_trader(caller: Caller) -> bool:
    """Whether the caller works at the trading desk: an admin, or one of the group of traders."""
    if caller.user_id is None or caller.role == "ADMIN":
        return caller.role == "ADMIN"
    return User.objects.filter(id=caller.user_id, is_active=True, groups__name=TRADERS_GROUP).exists()


def check_trader(caller: Caller) -> UUID:
    """The trader's user id. Raises NotAuthenticated, Forbidden."""
    user_id = require_user(caller)
    if not is_trader(caller):
        raise Forbidden
    return user_id


def get_others(actor_id: UUID, usernames: Collection[str], refusal: str) -> dict[str, UUID]:
    """The ids of these people, by user name, in the order of ids.

    Raises NotFound, naming who does not exist, and Forbidden in these words where the actor is one of them.
    """
    people = dict(User.objects.filter(username__in=usernames).order_by("id").values_list("username", "id"))
    missing = sorted(set(usernames) - people.keys())
    if missing:
        raise NotFound(f"There is nobody called {', '.join(missing[:10])}")
    if actor_id in people.values():
        raise Forbidden(refusal)
    return people


def get_quote(caller: Caller, quote_id: UUID) -> CashOutQuote:
    """The caller's own quote. Raises NotAuthenticated, or NotFound for another person's too."""
    quote = CashOutQuote.objects.filter(id=quote_id, user_id=require_user(caller)).first()
    if quote is None:
        raise NotFound("No such quote")
    return quote


def check_event(event_id: UUID) -> None:
    """Raises NotFound when there is no such event."""
    if not Event.objects.filter(id=event_id).exists():
        raise NotFound("No such event")


def get_market(market_id: UUID) -> Market:
    """Any market: they are public. Raises NotFound."""
    market = Market.objects.filter(id=market_id).first()
    if market is None:
        raise NotFound("No such market")
    return market


def get_market_of(event_id: UUID, market_id: UUID) -> Market:
    """A market of this event. Raises NotFound."""
    market = Market.objects.filter(id=market_id, event_id=event_id).first()
    if market is None:
        raise NotFound("No such market")
    return market


def find_pool(caller: Caller, pool_id: UUID) -> BettingPool | None:
    """A pool the caller may see: a public one, or a private one they are a member of."""
    pool = BettingPool.objects.filter(id=pool_id).first()
    if pool is None or not pool.is_private:
        return pool
    if caller.user_id is None or not pool.memberships.filter(user_id=caller.user_id).exists():
        return None
    return pool


def get_pool(caller: Caller, pool_id: UUID) -> BettingPool:
    """A pool the caller may see. Raises NotFound, for a private pool of others too."""
    pool = find_pool(caller, pool_id)
    if pool is None:
        raise NotFound("No such pool")
    return pool


def get_own_pool(caller: Caller, pool_id: UUID) -> BettingPool:
    """A pool the caller opened. Raises NotAuthenticated, NotFound where they may not see it, Forbidden else."""
    user_id = require_user(caller)
    pool = get_pool(caller, pool_id)
    if pool.creator_id != user_id:
        raise Forbidden("Only who opened a pool may call it off")
    return pool


def get_strategy(caller: Caller, strategy_id: UUID) -> BettingStrategy:
    """A public strategy or the caller's own. Raises NotFound for private ones of others and for archived ones."""
    strategy = visible_strategies(caller.user_id).filter(id=strategy_id).first()
    if strategy is None:
        raise NotFound("No such strategy")
    return strategy


def get_own_strategy(caller: Caller, strategy_id: UUID) -> BettingStrategy:
    """The caller's own strategy. Raises NotAuthenticated, or NotFound for everybody else's, public ones too."""
    user_id = require_user(caller)
    strategy = visible_strategies(user_id).filter(id=strategy_id, owner_id=user_id).first()
    if strategy is None:
        raise NotFound("No such strategy")
    return strategy


def get_evaluation(caller: Caller, strategy_id: UUID, evaluation_id: UUID) -> BettingStrategyEvaluation:
    """An evaluation of a strategy the caller may see. Raises NotFound."""
    strategy = get_strategy(caller, strategy_id)
    rows = BettingStrategyEvaluation.objects.select_related("strategy_version")
    evaluation = rows.filter(id=evaluation_id, strategy=strategy).first()
    if evaluation is None:
        raise NotFound("No such evaluation")
    return evaluation


def get_suggestion(caller: Caller, suggestion_id: UUID) -> BetSlipGenerationLog:
    """The caller's own suggestion. Raises NotAuthenticated, or NotFound for another person's too."""
    user_id = require_user(caller)
    suggestion = BetSlipGenerationLog.objects.filter(id=suggestion_id, user_id=user_id).first()
    if suggestion is None:
        raise NotFound("No such suggestion")
    return suggestion
