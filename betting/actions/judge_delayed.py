"""The end of a bet's delay: it is judged by what is true then, and stands or gives its stake back.

Any stop since it was placed kills it, whether or not betting is open again; so does a result, and a cancel window that
it was placed in. Several workers may judge at once: each takes what no other holds, and a slip that a dead one held is
due again at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet

from betting.actions.place_slip import leg_facts, limits_for, list_exposures, list_selections
from betting.actions.refusals import error_of
from betting.actions.slip_requests import LegRequest, SlipRequest
from betting.actions.slip_rows import Risks, Transfers, accepted_slip, describe_stake, json_array
from betting.core.acceptance import Accepted, decide
from betting.core.bet_types import Lines
from betting.core.refusals import MarketClosed
from betting.core.slip_facts import LegFacts, SlipTerms
from betting.events import AcceptedSlip, SlipsAccepted
from betting.models import BetLeg, BetSlip, SlipStatus
from betting.queries.acceptance import Facts, SelectionRow, Wanted, array_of, read_facts
from betting.queries.cancel_windows import VoidTimes, read_void_times
from betting.queries.slips import describe_slips
from betting.schemas.slips import Rejection
from betting.streams import SlipAcceptedChange, SlipRejectedChange, user_entry
from payments.actions.ledger import ledger_refusals
from payments.streams import wallet_entries
from project.kit import clock, streams
from project.kit.errors import AppError
from project.kit.events import publish

BATCH_SLIPS: Final = 64
STOPPED_MEANWHILE: Final = MarketClosed("stopped_meanwhile")

_JUDGE: Final = (
    "SELECT betting_judge_slips(%s::uuid[], %s::integer[], %s::bigint[], %s::jsonb, %s::timestamptz,"
    " %s::uuid[], %s::integer[], %s::integer[], %s::uuid[],"
    " %s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::bigint[],"
    " %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[])"
)


@dataclass(slots=True)
class _Judged:
    """A slip with the verdict on it."""

    slip: BetSlip
    legs: Sequence[BetLeg]
    selections: Sequence[SelectionRow]
    verdict: Accepted | AppError


@transaction.atomic(durable=True)
def judge_due_slips() -> int:
    """Judge slips whose delay has ended; answers how many. Locks switches, events and markets shared, then the wallets
    and held accounts, then those of the slips that nobody else is judging, without waiting for any."""
    due = _due_slips().order_by("due_at", "id")[:BATCH_SLIPS]
    found = {slip.id: slip for slip in due}
    if not found:
        return 0
    facts = _read(list(found.values()))
    facts.own_rules.forget_waiting()
    free = _due_slips().filter(id__in=list(found)).order_by("id").select_for_update(of=("self",), skip_locked=True)
    void_times = read_void_times({leg.market_id for slip in found.values() for leg in _legs_of(slip)})
    judged = [_judge(facts, void_times, found[slip_id]) for slip_id in list(free.values_list("id", flat=True))]
    if judged:
        _write(facts, judged)
        _publish(judged)
    return len(judged)


def _due_slips() -> QuerySet[BetSlip]:
    legs = Prefetch("legs", BetLeg.objects.order_by("position"), to_attr="legs_in_order")
    return BetSlip.objects.filter(status=SlipStatus.PENDING_DELAY, due_at__lte=clock.now()).prefetch_related(legs)


def _read(slips: Sequence[BetSlip]) -> Facts:
    wanted = Wanted(
        selection_ids=[str(leg.selection_id) for slip in slips for leg in _legs_of(slip)],
        owner_ids=[str(slip.user_id) for slip in slips],
        currencies=[slip.currency for slip in slips],
        keys=[""] * len(slips),
        free_bet_ids=[str(slip.free_bet_id) for slip in slips if slip.free_bet_id is not None],
    )
    return read_facts(wanted, now=clock.now, is_locking=True, is_holding=True)


def _legs_of(slip: BetSlip) -> Sequence[BetLeg]:
    legs: Sequence[BetLeg] = slip.legs_in_order  # type: ignore[attr-defined]  # prefetched by `_due_slips`
    return legs


def _judge(facts: Facts, void_times: VoidTimes, slip: BetSlip) -> _Judged:
    """The rules of acceptance once more, and that nothing stopped meanwhile, nor made a bet of then void; slips before
    this one have taken room."""
    legs = _legs_of(slip)
    request = _request_of(slip, legs)
    selections = list_selections(facts, request)
    asked = leg_facts(request, selections)
    own_rules = facts.own_rules.find(request.user_id, slip.currency)
    decision = (
        STOPPED_MEANWHILE
        if _was_stopped(legs, asked) or any(void_times.covers(leg.market_id, slip.placed_at) for leg in legs)
        else decide(
            terms=request.terms,
            legs=asked,
            exposures=list_exposures(facts, request, selections),
            limits=limits_for(facts, request, selections),
            funds=None,
            now=facts.now,
            own_rules=own_rules,
        )
    )
    if not isinstance(decision, Accepted):
        return _Judged(slip, legs, selections, error_of(decision, slip.currency, request.terms))
    if own_rules is not None and not request.terms.is_free_bet:
        own_rules.note(slip.stake_minor, slip.placed_at)
    for selection, share in zip(selections, decision.shares, strict=True):
        facts.risks.add(selection.market.id, slip.currency, selection.id, share.stake_minor, share.payout_minor)
    return _Judged(slip, legs, selections, decision)


def _was_stopped(legs: Sequence[BetLeg], asked: Sequence[LegFacts]) -> bool:
    return any(
        (leg.event_stops, leg.market_stops) != (now.event.stops, now.market.stops)
        for leg, now in zip(legs, asked, strict=True)
    )


def _request_of(slip: BetSlip, legs: Sequence[BetLeg]) -> SlipRequest:
    """The slip as it was asked for."""
    lines = Lines(tuple(slip.line_sizes), slip.line_count)
    return SlipRequest(
        user_id=str(slip.user_id),
        key="",
        fingerprint="",
        bet_type=slip.bet_type,
        currency=slip.currency,
        price_policy=slip.price_policy,  # type: ignore[arg-type]  # written from the command's literal
        terms=SlipTerms(slip.stake_minor, lines, slip.is_each_way, slip.free_bet_id is not None),
        legs=[
            LegRequest(
                str(leg.selection_id),
                leg.seen_odds_milli,
                leg.is_banker,
                leg.price_policy,  # type: ignore[arg-type]  # as above
            )
            for leg in legs
        ],
        free_bet_id=None if slip.free_bet_id is None else str(slip.free_bet_id),
    )


def _write(facts: Facts, judged: Sequence[_Judged]) -> None:
    risks, transfers = Risks(), Transfers()
    struck_legs: list[tuple[object, object, object]] = []
    for one in judged:
        _add_transfer(facts, one, transfers)
        if isinstance(one.verdict, Accepted):
            for index, leg in enumerate(one.legs):
                share = one.verdict.shares[index]
                risks.add(one.selections[index], one.slip.currency, share.stake_minor, share.payout_minor)
                struck_legs.append((one.slip.id, leg.position, one.verdict.odds_milli[index]))
    freed = [one.slip.free_bet_id for one in judged if not isinstance(one.verdict, Accepted) and one.slip.free_bet_id]
    parameters: list[str | datetime] = [
        array_of(one.slip.id for one in judged),
        array_of(_odds_of(one) for one in judged),
        array_of(_promise_of(one) for one in judged),
        json_array([_rejection_of(one) for one in judged]),
        facts.now,
        *[array_of(leg[column] for leg in struck_legs) for column in range(3)],
        array_of(freed),
        *risks.to_arrays(),
        *transfers.to_arrays(),
    ]
    with ledger_refusals(), connection.cursor() as cursor:
        cursor.execute(_JUDGE, parameters)


def _add_transfer(facts: Facts, one: _Judged, transfers: Transfers) -> None:
    """The held stake joins the open ones or goes back; a free bet's comes from the house, or never left."""
    slip, is_accepted = one.slip, isinstance(one.verdict, Accepted)
    if slip.free_bet_id is not None and not is_accepted:
        return
    wallet = facts.wallets[str(slip.user_id), slip.currency]
    house = facts.houses[slip.currency]
    description = describe_stake(slip.bet_type, one.selections)
    transfers.add(
        kind="stake" if is_accepted else "stake_released",
        slip_id=str(slip.id),
        debit=house.promo_id if slip.free_bet_id is not None else wallet.held_account_id,
        credit=house.open_stakes_id if is_accepted else wallet.account_id,
        amount_minor=slip.stake_minor,
        description=description if is_accepted else f"Not accepted. {description}",
    )


