"""The rows of a batch of slips, gathered column by column as the arrays that `betting_place_slips` takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import dumps
from typing import Final
from uuid import UUID

from django.db import connection

from betting.actions.slip_requests import SlipRequest
from betting.core.acceptance import Accepted
from betting.events import AcceptedSlip, SlipsAccepted
from betting.queries.acceptance import HouseRow, SelectionRow, WalletRow, array_of, text_array_of
from betting.queries.slip_documents import LegDocument, SlipDocument, write_slip
from payments.queries.wallets import write_wallet_change
from project.kit.ids import new_id
from project.kit.schemas import write_instant

DESCRIPTION_LENGTH_MAX: Final = 240

_TYPES: Final = (
    "uuid uuid uuid text text integer boolean text text bigint uuid integer bigint bigint text",  # slips
    "timestamptz text text",
    "uuid integer uuid uuid uuid uuid uuid integer integer boolean text integer integer",  # legs
    "uuid uuid text bigint bigint",  # exposure
    "text uuid uuid uuid bigint text",  # transfers
)


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
        self._columns: tuple[list[object], ...] = ([], [], [], [], [])
        self._texts: list[str] = []

    def add(self, *, kind: str, slip_id: str, debit: str, credit: str, amount_minor: int, description: str) -> None:
        for column, value in zip(self._columns, (kind, slip_id, debit, credit, amount_minor), strict=True):
            column.append(value)
        self._texts.append(description[:DESCRIPTION_LENGTH_MAX])

    def to_arrays(self) -> list[str]:
        return [*map(array_of, self._columns), text_array_of(self._texts)]


class Risks:
    """What slips add to the exposure of their selections."""

    def __init__(self) -> None:
        self._columns: tuple[list[object], ...] = ([], [], [], [], [])

    def add(self, selection: SelectionRow, currency: str, stake_minor: int, payout_minor: int) -> None:
        values = (selection.market.id, selection.id, currency, stake_minor, payout_minor)
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def to_arrays(self) -> list[str]:
        return [array_of(column) for column in self._columns]


class SlipRows:
    """Collects what stands and writes it in one statement."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._placed_at = write_instant(now)
        self._slips: list[tuple[object, ...]] = []
        self._outcomes: list[str] = []
        self._states: list[str] = []
        self._due: list[str | None] = []
        self._keys: list[str] = []
        self._fingerprints: list[str] = []
        self._replies: list[str] = []
        self._legs: list[tuple[object, ...]] = []
        self._risks = Risks()
        self._transfers = Transfers()
        self._topics: list[str] = []
        self._changes: list[str] = []
        self._wallets: dict[tuple[str, str], tuple[WalletRow, str]] = {}
        self._accepted: list[AcceptedSlip] = []

    @property
    def is_empty(self) -> bool:
        return not self._slips

    def add(self, struck: StruckSlip, *, house: HouseRow) -> str:
        """Take a slip in, its stake from the wallet; answers its reply as JSON text."""
        request, accepted, wallet = struck.request, struck.accepted, struck.wallet
        slip_id = str(new_id())
        due_at = self._now + timedelta(milliseconds=accepted.delay_ms) if accepted.delay_ms else None
        reply = write_slip(_document(slip_id, struck), placed_at=self._placed_at, due_at=due_at)
        self._add_slip(slip_id, struck, due_at, reply)
        self._add_legs(slip_id, struck, is_delayed=due_at is not None)
        if request.free_bet_id is None:
            wallet.available_minor -= request.terms.stake_minor
            if due_at is not None:
                wallet.held_minor += request.terms.stake_minor
        if request.free_bet_id is None or due_at is None:
            self._transfers.add(
                kind="stake" if due_at is None else "stake_held",
                slip_id=slip_id,
                debit=wallet.account_id if request.free_bet_id is None else house.promo_id,
                credit=house.open_stakes_id if due_at is None else wallet.held_account_id,
                amount_minor=request.terms.stake_minor,
                description=describe_stake(request.bet_type, struck.selections),
            )
        topic = f"user:{request.user_id}"
        self._topics.append(topic)
        self._changes.append(f'{{"type":"slip.placed","slip":{reply}}}')
        if request.free_bet_id is None:
            kind = "stake" if due_at is None else "stake_held"
            self._wallets[request.user_id, request.currency] = (wallet, kind)
        if due_at is None:
            self._accepted.append(accepted_slip(slip_id, request.user_id, struck.selections))
        return reply

    def write(self) -> SlipsAccepted | None:
        """Write all that was added; answers the fact to be announced after commit, if slips stand already."""
        for (user_id, currency), (wallet, kind) in self._wallets.items():
            self._topics.append(f"user:{user_id}")
            self._changes.append(
                write_wallet_change(
                    currency,
                    available_minor=wallet.available_minor,
                    held_minor=wallet.held_minor,
                    won_minor=wallet.won_minor,
                    lost_minor=wallet.lost_minor,
                    transaction_type=kind,
                )
            )
        fact = SlipsAccepted(slips=self._accepted) if self._accepted else None
        with connection.cursor() as cursor:
            cursor.execute(_PLACE, self._to_parameters(fact))
        return fact

    def _add_slip(self, slip_id: str, struck: StruckSlip, due_at: datetime | None, reply: str) -> None:
        request, terms = struck.request, struck.request.terms
        is_single = request.bet_type == "single"
        first = struck.selections[0]
        self._slips.append(
            (
                slip_id,
                request.user_id,
                first.market.event.id if is_single else None,
                request.bet_type,
                '"{' + ",".join(map(str, terms.lines.sizes)) + '}"',
                terms.lines.count,
                terms.is_each_way,
                request.currency,
                terms.stake_minor,
                request.free_bet_id,
                struck.accepted.total_odds_milli,
                struck.accepted.potential_return_minor,
                struck.payout_minor_max,
                request.price_policy,
            )
        )
        self._outcomes.append(first.outcome if is_single else "")
        self._states.append(_snapshot(struck.selections))
        self._due.append(None if due_at is None else f'"{due_at.isoformat()}"')
        self._keys.append(request.key)
        self._fingerprints.append(request.fingerprint)
        self._replies.append(reply)

    def _add_legs(self, slip_id: str, struck: StruckSlip, *, is_delayed: bool) -> None:
        request, accepted = struck.request, struck.accepted
        for index, leg in enumerate(request.legs):
            selection = struck.selections[index]
            market = selection.market
            event = market.event
            self._legs.append(
                (
                    slip_id,
                    index + 1,
                    new_id(),
                    event.id,
                    market.id,
                    selection.id,
                    request.user_id,
                    leg.seen_odds_milli,
                    accepted.odds_milli[index],
                    leg.is_banker,
                    leg.price_policy,
                    event.facts.stops,
                    market.facts.stops,
                )
            )
            if not is_delayed:
                share = accepted.shares[index]
                self._risks.add(selection, request.currency, share.stake_minor, share.payout_minor)

    def _to_parameters(self, fact: SlipsAccepted | None) -> list[str | datetime | None]:
        slips = list(zip(*self._slips, strict=True))
        slip_arrays = [array_of(column) for column in slips]
        slip_arrays.insert(7, text_array_of(self._outcomes))
        return [
            *slip_arrays,
            json_array(self._states),
            self._now,
            array_of(self._due),
            text_array_of(self._keys),
            array_of(self._fingerprints),
            json_array(self._replies),
            *[array_of(column) for column in zip(*self._legs, strict=True)],
            *self._risks.to_arrays(),
            *self._transfers.to_arrays(),
            array_of(self._topics),
            json_array(self._changes),
            SlipsAccepted.TYPE,
            None if fact is None else fact.model_dump_json(),
        ]


