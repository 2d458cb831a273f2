"""What a person has ruled for themselves: times they keep away, and limits on what they stake and lose; and whether
the house lets them in at all.

A stake counts from the moment it is placed until it leaves the window. Towards a loss limit it counts less what came
back of it, so that what still runs counts as lost, and what was won makes room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.core.own_limits import WINDOWS, Kind, Period
from betting.core.refusals import OwnLimitReached, PersonBarred, SelfExclusionHolds, TimeOutHolds
from betting.core.stakes import StakeRange


@dataclass(slots=True)
class OwnLimitFacts:
    """A limit with what counts towards it; `waiting_minor` is what waits for the end of its delay. `first_at` is when
    the oldest that counts was placed. Grows with what a batch takes."""

    kind: Kind
    period: Period
    amount_minor: int
    counted_minor: int = 0
    waiting_minor: int = 0
    first_at: datetime | None = None

    @property
    def left_minor(self) -> int:
        """What may still be staked: more than the limit where more was won than staked, less than nothing where it was
        lowered."""
        return self.amount_minor - self.counted_minor - self.waiting_minor

    @property
    def resets_at(self) -> datetime | None:
        """When the oldest that counts will leave the window; None where nothing counts, and waiting is no help."""
        return None if self.first_at is None else self.first_at + WINDOWS[self.period]


@dataclass(slots=True)
class OwnRules:
    """All that a person has ruled, for one currency. `is_barred`: suspended, or closed for another reason."""

    self_excluded_until: datetime | None = None
    timed_out_until: datetime | None = None
    limits: Sequence[OwnLimitFacts] = field(default=())
    is_barred: bool = False

    def note(self, stake_minor: int, at: datetime) -> None:
        """A stake was taken: the next slip of the batch knows of it."""
        for limit in self.limits:
            limit.counted_minor += stake_minor
            limit.first_at = limit.first_at or at


def check_kept_away(rules: OwnRules, now: datetime) -> PersonBarred | SelfExclusionHolds | TimeOutHolds | None:
    """What the house has ended, then a self-exclusion before a time-out, each while it holds."""
    if rules.is_barred:
        return PersonBarred()
    if rules.self_excluded_until is not None and now < rules.self_excluded_until:
        return SelfExclusionHolds(rules.self_excluded_until)
    if rules.timed_out_until is not None and now < rules.timed_out_until:
        return TimeOutHolds(rules.timed_out_until)
    return None


def find_narrowest(rules: OwnRules) -> OwnLimitFacts | None:
    """The limit that leaves least room."""
    return min(rules.limits, key=lambda limit: limit.left_minor, default=None)


def narrow_to_own_limits(stakes: StakeRange, rules: OwnRules, stake_step: int) -> StakeRange:
    """The stakes that would be taken under the person's own limits too."""
    narrowest = find_narrowest(rules)
    if narrowest is None or narrowest.left_minor >= stakes.stake_minor_max:
        return stakes
    return StakeRange(stakes.stake_minor_min, _most_of(narrowest, stakes.stake_minor_min, stake_step), "own_limit")


def check_own_limits(
    rules: OwnRules, stake_minor: int, *, stake_minor_min: int, stake_step: int = 1
) -> OwnLimitReached | None:
    """The narrowest limit, where the stake passes it, with the most that would be taken."""
    narrowest = find_narrowest(rules)
    if narrowest is None or stake_minor <= narrowest.left_minor:
        return None
    return OwnLimitReached(
        narrowest.kind,
        narrowest.period,
        narrowest.amount_minor,
        _most_of(narrowest, stake_minor_min, stake_step),
        narrowest.resets_at,
    )


def _most_of(limit: OwnLimitFacts, stake_minor_min: int, stake_step: int) -> int:
    """The highest stake that a limit leaves, in steps of the stake: nothing where that is less than the lowest."""
    most = max(0, limit.left_minor) // stake_step * stake_step
    return most if most >= stake_minor_min else 0
