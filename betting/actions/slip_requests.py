"""From what a client sent to a slip that can be decided; what no state of the world could accept is refused here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from betting.core.bet_types import InvalidLines, Lines, lines_of
from betting.core.limits import LIMITS
from betting.core.slip_facts import PricePolicy, SlipTerms
from betting.schemas.slips import LegCommand, PlaceSlipCommand
from project.kit.errors import ValidationFailed
from project.kit.money import parse_milli, parse_minor

# Nearly all slips are one of a few shapes.
_cached_lines_of: Final = lru_cache(maxsize=1_024)(lines_of)


@dataclass(slots=True)
class LegRequest:
    """A leg with its id as text and the price the person saw. Never changed once made."""

    selection_id: str
    seen_odds_milli: int
    is_banker: bool
    price_policy: PricePolicy


@dataclass(slots=True)
class SlipRequest:
    """A slip that a person asked for under a key. Never changed once made."""

    user_id: str
    key: str
    fingerprint: str
    bet_type: str
    currency: str
    price_policy: PricePolicy
    terms: SlipTerms
    legs: Sequence[LegRequest]
    free_bet_id: str | None


def request_of(user_id: UUID, command: PlaceSlipCommand, key: str) -> SlipRequest:
    """The command taken apart; a leg's own price policy goes before the slip's. Raises ValidationFailed."""
    lines = find_lines(command)
    stake_minor = parse_stake(command.stake, command.currency)
    step = lines.count if command.stake_kind == "line" else 1
    return SlipRequest(
        user_id=str(user_id),
        key=key,
        fingerprint=fingerprint_of(command),
        bet_type=command.bet_type,
        currency=command.currency,
        price_policy=command.price_policy,
        terms=SlipTerms(stake_minor * step, lines, command.is_each_way, command.free_bet_id is not None, step),
        legs=[
            LegRequest(
                str(leg.selection_id), parse_milli(leg.odds), leg.is_banker, leg.price_policy or command.price_policy
            )
            for leg in command.legs
        ],
        free_bet_id=None if command.free_bet_id is None else str(command.free_bet_id),
    )


def find_lines(command: PlaceSlipCommand) -> Lines:
    """The lines of the bet. Raises ValidationFailed where the legs do not make one."""
    try:
        return _cached_lines_of(
            command.bet_type,
            leg_count=len(command.legs),
            banker_count=[leg.is_banker for leg in command.legs].count(True),
            sizes=None if command.line_sizes is None else tuple(command.line_sizes),
            is_each_way=command.is_each_way,
        )
    except InvalidLines as error:
        raise invalid("/bet_type", "lines_invalid", str(error)) from error


def parse_stake(stake: str, currency: str, pointer: str = "/stake") -> int:
    """The stake in minor units. Raises ValidationFailed, also for a currency that takes no bets."""
    if currency not in LIMITS:
        raise invalid("/currency", "currency_not_offered", "Bets are taken in " + ", ".join(LIMITS))
    try:
        return parse_minor(stake, currency)
    except ValueError as error:
        raise invalid(pointer, "invalid_amount", str(error)) from error


def invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    """One field that cannot be used."""
    return ValidationFailed(message, errors=[{"pointer": pointer, "code": code, "message": message}])


def fingerprint_of(command: PlaceSlipCommand) -> str:
    """What `kit.idempotency.fingerprint` gives for "place_slip", written out by hand; a test holds the two together.

    Every text of the command has a pattern that leaves nothing to escape.
    """
    legs = ",".join([_leg_text(leg) for leg in command.legs])
    sizes = "null" if command.line_sizes is None else f"[{','.join(map(str, command.line_sizes))}]"
    is_each_way = "true" if command.is_each_way else "false"
    body = (
        f'place_slip\n{{"bet_type":"{command.bet_type}","currency":"{command.currency}",'
        f'"free_bet_id":{_text_or_null(command.free_bet_id)},"is_each_way":{is_each_way},'
        f'"legs":[{legs}],"line_sizes":{sizes},"price_policy":"{command.price_policy}",'
        f'"stake":"{command.stake}","stake_kind":"{command.stake_kind}"}}'
    )
    return hashlib.sha256(body.encode()).hexdigest()


def _leg_text(leg: LegCommand) -> str:
    return (
        f'{{"is_banker":{"true" if leg.is_banker else "false"},"odds":"{leg.odds}",'
        f'"price_policy":{_text_or_null(leg.price_policy)},"selection_id":"{leg.selection_id}"}}'
    )


def _text_or_null(value: object) -> str:
    return "null" if value is None else f'"{value}"'