def accepted_slip(slip_id: str, user_id: str, selections: Sequence[SelectionRow]) -> AcceptedSlip:
    """The slip as the fact that it stands names it."""
    return AcceptedSlip(
        slip_id=UUID(slip_id),
        user_id=UUID(user_id),
        event_ids=[selection.market.event.facts.event_id for selection in selections],
    )


def describe_stake(bet_type: str, selections: Sequence[SelectionRow]) -> str:
    """What a person's statement says of a stake."""
    first = selections[0]
    if bet_type == "single":
        return f"Stake: {first.name}, {first.market.name}, {first.market.event.name}"
    return f"Stake: {bet_type.replace('_', ' ')} of {len(selections)} legs, first {first.name}"


def _document(slip_id: str, struck: StruckSlip) -> SlipDocument:
    request, terms = struck.request, struck.request.terms
    legs = [
        LegDocument(selection, odds_milli, leg.is_banker)
        for selection, odds_milli, leg in zip(struck.selections, struck.accepted.odds_milli, request.legs, strict=True)
    ]
    return SlipDocument(
        slip_id=slip_id,
        bet_type=request.bet_type,
        currency=request.currency,
        stake_minor=terms.stake_minor,
        odds_milli=struck.accepted.total_odds_milli,
        potential_win_minor=struck.accepted.potential_return_minor,
        price_policy=request.price_policy,
        line_sizes=terms.lines.sizes,
        line_count=terms.lines.count,
        is_each_way=terms.is_each_way,
        is_free_bet=terms.is_free_bet,
        legs=legs,
    )


def _snapshot(selections: Sequence[SelectionRow]) -> str:
    """What the server knew when it took the bet, for whoever has to judge it later: of a single, or leg by leg."""
    states = [
        selection.market.event.state | {"odds_milli": selection.odds_milli, "probability": selection.probability}
        for selection in selections
    ]
    return dumps(states[0] if len(states) == 1 else {"legs": states}, separators=(",", ":"))


def json_array(texts: Sequence[str]) -> str:
    """A JSON array of documents that are written already."""
    return "[" + ",".join(texts) + "]"


def _make_call() -> str:
    slips, keys, legs, risks, transfers = ([f"%s::{name}[]" for name in group.split()] for group in _TYPES)
    arguments = [
        *slips,
        "%s::jsonb",
        "%s::timestamptz",
        *keys,
        "%s::jsonb",
        *legs,
        *risks,
        *transfers,
        "%s::text[]",
        "%s::jsonb",
        "%s",
        "%s::jsonb",
    ]
    return f"SELECT betting_place_slips({', '.join(arguments)})"


_PLACE: Final = _make_call()
