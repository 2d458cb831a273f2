"""Tables of betting: books of markets and prices, slips, results and what they put at risk."""

from betting.models.exposure import ExposureDelta, SelectionExposure
from betting.models.markets import DynamicOdds, EventBook, Market, MarketStatus, PricePoint, Selection
from betting.models.results import ResultChoice, SelectionResult
from betting.models.slips import BetHistory, BetLeg, BetSlip, PricePolicy, SlipStatus

__all__ = [
    "BetHistory",
    "BetLeg",
    "BetSlip",
    "DynamicOdds",
    "EventBook",
    "ExposureDelta",
    "Market",
    "MarketStatus",
    "PricePoint",
    "PricePolicy",
    "ResultChoice",
    "Selection",
    "SelectionExposure",
    "SelectionResult",
    "SlipStatus",
]