def _odds_of(one: _Judged) -> int | None:
    return one.verdict.total_odds_milli if isinstance(one.verdict, Accepted) else one.slip.odds_milli


def _promise_of(one: _Judged) -> int:
    if isinstance(one.verdict, Accepted):
        return one.verdict.potential_return_minor
    return one.slip.potential_win_minor


def _rejection_of(one: _Judged) -> str:
    if isinstance(one.verdict, Accepted):
        return "null"
    return Rejection(code=one.verdict.code, detail=one.verdict.extra).model_dump_json()


def _publish(judged: Sequence[_Judged]) -> None:
    standing: list[AcceptedSlip] = [
        accepted_slip(str(one.slip.id), str(one.slip.user_id), one.selections)
        for one in judged
        if isinstance(one.verdict, Accepted)
    ]
    if standing:
        publish(SlipsAccepted(slips=standing))
    replies = describe_slips([one.slip.id for one in judged])
    entries = [
        user_entry(
            one.slip.user_id,
            SlipAcceptedChange(slip=replies[one.slip.id])
            if isinstance(one.verdict, Accepted)
            else SlipRejectedChange(slip=replies[one.slip.id]),
        )
        for one in judged
    ]
    streams.append(*entries, *_wallets_of(judged))


def _wallets_of(judged: Sequence[_Judged]) -> list[streams.Entry]:
    """One change for each wallet whose held funds moved."""
    moved: Mapping[bool, set[tuple[UUID, str]]] = {True: set(), False: set()}
    for one in judged:
        if one.slip.free_bet_id is None:
            moved[isinstance(one.verdict, Accepted)].add((one.slip.user_id, one.slip.currency))
    return [
        *wallet_entries(sorted(moved[True] - moved[False]), transaction_type="stake"),
        *wallet_entries(sorted(moved[False]), transaction_type="stake_released"),
    ]
