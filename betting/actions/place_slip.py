"""Placing a slip: one transaction from the locks to the stream, with every rule decided in between by the pure core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from betting.access import Target, get_targets
from betting.actions.refusals import error_of
from betting.core.acceptance import Accepted, EventFacts, LegFacts, Refusal, decide
from betting.core.limits import LIMITS, find_limits
from betting.events import SlipPlaced
from betting.locks import lock_markets_shared
from betting.models import BetLeg, BetSlip, EventBook, ExposureDelta, Selection, SlipStatus
from betting.queries.exposure import get_exposure
from betting.queries.slips import slip_reply
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from betting.streams import SlipPlacedChange, user_entry
from payments.actions import ledger
from payments.core.postings import HouseAccount, TransferDraft
from payments.locks import lock_accounts
from payments.queries.accounts import house_account_id
from payments.queries.wallets import get_wallet
from payments.streams import wallet_entry
from project.kit import clock, idempotency, streams
from project.kit.errors import ValidationFailed
from project.kit.events import publish
from project.kit.money import parse_milli, parse_minor
from sports.locks import lock_event_shared

# Without news for this many match minutes, and never for less than so many seconds, a match in play takes no bets.
FEED_SILENCE_MINUTES = 5
FEED_SILENCE_S = 30.0
MATCH_MINUTES = 105


@dataclass(frozen=True)
class _Struck:
    """A leg between decision and writing: the row it is on, what was asked and what was given."""

    selection: Selection
    seen_odds_milli: int
    odds_milli: int


@transaction.atomic(durable=True)
def place_slip(*, user_id: UUID, command: PlaceSlipCommand, key: str) -> SlipReply:
    """Strike the bet, or raise the first refusal in the order of the rules; a refusal moves nothing.

    Locks events and markets shared, then the wallet's account. The same key and command answers as it did before.
    """
    stake_minor = _parse_stake(command)
    targets = get_targets(leg.selection_id for leg in command.legs)
    lock_event_shared(target.event_id for target in targets.values())
    lock_markets_shared(target.market_id for target in targets.values())
    wallet = get_wallet(user_id, command.currency)
    available_minor = lock_accounts([wallet.account_id])[wallet.account_id]

    fingerprint = idempotency.fingerprint("place_slip", command)
    stored = idempotency.find_reply(owner_id=user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return SlipReply.model_validate(stored)

    now = clock.now()
    selections = _read_selections(targets)
    decision = _decide(command, selections, stake_minor, available_minor, now)
    if not isinstance(decision, Accepted):
        raise error_of(decision, command.currency)

    struck = [
        _Struck(selections[leg.selection_id], parse_milli(leg.odds), odds_milli)
        for leg, odds_milli in zip(command.legs, decision.odds_milli, strict=True)
    ]
    slip, legs = _write_slip(user_id, command, stake_minor, decision, struck, now)
    _move_stake(slip, struck, wallet.account_id)
    reply = slip_reply(slip, legs)
    idempotency.store_reply(owner_id=user_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    publish(SlipPlaced(slip_id=slip.id, user_id=user_id, event_id=struck[0].selection.market.event_id))
    streams.append(
        user_entry(user_id, SlipPlacedChange(slip=reply)),
        wallet_entry(user_id, command.currency, transaction_type="stake"),
    )
    return reply


def _parse_stake(command: PlaceSlipCommand) -> int:
    if command.currency not in LIMITS:
        raise _invalid("/currency", "currency_not_offered", "Bets are taken in " + ", ".join(LIMITS))
    try:
        return parse_minor(command.stake, command.currency)
    except ValueError as error:
        raise _invalid("/stake", "invalid_amount", str(error)) from error


def _invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"pointer": pointer, "code": code, "message": message}])


def _read_selections(targets: Mapping[UUID, Target]) -> dict[UUID, Selection]:
    """Under the locks: what every rule decides by, in one statement."""
    rows = Selection.objects.select_related("market__event__live_state", "market__event__book")
    return rows.in_bulk(list(targets))


def _decide(
    command: PlaceSlipCommand,
    selections: Mapping[UUID, Selection],
    stake_minor: int,
    available_minor: int,
    now: datetime,
) -> Accepted | Refusal:
    legs = [_leg_facts(selections[leg.selection_id], parse_milli(leg.odds), now) for leg in command.legs]
    first = selections[command.legs[0].selection_id]
    limits = find_limits(command.currency, first.market.sport, first.market.market_type)
    assert limits is not None, "the currency was checked before the locks"
    return decide(
        legs=legs,
        stake_minor=stake_minor,
        price_policy=command.price_policy,
        exposure=get_exposure(market_id=first.market_id, selection_id=first.id, currency=command.currency),
        limits=limits,
        available_minor=available_minor,
        now=now,
    )


def _book_of(selection: Selection) -> EventBook:
    """The book read with the selection; mypy's plugin loses reverse relations into a higher app."""
    book: EventBook = attrgetter("market.event.book")(selection)
    return book


