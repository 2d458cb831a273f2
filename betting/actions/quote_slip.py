"""What a slip would come to if it were placed now. Nothing is locked, nothing is written, no funds are asked."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from betting.actions.place_slip import leg_facts, limits_for, list_exposures, list_selections
from betting.actions.refusals import error_of
from betting.actions.slip_requests import request_of
from betting.core.acceptance import Accepted, decide
from betting.core.own_rules import narrow_to_own_limits
from betting.core.promises import promise_of
from betting.core.slip_facts import LegFacts, SlipTerms
from betting.core.stakes import promised_minor, range_of_stakes
from betting.queries.acceptance import Wanted, read_facts
from betting.queries.markets import format_odds
from betting.schemas.quotes import QuotedLeg, QuotedStakes, SlipQuoteReply
from betting.schemas.slips import PlaceSlipCommand, Rejection
from project.kit import clock
from project.kit.money import format_minor

NOBODY: Final = UUID(int=0)


def quote_slip(*, user_id: UUID | None, command: PlaceSlipCommand) -> SlipQuoteReply:
    """The rules asked once, without locks: the world may move before the slip is placed.

    Raises ValidationFailed and NotFound where no state of the world could accept the slip.
    """
    request = request_of(user_id or NOBODY, command, "quote")
    wanted = Wanted(
        selection_ids=[leg.selection_id for leg in request.legs],
        owner_ids=[request.user_id],
        currencies=[request.currency],
        keys=[request.key],
        free_bet_ids=[],
    )
    facts = read_facts(wanted, now=clock.now, is_locking=False)
    selections = list_selections(facts, request)
    legs = leg_facts(request, selections)
    exposures, limits = list_exposures(facts, request, selections), limits_for(facts, request, selections)
    own_rules = facts.own_rules.find(request.user_id, request.currency)
    decision = decide(
        terms=request.terms,
        legs=legs,
        exposures=exposures,
        limits=limits,
        funds=None,
        now=facts.now,
        own_rules=own_rules,
    )
    rejection = None
    if not isinstance(decision, Accepted):
        error = error_of(decision, request.currency, request.terms)
        rejection = Rejection(code=error.code, detail=dict(error.extra))
    promise = promise_of(request.terms, legs) if _has_promise(request.terms, legs) else None
    stakes = None if promise is None else range_of_stakes(request.terms, promise, exposures, limits)
    if stakes is not None and own_rules is not None and not request.terms.is_free_bet:
        stakes = narrow_to_own_limits(stakes, own_rules, request.terms.stake_step)
    return SlipQuoteReply(
        line_count=request.terms.lines.count,
        stake=format_minor(request.terms.stake_minor, request.currency),
        potential_win=None
        if promise is None
        else format_minor(min(promised_minor(request.terms, promise), limits.payout_minor_max), request.currency),
        stakes=None
        if stakes is None
        else QuotedStakes(
            min=format_minor(stakes.stake_minor_min // request.terms.stake_step, request.currency),
            max=format_minor(stakes.stake_minor_max // request.terms.stake_step, request.currency),
            reason=stakes.reason,
        ),
        delay_ms=max(leg.delay_ms for leg in legs),
        legs=[QuotedLeg(selection_id=UUID(leg.selection_id), odds=format_odds(leg.current_odds_milli)) for leg in legs],
        is_accepted=rejection is None,
        rejection=rejection,
    )


def _has_promise(terms: SlipTerms, legs: Sequence[LegFacts]) -> bool:
    """Whether each leg has what its part of the return is worked out from."""
    return all(
        leg.current_odds_milli is not None and (leg.market.each_way is not None or not terms.is_each_way)
        for leg in legs
    )
