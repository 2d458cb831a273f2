"""Placing slips, one or many in one transaction: locks and facts in one round trip, the rules, all rows in another.

Slips of a batch are decided one after the other, each knowing what those before it took: a batch is as if its slips
had come singly in this order. A refusal moves nothing; the others stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Final
from uuid import UUID

from django.conf import settings

from betting.actions.refusals import error_of
from betting.actions.slip_requests import SlipRequest, invalid, request_of
from betting.actions.slip_rows import SlipRows, StruckSlip
from betting.core.acceptance import Accepted, decide
from betting.core.limits import StakeLimits, find_limits
from betting.core.slip_facts import Exposure, FreeBetFacts, Funds, LegFacts
from betting.events import SlipsAccepted
from betting.models import FreeBetStatus, SlipStatus
from betting.queries.acceptance import Facts, FreeBetRow, SelectionRow, Wanted, read_facts
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from payments.actions.ledger import ledger_refusals
from project.kit import bus, clock
from project.kit.errors import AppError, IdempotencyKeyReused, NotFound
from project.kit.events import announce_stored
from project.kit.idempotency import unique_keys
from project.kit.short_transactions import FetchOne, short_transaction

BATCH_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer to a slip that stands: its reply as JSON text. A replay answers what it answered first."""

    reply: str
    is_delayed: bool

    def to_model(self) -> SlipReply:
        return SlipReply.model_validate_json(self.reply)


def place_slip(*, user_id: UUID, command: PlaceSlipCommand, key: str) -> SlipReply:
    """Strike the bet, or raise the first refusal in the order of the rules; a refusal moves nothing.

    The same key and command answers as it did before.
    """
    [answer] = place_batch([request_of(user_id, command, key)])
    if isinstance(answer, AppError):
        raise answer
    return answer.to_model()


def place_batch(requests: Sequence[SlipRequest]) -> list[Placed | AppError]:
    """Decide and write slips in this order; one answer each. Locks switches, events and markets shared, free bets and
    wallets exclusively, until it commits."""
    assert 0 < len(requests) <= BATCH_MAX
    with short_transaction() as short:
        batch = _Batch(_read(requests, short.fetch_first))
        answers = [batch.place(request) for request in requests]
        if batch.rows.is_empty:
            return answers
        with ledger_refusals(), unique_keys():
            has_fact = batch.rows.write(short.execute_last)
    bus.wake_on_commit(bus.RELAY_WAKE)
    if has_fact:
        announce_stored(SlipsAccepted)
    return answers


def _read(requests: Sequence[SlipRequest], fetch: FetchOne) -> Facts:
    wanted = Wanted(
        selection_ids=[leg.selection_id for request in requests for leg in request.legs],
        owner_ids=[request.user_id for request in requests],
        currencies=[request.currency for request in requests],
        keys=[request.key for request in requests],
        free_bet_ids=[request.free_bet_id for request in requests if request.free_bet_id is not None],
    )
    return read_facts(wanted, now=clock.now, is_locking=True, is_holding=settings.BET_DELAY, fetch=fetch)