def _leg_facts(selection: Selection, seen_odds_milli: int, now: datetime) -> LegFacts:
    market = selection.market
    event, live, book = market.event, market.event.live_state, _book_of(selection)
    return LegFacts(
        selection_id=selection.id,
        market_id=market.id,
        market_status=market.status,
        seen_odds_milli=seen_odds_milli,
        current_odds_milli=selection.odds_milli,
        event=EventFacts(
            event_id=event.id,
            status=event.status,
            phase=live.phase,
            start_time=event.start_time,
            is_betting_stopped=live.is_betting_stopped,
            stop_reason=live.stop_reason,
            state_version=live.version,
            incident_seq=live.incident_seq,
            priced_state_version=book.priced_state_version,
            priced_incident_seq=book.priced_incident_seq,
            feed_age_s=(now - live.updated_at).total_seconds(),
            feed_age_s_max=max(FEED_SILENCE_S, FEED_SILENCE_MINUTES * settings.MATCH_SECONDS / MATCH_MINUTES),
        ),
    )


def _write_slip(
    user_id: UUID,
    command: PlaceSlipCommand,
    stake_minor: int,
    decision: Accepted,
    struck: Sequence[_Struck],
    now: datetime,
) -> tuple[BetSlip, list[BetLeg]]:
    only = struck[0].selection
    slip = BetSlip.objects.create(
        user_id=user_id,
        event_id=only.market.event_id,
        predicted_outcome=only.outcome,
        currency=command.currency,
        line_sizes=[1],
        stake_minor=stake_minor,
        remaining_stake_minor=stake_minor,
        odds_milli=decision.total_odds_milli,
        potential_win_minor=decision.potential_return_minor,
        status=SlipStatus.ACCEPTED,
        price_policy=command.price_policy,
        match_state=_snapshot(only),
        placed_at=now,
        accepted_at=now,
    )
    legs = BetLeg.objects.bulk_create(
        [
            BetLeg(
                slip=slip,
                position=position,
                event=leg.selection.market.event,
                market=leg.selection.market,
                selection=leg.selection,
                user_id=user_id,
                seen_odds_milli=leg.seen_odds_milli,
                odds_milli=leg.odds_milli,
            )
            for position, leg in enumerate(struck, start=1)
        ]
    )
    ExposureDelta.objects.create(
        market_id=only.market_id,
        selection_id=only.id,
        currency=command.currency,
        stake_minor=stake_minor,
        payout_minor=decision.potential_return_minor,
    )
    return slip, legs


def _snapshot(selection: Selection) -> dict[str, Any]:
    """What the server knew when it took the bet, for whoever has to judge it later."""
    live = selection.market.event.live_state
    return {
        "phase": live.phase,
        "minute": live.minute,
        "added": live.added,
        "home_goals": live.home_goals,
        "away_goals": live.away_goals,
        "incident_seq": live.incident_seq,
        "state_version": live.version,
        "book_version": _book_of(selection).version,
        "odds_milli": selection.odds_milli,
        "probability": selection.probability,
    }


def _move_stake(slip: BetSlip, struck: Sequence[_Struck], account_id: UUID) -> None:
    only = struck[0].selection
    ledger.post(
        [
            TransferDraft(
                kind="stake",
                ref=str(slip.id),
                debit_account_id=account_id,
                credit_account_id=house_account_id(HouseAccount.OPEN_STAKES, slip.currency),
                amount_minor=slip.stake_minor,
                ref_kind="slip",
                ref_id=slip.id,
                description=f"Stake: {only.name}, {only.market.name}, {only.market.event.name}"[:240],
            )
        ]
    )
