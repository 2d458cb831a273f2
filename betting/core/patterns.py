"""What shows in a person's slips: pure counting over plain values, each pattern with the numbers it comes from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from project.kit.money import format_milli, format_minor

FAVOURITES_MAX: Final = 5
NIGHT_HOURS: Final = range(6)  # UTC: what a day's rhythm is compared by, not a judgement of one bet
CHASED_WITHIN: Final = timedelta(minutes=30)
CHASED_STAKE_PERCENT: Final = 150  # of the stake just lost
LOSSES_MIN: Final = 5  # fewer are no habit
CHASING_SHARE_MIN: Final = 0.3
DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class SlipFact:
    """One slip that stood. `profit_minor` and `settled_at` are None while it is open.

    The stake of a free bet is nobody's own: it has a size, and counts neither as staked nor as chasing.
    """

    placed_at: datetime
    settled_at: datetime | None
    currency: str
    stake_minor: int
    profit_minor: int | None
    odds_milli: int | None
    is_in_play: bool
    sports: tuple[str, ...]
    market_types: tuple[str, ...]
    is_free_bet: bool = False


def find_patterns(slips: Sequence[SlipFact]) -> dict[str, dict[str, Any]]:
    """The description of each pattern by its identifier; nothing for somebody without slips."""
    if not slips:
        return {}
    in_order = sorted(slips, key=lambda slip: slip.placed_at)
    currency = Counter(slip.currency for slip in in_order).most_common(1)[0][0]
    in_currency = [slip for slip in in_order if slip.currency == currency]
    return {
        "favourite_sports": _favourites([name for slip in in_order for name in slip.sports]),
        "favourite_markets": _favourites([name for slip in in_order for name in slip.market_types]),
        "stake_sizes": _stake_sizes(in_currency, currency),
        "times_of_day": _times_of_day(in_order),
        "average_odds": _odds(in_order),
        "win_rate": _win_rate(in_currency, currency),
        "in_play_share": {
            "slips": len(in_order),
            "in_play": sum(slip.is_in_play for slip in in_order),
            "share": _share(sum(slip.is_in_play for slip in in_order), len(in_order)),
        },
        "chasing": _chasing(in_currency),
    }


def _favourites(names: Sequence[str]) -> dict[str, Any]:
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    return {
        "legs": len(names),
        "favourites": [
            {"name": name, "legs": count, "share": _share(count, len(names))} for name, count in counts[:FAVOURITES_MAX]
        ],
    }


def _stake_sizes(slips: Sequence[SlipFact], currency: str) -> dict[str, Any]:
    stakes = sorted(slip.stake_minor for slip in slips)
    quarters = [stakes[(len(stakes) - 1) * part // 4] for part in range(5)]
    return {
        "slips": len(stakes),
        "currency": currency,
        "average": format_minor(sum(stakes) // len(stakes), currency),
        **{
            name: format_minor(stake, currency)
            for name, stake in zip(
                ("smallest", "lower_quarter", "median", "upper_quarter", "largest"), quarters, strict=True
            )
        },
    }


def _times_of_day(slips: Sequence[SlipFact]) -> dict[str, Any]:
    hours = Counter(slip.placed_at.hour for slip in slips)
    night = sum(hours[hour] for hour in NIGHT_HOURS)
    return {
        "slips": len(slips),
        "by_hour": [hours[hour] for hour in range(24)],
        "busiest_hour": min(hours, key=lambda hour: (-hours[hour], hour)),
        "night_share": _share(night, len(slips)),
    }


def _odds(slips: Sequence[SlipFact]) -> dict[str, Any]:
    odds = [slip.odds_milli for slip in slips if slip.odds_milli is not None]
    return {
        "slips": len(odds),
        "average": format_milli(sum(odds) // len(odds)) if odds else None,
        "median": format_milli(int(median(odds))) if odds else None,
    }


def _win_rate(slips: Sequence[SlipFact], currency: str) -> dict[str, Any]:
    settled = [slip for slip in slips if slip.profit_minor is not None]
    won = sum((slip.profit_minor or 0) > 0 for slip in settled)
    return {
        "settled": len(settled),
        "won": won,
        "rate": _share(won, len(settled)),
        "currency": currency,
        "staked": format_minor(sum(slip.stake_minor for slip in settled if not slip.is_free_bet), currency),
        "net": format_minor(sum(slip.profit_minor or 0 for slip in settled), currency),
    }


def _chasing(slips: Sequence[SlipFact]) -> dict[str, Any]:
    """How often a lost slip was followed, within half an hour of its settlement, by one of a much higher stake."""
    losses = [slip for slip in slips if slip.settled_at is not None and (slip.profit_minor or 0) < 0]
    chased = sum(any(_follows(slip, lost) for slip in slips) for lost in losses)
    share = _share(chased, len(losses))
    return {
        "losses": len(losses),
        "followed_by_more": chased,
        "share": share,
        "is_likely": len(losses) >= LOSSES_MIN and share is not None and share >= CHASING_SHARE_MIN,
    }


def _follows(slip: SlipFact, lost: SlipFact) -> bool:
    assert lost.settled_at is not None, "a loss is settled"
    is_soon = lost.settled_at < slip.placed_at <= lost.settled_at + CHASED_WITHIN
    return is_soon and not slip.is_free_bet and slip.stake_minor * 100 >= lost.stake_minor * CHASED_STAKE_PERCENT


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DECIMALS) if whole else None
