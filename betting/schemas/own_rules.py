"""What people send and get about their own limits and the times they keep away."""

from typing import Literal

from accounts.core.exclusions import SelfExclusionLength, TimeOutLength
from accounts.core.own_limits import Kind, Period
from betting.schemas.slips import CurrencyCode
from project.kit.money import MoneyIn, MoneyOut
from project.kit.schemas import Command, Instant, Reply


class ChooseLimit(Command):
    """The most to stake or to lose within 24 hours, 7 days or 30 days, rolling; null for no limit.

    Less, or a first limit, holds at once. More, or null, is only asked for: it holds after a day and a confirmation.
    The amount that holds takes what was asked for back.
    """

    currency: CurrencyCode
    kind: Kind
    period: Period
    amount: MoneyIn | None


class ConfirmRaise(Command):
    """The second word for a higher limit, or for none, a day after it was asked for."""

    currency: CurrencyCode
    kind: Kind
    period: Period


class TakeTimeOut(Command):
    """Keep away from betting for a while. It can be made longer, not shorter."""

    length: TimeOutLength


class ExcludeSelf(Command):
    """Keep away from betting for half a year or more. It can be made longer, not shorter, and nobody can lift it."""

    length: SelfExclusionLength


class ExclusionReply(Reply):
    """What keeps the person away, and until when."""

    kind: Literal["time_out", "self_exclusion"]
    ends_at: Instant


class RaiseReply(Reply):
    """A higher limit, or none where `amount` is null, that waits for its confirmation: from `confirmable_at` on and
    before `lapses_at`."""

    amount: MoneyOut | None
    asked_at: Instant
    confirmable_at: Instant
    lapses_at: Instant


class OwnLimitReply(Reply):
    """A limit, what counts towards it now and what is left of it.

    `counted` is below zero where more was won than staked. `resets_at` is when the oldest that counts leaves the
    window, null where nothing counts.
    """

    kind: Kind
    period: Period
    amount: MoneyOut
    counted: MoneyOut
    remaining: MoneyOut
    resets_at: Instant | None
    raise_asked: RaiseReply | None


class ConfirmedLimitReply(Reply):
    """The limit that holds from now on; null where it is gone."""

    currency: CurrencyCode
    kind: Kind
    period: Period
    amount: MoneyOut | None


class NetPositionReply(Reply):
    """What was staked since an instant, what came back of it, what still runs, and the difference without that."""

    since: Instant
    staked: MoneyOut
    returned: MoneyOut
    running: MoneyOut
    net: MoneyOut


class SaferPlayReply(Reply):
    """The person's own rules in one currency, and how they have fared in the last 12 months."""

    currency: CurrencyCode
    limits: list[OwnLimitReply]
    exclusion: ExclusionReply | None
    net_position: NetPositionReply
