"""Everything that decides some slips, read in one round trip with their locks taken first."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from betting.core.delays import delay_ms
from betting.core.each_way import EachWayTerms
from betting.core.feed import MATCH_MINUTES, playing_silence_s
from betting.core.slip_facts import EventFacts, Exposure, MarketFacts
from betting.core.switches import ALL, sport_scope
from betting.queries.own_rules import OwnRulesBook
from project.kit.short_transactions import FetchOne, fetch_one

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))  # `dumps` makes one for each call
MATCH_REAL_SECONDS: Final = MATCH_MINUTES * 60

# The second function is asked where the first has answered, so after the locks it takes.
_READ: Final = (
    "SELECT facts, betting_read_own_rules(%s::uuid[], %s::text[], %s)"
    "  FROM betting_read_facts("
    "           %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::boolean, %s::boolean"
    "       ) AS facts"
)


@dataclass(slots=True)
class EventRow:
    """An event with what a slip's snapshot and reply say of it: `state` is a JSON object. Ids are texts, as JSON has
    them."""

    id: str
    name: str
    facts: EventFacts
    state: str


@dataclass(slots=True)
class MarketRow:
    """A market with its name, what a bet on it waits for now, and the exposure of its currency and selections."""

    id: str
    name: str
    event: EventRow
    facts: MarketFacts
    delay_ms: int


@dataclass(slots=True)
class SelectionRow:
    """A selection with its price."""

    id: str
    outcome: str
    name: str
    odds_milli: int | None
    probability: float | None
    is_settled: bool
    market: MarketRow


@dataclass(slots=True)
class WalletRow:
    """A wallet with its accounts; the balances go down as a batch takes from them."""

    account_id: str
    available_minor: int
    won_minor: int
    lost_minor: int
    held_account_id: str
    held_minor: int


@dataclass(slots=True)
class FreeBetRow:
    """A free bet; the status changes as a batch uses it."""

    user_id: str
    currency: str
    amount_minor: int
    status: str
    expires_at: datetime


@dataclass(slots=True)
class HouseRow:
    """The house's accounts of one currency."""

    open_stakes_id: str
    promo_id: str


class RiskBook:
    """What is staked on markets and would be paid on their selections; grows with the slips of a batch."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._stakes: dict[tuple[str, str], int] = {}
        self._payouts: dict[tuple[str, str], dict[str, int]] = {}
        for market_id, currency, selection_id, stake_minor, payout_minor in rows:
            self.add(market_id, currency, selection_id, stake_minor, payout_minor)

    def add(self, market_id: str, currency: str, selection_id: str, stake_minor: int, payout_minor: int) -> None:
        place = (market_id, currency)
        self._stakes[place] = self._stakes.get(place, 0) + stake_minor
        payouts = self._payouts.setdefault(place, {})
        payouts[selection_id] = payouts.get(selection_id, 0) + payout_minor

    def exposure_of(self, market_id: str, currency: str, selection_id: str) -> Exposure:
        payouts = self._payouts.get((market_id, currency))
        if payouts is None:
            return Exposure()
        rivals = 0
        for one, payout in payouts.items():
            if payout > rivals and one != selection_id:
                rivals = payout
        return Exposure(self._stakes[market_id, currency], payouts.get(selection_id, 0), rivals)


@dataclass(slots=True)
class StoredAnswer:
    """What a key was answered before."""

    fingerprint: str
    reply: dict[str, Any]


@dataclass(slots=True)
class Facts:
    """One reading. All ids are texts; wallets go by (person, currency), answers by (person, key)."""

    now: datetime
    selections: dict[str, SelectionRow]
    risks: RiskBook
    wallets: dict[tuple[str, str], WalletRow]
    houses: dict[str, HouseRow]
    stake_factors: dict[str, int]
    answers: dict[tuple[str, str], StoredAnswer]
    free_bets: dict[str, FreeBetRow]
    own_rules: OwnRulesBook


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose slips, on what: owners, currencies and keys run in step, one for each slip."""

    selection_ids: Iterable[str]
    owner_ids: Sequence[str]
    currencies: Sequence[str]
    keys: Sequence[str]
    free_bet_ids: Sequence[str] = ()


def array_of(items: Iterable[object]) -> str:
    """A PostgreSQL array of numbers, ids and plain words, which need no quotes; None is NULL."""
    return "{" + ",".join(["NULL" if item is None else str(item) for item in items]) + "}"


def word_array_of(items: Iterable[object]) -> str:
    """The same where none is None."""
    return "{" + ",".join(map(str, items)) + "}"