class _Batch:
    """The running state of a batch: what its slips have taken so far is gone for the next one."""

    def __init__(self, facts: Facts) -> None:
        self.rows = SlipRows(facts.now)
        self._facts = facts
        self._answered: dict[tuple[str, str], tuple[str, Placed]] = {}

    def place(self, request: SlipRequest) -> Placed | AppError:
        """Take one slip in, or say why not; a replay is answered before any rule is asked."""
        try:
            return self._find_answer(request) or self._place(request)
        except AppError as refusal:
            return refusal

    def _find_answer(self, request: SlipRequest) -> Placed | None:
        identity = (request.user_id, request.key)
        stored = self._facts.answers.get(identity)
        if stored is not None:
            _check_fingerprint(request, stored.fingerprint)
            return Placed(dumps(stored.reply), stored.reply["status"] == SlipStatus.PENDING_DELAY)
        if identity in self._answered:
            fingerprint, placed = self._answered[identity]
            _check_fingerprint(request, fingerprint)
            return placed
        return None

    def _place(self, request: SlipRequest) -> Placed:
        facts = self._facts
        selections = list_selections(facts, request)
        wallet = facts.wallets.get((request.user_id, request.currency))
        if wallet is None:
            raise NotFound(f"There is no {request.currency} wallet")
        free_bet = self._find_free_bet(request)
        limits = limits_for(facts, request, selections)
        own_rules = facts.own_rules.find(request.user_id, request.currency)
        decision = decide(
            terms=request.terms,
            legs=leg_facts(request, selections),
            exposures=list_exposures(facts, request, selections),
            limits=limits,
            funds=Funds(wallet.available_minor, None if free_bet is None else _free_bet_facts(free_bet, facts.now)),
            now=facts.now,
            own_rules=own_rules,
        )
        if not isinstance(decision, Accepted):
            raise error_of(decision, request.currency, request.terms)
        if free_bet is not None:
            free_bet.status = FreeBetStatus.USED
        elif own_rules is not None:
            own_rules.note(request.terms.stake_minor, facts.now)
        self._note_risks(request, selections, decision)
        struck = StruckSlip(request, selections, decision, wallet, limits.payout_minor_max)
        reply = self.rows.add(struck, house=facts.houses[request.currency])
        placed = Placed(reply, decision.delay_ms > 0)
        self._answered[request.user_id, request.key] = (request.fingerprint, placed)
        return placed

    def _find_free_bet(self, request: SlipRequest) -> FreeBetRow | None:
        if request.free_bet_id is None:
            return None
        free_bet = self._facts.free_bets.get(request.free_bet_id)
        if free_bet is None or free_bet.user_id != request.user_id:
            raise NotFound("No such free bet")
        if free_bet.currency != request.currency:
            raise invalid("/currency", "free_bet_currency", f"This free bet is in {free_bet.currency}")
        return free_bet

    def _note_risks(self, request: SlipRequest, selections: Sequence[SelectionRow], accepted: Accepted) -> None:
        for selection, share in zip(selections, accepted.shares, strict=True):
            self._facts.risks.add(
                selection.market.id, request.currency, selection.id, share.stake_minor, share.payout_minor
            )


def list_selections(facts: Facts, request: SlipRequest) -> list[SelectionRow]:
    """The selections of the legs, in order. Raises NotFound."""
    try:
        return [facts.selections[leg.selection_id] for leg in request.legs]
    except KeyError as error:
        raise NotFound("No such selection") from error


def leg_facts(request: SlipRequest, selections: Sequence[SelectionRow]) -> list[LegFacts]:
    """The legs as the rules see them."""
    return [
        LegFacts(
            selection_id=selection.id,
            event=selection.market.event.facts,
            market=selection.market.facts,
            seen_odds_milli=leg.seen_odds_milli,
            current_odds_milli=selection.odds_milli,
            price_policy=leg.price_policy,
            is_banker=leg.is_banker,
            is_settled=selection.is_settled,
            delay_ms=selection.market.delay_ms,
        )
        for leg, selection in zip(request.legs, selections, strict=True)
    ]


def list_exposures(facts: Facts, request: SlipRequest, selections: Sequence[SelectionRow]) -> list[Exposure]:
    """What is at risk on the market of each leg."""
    return [facts.risks.exposure_of(selection.market.id, request.currency, selection.id) for selection in selections]


def limits_for(facts: Facts, request: SlipRequest, selections: Sequence[SelectionRow]) -> StakeLimits:
    """The narrowest limits of the legs' markets, the highest stake scaled to the person. What a market may cost is
    bounded for each by itself."""
    found = [_limits_of_market(request.currency, selection) for selection in selections]
    factor_milli = facts.stake_factors.get(request.user_id, 1_000)
    if len(found) == 1 and factor_milli == 1_000:
        return found[0]
    return StakeLimits(
        max(limits.stake_minor_min for limits in found),
        min(limits.stake_minor_max for limits in found) * factor_milli // 1_000,
        min(limits.payout_minor_max for limits in found),
        min(limits.liability_minor_max for limits in found),
        [limits.liability_minor_max for limits in found],
    )


def _limits_of_market(currency: str, selection: SelectionRow) -> StakeLimits:
    market = selection.market.facts
    limits = find_limits(currency, market.sport, market.market_type)
    assert limits is not None, "the currency was checked before the locks"
    return limits


def _free_bet_facts(free_bet: FreeBetRow, now: datetime) -> FreeBetFacts:
    is_over = free_bet.status == FreeBetStatus.AVAILABLE and free_bet.expires_at <= now
    unusable = FreeBetStatus.EXPIRED if is_over else free_bet.status
    return FreeBetFacts(free_bet.amount_minor, "" if unusable == FreeBetStatus.AVAILABLE else unusable)


def _check_fingerprint(request: SlipRequest, fingerprint: str) -> None:
    if request.fingerprint != fingerprint:
        raise IdempotencyKeyReused
