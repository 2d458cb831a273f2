"""What betting refuses, with the fields a client needs to ask again."""

from project.kit.errors import AppError


class OddsChanged(AppError):
    """`legs` lists the current price of each leg that moved; null where there is none."""

    code = "odds_changed"
    status = 409
    title = "The odds have changed"


class MarketSuspended(AppError):
    """`reason` says why: goal, red_card, penalty, finished, suspended, inactive, settled, repricing, no_price,
    betting_stopped, sport_stopped; during a delay also stopped_meanwhile."""

    code = "market_suspended"
    status = 409
    title = "The market is suspended"
    retryable = True


class EventStarted(AppError):
    """The prices were those before kick-off."""

    code = "event_started"
    status = 409
    title = "The event has started"


class FeedIsStale(AppError):
    """Nothing has been heard from the match for too long to offer a price on it."""

    code = "feed_stale"
    status = 409
    title = "Waiting for news of the match"
    retryable = True


class RelatedLegs(AppError):
    """Two legs of one event cannot be multiplied."""

    code = "related_legs"
    status = 422
    title = "These legs depend on each other"


class StakeBelowMin(AppError):
    """`min_stake` is the smallest accepted stake."""

    code = "stake_below_min"
    status = 422
    title = "The stake is too low"


class StakeAboveMax(AppError):
    """`max_stake` is itself acceptable; `reason` is payout, liability, limit or own_limit."""

    code = "stake_above_max"
    status = 422
    title = "The stake is too high"


class OwnLimitExceeded(AppError):
    """A limit that the person set: `kind` stake or loss, `period` day, week or month. A stake of `remaining` is taken;
    `resets_at` is when the oldest that counts leaves the window, null where nothing counts yet."""

    code = "limit_exceeded"
    status = 422
    title = "This would pass a limit that you set"


class PoolClosed(AppError):
    """`reason` says why: closed, settled, cancelled, event_started, stopped, selection_out, others_staked."""

    code = "pool_closed"
    status = 409
    title = "The pool takes no more stakes"


class PoolNotOffered(AppError):
    """`reason` says why: market_type, market_closed, event_started."""

    code = "pool_not_offered"
    status = 422
    title = "There can be no pool on this market"


class CashOutUnavailable(AppError):
    """`reason`: not_accepted, settled, nothing_left, not_offered, lost, stopped, suspended, stale, moved, too_small."""

    code = "cash_out_unavailable"
    status = 409
    title = "This bet cannot be cashed out now"


class OfferChanged(AppError):
    """`offer` is what the same part is worth now: ask for a quote again."""

    code = "offer_changed"
    status = 409
    title = "The offer has changed"


class QuoteExpired(AppError):
    """The quote is too old, or was taken already."""

    code = "quote_expired"
    status = 409
    title = "The offer has expired"


class PaperRunsLimit(AppError):
    """The person has `limit` paper runs already; one has to be switched off first."""

    code = "paper_runs_limit"
    status = 422
    title = "Too many paper runs"


class EvaluationPending(AppError):
    """The same evaluation waits or runs already; `evaluation_id` names it."""

    code = "evaluation_pending"
    status = 409
    title = "This evaluation is on its way"


class NothingToSuggest(AppError):
    """No open event has both a current price and an insight that fit the wishes."""

    code = "nothing_to_suggest"
    status = 409
    title = "Nothing fits these wishes now"
    retryable = True


class FreeBetUnavailable(AppError):
    """`reason` is used, expired or withdrawn."""

    code = "free_bet_unavailable"
    status = 409
    title = "This free bet cannot be used"