def text_array_of(items: Iterable[str]) -> str:
    """A PostgreSQL array of any texts."""
    quoted = ['"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items]
    return "{" + ",".join(quoted) + "}"


def read_facts(
    wanted: Wanted, *, now: Any, is_locking: bool, is_holding: bool = False, fetch: FetchOne = fetch_one
) -> Facts:
    """Read, and with `is_locking` lock first: switches, events and markets shared, free bets, wallets, held accounts
    too where the slips may be held. `now` is called after the locks were granted, and before for the windows of limits:
    waiting for the locks can only make what counts more."""
    owner_ids, currencies = array_of(wanted.owner_ids), array_of(wanted.currencies)
    parameters = (
        owner_ids,
        currencies,
        now(),
        array_of(set(wanted.selection_ids)),
        owner_ids,
        currencies,
        text_array_of(wanted.keys),
        array_of(wanted.free_bet_ids),
        is_locking,
        is_holding,
    )
    facts, own_rules = fetch(_READ, parameters)
    return _shape(json.loads(facts), OwnRulesBook(own_rules), now())


def published_delay_ms(sport: str, market_type: str) -> int:
    """What a bet on such a market waits while its event is in play, at the speed that matches have here."""
    if not settings.BET_DELAY:
        return 0
    return delay_ms(sport, market_type, share=min(1.0, settings.MATCH_SECONDS / MATCH_REAL_SECONDS))


def _shape(found: dict[str, Any], own_rules: OwnRulesBook, now: datetime) -> Facts:
    stops = {scope: (is_stopped, count) for scope, is_stopped, count in found["switches"]}
    events = {row[0]: _event(row, stops, now) for row in found["events"]}
    markets = {row[0]: _market(row, events[row[1]]) for row in found["markets"] if row[1] in events}
    return Facts(
        now=now,
        selections={
            row[0]: SelectionRow(row[0], row[2], row[3], row[4], row[5], row[6], markets[row[1]])
            for row in found["selections"]
            if row[1] in markets
        },
        risks=RiskBook(found["exposure"]),
        wallets={(row[0], row[1]): WalletRow(*row[2:]) for row in found["wallets"]},
        houses={row[0]: HouseRow(row[1], row[2]) for row in found["houses"]},
        stake_factors=dict(found["factors"]),
        answers={(row[0], row[1]): StoredAnswer(row[2], row[3]) for row in found["replies"]},
        free_bets={row[0]: FreeBetRow(row[1], row[2], row[3], row[4], _instant(row[5])) for row in found["free_bets"]},
        own_rules=own_rules,
    )


def _instant(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _event(row: Sequence[Any], stops: dict[str, tuple[bool, int]], now: datetime) -> EventRow:
    event_id, name, sport, status, start_time, *live, book_version, priced_version, priced_seq, is_suspended, desk = row
    phase, minute, added, home, away, incident_seq, version, is_stopped, stop_reason, stop_count, updated_at = live
    everywhere, here = stops.get(ALL, (False, 0)), stops.get(sport_scope(sport), (False, 0))
    facts = EventFacts(
        event_id=UUID(event_id),
        sport=sport,
        status=status,
        phase=phase,
        start_time=_instant(start_time),
        is_betting_stopped=is_stopped,
        stop_reason=stop_reason,
        state_version=version,
        incident_seq=incident_seq,
        priced_state_version=priced_version,
        priced_incident_seq=priced_seq,
        feed_age_s=(now - _instant(updated_at)).total_seconds(),
        feed_age_s_max=playing_silence_s(settings.MATCH_SECONDS),
        is_suspended=is_suspended,
        stopped_at_large="betting_stopped" if everywhere[0] else "sport_stopped" if here[0] else "",
        stops=stop_count + desk + everywhere[1] + here[1],
    )
    state = {
        "phase": phase,
        "minute": minute,
        "added": added,
        "home_goals": home,
        "away_goals": away,
        "incident_seq": incident_seq,
        "state_version": version,
        "book_version": book_version,
    }
    return EventRow(event_id, name, facts, _ENCODER.encode(state))


def _market(row: Sequence[Any], event: EventRow) -> MarketRow:
    market_id, _, sport, market_type, name, status, stops, places, numerator, denominator, place_margin = row
    each_way = None if places is None else EachWayTerms(places, numerator, denominator)
    facts = MarketFacts(UUID(market_id), sport, market_type, status, stops, each_way, place_margin or 0.0)
    wait_ms = published_delay_ms(sport, market_type) if event.facts.is_in_play else 0
    return MarketRow(market_id, name, event, facts, wait_ms)
