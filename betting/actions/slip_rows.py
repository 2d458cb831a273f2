"""The rows of a batch of slips, gathered column by column as the arrays that `betting_write_slips` takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from betting.actions.slip_requests import SlipRequest
from betting.core.acceptance import Accepted
from betting.events import AcceptedSlip, SlipsAccepted
from betting.queries.acceptance import HouseRow, SelectionRow, WalletRow, array_of, text_array_of, word_array_of
from betting.queries.slip_documents import write_leg, write_slip
from betting.streams import SlipPlacedChange
from payments.queries.wallets import write_wallet
from project.kit.ids import new_id_text
from project.kit.schemas import write_instant
from project.kit.short_transactions import Execute

DESCRIPTION_LENGTH_MAX: Final = 240
BETWEEN_DOCUMENTS: Final = "\x1e"  # JSON has no control characters
SLIP_PLACED: Final = SlipPlacedChange.model_fields["type"].default

# The types of the arrays, group by group in the order of their columns.
_SLIP_TYPES: Final = "uuid uuid text text text text text integer boolean bigint bigint bigint"
_OPTIONAL_TYPES: Final = "uuid uuid integer timestamptz"
_TEXT_TYPES: Final = "text text"
_LEG_TYPES: Final = "integer integer uuid uuid uuid integer integer boolean text integer integer bigint bigint"
_TRANSFER_TYPES: Final = "text uuid uuid uuid bigint text"


@dataclass(slots=True)
class StruckSlip:
    """A slip that the rules accept, on its way into the tables. The first leg names a single."""

    request: SlipRequest
    selections: Sequence[SelectionRow]
    accepted: Accepted
    wallet: WalletRow
    payout_minor_max: int


class Transfers:
    """Money that moves with some slips. Refs are the slips' ids."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []
        self._texts: list[str] = []

    def add(self, *, kind: str, slip_id: str, debit: str, credit: str, amount_minor: int, description: str) -> None:
        self._rows.append((kind, slip_id, debit, credit, amount_minor))
        self._texts.append(description[:DESCRIPTION_LENGTH_MAX])

    def to_arrays(self) -> list[str]:
        return [*_word_arrays(self._rows, 5), text_array_of(self._texts)]


class Risks:
    """What slips add to the exposure of their selections."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def add(self, selection: SelectionRow, currency: str, stake_minor: int, payout_minor: int) -> None:
        self._rows.append((selection.market.id, selection.id, currency, stake_minor, payout_minor))

    def to_arrays(self) -> list[str]:
        return _word_arrays(self._rows, 5)


class SlipRows:
    """Collects what stands and writes it in one statement."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._placed_at = write_instant(now)
        self._slips: list[tuple[object, ...]] = []
        self._optional: list[tuple[object, ...]] = []
        self._texts: list[tuple[str, str]] = []
        self._states: list[str] = []
        self._replies: list[str] = []
        self._legs: list[tuple[object, ...]] = []
        self._transfers = Transfers()
        self._wallets: list[str] = []
        self._accepted: list[str] = []

    @property
    def is_empty(self) -> bool:
        return not self._slips

    def add(self, struck: StruckSlip, *, house: HouseRow) -> str:
        """Take a slip in, its stake from the wallet; answers its reply as JSON text."""
        slip_id = new_id_text()
        delay_ms = struck.accepted.delay_ms
        due_at = self._now + timedelta(milliseconds=delay_ms) if delay_ms else None
        self._add_legs(struck)
        self._add_transfer(slip_id, struck, house, due_at)
        reply = self._add_slip(slip_id, struck, due_at)
        if due_at is None:
            self._accepted.append(_write_accepted(slip_id, struck))
        return reply

    def write(self, execute: Execute) -> bool:
        """Write all that was added by one statement; answers whether the fact that slips stand already is among it."""
        fact = None
        if self._accepted:
            fact = f'{{"type":"{SlipsAccepted.TYPE}","slips":[{",".join(self._accepted)}]}}'
        execute(_PLACE, self._to_parameters(fact))
        return fact is not None

    def _add_slip(self, slip_id: str, struck: StruckSlip, due_at: datetime | None) -> str:
        request, terms, accepted = struck.request, struck.request.terms, struck.accepted
        first, is_single = struck.selections[0], request.bet_type == "single"
        reply = write_slip(
            slip_id,
            bet_type=request.bet_type,
            currency=request.currency,
            stake_minor=terms.stake_minor,
            odds_milli=accepted.total_odds_milli,
            potential_win_minor=accepted.potential_return_minor,
            price_policy=request.price_policy,
            lines=terms.lines,
            is_each_way=terms.is_each_way,
            is_free_bet=terms.is_free_bet,
            legs=[
                write_leg(selection, odds_milli, is_banker=leg.is_banker)
                for selection, odds_milli, leg in zip(struck.selections, accepted.odds_milli, request.legs, strict=True)
            ],
            first=first,
            placed_at=self._placed_at,
            due_at=due_at,
        )
        self._slips.append(
            (
                slip_id,
                request.user_id,
                request.bet_type,
                '"{' + ",".join(map(str, terms.lines.sizes)) + '}"',
                request.currency,
                request.price_policy,
                request.fingerprint,
                terms.lines.count,
                terms.is_each_way,
                terms.stake_minor,
                accepted.potential_return_minor,
                struck.payout_minor_max,
            )
        )
        event_id = first.market.event.id if is_single else None
        due = None if due_at is None else f'"{due_at.isoformat()}"'
        self._optional.append((event_id, request.free_bet_id, accepted.total_odds_milli, due))
        self._texts.append((first.outcome if is_single else "", request.key))
        self._states.append(_snapshot(struck.selections))
        self._replies.append(reply)
        return reply

    def _add_legs(self, struck: StruckSlip) -> None:
        """Before the slip itself, whose place among the slips they name."""
        place, accepted = len(self._slips) + 1, struck.accepted
        for index, leg in enumerate(struck.request.legs):
            selection, share = struck.selections[index], accepted.shares[index]
            market = selection.market
            event = market.event
            self._legs.append(
                (
                    place,
                    index + 1,
                    event.id,
                    market.id,
                    selection.id,
                    leg.seen_odds_milli,
                    accepted.odds_milli[index],
                    leg.is_banker,
                    leg.price_policy,
                    event.facts.stops,
                    market.facts.stops,
                    share.stake_minor,
                    share.payout_minor,
                )
            )

    def _add_transfer(self, slip_id: str, struck: StruckSlip, house: HouseRow, due_at: datetime | None) -> None:
        """The stake leaves the wallet, or the house's promotions; a delayed free bet's moves when it is accepted.

        Each slip tells what its stake left of the wallet.
        """
        request, wallet, stake_minor = struck.request, struck.wallet, struck.request.terms.stake_minor
        is_free = request.free_bet_id is not None
        if not is_free:
            wallet.available_minor -= stake_minor
            if due_at is not None:
                wallet.held_minor += stake_minor
        self._wallets.append("null" if is_free else _write_wallet(request.currency, wallet))
        if is_free and due_at is not None:
            return
        self._transfers.add(
            kind="stake" if due_at is None else "stake_held",
            slip_id=slip_id,
            debit=house.promo_id if is_free else wallet.account_id,
            credit=house.open_stakes_id if due_at is None else wallet.held_account_id,
            amount_minor=stake_minor,
            description=describe_stake(request.bet_type, struck.selections),
        )

    def _to_parameters(self, fact: str | None) -> list[str | datetime | None]:
        return [
            *_word_arrays(self._slips, 12),
            *[array_of(column) for column in zip(*self._optional, strict=True)],
            *[text_array_of(column) for column in zip(*self._texts, strict=True)],
            BETWEEN_DOCUMENTS.join(self._states),
            BETWEEN_DOCUMENTS.join(self._replies),
            BETWEEN_DOCUMENTS.join(self._wallets),
            SLIP_PLACED,
            self._now,
            *_word_arrays(self._legs, 13),
            *self._transfers.to_arrays(),
            SlipsAccepted.TYPE,
            fact,
        ]


