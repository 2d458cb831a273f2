"""Tables of betting: books of markets and prices, slips, results and what they put at risk."""

from betting.models.adjustments import CancelWindow, Deduction
from betting.models.cash_outs import CashOut, CashOutQuote
from betting.models.desk import DeskAction, DeskActionKind, DeskActionStatus, DeskRecord
from betting.models.exposure import ExposureDelta, SelectionExposure
from betting.models.free_bets import FreeBet, FreeBetStatus
from betting.models.limits import BettingSwitch, CustomerLimit
from betting.models.markets import DynamicOdds, EventBook, Market, MarketStatus, PricePoint, Selection
from betting.models.patterns import UserBettingPattern
from betting.models.pools import BettingPool, PoolEntry, PoolMember, PoolStatus, PoolTotal
from betting.models.results import ResultCause, ResultChoice, SelectionResult, SettlementRange
from betting.models.slips import BetHistory, BetLeg, BetSlip, BetType, PricePolicy, SlipStatus
from betting.models.standings import LeaderboardStanding
from betting.models.strategies import (
    BettingStrategy,
    BettingStrategyEvaluation,
    BettingStrategyVersion,
    EvaluationKind,
    EvaluationStatus,
    FollowedBook,
    PaperBet,
    PaperRun,
    PaperStatus,
    StrategyVisibility,
)
from betting.models.suggestions import BetSlipGenerationLeg, BetSlipGenerationLog, Feedback

__all__ = [
    "BetHistory",
    "BetLeg",
    "BetSlip",
    "BetSlipGenerationLeg",
    "BetSlipGenerationLog",
    "BetType",
    "BettingPool",
    "BettingStrategy",
    "BettingStrategyEvaluation",
    "BettingStrategyVersion",
    "BettingSwitch",
    "CancelWindow",
    "CashOut",
    "CashOutQuote",
    "CustomerLimit",
    "Deduction",
    "DeskAction",
    "DeskActionKind",
    "DeskActionStatus",
    "DeskRecord",
    "DynamicOdds",
    "EvaluationKind",
    "EvaluationStatus",
    "EventBook",
    "ExposureDelta",
    "Feedback",
    "FollowedBook",
    "FreeBet",
    "FreeBetStatus",
    "LeaderboardStanding",
    "Market",
    "MarketStatus",
    "PaperBet",
    "PaperRun",
    "PaperStatus",
    "PoolEntry",
    "PoolMember",
    "PoolStatus",
    "PoolTotal",
    "PricePoint",
    "PricePolicy",
    "ResultCause",
    "ResultChoice",
    "Selection",
    "SelectionExposure",
    "SelectionResult",
    "SettlementRange",
    "SlipStatus",
    "StrategyVisibility",
    "UserBettingPattern",
]
