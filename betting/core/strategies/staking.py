"""How much to stake: exact integers of minor units, rounded down."""

from decimal import Decimal
from fractions import Fraction

from betting.core.catalogue import find_kind
from betting.core.limits import LIMITS
from betting.core.strategies.language import (
    CURRENCY,
    FlatStake,
    KellyStake,
    PercentStake,
    Rules,
    Staking,
    TargetStake,
)
from betting.core.strategies.ticks import MILLION, Offer
from project.kit.money import parse_minor


def find_stake(rules: Rules, offer: Offer, *, sport: str, bank_minor: int) -> int:
    """The stake in minor units, 0 for none: never above the bank, the rules' cap or what the house takes on the market.

    A market that the house has given up has the currency's limit, as it is nobody's any more.
    """
    house = LIMITS[CURRENCY]
    kind = find_kind(sport, offer.market_type)
    taken = house.stake_minor_max if kind is None else house.stake_minor_max * kind.stake_percent // 100
    wanted = _wanted(rules.staking, offer, bank_minor)
    cap = taken if rules.limits.stake_max is None else parse_minor(rules.limits.stake_max, CURRENCY)
    stake = min(wanted, cap, taken, bank_minor)
    return stake if stake >= house.stake_minor_min else 0


def _wanted(staking: Staking, offer: Offer, bank_minor: int) -> int:
    match staking:
        case FlatStake():
            return parse_minor(staking.amount, CURRENCY)
        case PercentStake():
            return _share(staking.percent, bank_minor)
        case TargetStake():
            return parse_minor(staking.profit, CURRENCY) * 1_000 // (offer.odds_milli - 1_000)
        case KellyStake():
            return _kelly(staking, offer, bank_minor)


def _share(percent: str, bank_minor: int) -> int:
    return int(Fraction(Decimal(percent)) * bank_minor / 100)


def _kelly(staking: KellyStake, offer: Offer, bank_minor: int) -> int:
    """Kelly's share is (p o - 1) / (o - 1): the stake that lets the logarithm of the bank grow fastest."""
    chance = offer.model_millionths if staking.probability == "model" else offer.market_millionths
    if chance is None:
        return 0
    odds = Fraction(offer.odds_milli, 1_000)
    share = (Fraction(chance, MILLION) * odds - 1) / (odds - 1)
    if share <= 0:
        return 0
    wanted = int(share * Fraction(Decimal(staking.fraction)) * bank_minor)
    return min(wanted, _share(staking.cap_percent, bank_minor))