def accepted_slip(slip_id: str, user_id: str, selections: Sequence[SelectionRow]) -> AcceptedSlip:
    """The slip as the fact that it stands names it."""
    return AcceptedSlip(
        slip_id=UUID(slip_id),
        user_id=UUID(user_id),
        event_ids=[selection.market.event.facts.event_id for selection in selections],
    )


def _write_accepted(slip_id: str, struck: StruckSlip) -> str:
    """The same as JSON text."""
    event_ids = ",".join([f'"{selection.market.event.id}"' for selection in struck.selections])
    return f'{{"slip_id":"{slip_id}","user_id":"{struck.request.user_id}","event_ids":[{event_ids}]}}'


def describe_stake(bet_type: str, selections: Sequence[SelectionRow]) -> str:
    """What a person's statement says of a stake."""
    first = selections[0]
    if bet_type == "single":
        return f"Stake: {first.name}, {first.market.name}, {first.market.event.name}"
    return f"Stake: {bet_type.replace('_', ' ')} of {len(selections)} legs, first {first.name}"


def _snapshot(selections: Sequence[SelectionRow]) -> str:
    """What the server knew when it took the bet, for whoever has to judge it later: of a single, or leg by leg."""
    states = [_write_state(selection) for selection in selections]
    return states[0] if len(states) == 1 else f'{{"legs":{json_array(states)}}}'


def _write_state(selection: SelectionRow) -> str:
    probability = "null" if selection.probability is None else repr(selection.probability)
    odds = "null" if selection.odds_milli is None else selection.odds_milli
    return f'{selection.market.event.state[:-1]},"odds_milli":{odds},"probability":{probability}}}'


def _write_wallet(currency: str, wallet: WalletRow) -> str:
    return write_wallet(
        currency,
        available_minor=wallet.available_minor,
        held_minor=wallet.held_minor,
        won_minor=wallet.won_minor,
        lost_minor=wallet.lost_minor,
    )


def json_array(texts: Sequence[str]) -> str:
    """A JSON array of documents that are written already."""
    return "[" + ",".join(texts) + "]"


def _word_arrays(rows: Sequence[tuple[object, ...]], count: int) -> list[str]:
    """The columns of rows without nulls, as arrays."""
    return [word_array_of(column) for column in zip(*rows, strict=True)] if rows else ["{}"] * count


def _make_call() -> str:
    groups = (_SLIP_TYPES, _OPTIONAL_TYPES, _TEXT_TYPES, _LEG_TYPES, _TRANSFER_TYPES)
    slips, optional, texts, legs, transfers = ([f"%s::{name}[]" for name in group.split()] for group in groups)
    arguments = [
        *slips,
        *optional,
        *texts,
        "%s",
        "%s",
        "%s",
        "%s",
        "%s::timestamptz",
        *legs,
        *transfers,
        "%s",
        "%s::jsonb",
    ]
    return f"SELECT betting_write_slips({', '.join(arguments)})"


_PLACE: Final = _make_call()
